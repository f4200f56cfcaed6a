"""join: the pieces of the picture and the sound brought together without encoding again; checked by their packets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

from kernel.worker.avcc import join_sets, sets_of
from kernel.worker.ffmpeg import Ffmpeg, opening, opening_ours
from kernel.worker.formats.base import timescale
from kernel.worker.loudness import EXACT
from kernel.worker.pieces import Piece
from kernel.worker.segments import borrow
from kernel.worker.verify import check_join

Wish = Callable[[], bool]


def join(
    pieces: Sequence[Piece],
    sound: Path | None,
    container: str,
    rate: Fraction,
    work: Path,
    ffmpeg: Ffmpeg,
    stop: Wish,
    ahead: int = 0,
) -> Path:
    """Write one file of the pieces and the sound in a work folder, check it, and return its path.

    Args:
        sound: None for a file without.
        container: as ffmpeg's muxers are named.
        ahead: where some pieces are copies of a source's pictures: the frames by which their decoding runs ahead.

    Raises:
        WorkerError: ffmpeg failed, or the packets are not those that were planned.
        Cancelled: `stop` said so.
    """
    made = work / "whole"
    listed = opening_ours(_listed(pieces, rate, work), "concat", "-auto_convert", "0")
    picture = opening(_mixed(pieces, listed, rate, work, ffmpeg, stop, ahead)) if ahead else listed
    ticks = [] if ahead else _ticks(rate)
    heard = opening(sound) if sound else []
    arguments = [*picture, *heard, "-map", "0:v:0", *(["-map", "1:a:0"] if sound else []), "-c", "copy", *ticks, *EXACT]
    if container in ("mp4", "mov"):
        arguments += ["-movflags", "+faststart", "-video_track_timescale", str(timescale(rate))]
    ffmpeg.run([*arguments, "-f", container, f"file:{made}"], cwd=work, timeout=600, cancelled=stop)
    check_join(made, sum(piece.frames for piece in pieces), rate, ffmpeg, stop, silent=sound is None)
    return made


def _listed(pieces: Sequence[Piece], rate: Fraction, work: Path) -> Path:
    """Link the pieces into the work folder and return the list that names them in order."""
    lines = ["ffconcat version 1.0"]
    for index, piece in enumerate(pieces):
        borrow(piece.path, work / f"p{index:05}.mp4")
        lines += [f"file p{index:05}.mp4", f"duration {float(piece.frames / rate):.6f}"]
    listed = work / "pieces.ffconcat"
    listed.write_text("\n".join(lines) + "\n")
    return listed


def _ticks(rate: Fraction, ahead: int = 0) -> list[str]:
    """Return what puts each frame back on its whole tick, since the list's times are rounded to microseconds.

    Where pieces run ahead by different numbers of frames, all of them get the largest one.
    """
    frame, back = f"TB*{rate.numerator}/{rate.denominator}", f"*{rate.denominator}/{rate.numerator}/TB"
    decoded = f"(N-{ahead})" if ahead else f"round(DTS*{frame})"
    return ["-bsf:v", f"setts=pts=round(PTS*{frame}){back}:dts={decoded}{back}"]


def _mixed(
    pieces: Sequence[Piece],
    listed: Sequence[str],
    rate: Fraction,
    work: Path,
    ffmpeg: Ffmpeg,
    stop: Wish,
    ahead: int,
) -> Path:
    """Join pictures that were encoded apart, with the parameter sets of all of them."""
    made = work / "mixed.mp4"
    arguments = [*listed, "-map", "0:v:0", "-c", "copy", *_ticks(rate, ahead), *EXACT]
    arguments += ["-video_track_timescale", str(timescale(rate)), "-f", "mp4", f"file:{made}"]
    ffmpeg.run(arguments, cwd=work, timeout=600, cancelled=stop)
    for path in dict.fromkeys(piece.path for piece in pieces):
        join_sets(made, sets_of(path))
    return made
