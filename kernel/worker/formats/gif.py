"""gif: a short loop without sound, with a palette of its own."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from kernel.worker.ffmpeg import opening
from kernel.worker.formats.base import EXACT, Closing, Format
from kernel.worker.formats.mp4 import x264
from kernel.worker.output import Output

LONGEST = 60
"""Seconds: even a small one is tens of megabytes by then."""
LARGEST = 960
"""Pixels of the longer side."""
FASTEST = 50
"""Frames a second: players show a shorter delay than two hundredths of a second as a tenth."""


def _picture(output: Output) -> list[str]:
    return x264(output, "superfast", 10)


def _wrong(output: Output, seconds: Fraction) -> Iterator[str]:
    if 100 % output.rate.fraction or output.rate.fraction > FASTEST:
        yield f"A GIF counts in hundredths of a second and cannot show {output.rate} frames a second: choose 20 or 25."
    if seconds > LONGEST:
        yield f"A GIF of {float(seconds):.0f} s would be too large to open: at most {LONGEST} s, or choose mp4."
    if max(output.width, output.height) > LARGEST:
        yield f"A GIF of {output.width}x{output.height} would be too large to open: {LARGEST} pixels at the most."


def _close(closing: Closing) -> Path:
    """Choose 256 colours in one pass, and lay them on in another: both at once would hold every frame in memory.

    The dither is the coarsest that shows no bands on soft shades; its file is a hundredth larger than the next one.
    """
    palette, made = closing.work / "palette.png", closing.work / "made.gif"
    opened = opening(closing.picture)
    arguments = [*opened, "-vf", "palettegen=stats_mode=diff", "-frames:v", "1", *EXACT, f"file:{palette}"]
    closing.ffmpeg.run(arguments, cwd=closing.work, timeout=60 + closing.frames, cancelled=closing.stop)
    graph = "[0:v][1:v]paletteuse=dither=bayer:bayer_scale=3:diff_mode=rectangle[out]"
    arguments = [*opened, *opening(palette), "-filter_complex", graph, "-map", "[out]", "-loop", "0", *EXACT]
    arguments += ["-f", "gif", f"file:{made}"]
    closing.ffmpeg.run(arguments, cwd=closing.work, timeout=60 + 2 * closing.frames, cancelled=closing.stop)
    return made


GIF = Format("gif", ".gif", "a short loop without sound", picture=_picture, close=_close, wrong=_wrong)
