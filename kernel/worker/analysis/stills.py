"""Stills of a video at full size, upright, in the colours of an SDR screen: raw in one file, mapped, never all read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

Rgb = npt.NDArray[np.uint8]
"""Height x width x 3, ITU-R BT.709, full range."""

LONGEST_SIDE = 1920
"""Pixels: of a larger picture the stills are smaller, so that 8K takes no more room than HD."""
EVERY = 1.0
"""Seconds between two stills of the grid."""
MOST = 120
"""Stills of the grid: a longer file is sampled."""


@dataclass(frozen=True)
class Still:
    """One picture.

    Attributes:
        at: seconds.
        rgb: its pixels, read from the file when they are looked at.
    """

    at: float
    rgb: Rgb


class Stills(Sequence[Still]):
    """The stills of one video, in the order of their times.

    Args:
        file: raw pictures, one after the other; None where there is none.
        times: seconds, of each.
        width, height: pixels.
    """

    def __init__(self, file: Path | None, times: Sequence[float], width: int, height: int) -> None:
        room = file.stat().st_size // max(1, width * height * 3) if file and file.is_file() else 0
        self.times = tuple(times[:room])
        shape = (len(self.times), height, width, 3)
        self._pixels = np.memmap(file, np.uint8, "r", shape=shape) if file and self.times else np.zeros(shape, np.uint8)

    def __len__(self) -> int:
        return len(self.times)

    def __getitem__(self, index: int) -> Still:  # type: ignore[override]  # nobody cuts slices out of it
        return Still(self.times[index], self._pixels[index])

    def __iter__(self) -> Iterator[Still]:
        return (self[index] for index in range(len(self)))

    def near(self, at: float) -> Still | None:
        """Return the still that is nearest to a time; None where there is none."""
        index = min(range(len(self)), key=lambda index: abs(self.times[index] - at), default=None)
        return None if index is None else self[index]
