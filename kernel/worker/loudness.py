"""Loudness: how loud a sound is, measured by ITU-R BS.1770 with ffmpeg's ebur128."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from kernel.document import Value
from kernel.worker.ffmpeg import Ffmpeg

SILENT = -70.0
"""LUFS: the absolute gate; ffmpeg reports it where nothing was loud enough to measure."""
METER = "aformat=sample_fmts=dbl,ebur128=metadata=1:peak=true:framelog=quiet,ametadata=mode=print:file=-"
"""Filters that tell how loud what passes is, as metadata on `pipe:1`."""
EXACT = ("-fflags", "+bitexact", "-flags:a", "+bitexact", "-map_metadata", "-1")

Wish = Callable[[], bool] | None


class Level(Value):
    """How loud a sound is."""

    lufs: float | None
    """Integrated; None where it is silent or too short to measure."""
    peak_db: float | None
    """True peak, in dBTP."""


def measure(opened: Sequence[str], seconds: float, ffmpeg: Ffmpeg, cwd: Path | None, cancelled: Wish = None) -> Level:
    """Return how loud an input is; `opened` are the arguments that open it."""
    arguments = [*opened, "-map", "0:a:0", "-af", METER, "-f", "null", "-"]
    return level_in(ffmpeg.lines(arguments, cwd=cwd, timeout=60 + 2 * seconds, cancelled=cancelled))


def level_in(lines: Iterable[str]) -> Level:
    """Return the level that METER tells; the last lines count."""
    found = {"lufs": -math.inf, "peak": -math.inf}
    for line in lines:
        name, _, value = line.partition("=")
        if name == "lavfi.r128.I":
            found["lufs"] = float(value)
        elif name.startswith("lavfi.r128.true_peaks_ch"):
            found["peak"] = max(found["peak"], float(value))
    lufs = found["lufs"] if found["lufs"] > SILENT and math.isfinite(found["lufs"]) else None
    peak = 20 * math.log10(found["peak"]) if 0 < found["peak"] < math.inf else None
    return Level(lufs=lufs, peak_db=peak)
