"""The picture of a source as small frames, streamed: upright, square pixels, at its nominal rate, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kernel.worker.clock import OWN_CLOCK
from kernel.worker.ffmpeg import Ffmpeg, Log, Wish, opening
from kernel.worker.media import Probe, Rate

Plane = npt.NDArray[np.uint8]

LONG_SIDE = 480
"""Pixels of the small frame's longer side: a face a tenth of the picture's height is still found."""
DECODE_SPEED = 0.5
"""Times real time that decoding may at least take; 720p was measured at thirty."""
FASTEST = 60
"""Frames per second that are looked at; of a faster source every second frame and so on."""


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


def small_size(probe: Probe) -> tuple[int, int]:
    """Return width and height of the small frames: multiples of 4, the shape of the displayed picture."""
    share = LONG_SIDE / max(probe.width, probe.height)
    return max(16, round(probe.width * share / 4) * 4), max(16, round(probe.height * share / 4) * 4)


def looked_at(rate: Rate) -> Rate:
    """Return the rate at which a source of this rate is looked at."""
    share = -(-rate.num // (rate.den * FASTEST))
    return Rate(num=rate.num, den=rate.den * share)


def frames(
    path: Path, probe: Probe, ffmpeg: Ffmpeg, work: Path, cancelled: Wish | None = None, told: Log | None = None
) -> Iterator[Frame]:
    """Decode a video once and yield its small frames.

    Args:
        path: the source.
        probe: what it holds.
        ffmpeg: decodes it.
        work: a folder of the job.
        cancelled: asked all along.
        told: hears of the run at its end, with the decoder's complaints.
    """
    if probe.rate is None:
        return
    width, height = small_size(probe)
    rate = looked_at(probe.rate)
    steady = f"setpts=PTS-{probe.start:.6f}/TB,fps={rate}:start_time=0,scale={width}:{height}:flags=area,format=yuv420p"
    arguments = [
        *opening(path, *OWN_CLOCK),
        "-map",
        f"0:v:{probe.video_stream}",
        "-vf",
        steady,
        "-t",
        f"{probe.duration:.6f}",
    ]
    blocks = ffmpeg.stream(
        [*arguments, "-f", "rawvideo", "pipe:1"],
        cwd=work,
        timeout=60 + probe.duration / DECODE_SPEED,
        size=width * height * 3 // 2,
        cancelled=cancelled,
        told=told,
    )
    for number, block in enumerate(blocks):
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
