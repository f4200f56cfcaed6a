"""Where a word may be cut: found in the samples, as a recogniser's times are off by up to a third of a second.

Two envelopes are watched: the plain one, in which vowels stand out, and a brightened one, in which s, f and th do.
Sound is what rises above the local noise in either of them. Where a true pause parts two words, the first keeps a
little air after its decay and the second a little before its onset; where they run together, both share the quietest
point.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from kernel.worker.media import Span, Word
from kernel.worker.sound import RATE, Samples

HOP = 0.005
"""Seconds between two points of an envelope."""
WINDOW = 0.02
"""Seconds that a point sums up."""
AIR_BEFORE = 0.09
"""Seconds kept before an onset: a soft h or f begins before it can be measured."""
AIR_AFTER = 0.15
"""Seconds kept after a decay: the room rings on."""
SURE_PAUSE = 0.2
"""Seconds of quiet that no closed consonant within a word lasts."""
SHORT_PAUSE = 0.06
"""Seconds of quiet that may part two words."""
ABOVE_NOISE = 8.0
"""Decibels above the local noise that count as sound."""
REACH = 45.0
"""Decibels below the loud parts of speech; what lies lower is nothing, however silent the room."""
NEAR = 3.0
"""Seconds on either side in which the noise is looked for."""
PULL = 60.0
"""Decibels by which a candidate loses per second of distance from where the recogniser heard the border."""

Curve = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


class Envelope:
    """The loudness of a source over time, and what of it is sound.

    Attributes:
        plain: decibels of each point, brightened: the same of the treble.
        sound: whether there is sound at each point.
    """

    def __init__(self, samples: Samples) -> None:
        self.duration = len(samples) / RATE
        self.plain = _decibels(samples)
        self.bright = _decibels(np.diff(samples, prepend=samples[:1]))
        self.sound = _above(self.plain) | _above(self.bright)

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


def find_edges(words: Sequence[Word], envelope: Envelope) -> tuple[Word, ...]:
    """Return the words with `cut_in` and `cut_out` set."""
    if not words:
        return ()
    borders = [_first(words[0], envelope)]
    borders += [_between(left, right, envelope) for left, right in pairwise(words)]
    borders += [_last(words[-1], envelope)]
    return tuple(
        _cut(word, before[1], after[0], envelope.duration)
        for word, before, after in zip(words, borders, borders[1:], strict=False)
    )


def _cut(word: Word, cut_in: float, cut_out: float, duration: float) -> Word:
    start = min(max(cut_in, 0.0), duration)
    return word.model_copy(update={"cut_in": round(start, 3), "cut_out": round(min(max(cut_out, start), duration), 3)})


def _between(left: Word, right: Word, envelope: Envelope) -> tuple[float, float]:
    """Return the left word's cut_out and the right word's cut_in."""
    start, end = _centre(left), _centre(right)
    heard = (left.end + right.start) / 2
    sure = envelope.quiet(start, end, SURE_PAUSE)
    if sure:
        return _airy(sure[0].start, sure[0].end)[0], _airy(sure[-1].start, sure[-1].end)[1]
    short = envelope.quiet(start, end, SHORT_PAUSE)
    if short:
        pause = max(short, key=lambda span: span.end - span.start - abs((span.start + span.end) / 2 - heard) / 2)
        return _airy(pause.start, pause.end)
    point = envelope.quietest(start, end, heard)
    return point, point


def _airy(decay: float, onset: float) -> tuple[float, float]:
    """Return where to end before and where to begin after a pause: never beyond its ends."""
    pause = onset - decay
    return decay + min(AIR_AFTER, 0.7 * pause), onset - min(AIR_BEFORE, 0.7 * pause)


def _first(word: Word, envelope: Envelope) -> tuple[float, float]:
    quiet = envelope.quiet(0.0, _centre(word), SHORT_PAUSE)
    return (0.0, _airy(quiet[-1].start, quiet[-1].end)[1]) if quiet else (0.0, 0.0)


def _last(word: Word, envelope: Envelope) -> tuple[float, float]:
    end = envelope.duration
    quiet = envelope.quiet(_centre(word), end, SURE_PAUSE)
    return (_airy(quiet[0].start, quiet[0].end)[0], end) if quiet else (end, end)


def _centre(word: Word) -> float:
    return (word.start + word.end) / 2


def _decibels(samples: npt.NDArray[np.floating]) -> Curve:
    """Return the loudness of a window around each point."""
    hop, half = round(HOP * RATE), round(WINDOW * RATE / 2)
    total = np.concatenate([[0.0], np.cumsum(samples.astype(np.float64) ** 2)])
    points = np.arange(len(samples) // hop + 1) * hop
    low, high = np.clip(points - half, 0, len(samples)), np.clip(points + half, 0, len(samples))
    power = (total[high] - total[low]) / np.maximum(high - low, 1)
    decibels: Curve = 10 * np.log10(np.maximum(power, 1e-12))
    return decibels


def _above(level: Curve) -> Mask:
    """Return which points rise above the noise around them."""
    step = round(1.0 / HOP)
    starts = range(0, len(level), step)
    windows = [level[max(0, s - round(NEAR / HOP)) : s + step + round(NEAR / HOP)] for s in starts]
    noise = [np.percentile(window, 8) for window in windows]
    loud = np.percentile(level, 95) if len(level) else 0.0
    least = np.maximum(np.array(noise) + ABOVE_NOISE, loud - REACH)
    centres = np.array(starts) + step / 2
    mask: Mask = level > np.interp(np.arange(len(level)), centres, least)
    return mask


def _runs(mask: Mask) -> Iterable[tuple[int, int]]:
    """Yield begin and end of each stretch of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
