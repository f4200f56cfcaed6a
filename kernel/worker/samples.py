"""Samples: what the sound of a cut is made of between ffmpeg's decoders and its encoder.

48 kHz, stereo, 32-bit float, one row a sample. Files of them lie in the cache and are mapped, never read whole.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kernel.document import Value
from kernel.errors import Cancelled
from kernel.worker.ffmpeg import opening_ours
from kernel.worker.timing import Timeline

RATE = 48000
BLOCK = RATE * 10
"""Samples that are worked on at a time: an hour needs no more memory than a minute."""
FRAME = 8
"""Bytes of one sample of both channels."""

Samples = NDArray[np.float32]
"""Samples x 2 channels."""


class Raw(Value):
    """A file of raw samples."""

    path: Path
    samples: int

    @property
    def seconds(self) -> float:
        """Length."""
        return self.samples / RATE

    def opening(self) -> list[str]:
        """Return the arguments that open it."""
        return opening_ours(self.path, "f32le", "-ar", str(RATE), "-ch_layout", "stereo")


class Curve(NamedTuple):
    """A gain that runs straight from point to point, and stays as it is before the first and after the last."""

    at: tuple[float, ...]
    """Samples."""
    gain: tuple[float, ...]

    def over(self, start: int, end: int) -> NDArray[np.float64]:
        """Return the gain of each sample of a stretch, as a column."""
        return np.interp(np.arange(start, end), self.at, self.gain)[:, None]

    def parts(self, start: int, end: int) -> Iterator[tuple[int, int, float | None]]:
        """Yield a stretch in parts, each with its one gain; None where it changes all along."""
        bends = sorted({start, end, *(bend for at in self.at if start < (bend := math.ceil(at)) < end)})
        gains = np.interp(bends, self.at, self.gain)
        for (low, high), (first, last) in zip(pairwise(bends), pairwise(gains), strict=True):
            yield low, high, float(first) if first == last else None


def sample_of(frame: int, timeline: Timeline) -> int:
    """Return the sample at which a frame begins."""
    return round(Fraction(frame) / timeline.rate.fraction * RATE)


def held(file: Path | None) -> Samples:
    """Return a file's samples without reading them; none where there is no file, or an empty one."""
    if file is None or file.stat().st_size < FRAME:
        return np.zeros((0, 2), dtype=np.float32)
    return np.memmap(file, dtype="<f4", mode="r", shape=(file.stat().st_size // FRAME, 2))


def go_on(cancelled: Callable[[], bool] | None) -> None:
    """Ask whether to go on.

    Raises:
        Cancelled: `cancelled` said no.
    """
    if cancelled and cancelled():
        raise Cancelled("Stopped while the sound was made, as asked.")
