"""stills: one picture of each clip, from its middle, in a zip."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from kernel.worker.ffmpeg import opening
from kernel.worker.formats.base import EXACT, Closing, Format
from kernel.worker.formats.mp4 import x264
from kernel.worker.output import Output


def _picture(output: Output) -> list[str]:
    return x264(output, "superfast", 6)


def _close(closing: Closing) -> Path:
    made = closing.work / "made.zip"
    with ZipFile(made, "w", ZIP_STORED) as held:
        for number, (clip, frame) in enumerate(closing.middles, 1):
            # A zip keeps the time of each file: a fixed one, so that the same plan gives the same bytes.
            entry = ZipInfo(f"{number:02}-{clip}.png", (1980, 1, 1, 0, 0, 0))
            held.writestr(entry, _still(closing, clip, frame).read_bytes())
    return made


def _still(closing: Closing, clip: str, frame: int) -> Path:
    place = closing.work / f"{clip}.png"
    at = f"{float((frame - Fraction(1, 2)) / closing.output.rate.fraction):.6f}" if frame else "0"
    arguments = [*opening(closing.picture, "-ss", at), "-frames:v", "1", "-update", "1", *EXACT, f"file:{place}"]
    closing.ffmpeg.run(arguments, cwd=closing.work, timeout=120, cancelled=closing.stop)
    return place


STILLS = Format("stills", ".zip", "a picture of each clip, as PNG in a zip", picture=_picture, close=_close)
