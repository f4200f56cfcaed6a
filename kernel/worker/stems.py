"""stems: the sound of one stretch of a source as samples in the cache, decoded once.

ffmpeg decodes and cleans; a stem lies on its source's own clock, whenever its sound stream begins, and gaps in the
source are silence. Beside each stem lies how loud every tenth of a second of it is.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import numpy as np

from kernel.worker.clock import OWN_CLOCK
from kernel.worker.ffmpeg import Ffmpeg, opening
from kernel.worker.media import Source
from kernel.worker.meter import Meter, Numbers
from kernel.worker.runs import Pace
from kernel.worker.samples import BLOCK, RATE, held
from kernel.worker.segments import Cache, key_of
from kernel.worker.stretch import stretched, total

SEEK = 2
"""Seconds before a stretch at which decoding begins, so that a codec is in its stride."""
Wish = Callable[[], bool] | None


class Stem(NamedTuple):
    """A stretch of a source's sound."""

    path: Path
    """Raw samples; it may hold fewer than were asked for where the sound ends."""
    energy: Path
    """K-weighted energy of each 100 ms of it, as 64-bit floats."""

    def energies(self) -> Numbers:
        """Return the energy of each 100 ms."""
        return np.fromfile(self.energy, dtype="<f8")


class Wanted(NamedTuple):
    """Which stretch of a source, and how it is heard."""

    source: Source
    first: int
    """Sample of the source, at 48 kHz, with which it begins."""
    samples: int
    filters: tuple[str, ...] = ()
    """Further filters, written by our code alone."""
    late: int = 0
    """Samples by which those filters are late."""
    lead: float = SEEK
    """Seconds that those filters need before."""
    paces: tuple[Pace, ...] = ()


def take(wanted: Wanted, path: Path, cache: Cache, ffmpeg: Ffmpeg, cancelled: Wish = None) -> Stem:
    """Return a stem, made now or found.

    Raises:
        WorkerError: ffmpeg failed.
        Cancelled: `cancelled` said so.
    """
    seek, options = _arguments(wanted)
    key = key_of("stem", ffmpeg.version, made=identity(wanted))
    stem = Stem(cache.path(key, ".f32"), cache.path(key, ".energy"))
    if not (cache.find(key, ".f32") and cache.find(key, ".energy")):
        with cache.work() as work:
            made = work / "stem.f32"
            timeout = 120 + 2 * wanted.samples / RATE
            arguments = [*opening(path, *OWN_CLOCK, "-ss", str(seek)), *options, f"file:{made}"]
            ffmpeg.run(arguments, cwd=work, timeout=timeout, cancelled=cancelled)
            if wanted.paces:
                stretched(held(made), RATE, wanted.paces)[: wanted.samples].tofile(made.with_suffix(".paced"))
                made = made.with_suffix(".paced")
            _heard(made).tofile(work / "stem.energy")
            cache.keep(work / "stem.energy", key, ".energy")
            cache.keep(made, key, ".f32")
    return stem


def identity(wanted: Wanted) -> dict[str, object]:
    """Return all that a stem depends on, ffmpeg aside."""
    paces = [[str(part) for part in pace] for pace in wanted.paces]
    return {"source": wanted.source.hash, "samples": wanted.samples, "ffmpeg": _arguments(wanted), "paces": paces}


def _arguments(wanted: Wanted) -> tuple[int, list[str]]:
    """Return the second to seek to, and what ffmpeg is told after its input."""
    source = wanted.source
    seek = max(0, math.floor(Fraction(wanted.first, RATE) - Fraction(wanted.lead)))
    first = wanted.first - seek * RATE + wanted.late
    samples = round(total(wanted.paces) * RATE) if wanted.paces else wanted.samples
    chain = [
        f"asetpts=round(PTS-{source.start + seek:.6f}/TB)",
        f"aresample={RATE}:async=1:first_pts=0:min_comp=0.00002:min_hard_comp=0.02:dither_method=none",
        *(["pan=stereo|c0=c0|c1=c0"] if source.channels == 1 else []),
        "aformat=sample_fmts=flt:channel_layouts=stereo",
        *wanted.filters,
        f"atrim=start_sample={first}:end_sample={first + samples}",
        "aformat=sample_fmts=flt:channel_layouts=stereo",
    ]
    return seek, ["-map", f"0:a:{source.audio_stream}", "-af", ",".join(chain), "-f", "f32le"]


def _heard(file: Path) -> Numbers:
    """Return the energies of a file of samples."""
    meter, samples = Meter(), held(file)
    for start in range(0, len(samples), BLOCK):
        meter.hear(np.asarray(samples[start : start + BLOCK]))
    return meter.reading().energy
