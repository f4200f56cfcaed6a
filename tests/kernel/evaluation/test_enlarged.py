"""enlarged: how far pictures are blown up, and how much of that their target forces."""

from __future__ import annotations

from typing import Any

import pytest

from kernel.evaluation.enlarged import Enlarged, asked_lines, enlarged, lines_due
from kernel.worker.compile import compile
from kernel.worker.plan import EditPlan
from tests.kernel.evaluation.scenes import named
from tests.kernel.worker.scenes import cut, plan


def of(columns: int, lines: int, *more: dict[str, Any], **output: Any) -> EditPlan:
    """Return one clip of footage of a size."""
    return plan([named("s1", width=columns, height=lines)], cut("c1", "s1", 0, 4), *more, **output)


def only(edit: EditPlan, brief: dict[str, Any] | None = None) -> Enlarged:
    return enlarged(edit, compile(edit), brief)[0]


def test_small_footage_may_be_enlarged_to_720_lines() -> None:
    shot = only(of(360, 288, width=1280, height=720))
    assert shot.times == pytest.approx(1280 / 360)
    assert shot.unforced == 1.0


def test_a_wide_picture_of_1080_lines_is_more_than_720_lines_of_footage_ask_for() -> None:
    assert only(of(1280, 720, width=1920, height=1080)).unforced == pytest.approx(1.5)
    assert only(of(1280, 720, width=1920, height=1080), {"text": "in 1080p please"}).unforced == 1.0
    assert only(of(1280, 720, width=1920, height=1080, platform="youtube")).unforced == 1.0


def test_a_tall_picture_of_1080_columns_is_forced() -> None:
    shot = only(of(1920, 1080, width=1080, height=1920))
    assert shot.times == pytest.approx(1920 / 1080)
    assert shot.unforced == 1.0


def test_a_zoom_counts_only_as_far_as_the_source_lacks_pixels() -> None:
    zoom = {"type": "zoom", "of": "c1", "scale": 1.2, "to": 2.0}
    assert only(of(1280, 720, zoom, width=1280, height=720)).unforced == pytest.approx(2.0)
    assert only(of(3840, 2160, zoom, width=1280, height=720)).unforced == 1.0


def test_a_picture_that_stands_within_the_frame_is_enlarged_less() -> None:
    boxed = {"type": "reframe", "of": "c1", "mode": "letterbox"}
    assert only(of(1080, 1920, boxed, width=1920, height=1080)).times == pytest.approx(1080 / 1920)


def test_the_lines_that_are_due_are_those_of_the_footage() -> None:
    for size, due in (((3840, 2160), 1080), ((1280, 720), 720), ((320, 180), 180)):
        edit = of(*size, width=854, height=480)
        assert lines_due(edit, compile(edit)) == pytest.approx(due, abs=1)


@pytest.mark.parametrize(
    ("text", "lines"), [("a 4K cut", 2160), ("make it 720p", 720), ("Full HD", 1080), ("2024 in 30 seconds", None)]
)
def test_people_name_sizes(text: str, lines: int | None) -> None:
    assert asked_lines({"text": text}) == lines
