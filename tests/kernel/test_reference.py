"""What is guessed of a brand from pictures that look right."""

from __future__ import annotations

from pathlib import Path

import cv2
import pytest

from kernel.brand import Corner
from kernel.reference import corner_of, guess, palette, skin
from kernel.worker.analysis.colours import apart
from kernel.worker.analysis.marks import Spot
from kernel.worker.analysis.texts import Reader
from tests.kernel.evaluation.logos import laid, scenery, write_logo


def test_the_mark_in_a_corner_and_its_colours_are_guessed(tmp_path: Path) -> None:
    logo = write_logo(tmp_path / "logo.png")
    found = guess([laid(scenery(n), logo, 760, 440, 150) for n in range(10)], None)
    assert found.logo is not None
    assert corner_of(found.logo) == "bottom_right"
    assert found.size == pytest.approx(150 / 540, abs=0.05)
    assert apart(found.colours[0].colour, "#0b3d91") < 8


def test_captions_in_capitals_are_read_with_their_colour() -> None:
    pictures = [scenery(n) // 3 for n in range(4)]
    for picture in pictures:
        cv2.putText(picture, "WE SAIL TODAY", (290, 480), cv2.FONT_HERSHEY_DUPLEX, 1.6, (255, 212, 0), 4, cv2.LINE_AA)
    found = guess(pictures, Reader())
    assert found.read >= 3
    assert (found.captions.case, found.captions.position) == ("upper", "bottom")
    assert found.captions.colour is not None
    assert apart(found.captions.colour, "#ffd400") < 10


def test_of_nothing_nothing_is_guessed() -> None:
    assert guess([], None).colours == ()


@pytest.mark.parametrize("colour", ["#f1c9a9", "#c68642", "#8d5524", "#e0ac69"])
def test_skin_is_no_colour_of_a_brand(colour: str) -> None:
    assert skin(colour)


@pytest.mark.parametrize("colour", ["#0b3d91", "#ff6b35", "#d00000", "#ffd400", "#00a86b"])
def test_colours_of_brands_are_no_skin(colour: str) -> None:
    assert not skin(colour)


def test_greys_are_left_out_of_a_palette() -> None:
    grey = scenery(1)
    grey[:] = grey.mean(axis=2, keepdims=True).astype("uint8")
    assert palette([grey]) == ()


@pytest.mark.parametrize(
    ("x", "y", "corner"),
    [(0.1, 0.1, "top_left"), (0.8, 0.1, "top_right"), (0.1, 0.8, "bottom_left"), (0.8, 0.8, "bottom_right")],
)
def test_a_spot_is_in_one_of_four_corners(x: float, y: float, corner: Corner) -> None:
    assert corner_of(Spot(x, y, 0.1, 0.1, 1.0)) == corner
