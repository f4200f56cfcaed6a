"""limiter: keeps the true peaks of samples under a limit; what is below passes untouched.

It looks ahead, so that the gain is down before a peak comes, and lets go slowly, so that nothing is heard to pump.
Peaks between the samples are looked for at four times the rate, as ITU-R BS.1770 annex 2 does, but only where a sample
comes so near to the limit that one may be over it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from kernel.worker.samples import BLOCK, RATE, Samples

WINDOW = 16
"""Samples that share a largest gain: a third of a millisecond."""
AHEAD = 12
"""Windows in which the gain comes down: 4 ms."""
RELEASE = 0.06
"""Seconds in which a reduction falls to a third of itself."""
BETWEEN = 0.7
"""Share of the limit from which a peak between samples may be over it: a tone at a quarter of the rate hides 3 dB."""
PHASES, TAPS = 4, 16
REACH = TAPS
"""Samples on either side that a window's peaks are reckoned from."""
MANY = 1 << 14
"""Windows that are looked at together."""
FALL = -WINDOW / (RELEASE * RATE)
"""Natural logarithm of what is left of a reduction after a window."""

Read = Callable[[int, int], Samples]
"""Returns the samples from one to another; zeros where there are none."""
Gains = NDArray[np.float64]


def limited(read: Read, samples: int, limit: float, gain: float = 1.0) -> Iterator[Samples]:
    """Yield a programme block by block, at a gain, with no true peak over the limit.

    Args:
        limit: largest true peak, as a share of full scale.
    """
    known, fallen = np.ones(AHEAD + 1), -math.inf
    for start in range(0, samples, BLOCK):
        end = min(start + BLOCK, samples)
        windows = -(-(end - start) // WINDOW)
        fresh = windows + 2 * AHEAD + 2 - len(known)
        line = read(start - REACH, start + (windows + AHEAD + 1) * WINDOW + REACH) * np.float32(gain)
        first = len(line) - 2 * REACH - fresh * WINDOW
        wanted = np.minimum(1.0, limit / np.maximum(peaks(line[first:], limit).astype(np.float64), 1e-9))
        released, fallen = release(wanted, fallen)
        known = np.concatenate([known, released])
        block = line[REACH : REACH + end - start]
        yield block if known.min() > 1 - 1e-7 else (_padded(block) * ramps(known))[: len(block)]
        known = known[-(2 * AHEAD + 2) :]


def peaks(line: Samples, limit: float) -> NDArray[np.float32]:
    """Return the largest peak of each window of a line that reaches REACH samples beyond the first and the last.

    Peaks between samples are reckoned only for windows that come near to the limit.
    """
    inner = line[REACH : len(line) - REACH]
    found: NDArray[np.float32] = np.abs(inner).reshape(-1, 2 * WINDOW).max(axis=1)
    near = np.flatnonzero(found > limit * BETWEEN)
    reach = WINDOW + TAPS
    spans = sliding_window_view(line[REACH - TAPS // 2 :], reach, axis=0)[::WINDOW]
    for start in range(0, len(near), MANY):
        these = near[start : start + MANY]
        between = spans[these] @ _between()
        found[these] = np.maximum(found[these], np.abs(between).max(axis=(1, 2)))
    return found


def release(wanted: Gains, fallen: float, fall: float = FALL) -> tuple[Gains, float]:
    """Return gains that come back slowly, and the logarithm of the last reduction, for the windows that follow."""
    steps = np.arange(len(wanted)) * fall
    reduction = np.log(np.maximum(1 - wanted, math.exp(-700)))
    lasting = np.maximum.accumulate(np.maximum(reduction - steps, fallen + fall)) + steps
    return 1 - np.exp(np.maximum(lasting, -700)), float(lasting[-1])


def ramps(known: Gains) -> NDArray[np.float32]:
    """Return the gain of each sample, as a column, from those of its window, AHEAD more on each side, and one more.

    At an edge of a window the gain is under that of both its neighbours, and between two edges it runs straight.
    """
    lowest = sliding_window_view(known, AHEAD + 2).min(axis=1)
    edges = np.convolve(lowest, np.ones(AHEAD + 1) / (AHEAD + 1), mode="valid")
    share = np.arange(WINDOW) / WINDOW
    made = edges[:-1, None] + np.diff(edges)[:, None] * share
    return made.reshape(-1, 1).astype(np.float32)


def _padded(block: Samples) -> Samples:
    return np.concatenate([block, np.zeros((-len(block) % WINDOW, 2), dtype=np.float32)])


@cache
def _between() -> NDArray[np.float32]:
    """Return the matrix that takes a window and its neighbourhood to what lies between its samples."""
    reach = WINDOW + TAPS
    made = np.zeros((reach, (WINDOW + 1) * (PHASES - 1)), dtype=np.float32)
    for place in range(WINDOW + 1):
        for phase in range(1, PHASES):
            # The first place is that before the window, so that no gap between two windows is left out.
            away = np.arange(reach) - (TAPS // 2 - 1 + place) - phase / PHASES
            taper = np.where(np.abs(away) < TAPS / 2, np.cos(np.pi * away / TAPS) ** 2, 0)
            made[:, place * (PHASES - 1) + phase - 1] = np.sinc(away) * taper
    return made
