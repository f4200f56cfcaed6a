"""curves: numbers that change from frame to frame, as an expression that ffmpeg works out.

A table of many frames becomes straight lines between few knots, found by a tree of comparisons, so that a slow move is
a line of text and each frame costs a handful of steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

FINE = 0.01
"""How far a line may lie from its numbers; of pixels that is far below what anybody sees."""


class Line(NamedTuple):
    """A straight stretch of a curve, up to the next one."""

    first: int
    value: float
    slope: float


def expression(values: Sequence[float], frame: str, fine: float = FINE) -> str:
    """Return an expression for a number that has these values at the frames 0, 1, ...; the last one stays.

    Args:
        frame: an expression for the frame's number; it is read a few times.
        fine: how far it may lie from the values.
    """
    return _tree(lines(values, fine), frame)


def lines(values: Sequence[float], fine: float = FINE) -> list[Line]:
    """Return the fewest straight lines, each from the end of the one before, that keep so near to the values."""
    found: list[Line] = []
    first = 0
    while first < len(values) - 1:
        last = _reach(values, first, fine)
        slope = (values[last] - values[first]) / (last - first)
        found.append(Line(first, values[first], slope))
        first = last
    rests = bool(found) and found[-1].slope == 0
    return found if rests else [*found, Line(first, values[first], 0.0)]


def _reach(values: Sequence[float], first: int, fine: float) -> int:
    """Return how far one line goes that begins at a value and ends at another."""
    low, high, last = float("-inf"), float("inf"), first + 1
    for index in range(first + 1, len(values)):
        run, rise = index - first, values[index] - values[first]
        if not low <= rise / run <= high:
            break
        last = index
        low, high = max(low, (rise - fine) / run), min(high, (rise + fine) / run)
    return last


def _tree(parts: Sequence[Line], frame: str) -> str:
    if len(parts) == 1:
        return _line(parts[0], frame)
    half = len(parts) // 2
    before, after = _tree(parts[:half], frame), _tree(parts[half:], frame)
    return f"if(lt({frame},{parts[half].first}),{before},{after})"


def _line(line: Line, frame: str) -> str:
    start = line.value - line.slope * line.first
    slope, value = _number(line.slope, 6), _number(start, 4)
    return value if slope == "0" else f"({value}+{slope}*{frame})"


def _number(value: float, places: int) -> str:
    text = f"{round(value, places):.{places}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
