"""The clock of a file, measured: when each frame really comes, from the lines of ffmpeg's framecrc output."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from statistics import median

from kernel.worker.media import Rate

STANDARD = (
    *(Fraction(whole) for whole in (6, 8, 10, 12, 15, 20, 24, 25, 30, 48, 50, 60, 72, 75, 90, 100, 120)),
    *(Fraction(thousands * 1000, 1001) for thousands in (24, 30, 48, 60, 120)),
    *(Fraction(25, 4), Fraction(25, 2)),
)
"""Rates that cameras and programs use; a measured one that lies within SNAP of one is taken for it."""
SNAP = 0.002
FASTEST = 120
"""Frames per second; a clip that is faster is counted as this, as no screen shows more."""
JITTER = 0.1
"""Share of a frame by which times may stray without the rate being a variable one."""
STRAYS = 0.02
"""Share of frames that may stray further, as a frame dropped here and there."""


@dataclass
class Track:
    """One stream as it came out."""

    base: Fraction
    """Seconds per tick."""
    times: list[int] = field(default_factory=list)
    """Ticks of each frame or packet."""
    last: int = 0
    """Ticks that the frame which ends last lasts."""
    size: int = 0
    """Bytes of all."""
    ticks: int = 0
    """Summed lengths of all."""

    @property
    def start(self) -> float:
        """Seconds."""
        return float(min(self.times) * self.base)

    @property
    def end(self) -> float:
        """Seconds: the end of the last frame."""
        length = self.last or (median(_steps(self.times)) if len(self.times) > 1 else 0)
        return float((max(self.times) + Fraction(length)) * self.base)

    @property
    def gap(self) -> float:
        """Seconds of the longest wait between two frames."""
        return float(max(_steps(self.times), default=0) * self.base)


def read_tracks(lines: Iterable[str]) -> dict[int, Track]:
    """Read framecrc lines, in memory that grows with the frames' count alone; streams without a frame are left out."""
    tracks: dict[int, Track] = {}
    for line in lines:
        if line.startswith("#tb "):
            number, base = line[4:].split(": ")
            tracks[int(number)] = Track(Fraction(base))
        elif line and line[0].isdigit():
            _add(tracks, line)
    return {number: track for number, track in tracks.items() if track.times}


def rate_of(track: Track) -> tuple[Rate | None, bool]:
    """Return the nominal rate and whether it varies; None where one frame alone gives no rate."""
    steps = [step for step in _steps(track.times) if step > 0]
    if not steps:
        lone = track.last * track.base
        return (_rate(1 / lone), False) if lone else (None, False)
    middle = Fraction(median(steps)) * track.base
    if len(set(steps)) == 1:
        return _rate(1 / middle, exact=track.base < Fraction(1, 2000)), False
    allowed = max(Fraction(JITTER) * middle, Fraction(3, 2) * track.base)
    strays = sum(abs(step * track.base - middle) > allowed for step in steps)
    variable = strays > max(1, STRAYS * len(steps))
    kept = [step for step in steps if abs(step * track.base - middle) <= allowed]
    mean = Fraction(sum(kept), len(kept)) * track.base
    return _rate(1 / (middle if variable else mean)), variable


def _add(tracks: dict[int, Track], line: str) -> None:
    number, _, time, length, size = (int(part) for part in line.split(",")[:5])
    track = tracks[number]
    if not track.times or time >= track.times[-1]:
        track.last = length
    track.times.append(time)
    track.size += size
    track.ticks += length


def _steps(times: list[int]) -> list[int]:
    ordered = sorted(times)
    return [later - earlier for earlier, later in pairwise(ordered)]


def _rate(measured: Fraction, exact: bool = False) -> Rate:
    nearest = min(STANDARD, key=lambda rate: abs(rate - measured))
    if measured > FASTEST:
        measured = Fraction(FASTEST)
    elif not exact and abs(nearest - measured) <= SNAP * measured:
        measured = nearest
    bounded = measured.limit_denominator(1001)
    return Rate(num=bounded.numerator or 1, den=bounded.denominator if bounded.numerator else 1001)
