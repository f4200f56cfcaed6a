"""The main colours of a picture."""

from __future__ import annotations

import time

import numpy as np
import pytest

from kernel.worker.analysis.colours import Picture, apart, chroma, named, swatches, swatches_of, tone

BLUE, ORANGE = (11, 61, 145), (255, 107, 53)


def picture(width: int = 640, height: int = 360) -> Picture:
    """Three quarters blue, a quarter orange."""
    made = np.full((height, width, 3), BLUE, np.uint8)
    made[:, : width // 4] = ORANGE
    return made


def test_the_colours_of_a_flat_picture_are_found_with_their_shares() -> None:
    found = swatches(picture())
    assert [swatch.colour for swatch in found] == ["#0b3d91", "#ff6b35"]
    assert [swatch.share for swatch in found] == pytest.approx([0.75, 0.25], abs=0.02)


def test_noise_moves_a_swatch_by_less_than_is_seen() -> None:
    noise = np.random.default_rng(1).normal(0, 12, (360, 640, 3))
    found = swatches(np.clip(picture() + noise, 0, 255).astype(np.uint8))
    assert apart(found[0].colour, "#0b3d91") < 3
    assert apart(found[1].colour, "#ff6b35") < 3


def test_the_same_picture_always_has_the_same_swatches() -> None:
    noise = np.random.default_rng(2).integers(0, 255, (360, 640, 3)).astype(np.uint8)
    assert swatches(noise) == swatches(noise.copy())


def test_what_is_hardly_there_is_no_swatch() -> None:
    made = picture()
    made[:10, -10:] = (0, 255, 0)
    assert all(apart(swatch.colour, "#00ff00") > 20 for swatch in swatches(made))


@pytest.mark.parametrize("size", [(1, 1), (1, 400), (400, 1), (16, 16)])
def test_any_size_has_swatches(size: tuple[int, int]) -> None:
    assert swatches(np.zeros((*size, 3), np.uint8))[0].colour == "#000000"


def test_no_pixels_have_none() -> None:
    assert swatches_of(np.zeros((0, 3), np.uint8)) == ()


def test_distances_are_those_that_are_seen() -> None:
    assert apart("#000000", "#ffffff") == pytest.approx(100, abs=0.1)
    assert apart("#ff0000", "#fe0000") < 1
    assert apart("#ffd400", "#ffffff") > 15
    assert chroma("#808080") == pytest.approx(0, abs=0.01)
    assert tone("#ffffff")[0] == pytest.approx(100, abs=0.1)
    assert named((10.6, 300, -4)) == "#0bff00"


def test_a_still_takes_a_few_milliseconds() -> None:
    made = picture(480, 270)
    swatches(made)
    begun = time.process_time()
    for _ in range(10):
        swatches(made)
    assert (time.process_time() - begun) / 10 < 0.02
