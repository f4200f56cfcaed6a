"""scoring: `rushes score` on a real file: text, a picture, a page; and clear words where something cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.scoring import Question, score_file
from kernel.errors import BadInput
from tests.bot.room import Room
from tests.kernel.worker.scenes import numbered, tone, write_video


@pytest.fixture
def video(room: Room) -> Path:
    """Three seconds of picture and sound."""
    return write_video(room.folder / "cut.mp4", room.app.services.studio.ffmpeg, numbered(90), "30", tone(3))


def test_a_video_is_scored_as_text_picture_and_page(room: Room, video: Path, tmp_path: Path) -> None:
    said = score_file(room.app, Question(video, out=tmp_path / "new"))
    assert said.startswith("Score ")
    assert "Brand fit" not in said
    assert [path.name for path in sorted((tmp_path / "new").iterdir())] == ["cut-scorecard.html", "cut-scorecard.png"]
    assert f"The evidence: {tmp_path / 'new' / 'cut-scorecard.html'}" in said


def test_a_brief_is_held_against_the_video(room: Room, video: Path) -> None:
    said = score_file(room.app, Question(video, brief="Make it exactly 20 seconds."))
    assert "20 s exactly" in said
    assert (video.parent / "cut-scorecard.png").is_file()


def test_what_is_no_video_cannot_be_scored(room: Room) -> None:
    with pytest.raises(BadInput):
        score_file(room.app, Question(room.footage))


def test_a_folder_that_cannot_be_written_is_named(room: Room, video: Path) -> None:
    (room.folder / "file").write_text("")
    with pytest.raises(BadInput, match="name another folder with --out"):
        score_file(room.app, Question(video, out=room.folder / "file"))
