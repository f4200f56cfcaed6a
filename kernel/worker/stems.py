"""stems: the sound of one stretch of a source as samples in the cache, decoded once.

ffmpeg decodes and cleans; a stem lies on its source's own clock, whenever its sound stream begins, and gaps in the
source are silence. Beside each stem lies how loud every tenth of a second of it is.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from kernel.worker.cleaning import audio
from kernel.worker.clock import OWN_CLOCK
from kernel.worker.denoise import denoised
from kernel.worker.ffmpeg import Ffmpeg, opening
from kernel.worker.media import Source
from kernel.worker.meter import Meter, Numbers
from kernel.worker.runs import Pace
from kernel.worker.samples import BLOCK, RATE, go_on, held
from kernel.worker.segments import Cache, key_of
from kernel.worker.stretch import stretched, total

AROUND = 4
"""Seconds on either side of a stretch in which its noise is listened to: a short one may hold no pause."""
SEEK = 2
"""Seconds before a stretch at which decoding begins, so that a codec is in its stride."""
ON_THE_CLOCK = {"async": 1, "first_pts": 0, "min_comp": 0.00002, "min_hard_comp": 0.02, "dither_method": "none"}
STEREO = {"sample_fmts": "flt", "channel_layouts": "stereo"}
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
    quieter: float = 0.0
    """Decibels by which steady noise is turned down."""
    paces: tuple[Pace, ...] = ()

    @property
    def taken(self) -> int:
        """Samples of the source that it lasts."""
        return round(total(self.paces) * RATE) if self.paces else self.samples

    @property
    def before(self) -> int:
        """Samples of the source before it that are listened to as well, to know its noise."""
        return min(self.first, AROUND * RATE) if self.quieter else 0

    @property
    def after(self) -> int:
        """The same after it."""
        return AROUND * RATE if self.quieter else 0


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
            made = _paced(_quieted(made, wanted, cancelled), wanted)
            _heard(made).tofile(work / "stem.energy")
            cache.keep(work / "stem.energy", key, ".energy")
            cache.keep(made, key, ".f32")
    return stem


def identity(wanted: Wanted) -> dict[str, object]:
    """Return all that a stem depends on, ffmpeg aside."""
    paces = [[str(part) for part in pace] for pace in wanted.paces]
    return {
        "source": wanted.source.hash,
        "samples": wanted.samples,
        "quieter": wanted.quieter,
        "ffmpeg": _arguments(wanted),
        "paces": paces,
    }


def _arguments(wanted: Wanted) -> tuple[int, list[str]]:
    """Return the second to seek to, and what ffmpeg is told after its input."""
    source = wanted.source
    begins = wanted.first - wanted.before
    seek = max(0, begins // RATE - SEEK)
    first = begins - seek * RATE
    chain = [
        audio("asetpts", f"round(PTS-{source.start + seek:.6f}/TB)"),
        audio("aresample", str(RATE), **ON_THE_CLOCK),
        *([audio("pan", "stereo|c0=c0|c1=c0")] if source.channels == 1 else []),
        audio("aformat", **STEREO),
        *wanted.filters,
        audio("atrim", start_sample=first, end_sample=first + wanted.before + wanted.taken + wanted.after),
        audio("aformat", **STEREO),
    ]
    return seek, ["-map", f"0:a:{source.audio_stream}", "-af", ",".join(chain), "-f", "f32le"]


def _quieted(file: Path, wanted: Wanted, cancelled: Wish) -> Path:
    """Return a file without its steady noise, and without what lies around the stretch."""
    if not wanted.quieter:
        return file
    made, at = file.with_suffix(".quiet"), 0
    with made.open("wb") as out:
        for part in denoised(held(file), wanted.quieter):
            go_on(cancelled)
            first, last = wanted.before - at, wanted.before + wanted.taken - at
            out.write(np.ascontiguousarray(part[max(0, first) : max(0, last)], dtype="<f4").data)
            at += len(part)
    return made


def _paced(file: Path, wanted: Wanted) -> Path:
    """Return a file at the speed of its clip."""
    if not wanted.paces:
        return file
    made = file.with_suffix(".paced")
    stretched(np.asarray(held(file)), RATE, wanted.paces)[: wanted.samples].tofile(made)
    return made


def _heard(file: Path) -> Numbers:
    """Return the energies of a file of samples."""
    meter, samples = Meter(), held(file)
    for start in range(0, len(samples), BLOCK):
        meter.hear(np.asarray(samples[start : start + BLOCK]))
    return meter.reading().energy
