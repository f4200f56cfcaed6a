"""What the benchmark says: one line a figure, with its bar beside it. A miss is printed as a miss."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Line:
    """One figure."""

    what: str
    """What was measured, against what."""
    value: float | None
    """None where it could not be measured; `note` says why."""
    bar: float | None = None
    """The most (or, with `least`, the least) that it may be; None for a figure that is only told."""
    unit: str = ""
    note: str = ""
    least: bool = False

    @property
    def verdict(self) -> str:
        """PASS or MISS; NONE where there is no figure, and nothing where there is no bar."""
        if self.value is None:
            return "NONE"
        if self.bar is None:
            return ""
        good = self.value >= self.bar if self.least else self.value <= self.bar
        return "PASS" if good else "MISS"

    def text(self) -> str:
        """Return the line as it is printed."""
        value = "-" if self.value is None else f"{_number(self.value)}{self.unit}"
        bar = "" if self.bar is None else f"{'>=' if self.least else '<='} {_number(self.bar)}{self.unit}"
        return f"{self.verdict:<4}  {self.what:<58} {value:>12}  {bar:<12} {self.note}".rstrip()


def _number(value: float) -> str:
    return (
        f"{value:.0f}" if value == int(value) and abs(value) >= 2 else f"{value:.3f}" if value < 10 else f"{value:.1f}"
    )


def ratio(what: str, ours: float, rival: float | None, bar: float | None = None, note: str = "") -> Line:
    """Return ours over the rival's, as a line; no figure where the rival has none."""
    return Line(what, None if not rival else ours / rival, bar, note=note)


def say(lines: Sequence[Line]) -> None:
    """Print lines as they become known."""
    for line in lines:
        print(line.text(), flush=True)


def summary(lines: Sequence[Line]) -> str:
    """Return how many bars were met, and which were not."""
    judged = [line for line in lines if line.bar is not None]
    missed = [line for line in judged if line.verdict != "PASS"]
    words = [f"{len(judged) - len(missed)} of {len(judged)} bars met."]
    return "\n".join([*words, *(f"  {line.verdict}: {line.what}" for line in missed)])


def keep(lines: Sequence[Line], path: Path) -> None:
    """Write all figures as JSON."""
    path.write_text(json.dumps([{**asdict(line), "verdict": line.verdict} for line in lines], indent=2) + "\n")
