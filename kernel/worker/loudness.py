"""Loudness: measured by ITU-R BS.1770 (ffmpeg's ebur128), and brought to a target.

A linear gain, a limiter at four times the rate that sees the peaks between samples, then AAC. AAC overshoots, so what
counts is measured on the decoded result; where that misses the target, gain and limit are set anew.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from kernel.document import Value
from kernel.worker.ffmpeg import Ffmpeg, opening, opening_ours
from kernel.worker.ops.loudness import Loudness

RATE = 48000
SILENT = -70.0
"""LUFS: the absolute gate; ffmpeg reports it where nothing was loud enough to measure."""
NEAR = 0.15
"""LU: a result so near to the target is not improved any more."""
ROUNDS = 5
OVERSHOOT_DB = 0.6
"""What AAC at 192 kbit/s was seen to add to a limited peak; the first guess of the limiter's margin."""
MOST_DB = 36.0
"""Gain: more would only lift the noise of a recording that holds nothing."""
BITRATE = "192k"
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


class Raw(Value):
    """A file of raw stereo samples, 48 kHz, 32-bit float."""

    path: Path
    samples: int

    @property
    def seconds(self) -> float:
        """Length."""
        return self.samples / RATE

    def opening(self) -> list[str]:
        """Return the arguments that open it."""
        return opening_ours(self.path, "f32le", "-ar", str(RATE), "-ch_layout", "stereo")


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


def master(mix: Raw, wanted: Loudness | None, work: Path, ffmpeg: Ffmpeg, cancelled: Wish = None) -> tuple[Path, Level]:
    """Write the finished sound as AAC and return it with how loud it came out.

    Without `wanted` the loudness stays as it is; peaks are kept under -1 dBTP all the same.
    """
    ceiling = wanted.true_peak_db if wanted else Loudness().true_peak_db
    before = measure(mix.opening(), mix.seconds, ffmpeg, work, cancelled)
    lift = wanted is not None and before.lufs is not None
    gain = min(wanted.lufs - before.lufs, MOST_DB) if wanted and before.lufs is not None else 0.0
    margin = OVERSHOOT_DB
    tries: list[tuple[float, Path, Level]] = []
    for number in range(ROUNDS):
        made = work / f"sound{number}.m4a"
        _encode(mix, made, gain, ceiling - margin, ffmpeg, cancelled)
        level = measure(opening(made), mix.seconds, ffmpeg, work, cancelled)
        over = max(0.0, (level.peak_db if level.peak_db is not None else -math.inf) - ceiling)
        off = wanted.lufs - level.lufs if lift and wanted and level.lufs is not None else 0.0
        tries.append((_badness(over, off), made, level))
        next_gain, next_margin = min(gain + off, MOST_DB), margin + (over + 0.1 if over else 0.0)
        if (not over and abs(off) <= NEAR) or (next_gain, next_margin) == (gain, margin):
            break
        gain, margin = next_gain, next_margin
    _, best, level = min(tries, key=lambda each: each[0])
    return best, level


def _badness(over: float, off: float) -> float:
    """Return how far a try misses; a peak over the limit is worse than a loudness beside the target."""
    return (100 + over if over else 0.0) + abs(off)


def _encode(mix: Raw, made: Path, gain_db: float, limit_db: float, ffmpeg: Ffmpeg, cancelled: Wish) -> None:
    limit = 10 ** (limit_db / 20)
    chain = (
        f"volume={gain_db:.3f}dB:precision=double,aresample={4 * RATE}:dither_method=none,"
        f"alimiter=limit={limit:.6f}:attack=4:release=60:level=0:latency=1,aresample={RATE}:dither_method=none,"
        "aformat=sample_fmts=fltp:channel_layouts=stereo"
    )
    codec = ["-c:a", "aac", "-b:a", BITRATE, *EXACT]
    arguments = [*mix.opening(), "-map", "0:a:0", "-af", chain, *codec, "-f", "mp4", f"file:{made}"]
    ffmpeg.run(arguments, cwd=made.parent, timeout=60 + 4 * mix.seconds, cancelled=cancelled)
