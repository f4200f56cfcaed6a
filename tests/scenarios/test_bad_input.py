"""Bad input from the shell: one clear sentence, or a video that says what it lacks; nothing raw, nothing lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios.conftest import Footage
from tests.scenarios.stage import Said, Stage, ffmpeg, probed, seconds

PICTURE = ("-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=4")
TONE = ("-f", "lavfi", "-i", "sine=frequency=440:duration=4")
X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


@pytest.fixture
def mute(tmp_path: Path) -> Path:
    """Four seconds of pictures without sound."""
    path = tmp_path / "mute.mp4"
    ffmpeg(*PICTURE, *X264, path)
    return path


def edit(stage: Stage, brief: str, *footage: Path) -> Said:
    """Run `rushes edit`."""
    return stage.run("edit", *footage, "--brief", brief, "--yes", "-o", stage.folder / "out.mp4")


def refused(said: Said, *words: str) -> None:
    """Check that a command failed with one clear sentence."""
    assert said.status == 1
    assert said.sentence.startswith("rushes: ")
    for word in words:
        assert word in said.sentence


def test_what_is_no_file_or_an_empty_one_is_refused_before_anything_begins(stage: Stage, tmp_path: Path) -> None:
    empty = tmp_path / "empty.mp4"
    empty.touch()
    refused(edit(stage, "4 seconds", tmp_path / "lost.mp4"), "There is no file", "lost.mp4")
    refused(edit(stage, "4 seconds", empty), "empty.mp4 is empty")
    refused(edit(stage, "4 seconds", tmp_path), "is not a file")


def test_what_is_not_media_is_named_and_the_job_can_go_on(stage: Stage, tmp_path: Path) -> None:
    words = tmp_path / "words.mp4"
    words.write_text("These are only words.")
    for _ in range(2):
        refused(edit(stage, "4 seconds", words), "footage failed", "words.mp4 cannot be used", "text, not footage")
    assert stage.runs() == {"footage": ["failed", "failed"]}
    [line] = stage.run("status").out.splitlines()
    assert " failed " in line


def test_one_bad_file_does_not_stop_the_others(stage: Stage, clips: Footage, tmp_path: Path) -> None:
    words = tmp_path / "words.mp4"
    words.write_text("These are only words.")
    said = edit(stage, "4 seconds", clips.talk, words, clips.city)
    assert said.status == 0, said.err
    [refusal] = stage.documents()["footage"].body["refused"]
    assert refusal.startswith("words.mp4 cannot be used")


@pytest.mark.parametrize(
    ("brief", "words"),
    [
        ("", "What shall I make of it?"),
        ("4 seconds, keep the weather, drop the weather", 'both keeps and drops "weather"'),
        ("4 seconds, no, 8 seconds", "which length should it be?"),
        ("0 seconds", "how long should it be?"),
    ],
)
def test_a_brief_that_cannot_be_is_asked_about_and_opens_no_job(
    stage: Stage, mute: Path, brief: str, words: str
) -> None:
    refused(edit(stage, brief, mute), "No job was begun.", words)
    with stage.store() as store:
        assert store.jobs.list() == []


def test_sound_without_a_picture_is_told_what_to_add(stage: Stage, clips: Footage) -> None:
    refused(edit(stage, "4 seconds", clips.talk), "no picture", "add a video or a still image")
    assert stage.runs()["log"][-1] == "failed"
    assert stage.documents()["footage"].version == 1


def test_what_was_missing_can_be_added_and_the_same_job_goes_on(stage: Stage, clips: Footage) -> None:
    said = stage.run("chat", typed=f"{clips.talk} 4 seconds\n{clips.city}\n")
    assert said.status == 0, said.err
    assert said.out.index("add a video or a still image") < said.out.index("Preview v1")
    assert stage.runs()["log"] == ["failed", "done"]


def test_more_seconds_than_there_are_and_no_sound_is_shorter_and_says_why(stage: Stage, mute: Path) -> None:
    said = edit(stage, "60 seconds, captions", mute)
    assert said.status == 0, said.err
    assert 1.5 <= seconds(stage.folder / "out.mp4") <= 4.1
    assert "instead of 60 s" in said.out
    assert "mute.mp4" in stage.documents()["footage"].body["reels"][0]["inspection"]["probe"]["warnings"][0]


@pytest.fixture
def rotated(mute: Path) -> Path:
    """The same, to be shown upright."""
    path = mute.with_name("rotated.mp4")
    ffmpeg("-display_rotation", "90", "-i", mute, "-c", "copy", path)
    return path


@pytest.fixture
def uneven(tmp_path: Path) -> Path:
    """Pictures whose rate varies, with a tone in which nobody speaks."""
    path = tmp_path / "uneven.mp4"
    drop = ("-vf", r"select=not(mod(n\,3))+gt(n\,50)", "-fps_mode", "vfr")
    ffmpeg(*PICTURE, *TONE, *drop, *X264, "-c:a", "aac", "-shortest", path)
    return path


def test_a_clip_that_lies_on_its_side_stands_upright_in_the_video(stage: Stage, rotated: Path) -> None:
    said = edit(stage, "3 seconds", rotated)
    assert said.status == 0, said.err
    assert probed(stage.folder / "out.mp4")["size"] == "720x1280"


def test_a_rate_that_varies_and_nobody_who_speaks_gives_a_steady_video_without_captions(
    stage: Stage, uneven: Path
) -> None:
    said = edit(stage, "3 seconds, captions", uneven)
    assert said.status == 0, said.err
    assert abs(seconds(stage.folder / "out.mp4") - 3) < 0.2
    assert stage.documents()["footage"].body["reels"][0]["inspection"]["probe"]["variable_rate"]
    assert "Nobody speaks, so there is nothing to write." in said.out
    assert stage.documents()["preview"].body["captions"] == 0
