"""verify: whether a file is what was planned. Nothing gets its final name before it has passed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path

from kernel.document import Value
from kernel.errors import WorkerError
from kernel.worker.ffmpeg import Ffmpeg, opening

CHANNELS = 2
SAMPLE_RATE = 48000
SOUND_SLACK = 2
"""AAC frames of 1024 samples by which sound and picture may differ in length."""


class Measured(Value):
    """What a finished file holds, by decoding all of it."""

    frames: int
    samples: int
    size: int
    """Bytes."""


def count_packets(path: Path, ffmpeg: Ffmpeg, cancelled: Callable[[], bool] | None = None) -> int:
    """Return how many pictures a piece holds, by its packets."""
    arguments = [*opening(path), "-map", "0:v:0", "-c", "copy", "-f", "framecrc", "pipe:1"]
    return len(_rows(ffmpeg.lines(arguments, cwd=path.parent, timeout=60, cancelled=cancelled))["0"])


def verify(
    path: Path, frames: int, rate: Fraction, ffmpeg: Ffmpeg, cancelled: Callable[[], bool] | None = None
) -> Measured:
    """Decode a finished video from end to end.

    Raises:
        WorkerError: it has errors, not exactly the planned frames, or sound of another length.
    """
    # Every frame's own hash would only cost time: one line a frame is what is counted.
    streams = ["-map", "0:v:0", "-map", "0:a:0", "-c:a", "pcm_s16le"]
    arguments = ["-xerror", "-err_detect", "explode", *opening(path), *streams, "-f", "framecrc", "pipe:1"]
    rows = _rows(ffmpeg.lines(arguments, cwd=path.parent, timeout=120 + 2 * frames, cancelled=cancelled))
    if len({row[4] for row in rows["0"]}) > 1:
        raise WorkerError("The video's pictures are not all of one size and format: it is not handed out.")
    samples = sum(int(row[3]) for row in rows["1"])
    if len(rows["0"]) != frames:
        raise WorkerError(f"The video has {len(rows['0'])} frames where {frames} were planned: it is not handed out.")
    planned = round(Fraction(frames) / rate * SAMPLE_RATE)
    if abs(samples - planned) > SOUND_SLACK * 1024:
        raise WorkerError(f"The sound lasts {samples} samples where {planned} were planned: it is not handed out.")
    return Measured(frames=frames, samples=samples, size=path.stat().st_size)


def _rows(lines: Iterable[str]) -> dict[str, list[list[str]]]:
    """Return framecrc's rows by stream; a row is stream, dts, pts, duration, size, checksum."""
    rows: dict[str, list[list[str]]] = {"0": [], "1": []}
    for line in lines:
        if line and not line.startswith("#"):
            row = [cell.strip() for cell in line.split(",")]
            rows.setdefault(row[0], []).append(row)
    return rows
