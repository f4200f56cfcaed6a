"""contact_sheet: the opening every half second, the rest by its shots, small enough for any model."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from kernel.worker.compile import compile
from kernel.worker.contact_sheet import MOST, PIXELS, contact_sheets, sheets
from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.plan import EditPlan
from kernel.worker.render import render
from tests.kernel.evaluation.scenes import named
from tests.kernel.worker.scenes import cut, numbered, plan, source, write_video


def cuts(count: int, length: float, **output: int) -> EditPlan:
    """Return a plan of so many clips of one length."""
    clips = [cut(f"c{n + 1}", "s1", 0.3 * n, 0.3 * n + length) for n in range(count)]
    return plan([named("s1", duration=600.0)], *clips, **output)


def test_the_opening_is_shown_every_half_second_and_each_later_shot_once() -> None:
    opening, rest = sheets(compile(cuts(10, 2.0)))
    assert opening.frames == (0, 15, 30, 45, 60, 75, 90)
    assert {30 + 60 * n for n in range(2, 10)} <= set(rest.frames)
    assert min(rest.frames) > 90


def test_a_long_single_shot_is_shown_by_several_frames() -> None:
    _, rest = sheets(compile(cuts(1, 60.0)))
    assert len(rest.frames) >= 6
    assert rest.frames[-1] > 1600


def test_of_many_shots_an_even_choice_is_shown() -> None:
    _, rest = sheets(compile(cuts(100, 1.0)))
    assert len(rest.frames) <= MOST
    assert rest.frames[-1] > 2700


def test_a_video_of_less_than_a_second_has_one_sheet() -> None:
    [only] = sheets(compile(cuts(1, 0.4)))
    assert only.frames == (0, 11)
    assert only.heading == "The first 0.4 s, in order"


@pytest.mark.parametrize(("width", "height"), [(320, 180), (180, 320), (240, 240), (640, 180)])
def test_sheets_are_pictures_below_a_million_pixels_whatever_the_shape(
    width: int, height: int, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    video = write_video(tmp_path / "in.mp4", ffmpeg, numbered(180), "30")
    edit = plan([source("s1", video, 6.0, has_sound=False)], cut("c1", "s1", 0, 6), width=width, height=height)
    render(edit, {"s1": video}, tmp_path / "out.mp4", tmp_path / "cache", ffmpeg)
    folder = tmp_path / "sheets"
    folder.mkdir()
    made = contact_sheets(tmp_path / "out.mp4", compile(edit), folder, ffmpeg)
    assert [path.name for path in made] == ["opening.jpg", "rest.jpg"]
    for path in made:
        with Image.open(path) as sheet:
            assert sheet.format == "JPEG"
            assert sheet.width * sheet.height <= PIXELS
            assert sheet.width * sheet.height > PIXELS / 4
