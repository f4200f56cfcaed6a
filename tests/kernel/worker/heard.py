"""What the tests of sound share: samples of known kinds, and how they are measured."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kernel.worker.compile import compile
from kernel.worker.ffmpeg import Ffmpeg, opening
from kernel.worker.plan import EditPlan
from kernel.worker.samples import RATE, Samples
from kernel.worker.segments import Cache
from kernel.worker.soundtrack import Track, soundtrack

Mono = NDArray[np.float32]


def both(mono: NDArray[Any]) -> Samples:
    """Return a mono sound on both sides."""
    return np.stack([mono, mono], axis=1).astype(np.float32)


def noise(seconds: float, level: float = 0.1, seed: int = 1) -> Mono:
    """Return white noise."""
    made: Mono = np.random.default_rng(seed).normal(0, level, round(seconds * RATE)).astype(np.float32)
    return made


def db(samples: NDArray[Any]) -> float:
    """Return the mean power in dB."""
    return float(10 * np.log10((samples.astype(np.float64) ** 2).mean() + 1e-20))


def snr(clean: NDArray[Any], made: NDArray[Any]) -> float:
    """Return the signal-to-noise ratio in dB, whatever the level (scale-invariant)."""
    clean, made = (part.astype(np.float64) - part.mean() for part in (clean, made))
    share = (clean @ made) / (clean @ clean)
    return float(10 * np.log10(share**2 * (clean @ clean) / ((made - share * clean) ** 2).sum()))


def lag(one: NDArray[Any], other: NDArray[Any]) -> int:
    """Return by how many samples the other is late, by their cross-correlation."""
    size = 1 << (len(one) + len(other)).bit_length()
    likeness = np.fft.irfft(np.fft.rfft(other, size) * np.conj(np.fft.rfft(one, size)), size)
    best = int(np.argmax(likeness))
    return best if best < size // 2 else best - size


def decoded(path: Path, ffmpeg: Ffmpeg) -> Samples:
    """Return the first sound of a file as samples."""
    arguments = [*opening(path), "-map", "0:a:0", "-ac", "2", "-ar", str(RATE), "-f", "f32le", "pipe:1"]
    held = ffmpeg.read(arguments, cwd=path.parent, timeout=60, limit=2**28)
    return np.frombuffer(held, dtype=np.float32).reshape(-1, 2)


def sound_of(edit: EditPlan, media: dict[str, Path], cache: Path, ffmpeg: Ffmpeg) -> Track:
    """Return the finished sound of a plan."""
    return soundtrack(edit, compile(edit), media, Cache(cache), ffmpeg, lambda done, doing: None, lambda: False)
