"""join: the pieces of the picture and the sound brought together without encoding again; checked by their packets."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

from kernel.worker.ffmpeg import Ffmpeg, opening, opening_ours
from kernel.worker.loudness import EXACT
from kernel.worker.pieces import Piece, timescale
from kernel.worker.verify import check_join


def join(
    pieces: Sequence[Piece], sound: Path, rate: Fraction, work: Path, ffmpeg: Ffmpeg, stop: Callable[[], bool]
) -> Path:
    """Write one file of the pieces and the sound in a work folder, check it, and return its path.

    Raises:
        WorkerError: ffmpeg failed, or the packets are not those that were planned.
        Cancelled: `stop` said so.
    """
    made = work / "whole.mp4"
    opened = [*opening_ours(_listed(pieces, rate, work), "concat"), *opening(sound)]
    # The list's times are rounded to microseconds; each frame goes back to its whole tick.
    ticks = f"setts=pts=round(PTS*TB*{rate.numerator}/{rate.denominator})*{rate.denominator}/{rate.numerator}/TB"
    ticks += f":dts=round(DTS*TB*{rate.numerator}/{rate.denominator})*{rate.denominator}/{rate.numerator}/TB"
    arguments = [*opened, "-map", "0:v:0", "-map", "1:a:0", "-c", "copy", "-bsf:v", ticks, *EXACT]
    arguments += ["-movflags", "+faststart", "-video_track_timescale", str(timescale(rate))]
    ffmpeg.run([*arguments, "-f", "mp4", f"file:{made}"], cwd=work, timeout=600, cancelled=stop)
    check_join(made, sum(piece.frames for piece in pieces), rate, ffmpeg, stop)
    return made


def _listed(pieces: Sequence[Piece], rate: Fraction, work: Path) -> Path:
    """Link the pieces into the work folder and return the list that names them in order."""
    lines = ["ffconcat version 1.0"]
    for index, piece in enumerate(pieces):
        os.link(piece.path, work / f"p{index:05}.mp4")
        lines += [f"file p{index:05}.mp4", f"duration {float(piece.frames / rate):.6f}"]
    listed = work / "pieces.ffconcat"
    listed.write_text("\n".join(lines) + "\n")
    return listed
