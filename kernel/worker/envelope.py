"""The loudness of a source over time, and which stretches of it are sound rather than the noise of the room."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from kernel.worker.media import Span
from kernel.worker.sound import RATE, Coded, Samples, floats

HOP = 0.005
"""Seconds between two points."""
WINDOW = 0.02
"""Seconds that a point sums up."""
ABOVE_NOISE = 8.0
"""Decibels above the local noise that count as sound."""
REACH = 45.0
"""Decibels below the loud parts; what lies lower is nothing, however silent the room."""
STEADY = 6.0
"""Decibels below the loud parts; what lies higher is sound, however steady it is: a hum, a bed of music."""
NOTHING = -75.0
"""Decibels of full scale: what lies lower nobody hears."""
NEAR = 3.0
"""Seconds on either side in which the noise is looked for."""
PULL = 60.0
"""Decibels by which a candidate for a cut loses per second of distance from where it was expected."""
LEAST_SILENCE = 0.35
"""Seconds of quiet that are a silence of their own rather than the space between two words."""

BLOCK = 12_000
"""Points that are worked on at a time: a minute."""
_POINT, _HALF = round(HOP * RATE), round(WINDOW * RATE / 2)

Curve = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


class Envelope:
    """The loudness of a source over time, and what of it is sound.

    Args:
        samples: mono, 16 kHz; those of a mapped file are read a block at a time.

    Attributes:
        plain: decibels of each point, brightened: the same of the treble.
        sound: whether there is sound at each point.
    """

    def __init__(self, samples: Samples | Coded) -> None:
        self.duration = len(samples) / RATE
        levels = [_levels(samples, at) for at in range(0, len(samples) // _POINT + 1, BLOCK)]
        self.plain = np.concatenate([plain for plain, _ in levels])
        self.bright = np.concatenate([bright for _, bright in levels])
        self.sound = _above(self.plain, STEADY) | _above(self.bright, -np.inf)

    def point(self, second: float) -> int:
        """Return the index of the point nearest to a time."""
        return min(max(round(second / HOP), 0), len(self.plain) - 1)

    def quiet(self, start: float, end: float, least: float) -> list[Span]:
        """Return the stretches without sound of at least `least` seconds, as far as they lie between two times."""
        first, last = self.point(start), self.point(end) + 1
        runs = _runs(~self.sound[first:last])
        spans = (Span(start=(first + a) * HOP, end=(first + b) * HOP) for a, b in runs)
        return [span for span in spans if span.end - span.start >= least]

    def quietest(self, start: float, end: float, near: float) -> float:
        """Return the time of the least loudness between two times, rather close to `near`."""
        first, last = self.point(start), max(self.point(end), self.point(start) + 1)
        level = np.maximum(self.plain[first:last], self.bright[first:last])
        away = np.abs(np.arange(first, last) * HOP - near)
        return float((first + int(np.argmin(level + PULL * away))) * HOP)

    def silences(self) -> tuple[Span, ...]:
        """Return the silences of the whole source, in seconds."""
        found = self.quiet(0.0, self.duration, LEAST_SILENCE)
        return tuple(Span(start=round(s.start, 3), end=round(min(s.end, self.duration), 3)) for s in found)


def _levels(samples: Samples | Coded, first: int) -> tuple[Curve, Curve]:
    """Return the loudness around each point of the block that begins with point `first`, and that of its treble."""
    last = min(first + BLOCK, len(samples) // _POINT + 1)
    begin, end = max(0, first * _POINT - _HALF), min(len(samples), (last - 1) * _POINT + _HALF)
    part = floats(samples[max(0, begin - 1) : end])
    steps = np.diff(part, prepend=part[:1])
    led = begin > 0
    centres = np.arange(first, last) * _POINT - begin
    return _decibels(part[led:], centres), _decibels(steps[led:], centres)


def _decibels(samples: Samples, centres: npt.NDArray[np.int_]) -> Curve:
    """Return the loudness of a window around each centre."""
    total = np.concatenate([[0.0], np.cumsum(samples.astype(np.float64) ** 2)])
    low, high = np.clip(centres - _HALF, 0, len(samples)), np.clip(centres + _HALF, 0, len(samples))
    power = (total[high] - total[low]) / np.maximum(high - low, 1)
    decibels: Curve = 10 * np.log10(np.maximum(power, 1e-12))
    return decibels


def _above(level: Curve, steady: float) -> Mask:
    """Return which points rise above the noise around them, or lie at most `steady` decibels below the loud ones."""
    step = round(1.0 / HOP)
    starts = range(0, len(level), step)
    windows = [level[max(0, s - round(NEAR / HOP)) : s + step + round(NEAR / HOP)] for s in starts]
    noise = np.array([np.percentile(window, 8) for window in windows])
    loud = np.percentile(level, 95)
    least = np.minimum(np.maximum(noise + ABOVE_NOISE, loud - REACH), loud - steady)
    centres = np.array(starts) + step / 2
    mask: Mask = level > np.maximum(np.interp(np.arange(len(level)), centres, least), NOTHING)
    return mask


def _runs(mask: Mask) -> Iterable[tuple[int, int]]:
    """Yield begin and end of each stretch of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
