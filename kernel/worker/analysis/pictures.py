"""The picture of a source as small frames, streamed: upright, square pixels, at its nominal rate, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kernel.worker.media import Probe, Rate

Plane = npt.NDArray[np.uint8]

LONG_SIDE = 320
"""Pixels of the small frame's longer side: enough for cuts, movement and light, which are all looked at in cells."""
FASTEST = 60
"""Frames per second that are looked at; of a faster source every second frame and so on."""


RAW = ("-fps_mode:v", "passthrough", "-f", "rawvideo")
"""Arguments of an output of raw pictures that are as few as the filters let through; the file's name follows."""


@dataclass(frozen=True)
class Frame:
    """One small frame.

    Attributes:
        at: seconds.
        luma: brightness, height x width.
        blue, red: colour difference, half of either side.
    """

    at: float
    luma: Plane
    blue: Plane
    red: Plane


def small_size(probe: Probe, longest: int = LONG_SIDE) -> tuple[int, int]:
    """Return width and height of the small frames: multiples of 4, the shape of the displayed picture."""
    share = longest / max(probe.width, probe.height, 1)
    return max(16, round(probe.width * share / 4) * 4), max(16, round(probe.height * share / 4) * 4)


def looked_at(probe: Probe) -> Rate:
    """Return the rate at which a source is looked at."""
    rate = probe.rate or Rate(num=25, den=1)
    share = -(-rate.num // (rate.den * FASTEST))
    return Rate(num=rate.num, den=rate.den * share)


def steady(probe: Probe) -> str:
    """Return the filters that lay a picture on an even clock from nought, whatever the file's own clock does."""
    return f"setpts=PTS-{probe.start:.6f}/TB,fps={looked_at(probe)}:start_time=0"


def filters(probe: Probe) -> str:
    """Return the filters that make small frames of those on the even clock."""
    width, height = small_size(probe)
    return f"scale={width}:{height}:flags=area,format=yuv420p"


def output(probe: Probe) -> list[str]:
    """Return the arguments of the output that writes the small frames to `pipe:1`, as long as the video lasts."""
    return ["-t", f"{probe.duration:.6f}", "-f", "rawvideo", "pipe:1"]


def block_size(probe: Probe) -> int:
    """Return the bytes of one small frame."""
    width, height = small_size(probe)
    return width * height * 3 // 2


def framed(blocks: Iterable[bytes], probe: Probe) -> Iterator[Frame]:
    """Yield the small frames that lie in blocks of bytes."""
    width, height = small_size(probe)
    rate = looked_at(probe)
    for number, block in enumerate(blocks):
        if len(block) == block_size(probe):
            yield _frame(number * rate.den / rate.num, block, width, height)


def _frame(at: float, block: bytes, width: int, height: int) -> Frame:
    data = np.frombuffer(block, dtype=np.uint8)
    luma, quarter = width * height, width * height // 4
    half = (height // 2, width // 2)
    return Frame(
        at=at,
        luma=data[:luma].reshape(height, width),
        blue=data[luma : luma + quarter].reshape(half),
        red=data[luma + quarter : luma + 2 * quarter].reshape(half),
    )
