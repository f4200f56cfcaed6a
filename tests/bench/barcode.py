"""Frame numbers in the picture: a row of twelve blocks in the top left corner, the lowest bit first."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kernel.worker.ffmpeg import Ffmpeg, opening

BITS = 12
WHITE, BLACK = 235, 16
MIDDLE = 125


def block(height: int) -> int:
    """Return the side of a block for a picture of so many lines: 48 at 1080, 32 at 720."""
    return height * 2 // 45


def strip(frames: int) -> NDArray[np.uint8]:
    """Return the blocks as pixels: one small grey picture of 12 x 2 for each frame."""
    numbers = np.arange(frames)[:, None]
    row = np.where((numbers >> np.arange(BITS)) & 1, WHITE, BLACK).astype(np.uint8)
    return np.repeat(row[:, None, :], 2, axis=1)


def read(path: Path, ffmpeg: Ffmpeg, height: int) -> list[int]:
    """Return the number in every frame of a video, as many as it has."""
    side = block(height)
    # Each block's middle is averaged to one pixel.
    chain = f"crop={BITS * side}:{side}:0:0,extractplanes=y,scale={BITS}:1:flags=area"
    arguments = [*opening(path), "-map", "0:v:0", "-fps_mode", "passthrough", "-vf", chain]
    blocks = ffmpeg.stream([*arguments, "-f", "rawvideo", "pipe:1"], cwd=path.parent, timeout=900, size=BITS)
    seen = np.stack([np.frombuffer(each, dtype=np.uint8) for each in blocks]) > MIDDLE
    return [int(number) for number in seen @ (1 << np.arange(BITS))]
