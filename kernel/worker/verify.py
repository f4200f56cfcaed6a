"""verify: whether a file is what was planned. Nothing gets its final name before it has passed.

A piece is decoded once, when it is made; the joined file holds the very same packets, so that it is checked by counting
and timing them. `verify` decodes a whole file, for those that come from elsewhere.
"""

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
STRICT = ("-xerror", "-err_detect", "explode")

Wish = Callable[[], bool] | None


class Measured(Value):
    """What a finished file holds, by decoding all of it."""

    frames: int
    samples: int
    size: int
    """Bytes."""


def prove(path: Path, frames: int, ffmpeg: Ffmpeg, cancelled: Wish = None) -> None:
    """Decode a piece of picture from end to end; smoothing the edges of blocks is left out, since it reads nothing.

    Raises:
        WorkerError: it has errors, or not exactly the planned frames.
    """
    opened = opening(path, "-threads", "1", "-skip_loop_filter", "all")
    arguments = [*STRICT, *opened, "-map", "0:v:0", "-f", "null", "-progress", "pipe:1", "-"]
    told = ffmpeg.lines(arguments, timeout=60 + 2 * frames, cancelled=cancelled)
    counted = [int(line[6:]) for line in told if line.startswith("frame=") and line[6:].isdigit()]
    if (counted or [0])[-1] != frames:
        raise WorkerError(f"A piece has {(counted or [0])[-1]} frames where {frames} were planned: it is not used.")


def check_join(
    path: Path, frames: int, rate: Fraction, ffmpeg: Ffmpeg, cancelled: Wish = None, *, silent: bool = False
) -> None:
    """Check the packets of a joined file: each planned frame once and at its time, sound as long as the picture.

    Args:
        silent: it has no sound on purpose.

    Raises:
        WorkerError: it is otherwise.
    """
    streams = ["-map", "0:v:0", *([] if silent else ["-map", "0:a:0"])]
    arguments = [*opening(path), *streams, "-c", "copy", "-f", "framecrc", "pipe:1"]
    said = list(ffmpeg.lines(arguments, cwd=path.parent, timeout=120 + frames, cancelled=cancelled))
    rows, ticks = _rows(said), _ticks(said)
    _counted(len(rows["0"]), frames)
    # Some containers count in milliseconds: each frame has to be at the tick that is nearest to its time.
    planned = [round(Fraction(number) / rate / ticks["0"]) for number in range(frames)]
    decoded = [int(row[1]) for row in rows["0"]]
    if sorted(int(row[2]) for row in rows["0"]) != planned or decoded != sorted(set(decoded)):
        raise WorkerError("The video's frames do not follow one another evenly: it is not handed out.")
    if not silent:
        _as_long(round(sum(int(row[3]) for row in rows["1"]) * ticks["1"] * SAMPLE_RATE), frames, rate)


def verify(path: Path, frames: int, rate: Fraction, ffmpeg: Ffmpeg, cancelled: Wish = None) -> Measured:
    """Decode a finished video from end to end.

    Raises:
        WorkerError: it has errors, not exactly the planned frames, or sound of another length.
    """
    # Every frame's own hash would only cost time: one line a frame is what is counted.
    streams = ["-map", "0:v:0", "-map", "0:a:0", "-c:a", "pcm_s16le"]
    arguments = [*STRICT, *opening(path), *streams, "-f", "framecrc", "pipe:1"]
    rows = _rows(ffmpeg.lines(arguments, timeout=120 + 2 * frames, cancelled=cancelled))
    if len({row[4] for row in rows["0"]}) > 1:
        raise WorkerError("The video's pictures are not all of one size and format: it is not handed out.")
    samples = sum(int(row[3]) for row in rows["1"])
    _counted(len(rows["0"]), frames)
    _as_long(samples, frames, rate)
    return Measured(frames=frames, samples=samples, size=path.stat().st_size)


def _counted(found: int, frames: int) -> None:
    if found != frames:
        raise WorkerError(f"The video has {found} frames where {frames} were planned: it is not handed out.")


def _as_long(samples: int, frames: int, rate: Fraction) -> None:
    planned = round(Fraction(frames) / rate * SAMPLE_RATE)
    if abs(samples - planned) > SOUND_SLACK * 1024:
        raise WorkerError(f"The sound lasts {samples} samples where {planned} were planned: it is not handed out.")


def rows_of(lines: Iterable[str]) -> tuple[Fraction, list[list[str]]]:
    """Return the tick of framecrc's first stream, in seconds, and its rows."""
    said = list(lines)
    return _ticks(said)["0"], _rows(said)["0"]


def _ticks(lines: Iterable[str]) -> dict[str, Fraction]:
    """Return the tick of each stream of framecrc, in seconds."""
    told = [line[4:].split(":") for line in lines if line.startswith("#tb ")]
    return {"0": Fraction(1), "1": Fraction(1)} | {number: Fraction(tick.strip()) for number, tick in told}


def _rows(lines: Iterable[str]) -> dict[str, list[list[str]]]:
    """Return framecrc's rows by stream; a row is stream, dts, pts, duration, size, checksum."""
    rows: dict[str, list[list[str]]] = {"0": [], "1": []}
    for line in lines:
        if line and not line.startswith("#"):
            row = [cell.strip() for cell in line.split(",")]
            rows.setdefault(row[0], []).append(row)
    return rows
