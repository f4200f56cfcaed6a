"""Layout: sizes, safe zones, the fit of a picture."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.worker.layout import cropped, fitted, safe_zone, shape
from kernel.worker.output import Output
from kernel.worker.timing import Box


def _output(width: int, height: int, **more: Any) -> Output:
    return Output.model_validate({"width": width, "height": height, "rate": {"num": 30, "den": 1}, **more})


@pytest.mark.parametrize(
    ("size", "form"), [((1920, 1080), "landscape"), ((1080, 1920), "portrait"), ((1080, 1080), "square")]
)
def test_the_shape_follows_the_sides(size: tuple[int, int], form: str) -> None:
    assert shape(_output(*size)) == form


def test_vertical_zones_keep_clear_of_the_platform_buttons() -> None:
    bottoms = {
        p: 1920 - _bottom(safe_zone(_output(1080, 1920, platform=p))) for p in ("reels", "tiktok", "shorts", "web")
    }
    assert bottoms == {"reels": 672, "tiktok": 499, "shorts": 422, "web": 480}


def _bottom(box: Box) -> int:
    return box.y + box.height


sides = st.integers(16, 4096)


@given(sides, sides, st.sampled_from([(1920, 1080), (1080, 1920), (64, 64)]), st.floats(0, 1), st.floats(0, 1))
def test_a_crop_fills_the_output_and_never_looks_outside(
    width: int, height: int, output: tuple[int, int], x: float, y: float
) -> None:
    fit = cropped(width, height, output, x, y)
    assert fit.width >= fit.x + output[0]
    assert fit.height >= fit.y + output[1]
    assert min(fit.x, fit.y) >= 0


@given(sides, sides, st.sampled_from([(1920, 1080), (1080, 1920), (64, 64)]))
def test_a_fitted_picture_stands_whole_in_the_output(width: int, height: int, output: tuple[int, int]) -> None:
    fit = fitted(width, height, output)
    assert fit.x + fit.width <= output[0]
    assert fit.y + fit.height <= output[1]
    assert output[0] in (fit.width, output[0]) or output[1] == fit.height


def test_the_point_of_interest_is_brought_to_the_middle() -> None:
    fit = cropped(1920, 1080, (1080, 1920), 0.3, 0.5)
    assert fit.x == round(0.3 * fit.width - 540)
