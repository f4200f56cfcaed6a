"""meter: how loud samples are by ITU-R BS.1770, without a pass of ffmpeg.

What a programme would measure at another gain, or with its peaks held down, is read off the same numbers: they are
taken once, block by block, while the samples go by.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kernel.worker.samples import RATE, Samples

STEP = RATE // 10
"""Samples between two measuring blocks: 100 ms."""
STEPS = 4
"""A measuring block lasts 400 ms."""
TAIL = 8192
"""Samples after which nothing is left of an impulse that went through the weighting: 170 ms of a 38 Hz high-pass."""
SIZE = 65536
"""Points of a transform; the quickest of those tried."""
OFFSET = -0.691
ABSOLUTE, RELATIVE = -70.0, -10.0
"""Gates: LUFS, and LU below what passes the first."""
FINE = 240
"""Samples of a window in which peak and energy are noted: 5 ms."""

Numbers = NDArray[np.float64]


class Reading(NamedTuple):
    """What is known of a programme after it went by once."""

    energy: Numbers
    """K-weighted, summed over both channels, of each 100 ms."""
    peaks: NDArray[np.float32]
    """Largest sample of each 5 ms."""
    power: NDArray[np.float32]
    """Energy of each 5 ms, not weighted."""

    def lufs(self, gain_db: float = 0.0, kept: Numbers | None = None) -> float | None:
        """Return the integrated loudness at a gain; `kept` is the share of each 100 ms's energy that a limiter left."""
        energy = self.energy if kept is None else self.energy * kept
        return integrated(energy * 10 ** (gain_db / 10))


class Meter:
    """Takes samples block by block."""

    def __init__(self) -> None:
        self._past = np.zeros((2, TAIL), dtype=np.float32)
        self._rest = np.zeros((2, 0), dtype=np.float32)
        self._open = np.zeros((0, 2), dtype=np.float32)
        self._energy: list[Numbers] = []
        self._peaks: list[NDArray[np.float32]] = []
        self._power: list[NDArray[np.float32]] = []

    def hear(self, block: Samples) -> None:
        """Take the next samples, as many as there are."""
        self._weigh(block)
        self._window(block)

    def reading(self) -> Reading:
        """Return what was heard; a last window that is not whole counts for the peaks alone."""
        self._window(np.zeros((-len(self._open) % FINE, 2), dtype=np.float32))
        none = np.zeros(0, dtype=np.float32)
        energy = np.concatenate(self._energy) if self._energy else np.zeros(0)
        return Reading(energy, np.concatenate([none, *self._peaks]), np.concatenate([none, *self._power]))

    def _weigh(self, block: Samples) -> None:
        weighted = np.concatenate([self._rest, self._weighted(block)], axis=1)
        whole = weighted.shape[1] // STEP * STEP
        steps = weighted[:, :whole].reshape(2, -1, STEP)
        self._energy.append(np.einsum("ijk,ijk->j", steps, steps).astype(np.float64))
        self._rest = weighted[:, whole:]

    def _weighted(self, block: Samples) -> NDArray[np.float32]:
        """Return the block after the weighting, channel by channel: overlap and save."""
        line = np.concatenate([self._past, block.T], axis=1)
        self._past = line[:, -TAIL:]
        step, count = SIZE - TAIL, len(block)
        made = np.empty((2, count), dtype=np.float32)
        for start in range(0, count, step):
            part = line[:, start : start + SIZE]
            length = part.shape[1] - TAIL
            spectrum = np.fft.rfft(part, SIZE) * response()
            made[:, start : start + length] = np.fft.irfft(spectrum, SIZE)[:, TAIL : TAIL + length]
        return made

    def _window(self, block: Samples) -> None:
        line = np.concatenate([self._open, block])
        whole = len(line) // FINE * FINE
        windows = line[:whole].reshape(-1, FINE * 2)
        self._peaks.append(np.maximum(windows.max(axis=1), -windows.min(axis=1)) if len(windows) else windows[:, 0])
        self._power.append(np.einsum("ij,ij->i", windows, windows))
        self._open = line[whole:]


def integrated(energy: Sequence[float] | Numbers) -> float | None:
    """Return the gated loudness, in LUFS, of energies of 100 ms each; None where nothing passes the absolute gate."""
    steps = np.asarray(energy)
    if len(steps) < STEPS:
        return None
    sums = np.convolve(steps, np.ones(STEPS), mode="valid") / (STEPS * STEP)
    loud = sums[_lufs(sums) > ABSOLUTE]
    if not len(loud):
        return None
    loud = loud[_lufs(loud) > _lufs(loud.mean()) + RELATIVE]
    return float(_lufs(loud.mean()))


def _lufs(power: Numbers) -> Numbers:
    made: Numbers = OFFSET + 10 * np.log10(np.maximum(power, 1e-20))
    return made


@cache
def response() -> NDArray[np.complex64]:
    """Return the K-weighting at each frequency of a transform: a shelf for the head, then a high-pass, at 48 kHz."""
    long = _transfer(1 << 18)
    impulse = np.fft.irfft(long)[:TAIL]
    return np.fft.rfft(impulse, SIZE).astype(np.complex64)


def _transfer(size: int) -> NDArray[np.complex128]:
    turn = np.exp(-2j * math.pi * np.arange(size // 2 + 1) / size)
    # Coefficients of ITU-R BS.1770-4, annex 1, tables 1 and 2.
    shelf = _biquad(
        turn, (1.53512485958697, -2.69169618940638, 1.19839281085285), (-1.69065929318241, 0.73248077421585)
    )
    return shelf * _biquad(turn, (1.0, -2.0, 1.0), (-1.99004745483398, 0.99007225036621))


def _biquad(
    turn: NDArray[np.complex128], above: tuple[float, float, float], below: tuple[float, float]
) -> NDArray[np.complex128]:
    return (above[0] + above[1] * turn + above[2] * turn**2) / (1 + below[0] * turn + below[1] * turn**2)
