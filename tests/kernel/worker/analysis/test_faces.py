"""Faces: found on real people, not in flowers, streets and towers."""

from __future__ import annotations

from pathlib import Path

import pytest

from kernel.worker.analysis.faces import _agree
from kernel.worker.analysis.passes import analyse
from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.media import Face, Span

WHOLE = (Span(start=0, end=10),)


def face(at: float, x: float = 0.5, y: float = 0.4, height: float = 0.4) -> Face:
    return Face(at=at, x=x, y=y, height=height)


def test_a_face_needs_another_look_that_agrees() -> None:
    assert _agree(face(1.0), face(1.5, x=0.55), WHOLE)
    assert not _agree(face(1.0), face(1.0), WHOLE)
    assert not _agree(face(1.0), face(2.5), WHOLE)
    assert not _agree(face(1.0), face(1.5, y=0.7), WHOLE)
    assert not _agree(face(1.0), face(1.5, height=0.2), WHOLE)


def test_looks_that_lie_far_apart_agree_where_a_long_file_is_sampled() -> None:
    assert not _agree(face(1.0), face(4.0), WHOLE)
    assert _agree(face(1.0), face(4.0), WHOLE, seldom=3.0)


def test_looks_of_two_shots_do_not_agree() -> None:
    assert not _agree(face(1.0), face(1.5), (Span(start=0, end=1.2), Span(start=1.2, end=10)))


@pytest.mark.parametrize("name", ["talk_jwpIntro.mp4", "talk_grid_bbaf2n.mpg", "talk_grid_lrwp9a.mpg"])
def test_a_talking_head_has_a_face_at_nearly_every_look(
    shared: Path, ffmpeg: Ffmpeg, tmp_path: Path, name: str
) -> None:
    path = shared / "footage" / name
    found = analyse(path, ffmpeg, tmp_path)
    faces = found.sights.faces
    assert len({seen.at for seen in faces}) >= 0.8 * found.probe.duration * 2
    assert all(0.25 < seen.x < 0.75 and 0.2 < seen.height < 0.8 for seen in faces)


@pytest.mark.parametrize("name", ["broll_flower.mp4", "broll_city_mpeg2.mpg", "shots_bikes.mp4"])
def test_no_face_is_seen_where_there_is_none(shared: Path, ffmpeg: Ffmpeg, tmp_path: Path, name: str) -> None:
    path = shared / "footage" / name
    assert analyse(path, ffmpeg, tmp_path).sights.faces == ()
