"""denoise: steady noise behind speech (a room, a fan, hiss, a street far away) is turned down, the speech left whole.

Each frequency is judged by itself: what lies near the level that it never falls below is noise. The gain follows the
speech by decisions of the frame before (Ephraim and Malah, 1984), so that what is left of the noise does not twitter.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from kernel.worker.samples import Samples

SIZE, HOP = 2048, 512
"""Points of a frame, 43 ms, and of the way to the next one."""
QUIET = 0.15
"""Share of the frames that are taken to hold noise alone, at each frequency."""
AVERAGE = 8
"""Frames over which power is averaged before the quiet ones are looked for: 85 ms."""
BIAS = 1.45
"""By how much the mean power of noise is over that of its quiet share; counted on noise."""
MEMORY = 0.95
"""Weight of the frame before in judging how much speech there is; lower twitters, higher drags."""
OVER = 1.3
"""By how much noise is overestimated: strays of the noise count as noise."""
MANY = 2048
"""Frames that are worked on together: 22 s; an hour needs no more memory than a minute."""
SILENT = 1e-6
"""Share of the usual power below which a frame is no room but a hole in the sound."""
DEPTH = {"light": 6.0, "medium": 12.0, "strong": 18.0}
"""Decibels by which noise is turned down; what is left hides the seams and sounds like a room."""

Power = NDArray[np.float32]


def denoised(sound: Samples, depth_db: float) -> Iterator[Samples]:
    """Yield a sound part by part with its steady noise turned down, sample for sample in its place."""
    noise, lowest, window = noise_in(sound), np.float32(10 ** (-depth_db / 20)), _window()
    state = np.ones(SIZE // 2 + 1, dtype=np.float32)
    tail = np.zeros((SIZE - HOP, 2), dtype=np.float32)
    at = HOP - SIZE
    for spectra in _spectra(sound):
        gains, state = _gains(_power(spectra), noise, lowest, state)
        frames = np.fft.irfft(spectra * gains[:, None], SIZE) * window
        made = np.concatenate([tail, np.zeros((len(frames) * HOP, 2), dtype=np.float32)])
        for number, frame in enumerate(frames):
            made[number * HOP : number * HOP + SIZE] += frame.T
        tail, done = made[len(frames) * HOP :], made[: len(frames) * HOP]
        yield done[max(0, -at) : max(0, len(sound) - at)]
        at += len(done)


def noise_in(sound: Samples) -> Power:
    """Return the power of the noise at each frequency: the quietest of all parts counts."""
    levels = [_quiet(_power(spectra)) for spectra in _spectra(sound)]
    level = np.min(levels, axis=0) if levels else np.zeros(SIZE // 2 + 1)
    made: Power = np.convolve(np.pad(level, 2, mode="edge"), np.ones(5) / 5, mode="valid").astype(np.float32)
    return made


def _quiet(power: Power) -> Power:
    """Return the power of the noise in some frames; endless where they are all holes."""
    average = min(AVERAGE, len(power))
    smooth = sliding_window_view(power, average, axis=0)[:: max(1, average // 2)].mean(axis=2)
    whole = smooth.sum(axis=1)
    heard = smooth[whole > SILENT * np.median(whole)]
    endless: Power = np.full(power.shape[1], np.float32(np.inf))
    return np.quantile(heard, QUIET, axis=0) * BIAS if len(heard) else endless


def _gains(power: Power, noise: Power, lowest: np.float32, state: Power) -> tuple[Power, Power]:
    """Return the gain of each frequency in each frame, and how much speech the last frame left."""
    over = power / np.maximum(noise * OVER, 1e-12)
    fresh = np.maximum(over - 1, 0) * np.float32(1 - MEMORY)
    gains = np.empty_like(power)
    for number in range(len(power)):
        speech = np.float32(MEMORY) * state + fresh[number]
        gains[number] = np.maximum(speech / (1 + speech), lowest)
        state = gains[number] ** 2 * over[number]
    return gains, state


def _spectra(sound: Samples) -> Iterator[NDArray[np.complex64]]:
    """Yield frames as spectra, frames x channels x frequencies; the first one ends HOP samples into the sound."""
    window, lead = _window(), SIZE - HOP
    count = -(-(len(sound) + lead) // HOP)
    for first in range(0, count, MANY):
        start = first * HOP - lead
        end = start + (min(MANY, count - first) - 1) * HOP + SIZE
        part = np.asarray(sound[max(0, start) : end])
        missing = (max(0, -start), end - max(0, start) - len(part))
        frames = sliding_window_view(np.pad(part, (missing, (0, 0))), SIZE, axis=0)[::HOP]
        yield np.asarray(np.fft.rfft(frames * window), dtype=np.complex64)


def _power(spectra: NDArray[np.complex64]) -> Power:
    made: Power = (spectra.real**2 + spectra.imag**2).mean(axis=1)
    return made


def _window() -> NDArray[np.float32]:
    """Return the root of a Hann window, scaled so that overlapping frames add up to the sound."""
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(SIZE) / SIZE)
    made: NDArray[np.float32] = np.sqrt(hann / (SIZE / HOP / 2)).astype(np.float32)
    return made
