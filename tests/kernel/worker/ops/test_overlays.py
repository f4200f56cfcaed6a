"""What is laid over the picture: logo, picture in picture, bars, progress; and what is hidden in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from kernel.worker.compile import check
from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.layout import safe_zone
from tests.kernel.worker.pictured import Pictures, pictured
from tests.kernel.worker.scenes import HEIGHT, WIDTH, cut, numbered, plan, source, write_video

RED = (200, 40, 30)
GREY = 96


@pytest.fixture(scope="module")
def logo(footage: Path) -> Path:
    """A red square on a see-through ground."""
    path = footage / "red.png"
    picture = Image.new("RGBA", (80, 80), (0, 0, 0, 0))
    picture.paste((*RED, 255), (20, 20, 60, 60))
    picture.save(path)
    return path


@pytest.fixture(scope="module")
def white(footage: Path, ffmpeg: Ffmpeg) -> Path:
    """Four seconds of white."""
    return write_video(footage / "white.mp4", ffmpeg, numbered(120) * 0 + 235, "30")


@pytest.fixture(scope="module")
def plates(footage: Path, ffmpeg: Ffmpeg) -> Path:
    """Eight seconds of upright strokes, as high as a line of letters."""
    strokes = np.where(np.arange(WIDTH) // 8 % 2, 235, 16).astype(np.uint8)
    frames = np.full((240, HEIGHT, WIDTH), 96, dtype=np.uint8)
    frames[:, 60:110] = strokes
    return write_video(footage / "plates.mp4", ffmpeg, frames, "30")


class Room:
    """Draws operations over four seconds of grey numbered footage."""

    def __init__(self, talk: Path, white: Path, logo: Path, ffmpeg: Ffmpeg, work: Path) -> None:
        self.media = {"s1": talk, "s2": white, "s3": logo}
        self.ffmpeg, self.work = ffmpeg, work
        self.known = [
            source("s1", talk, 8),
            source("s2", white, 4, has_sound=False),
            source("s3", logo, 0, kind="still", width=80, height=80, rate=None, has_sound=False),
        ]

    def plan(self, *operations: dict[str, Any]) -> Any:
        return plan(self.known, cut("c1", "s1", 1.1, 2), cut("c2", "s1", 2, 3), *operations)

    def draw(self, *operations: dict[str, Any]) -> Pictures:
        return pictured(self.plan(*operations), self.media, self.ffmpeg, self.work)

    def changed(self, *operations: dict[str, Any]) -> list[int]:
        """Return the frames that differ from the plain ones."""
        plain, drawn = self.draw().astype(int), self.draw(*operations).astype(int)
        return [n for n in range(len(plain)) if np.abs(plain[n] - drawn[n]).max() > 8]


@pytest.fixture
def room(talk: Path, white: Path, logo: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> Room:
    return Room(talk, white, logo, ffmpeg, tmp_path)


def test_a_logo_has_its_own_colours_and_its_ground_is_seen_through(room: Room) -> None:
    drawn = room.draw({"type": "logo", "source": "s3", "corner": "bottom_left", "size": 0.2})
    zone, side = safe_zone(room.plan().output), round(0.2 * HEIGHT)
    middle = drawn[5, zone.y + zone.height - side // 2, zone.x + side // 2]
    assert np.abs(middle.astype(int) - RED).max() <= 6
    corner = drawn[5, zone.y + zone.height - side + 2, zone.x + 2].astype(int)
    assert np.abs(corner - drawn[5, 100, 300].astype(int)).max() <= 3


def test_a_logo_is_there_from_its_first_frame_to_its_last(room: Room) -> None:
    shown = room.changed({"type": "logo", "source": "s3", "clip": "c1", "offset": 0.5, "length": 0.6})
    assert shown == list(range(15, 33))


def test_a_window_shows_the_other_source_and_comes_and_goes(room: Room) -> None:
    pip = {"type": "pip", "source": "s2", "clip": "c1", "offset": 0.2, "length": 1.2, "border": 0}
    drawn = room.draw({**pip, "corner": "centre", "size": 0.5})
    light = drawn[:, HEIGHT // 2, WIDTH // 2].mean(axis=1)
    assert light[20:30].min() > 230
    assert light[5] == pytest.approx(light[44], abs=3)
    assert light[7] < light[9] < light[12]


def test_a_window_stays_while_the_clip_below_changes(room: Room) -> None:
    pip = {"type": "pip", "source": "s2", "clip": "c1", "offset": 0.2, "length": 1.4, "corner": "centre"}
    light = room.draw(pip)[:, HEIGHT // 2, WIDTH // 2].mean(axis=1)
    assert light[25:29].min() > 230


def test_a_window_that_is_open_at_the_end_stays_open_to_the_last_frame(room: Room) -> None:
    light = room.draw({"type": "pip", "source": "s2", "clip": "c2", "corner": "centre"})[:, HEIGHT // 2, WIDTH // 2]
    assert light[-1].min() > 230


def test_bars_leave_the_shape_that_was_asked_for(room: Room) -> None:
    drawn = room.draw({"type": "bars", "ratio": 2.39})[3]
    rows = np.flatnonzero(drawn[:, 310].max(axis=1) > 20)
    assert WIDTH / len(rows) == pytest.approx(2.39, abs=0.04)
    narrow = room.draw({"type": "bars", "ratio": 1.0})[3]
    columns = np.flatnonzero(narrow[100].max(axis=1) > 20)
    assert len(columns) / HEIGHT == pytest.approx(1.0, abs=0.04)


def test_bars_lie_under_a_logo_however_the_plan_orders_them(room: Room) -> None:
    logo = {"type": "logo", "source": "s3", "corner": "top_left", "size": 0.2}
    one, other = room.draw(logo, {"type": "bars"})[2], room.draw({"type": "bars"}, logo)[2]
    assert np.array_equal(one, other)
    assert (np.abs(one.astype(int) - RED).max(axis=2) < 10).sum() > 100


def test_a_progress_bar_grows_evenly_over_every_cut_and_is_full_at_the_end(room: Room) -> None:
    drawn = room.draw({"type": "progress", "colour": "#ff0000", "opacity": 1, "thickness": 0.05})
    lengths = (drawn[:, HEIGHT - 3, :, 0].astype(int) - drawn[:, HEIGHT - 3, :, 1] > 100).sum(axis=1)
    planned = [2 * int(WIDTH * (n + 1) / 57 // 2) for n in range(57)]
    assert np.abs(lengths - planned).max() <= 2
    assert lengths[-1] == WIDTH


@pytest.mark.parametrize("look", ["blur", "pixelate"])
def test_what_is_hidden_cannot_be_read_and_the_rest_is_untouched(look: str, plates: Path, room: Room) -> None:
    room.known[0], room.media["s1"] = source("s1", plates, 8, has_sound=False), plates
    blur = {"type": "blur", "of": "*", "x": 0.05, "y": 0.33, "width": 0.9, "height": 0.3, "look": look}
    plain, drawn = room.draw()[3].astype(int), room.draw(blur)[3].astype(int)
    assert plain[65:105, 40:280].std() > 80
    assert drawn[65:105, 40:280].std() < 25
    assert np.abs(drawn[120:] - plain[120:]).max() <= 2


def test_a_blur_keeps_to_its_time(room: Room) -> None:
    blur = {"type": "blur", "of": "c2", "x": 0, "y": 0, "width": 0.9, "height": 0.2, "start": 0.2, "length": 0.3}
    assert room.changed(blur) == list(range(27 + 6, 27 + 15))


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "a logo that is no still": ({"type": "logo", "source": "s2"}, "which is no still"),
    "a logo after the end": ({"type": "logo", "source": "s3", "clip": "c1", "offset": 2}, "which lasts 0.90 s"),
    "a window that outlasts its source": ({"type": "pip", "source": "s2", "start": 3}, "shorten it or begin earlier"),
    "a window of an unknown source": ({"type": "pip", "source": "s9"}, "names s9, which is no source"),
    "bars that change nothing": ({"type": "bars", "ratio": 1.777}, "has that shape already"),
    "a blur over the edge": (
        {"type": "blur", "of": "c1", "x": 0.9, "y": 0, "width": 0.3, "height": 0.1},
        "over the edge of the picture",
    ),
    "a blur after the end": (
        {"type": "blur", "of": "c1", "x": 0, "y": 0, "width": 0.3, "height": 0.1, "start": 3},
        "which lasts 0.90 s",
    ),
}


@pytest.mark.parametrize(("operation", "words"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_done_is_said(operation: dict[str, Any], words: str, room: Room) -> None:
    assert any(words in sentence for sentence in check(room.plan(operation)))
