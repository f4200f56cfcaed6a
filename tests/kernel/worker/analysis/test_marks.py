"""Where a logo stands on a picture, and what stands still in its corners."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kernel.errors import BadInput
from kernel.worker.analysis.marks import Logo, Spot, clear, find, load_logo, near, standing
from kernel.worker.ffmpeg import Ffmpeg, bundled
from tests.kernel.evaluation.logos import HIGH, WIDE, laid, scenery, write_logo

WIDTH, HEIGHT = 960, 540
DUE = Spot(780 / WIDTH, 30 / HEIGHT, 150 / WIDTH, 62 / HEIGHT, 1.0)


@pytest.fixture(scope="module")
def ffmpeg() -> Ffmpeg:
    """The ffmpeg that comes along."""
    return Ffmpeg(bundled(), weak=True)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A logo's file."""
    return write_logo(tmp_path_factory.mktemp("logo") / "logo.png")


@pytest.fixture(scope="module")
def logo(path: Path, ffmpeg: Ffmpeg) -> Logo:
    """The same, read."""
    return load_logo(path, ffmpeg, path.parent)


def test_a_logo_is_read_with_what_it_hides(logo: Logo) -> None:
    assert logo.alpha.shape == (HIGH, WIDE)
    assert logo.alpha.min() == 0
    assert logo.alpha.max() == 1
    assert np.round(logo.rgb[60, 12] * 255).tolist() == pytest.approx([11, 61, 145], abs=4)


def test_a_text_is_no_logo(tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    (tmp_path / "logo.png").write_text("no picture")
    with pytest.raises(BadInput):
        load_logo(tmp_path / "logo.png", ffmpeg, tmp_path)


@pytest.mark.parametrize("number", range(4))
def test_a_logo_in_its_place_is_found_to_the_pixel(number: int, logo: Logo, path: Path) -> None:
    found = find(laid(scenery(number), path, 780, 30, 150), logo, DUE)
    assert found is not None
    assert (found.x * WIDTH, found.y * HEIGHT) == pytest.approx((780, 30), abs=1)
    assert found.width * WIDTH == pytest.approx(150, rel=0.04)


@pytest.mark.parametrize(("x", "y"), [(30, 30), (30, 450), (790, 440), (400, 240)])
def test_a_logo_in_a_wrong_place_is_found_there(x: int, y: int, logo: Logo, path: Path) -> None:
    found = find(laid(scenery(7), path, x, y, 150), logo, DUE)
    assert found is not None
    assert (found.x * WIDTH, found.y * HEIGHT) == pytest.approx((x, y), abs=3)


@pytest.mark.parametrize("width", [75, 110, 135, 165, 220])
def test_a_logo_of_another_size_is_measured(width: int, logo: Logo, path: Path) -> None:
    found = find(laid(scenery(3), path, 930 - width, 30, width), logo, DUE)
    assert found is not None
    assert found.width * WIDTH == pytest.approx(width, rel=0.06)


@pytest.mark.parametrize("number", range(12))
def test_where_there_is_no_logo_none_is_found(number: int, logo: Logo) -> None:
    assert find(scenery(number), logo, DUE) is None


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_plain_picture_has_no_logo(level: int, logo: Logo) -> None:
    assert find(np.full((HEIGHT, WIDTH, 3), level, np.uint8), logo, DUE) is None


def test_a_watermark_is_found_by_its_opacity(logo: Logo, path: Path) -> None:
    picture = laid(scenery(2), path, 780, 30, 150, opacity=0.5)
    found = near(picture, logo._replace(opacity=0.5), DUE)
    assert found is not None
    assert found.x * WIDTH == pytest.approx(780, abs=1)


def test_a_white_logo_on_white_cannot_be_told() -> None:
    white = Logo(np.ones((20, 60, 3), np.float32), np.ones((20, 60), np.float32))
    picture = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    assert not clear(picture, white, DUE)
    assert clear(picture // 3, white, DUE)
    assert find(picture, white, DUE) is None


def test_a_logo_larger_than_the_picture_is_not_there(logo: Logo) -> None:
    assert find(scenery(1, 64, 48), logo, Spot(0, 0, 1.0, 1.0, 1.0)) is None


def test_what_stands_still_in_a_corner_is_found(path: Path) -> None:
    pictures = [laid(scenery(number), path, 60, 440, 150) for number in range(10)]
    found = standing(pictures)
    assert found
    assert (found[0].x * WIDTH, found[0].y * HEIGHT) == pytest.approx((60, 440), abs=12)


def test_moving_pictures_without_a_mark_have_none() -> None:
    assert standing([scenery(number) for number in range(10)]) == ()


def test_where_nothing_moves_nothing_is_called_a_mark(path: Path) -> None:
    assert standing([laid(scenery(1), path, 60, 440, 150)] * 10) == ()


def test_of_few_pictures_nothing_is_said(path: Path) -> None:
    assert standing([laid(scenery(number), path, 60, 440, 150) for number in range(3)]) == ()
