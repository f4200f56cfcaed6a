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
OWN_CLOCK = ("-copyts",)
"""Options of an input that is read by the file's own clock. Without them ffmpeg counts from the first of the streams
that a run uses, or from the place it seeks to, in whole ticks of the stream: picture and sound of a TS part by the wait
between them, and a seek in an AVI is a third of a frame off."""
NO_TIME = -(2**63)
"""What stands where a packet has no time; programme streams leave out those that a decoder can guess."""
JITTER = 0.1
"""Share of a frame by which times may stray without the rate being a variable one."""
STRAYS = 0.02
"""Share of frames that may stray further, as a frame dropped here and there."""


@dataclass
class Track:
    """One stream as it came out."""

    base: Fraction
    """Seconds per tick."""
    zero: float = 0.0
    """Seconds that the clock shows where times are counted from."""
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
        return float(min(self.times) * self.base) - self.zero

    @property
    def end(self) -> float:
        """Seconds: the end of the last frame."""
        length = self.last or (median(_steps(self.times)) if len(self.times) > 1 else 0)
        return float((max(self.times) + Fraction(length)) * self.base) - self.zero

    @property
    def gap(self) -> float:
        """Seconds of the longest wait between two frames."""
        return float(max(_steps(self.times), default=0) * self.base)


def read_tracks(lines: Iterable[str], zero: float = 0.0) -> dict[int, Track]:
    """Read framecrc lines, in memory that grows with the frames' count alone; streams without a frame are left out.

    Args:
        lines: of ffmpeg's framecrc output.
        zero: seconds that the clock shows where times are counted from.
    """
    tracks: dict[int, Track] = {}
    coded: dict[int, list[int]] = {}
    for line in lines:
        if line.startswith("#tb "):
            number, base = line[4:].split(": ")
            # A stream whose description is damaged has no ticks at all: 0/0.
            ticks = Fraction(base) if not base.endswith("/0") else Fraction(1)
            tracks[int(number)], coded[int(number)] = Track(ticks, zero), []
        elif line and line[0].isdigit():
            _add(tracks, coded, line)
    for stream, times in coded.items():
        _fill_in(tracks[stream], times)
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
    # Of two steps as different as can be, neither is near the middle.
    mean = Fraction(sum(kept), len(kept)) * track.base if kept else middle
    return _rate(1 / (middle if variable else mean)), variable


def _add(tracks: dict[int, Track], coded: dict[int, list[int]], line: str) -> None:
    number, decoded, time, length, size = (int(part) for part in line.split(",")[:5])
    track = tracks[number]
    coded[number].append(decoded)
    track.size += size
    track.ticks += length
    if time != NO_TIME:
        track.last = length if not track.times or time >= track.times[-1] else track.last
        track.times.append(time)


def _fill_in(track: Track, coded: list[int]) -> None:
    """Where some packets say only when they are decoded, count from that: they are shown later by one delay for all."""
    if track.times and len(track.times) < len(coded) and min(coded) != NO_TIME:
        delay = min(track.times) - min(coded)
        track.times = [time + delay for time in coded]


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
