"""Stills of a video at full size, upright, in the colours of an SDR screen: raw in one file, mapped, never all read."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kernel.worker.analysis.pictures import looked_at
from kernel.worker.conform import assumed, sdr
from kernel.worker.media import Probe, Rate

Rgb = npt.NDArray[np.uint8]
"""Height x width x 3, ITU-R BT.709, full range."""

LONGEST_SIDE = 1920
"""Pixels: of a larger picture the stills are smaller, so that 8K takes no more room than HD."""
EVERY = 1.0
"""Seconds between two stills of the grid."""
MOST = 120
"""Stills of the grid: a longer file is sampled."""
MOST_WISHED = 240
"""Stills that are wished for besides; of more every second one is taken, and so on. In HD both take 2.2 GB of disk at
the most, as long as they are looked at."""
_LEAVES = 4
"""Frames that are compared with one by one at the end of a search."""


@dataclass(frozen=True)
class Still:
    """One picture.

    Attributes:
        at: seconds.
        rgb: its pixels, read from the file when they are looked at.
    """

    at: float
    rgb: Rgb


class Taken(NamedTuple):
    """Which stills are taken of a video."""

    rate: Rate
    """At which frames are counted."""
    frames: tuple[int, ...]
    """Rising."""
    width: int
    height: int
    every: float
    """Seconds between two of the grid."""

    @property
    def times(self) -> tuple[float, ...]:
        """Seconds."""
        return tuple(frame * self.rate.den / self.rate.num for frame in self.frames)


class Stills(Sequence[Still]):
    """The stills of one video, in the order of their times; taken when the first one is looked at.

    Args:
        taken: which they are.
        file: gives the file in which they lie raw, one after the other; fewer where the video ends early.
    """

    def __init__(self, taken: Taken, file: Callable[[], Path | None]) -> None:
        self._taken, self._file = taken, file

    def __len__(self) -> int:
        return len(self._pixels)

    def __getitem__(self, index: int) -> Still:  # type: ignore[override]  # nobody cuts slices out of it
        return Still(self._taken.times[index], self._pixels[index])

    def __iter__(self) -> Iterator[Still]:
        return (self[index] for index in range(len(self)))

    @property
    def every(self) -> float:
        """Seconds between two stills of the grid."""
        return self._taken.every

    def near(self, at: float) -> Still | None:
        """Return the still that is nearest to a time; None where there is none."""
        index = min(range(len(self)), key=lambda index: abs(self._taken.times[index] - at), default=None)
        return None if index is None else self[index]

    @cached_property
    def _pixels(self) -> Rgb:
        height, width = self._taken.height, self._taken.width
        file = self._file() if self._taken.frames else None
        count = min(file.stat().st_size // (width * height * 3), len(self._taken.frames)) if file else 0
        if not count or file is None:
            return np.zeros((0, height, width, 3), np.uint8)
        return np.memmap(file, np.uint8, "r", shape=(count, height, width, 3))


def chosen(probe: Probe, wished: Sequence[float]) -> Taken:
    """Return which stills to take.

    Args:
        probe: what the file holds.
        wished: seconds at which stills are wanted besides those of the grid.
    """
    rate = looked_at(probe)
    width, height = still_size(probe)
    if probe.kind != "video":
        return Taken(rate, (), width, height, 0.0)
    every = max(1, math.ceil(probe.duration / EVERY / MOST)) * EVERY
    grid = [number * every for number in range(math.ceil(probe.duration / every))]
    inside = sorted(at for at in wished if 0 <= at < probe.duration)
    some = inside[:: max(1, math.ceil(len(inside) / MOST_WISHED))]
    frames = {math.floor(at * rate.num / rate.den + 1e-6) for at in (*grid, *some)}
    return Taken(rate, tuple(sorted(frames)), width, height, every)


def still_size(probe: Probe) -> tuple[int, int]:
    """Return width and height of the stills: of the displayed picture, bounded."""
    share = min(1.0, LONGEST_SIDE / max(probe.width, probe.height, 1))
    return round(probe.width * share), round(probe.height * share)


def filters(probe: Probe, taken: Taken) -> str:
    """Return the filters that pick and make the stills from the frames on the even clock."""
    whole = ["bwdif=mode=send_frame:deint=interlaced"] if probe.interlaced else []
    pick = f"select='{_among(taken.frames)}'"
    scale = f"scale={taken.width}:{taken.height}:flags=bicubic"
    coded = [f"setparams=colorspace={assumed(probe.width, probe.height)}"] if not probe.matrix else []
    light = [_filter(name, options) for name, options in sdr(probe.matrix)] if probe.hdr else coded
    return ",".join([*whole, pick, *light, scale, "format=rgb24"])


def _among(frames: Sequence[int]) -> str:
    """Return an expression of ffmpeg that says whether frame n is one of these: a search by halves.

    A plain sum of all of them is deeper than ffmpeg reads, and slow.
    """
    if len(frames) <= _LEAVES:
        return "+".join(f"eq(n,{frame})" for frame in frames) or "0"
    middle = len(frames) // 2
    return f"if(lt(n,{frames[middle]}),{_among(frames[:middle])},{_among(frames[middle:])})"


def _filter(name: str, options: dict[str, object]) -> str:
    return f"{name}={':'.join(f'{key}={value}' for key, value in options.items())}"
