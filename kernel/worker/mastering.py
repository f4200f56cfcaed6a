"""mastering: a mix becomes the finished sound at its loudness, in two passes.

The first pass reads how loud the mix is and where it peaks; from that the gain is reckoned, with what the limiter will
take away. The second writes it, and one run of ffmpeg encodes it, decodes it again and measures what a player will
hear. That is nearly always right at once; where AAC made a peak of its own, gain and limit are set anew.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np

from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.formats.base import SoundKind
from kernel.worker.limiter import FALL, WINDOW, Read, limited, release
from kernel.worker.loudness import METER, Level, level_in
from kernel.worker.meter import FINE, STEP, Meter, Numbers, Reading
from kernel.worker.ops.loudness import Loudness
from kernel.worker.samples import BLOCK, Raw, go_on

NEAR = 0.15
"""LU: a result so near to the target is not improved any more."""
ROUNDS = 5
MARGIN_DB = 0.4
"""What AAC was seen to add to a limited peak, and a little."""
MOST_DB = 36.0
"""Gain: more would only lift the noise of a recording that holds nothing."""
HIDDEN = 10 ** (0.2 / 20)
"""By how much a true peak is over the largest sample, in the middle; it serves the reckoning alone."""
Wish = Callable[[], bool] | None


def read_through(read: Read, samples: int, cancelled: Wish = None) -> Reading:
    """Hear a mix once, from end to end.

    Raises:
        Cancelled: `cancelled` said so.
    """
    meter = Meter()
    for start in range(0, samples, BLOCK):
        go_on(cancelled)
        meter.hear(read(start, min(start + BLOCK, samples)))
    return meter.reading()


def gain_for(reading: Reading, lufs: float, limit: float) -> float:
    """Return the gain, in dB, at which a programme has a loudness once its peaks are limited; 0 for silence."""
    before = reading.lufs()
    if before is None:
        return 0.0
    gain = min(lufs - before, MOST_DB)
    for _ in range(8):
        reached = reading.lufs(gain, kept(reading, gain, limit))
        if reached is None or abs(lufs - reached) < NEAR / 15:
            break
        gain = min(gain + lufs - reached, MOST_DB)
    return round(gain, 2)


def kept(reading: Reading, gain_db: float, limit: float) -> Numbers:
    """Return which share of the energy of each 100 ms a limiter leaves."""
    peaks = np.maximum(reading.peaks, 1e-9).astype(np.float64) * (10 ** (gain_db / 20) * HIDDEN)
    gains, _ = release(np.minimum(1.0, limit / peaks), -math.inf, FALL * FINE / WINDOW)
    steps, each = len(reading.energy), STEP // FINE
    power = reading.power[: steps * each].astype(np.float64).reshape(steps, each)
    left = (power * gains[: steps * each].reshape(steps, each) ** 2).sum(axis=1)
    share: Numbers = left / np.maximum(power.sum(axis=1), 1e-20)
    return share


def master(
    read: Read,
    samples: int,
    wanted: Loudness | None,
    kind: SoundKind,
    work: Path,
    ffmpeg: Ffmpeg,
    cancelled: Wish = None,
) -> tuple[Path, Level]:
    """Write the finished sound, encoded, and return it with how loud it came out.

    Without `wanted` the loudness stays as it is; peaks are kept under -1 dBTP all the same.

    Args:
        read: gives the mix from one sample to another.
        kind: how it is encoded.

    Raises:
        WorkerError: ffmpeg failed.
        Cancelled: `cancelled` said so.
    """
    ceiling = wanted.true_peak_db if wanted else Loudness().true_peak_db
    reading, margin = read_through(read, samples, cancelled), MARGIN_DB
    gain = gain_for(reading, wanted.lufs, _share(ceiling - margin)) if wanted else 0.0
    tries: list[tuple[float, Path, Level]] = []
    for number in range(ROUNDS):
        made = work / f"sound{number}{kind.suffix}"
        level = _write(read, samples, (gain, ceiling - margin), kind, made, ffmpeg, cancelled)
        over = max(0.0, (level.peak_db if level.peak_db is not None else -math.inf) - ceiling)
        off = wanted.lufs - level.lufs if wanted and level.lufs is not None else 0.0
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


def _write(
    read: Read,
    samples: int,
    set_to: tuple[float, float],
    kind: SoundKind,
    made: Path,
    ffmpeg: Ffmpeg,
    cancelled: Wish,
) -> Level:
    """Write the mix at a gain and under a limit, both in dB; return how loud it is once it is decoded."""
    raw = Raw(path=made.with_suffix(".f32"), samples=samples)
    with raw.path.open("wb") as out:
        for block in limited(read, samples, _share(set_to[1]), _share(set_to[0])):
            go_on(cancelled)
            out.write(np.ascontiguousarray(block, dtype="<f4").data)
    encode = [*raw.opening(), "-map", "0:a:0", *kind.codec, "-f", kind.container, f"file:{made}"]
    hear = ["-dec", "0:0", "-filter_complex", f"[dec:0]{METER}[heard]", "-map", "[heard]", "-f", "null", "-"]
    lines = ffmpeg.lines(["-y", *encode, *hear], cwd=made.parent, timeout=60 + raw.seconds, cancelled=cancelled)
    level = level_in(lines)
    raw.path.unlink()
    return level


def _share(db: float) -> float:
    return float(10 ** (db / 20))
