"""snapshots: single frames of one of our own videos as picture files, taken in one decode."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kernel.errors import WorkerError
from kernel.worker.ffmpeg import Ffmpeg, Wish, opening

LONGEST = 600.0
"""Seconds that it may take."""


def snapshots(
    video: Path,
    numbers: Sequence[int],
    ffmpeg: Ffmpeg,
    work: Path,
    size: tuple[int, int] | None = None,
    suffix: str = "png",
    cancelled: Wish | None = None,
) -> list[Path]:
    """Write frames of a video as `frame001.png` and so on.

    Args:
        numbers: which frames, rising, each once.
        work: a folder that holds no such files yet.
        size: width and height; None leaves them as they are.
        suffix: png, or jpg where smaller files matter more than exact pixels.

    Raises:
        WorkerError: the video has no such frame.
    """
    chain = f"select='{'+'.join(f'eq(n,{number})' for number in numbers)}'"
    scaled = f",scale={size[0]}:{size[1]}:flags=lanczos" if size else ""
    quality = ["-q:v", "3", "-pix_fmt", "yuvj420p"] if suffix == "jpg" else []
    arguments = [*opening(video), "-map", "0:v:0", "-vf", chain + scaled, "-fps_mode", "passthrough", *quality]
    ffmpeg.run([*arguments, f"frame%03d.{suffix}"], cwd=work, timeout=LONGEST, cancelled=cancelled)
    found = sorted(work.glob(f"frame*.{suffix}"))
    if len(found) != len(numbers):
        raise WorkerError(f"{len(numbers)} frames of {video.name} are wanted, but {len(found)} could be read.")
    return found
