"""inspect: one source, whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from kernel.errors import BadInput, Cancelled
from kernel.worker.analysis.inspect import NO_WEIGHTS, NOBODY, inspect
from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.transcribe import Recogniser, choose
from tests.kernel.worker.scenes import numbered, tone, write_sound, write_video


@pytest.fixture(scope="module")
def recogniser(tmp_path_factory: pytest.TempPathFactory) -> Recogniser:
    found = choose(tmp_path_factory.mktemp("data"))
    assert found is not None
    return found


@pytest.fixture(scope="module")
def talk(root: Path, footage: Path, ffmpeg: Ffmpeg) -> Path:
    """Ten seconds of a reading over numbered pictures."""
    picture = write_video(footage / "quiet.mp4", ffmpeg, numbered(250), "25")
    made = footage / "reading.mp4"
    sound = root / "tests" / "footage" / "speech_two_cities_44s.flac"
    both = ["-i", f"file:{picture}", "-i", f"file:{sound}", "-c:v", "copy", "-shortest", f"file:{made}"]
    ffmpeg.run(both, cwd=footage, timeout=60)
    return made


def test_a_talk_is_probed_watched_and_heard(talk: Path, ffmpeg: Ffmpeg, recogniser: Recogniser, tmp_path: Path) -> None:
    shares: list[float] = []
    found = inspect(talk, "s2", ffmpeg, tmp_path, recogniser, shares.append)
    assert (found.probe.kind, found.language, found.words[0].id) == ("video", "en", "s2w1")
    assert " ".join(word.text for word in found.words).startswith("It was the best of times")
    assert found.shots[0].start == 0
    assert found.shots[-1].end == found.probe.duration
    assert len(found.motion) == 10
    assert (found.tempo, found.beats) == (0.0, ())
    assert found.loudness is not None
    assert found.silences
    assert found.speech
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert list(tmp_path.iterdir()) == []


def test_the_same_file_gives_the_same_inspection(
    talk: Path, ffmpeg: Ffmpeg, recogniser: Recogniser, tmp_path: Path
) -> None:
    assert inspect(talk, "s1", ffmpeg, tmp_path, recogniser) == inspect(talk, "s1", ffmpeg, tmp_path, recogniser)


def test_without_a_recogniser_speech_is_found_but_no_words(talk: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    found = inspect(talk, "s1", ffmpeg, tmp_path, None)
    assert (found.words, found.language) == ((), "")
    assert found.speech
    assert NO_WEIGHTS in found.notes


def test_a_tone_has_no_speaker(footage: Path, ffmpeg: Ffmpeg, recogniser: Recogniser, tmp_path: Path) -> None:
    found = inspect(write_sound(footage / "hum.wav", ffmpeg, tone(3)), "s1", ffmpeg, tmp_path, recogniser)
    assert (found.probe.kind, found.shots, found.words, found.motion) == ("audio", (), (), ())
    assert NOBODY in found.notes


def test_a_silent_and_black_video_says_so(footage: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    frames = numbered(50)
    frames[:] = 0
    found = inspect(write_video(footage / "dark.mp4", ffmpeg, frames, "25"), "s1", ffmpeg, tmp_path, None)
    assert found.loudness is None
    assert "The picture is black from 0.0 to 2.0 s." in found.notes


def test_a_still_is_inspected_too(talk: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    picture = tmp_path / "still.png"
    ffmpeg.run(["-i", f"file:{talk}", "-frames:v", "1", "-update", "1", f"file:{picture}"], cwd=tmp_path, timeout=30)
    found = inspect(picture, "s1", ffmpeg, tmp_path, None)
    assert (found.probe.kind, found.shots, found.notes) == ("still", (), ())


def test_what_cannot_be_used_is_refused_and_a_wish_to_stop_is_heard(talk: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such file"):
        inspect(tmp_path / "none.mp4", "s1", ffmpeg, tmp_path, None)
    with pytest.raises(Cancelled):
        inspect(talk, "s1", ffmpeg, tmp_path, None, cancelled=lambda: True)


def test_damage_that_only_the_whole_decode_meets_is_told(
    talk: Path, ffmpeg: Ffmpeg, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kernel.worker.probe.FULL_DECODE", 1)
    monkeypatch.setattr("kernel.worker.probe.SAMPLE", 0.5)
    data = bytearray(talk.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 3000] = bytes(n * 37 & 255 for n in range(3000))
    (tmp_path / "hurt.mp4").write_bytes(data)
    found = inspect(tmp_path / "hurt.mp4", "s1", ffmpeg, tmp_path, None)
    assert any("hurt.mp4 is damaged" in warning for warning in found.probe.warnings)
