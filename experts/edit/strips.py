"""Strips: the stretches of picture that are worth showing, shot by shot, and a shelf to take them from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from experts.edit.footage import Reel
from kernel.worker.media import Inspection

MARGIN = 0.12
"""Seconds left away on both sides of a shot, where a fade or a neighbour's frame may be."""
DEAD = 0.12
"""Share of a source's usual motion below which a second of it shows nothing: black, a frozen frame, a still card."""
DIM = 0.4
"""Share of a source's usual brightness below which a second of it is a fade or black."""
RISEN = 1.5
"""Times its source's usual motion from which a second is livelier than what lies around it."""
APART = 2
"""Seconds of a livelier or duller stretch from which it becomes a strip of its own."""
ENDLESS = 3600.0
"""Seconds that a still may be shown."""


@dataclass(frozen=True)
class Strip:
    """A stretch of one shot."""

    source: str
    start: float
    end: float
    lively: float
    """Its motion against the footage's usual one: 1 is usual."""
    place: float
    """Where in its source it lies, from 0 to 1."""
    shot: int
    """Running number of its shot over all sources."""

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.end - self.start


def strips(reels: Iterable[Reel]) -> list[Strip]:
    """Return what is worth showing of some sources, in their order; everything where nothing is."""
    found: list[Strip] = []
    for reel in reels:
        found += _of_reel(reel, len(found) * 1000)
    return found


def _of_reel(reel: Reel, number: int) -> list[Strip]:
    probe, seen = reel.inspection.probe, reel.inspection
    if probe.kind == "still":
        return [Strip(reel.id, 0.0, ENDLESS, 1.0, 0.5, number)]
    spans = [(span.start, min(span.end, probe.duration)) for span in seen.shots] or [(0.0, probe.duration)]
    usual = sorted(seen.motion)[len(seen.motion) // 2] if seen.motion else 0.0
    found = [
        Strip(reel.id, start, end, _lively(seen.motion, start, end, usual), start / probe.duration, number + shot)
        for shot, span in enumerate(spans)
        for alive in _alive(span, _dead(seen, usual), probe.duration)
        for start, end in _parted(alive, seen.motion, usual)
    ]
    return found or [Strip(reel.id, 0.0, probe.duration, 0.5, 0.0, number)]


def _dead(seen: Inspection, usual: float) -> list[int]:
    """Return the seconds that show nothing: no motion, black, or a fade."""
    light = sorted(seen.light)[len(seen.light) // 2] if seen.light else 0.0
    still = {second for second, moves in enumerate(seen.motion) if moves < DEAD * usual}
    return sorted(still | {second for second, shines in enumerate(seen.light) if shines < DIM * light})


def _parted(alive: tuple[float, float], motion: Sequence[float], usual: float) -> list[tuple[float, float]]:
    """Part a long stretch where something begins or ceases to move: the car from the empty road."""
    seconds = range(int(alive[0]), min(int(alive[1]) + 1, len(motion)))
    risen = {at for second in seconds if motion[second] > RISEN * usual for at in (second - 1, second, second + 1)}
    borders = [second for second in seconds if (second in risen) != (second - 1 in risen) and second > alive[0]]
    kept = [alive[0]]
    for border in borders:
        if border - kept[-1] >= APART and alive[1] - border >= APART:
            kept.append(float(border))
    return list(zip(kept, [*kept[1:], alive[1]], strict=True))


def _alive(span: tuple[float, float], dead: Sequence[int], duration: float) -> list[tuple[float, float]]:
    """Return the stretches of a shot that show something, without its margins."""
    start = span[0] + MARGIN * (span[0] > 0)
    end = span[1] - MARGIN * (span[1] < duration) - 0.04
    found, at = list[tuple[float, float]](), start
    for second in dead:
        if second + 1 > start and second < end:
            found.append((at, float(second)))
            at = max(at, second + 1.0)
    return [(a, b) for a, b in [*found, (at, end)] if b - a >= 0.3]


def _lively(motion: Sequence[float], start: float, end: float, usual: float) -> float:
    seconds = motion[int(start) : max(int(start) + 1, int(end))]
    return sum(seconds) / len(seconds) / usual if seconds and usual else 1.0


@dataclass(frozen=True)
class Taken:
    """A picture taken from the shelf."""

    source: str
    start: float
    seconds: float


@dataclass(frozen=True)
class Shelf:
    """The strips that have not been shown yet; when they are used up they all come back."""

    all: tuple[Strip, ...]
    left: tuple[Strip, ...]
    last: str = ""
    """The source that was shown last."""
    last_shot: int = -1
    last_end: float = -1.0
    """Second of it with which what was shown last ends."""
    shown: tuple[str, ...] = ()
    rounds: int = 1

    @classmethod
    def of(cls, found: Sequence[Strip]) -> Shelf:
        """Return a full shelf."""
        return cls(tuple(found), tuple(found))

    def take(self, seconds: float, least: float) -> tuple[Taken, Shelf]:
        """Take the next picture: so long where there is one, else as long as there is, at first not below `least`."""
        fits = [strip for strip in self.left if strip.seconds >= seconds]
        parts = [strip for strip in self.left if strip.seconds >= least]
        if fits:
            return self._taken(max(fits, key=self._merit), seconds)
        if parts:
            return self._taken(max(parts, key=lambda strip: strip.seconds), seconds)
        if self.left != self.all:
            return replace(self, left=self.all, rounds=self.rounds + 1).take(seconds, least)
        return self._taken(max(self.all, key=lambda strip: strip.seconds), seconds)

    def _merit(self, strip: Strip) -> tuple[bool, float]:
        seen = self.shown.count(strip.source) / (len(self.shown) or 1)
        same = 0.5 * (strip.source == self.last)
        return strip.shot != self.last_shot, min(strip.lively, 2.0) * 0.3 - seen - same - strip.place * 0.5

    def _taken(self, strip: Strip, seconds: float) -> tuple[Taken, Shelf]:
        length = min(seconds, strip.seconds)
        # A picture that only goes on is no new one: where there is room the next comes from the strip's other end.
        goes_on = strip.shot == self.last_shot and strip.start == self.last_end
        start = strip.end - length if goes_on and strip.seconds >= 2 * length else strip.start
        rest = replace(strip, end=start) if start > strip.start else replace(strip, start=start + length)
        left = tuple(rest if one is strip else one for one in self.left)
        end, shown = start + length, (*self.shown, strip.source)
        shelf = replace(self, left=left, last=strip.source, last_shot=strip.shot, last_end=end, shown=shown)
        return Taken(strip.source, start, length), shelf
