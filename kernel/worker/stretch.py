"""stretch: sound at another speed, its pitch as it was (WSOLA: waveform similarity overlap-add).

Short pieces of the sound are laid one over the other at even distances; each is taken from where the clock says, give
or take what makes it fit to the one before. So the result keeps time to within `SEEK` wherever one looks, also while
the speed changes, and its length is exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from kernel.worker.runs import Pace
from kernel.worker.samples import Samples

PIECE = 0.04
"""Seconds of a piece: two periods of the deepest voice."""
SEEK = 0.012
"""Seconds on either side in which a piece is looked for: one period of the deepest voice."""


def total(paces: Sequence[Pace]) -> Fraction:
    """Return the seconds of source from the first to the last."""
    return paces[-1].end - paces[0].start


def stretched(sound: Samples, rate: int, paces: Sequence[Pace]) -> Samples:
    """Return a sound at other speeds, as many samples as the paces last.

    Args:
        sound: the samples of the source from the start of the first pace to the end of the last.
        rate: samples a second.
        paces: one after another, without holes.
    """
    count = round(sum((pace.lasts for pace in paces), Fraction(0)) * rate)
    hop = round(PIECE * rate) // 2
    window = np.hanning(2 * hop + 1)[:-1].astype(np.float32)[:, None]
    reach = round(SEEK * rate)
    margin = 2 * hop + reach
    line = np.concatenate([np.zeros((margin, 2), np.float32), sound, np.zeros((margin + 2 * hop, 2), np.float32)])
    mono = line.mean(axis=1)
    middles = _clock(paces, rate, np.arange(0, count + hop, hop))
    made = np.zeros((len(middles) * hop + hop, 2), dtype=np.float32)
    follows = None
    for number, middle in enumerate(middles):
        at = int(middle) - hop + margin
        if follows is not None:
            at = _fitting(mono, at, follows, 2 * hop, reach)
        made[number * hop : number * hop + 2 * hop] += line[at : at + 2 * hop] * window
        follows = min(at + hop, len(line) - 2 * hop)
    done = made[hop : hop + count]
    return np.ascontiguousarray(done * _sounding(paces, rate, count))


def _clock(paces: Sequence[Pace], rate: int, at: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the samples of the source that lie at samples of the result."""
    lasts = np.cumsum([0.0, *(float(pace.lasts) for pace in paces)]) * rate
    source = np.array([float(pace.start - paces[0].start) for pace in paces] + [float(total(paces))]) * rate
    made: NDArray[np.float64] = np.interp(at, lasts, source)
    return made


def _fitting(mono: NDArray[np.float32], at: int, follows: int, size: int, reach: int) -> int:
    """Return where, near `at`, the sound is most like what follows the piece before."""
    if at == follows:
        return at
    low, high = max(at - reach, 0), min(at + reach, len(mono) - size)
    wanted, field = mono[follows : follows + size], mono[low : high + size]
    points = 1 << (len(field) + size - 1).bit_length()
    likeness = np.fft.irfft(np.fft.rfft(field, points) * np.conj(np.fft.rfft(wanted, points)), points)
    squares = np.concatenate([[0.0], np.cumsum(field.astype(np.float64) ** 2)])
    power = squares[size:] - squares[:-size]
    fits = likeness[: len(power)] / np.sqrt(power + 1e-6)
    return low + int(np.argmax(fits))


def _sounding(paces: Sequence[Pace], rate: int, count: int) -> NDArray[np.float32]:
    """Return 1 where there is sound and 0 in freezes, with short ramps between, as a column."""
    ramp = rate // 100
    points = [(0.0, 1.0)]
    at = Fraction(0)
    for pace in paces:
        start, end = float(at * rate), float((at + pace.lasts) * rate)
        if pace.start == pace.end:
            points += [(start - ramp, 1.0), (start, 0.0), (end, 0.0), (end + ramp, 1.0)]
        at += pace.lasts
    places, gains = zip(*points, strict=True)
    made: NDArray[np.float32] = np.interp(np.arange(count), places, gains).astype(np.float32)[:, None]
    return made
