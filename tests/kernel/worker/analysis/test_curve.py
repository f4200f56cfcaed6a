"""How loud it is at each moment."""

from __future__ import annotations

import pytest

from kernel.worker.analysis import curve
from kernel.worker.analysis.curve import read_curve


def noted(*readings: tuple[float, str]) -> list[str]:
    return [line for at, said in readings for line in (f"frame:0 pts:0 pts_time:{at:g}\n", f"lavfi.r128.M={said}\n")]


def test_each_reading_lies_in_the_middle_of_what_it_is_of() -> None:
    points, step = read_curve(noted((0.0, "-120.7"), (0.1, "-20.0"), (0.2, "-30.04")), 0.0, 0.4)
    assert points == (-20.0, -30.0, -70.0, -70.0)
    assert step == 0.1


def test_the_files_own_clock_is_counted_out_and_holes_are_silent() -> None:
    points, _ = read_curve(noted((5.1, "-20.0"), (5.4, "nan"), (99.0, "-1")), 5.0, 0.4)
    assert points == (-20.0, -70.0, -70.0, -70.0)


def test_a_long_curve_has_coarser_points(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curve, "LONGEST", 5)
    points, step = read_curve(noted(*((n / 10 + 0.1, "-20" if n < 5 else "-30") for n in range(10))), 0.0, 1.0)
    assert (len(points), step) == (5, 0.2)
    assert points == pytest.approx((-20.0, -20.0, -22.6, -30.0, -30.0), abs=0.1)


def test_a_file_without_a_length_has_a_point() -> None:
    assert read_curve([], 0.0, 0.0) == ((-70.0,), 0.1)
