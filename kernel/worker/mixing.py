"""The sound of a cut, apart from its picture: each clip's own, sample by sample, with a bed of music under it.

ffmpeg decodes; what is cut, faded, ducked and added is numpy over raw samples (48 kHz, stereo, 32-bit float), block by
block, so that an hour needs no more memory than a minute.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kernel.worker.ffmpeg import Ffmpeg, opening
from kernel.worker.loudness import RATE, Raw, measure
from kernel.worker.media import Source
from kernel.worker.ops.cut import Cut
from kernel.worker.ops.fade import Fade
from kernel.worker.ops.music import Music
from kernel.worker.plan import EditPlan
from kernel.worker.segments import Cache, key_of
from kernel.worker.timing import ClipSpan, Spoken, Timeline

Samples = NDArray[np.float32]
Wish = Callable[[], bool] | None
MUTE_DB = -60.0
EDGE = RATE * 8 // 1000
"""Samples of the shortest fade at a join: 8 ms is heard as no click and as no fade."""
START = RATE * 2 // 1000
"""Samples of the fade at a source's own start."""
SEAM = RATE * 3 // 1000
"""Samples of the fade where a bed of music begins anew."""
SEEK = 2
"""Seconds before a stretch at which decoding begins, so that a codec is in its stride."""
BLOCK = RATE * 10
ATTACK, RELEASE = 0.35, 0.7
"""Seconds in which a bed goes down before somebody speaks, and comes up afterwards."""
BREATH = 1.4
"""Seconds: a bed stays down in a shorter pause, since going up and down again draws the ear."""
FULL_LUFS = -16.0
"""Loudness of a bed that is the programme itself, before the whole is brought to its target."""


class Curve(NamedTuple):
    """A gain that runs straight from point to point."""

    at: tuple[float, ...]
    """Samples."""
    gain: tuple[float, ...]

    def over(self, start: int, end: int) -> NDArray[np.float64]:
        """Return the gain of each sample of a stretch, as a column."""
        return np.interp(np.arange(start, end), self.at, self.gain)[:, None]


def sample_of(frame: int, timeline: Timeline) -> int:
    """Return the sample at which a frame begins."""
    return round(Fraction(frame) / timeline.rate.fraction * RATE)


def decode(
    source: Source, at: Fraction, samples: int, path: Path, cache: Cache, ffmpeg: Ffmpeg, cancelled: Wish = None
) -> Path:
    """Return a file of raw samples of a source from a time on; it may hold fewer where the sound ends.

    Gaps in the source are silence and its sound keeps its place, whenever its stream begins.
    """
    seek = max(0, math.floor(at) - SEEK)
    first = round((at - seek) * RATE)
    chain = ",".join(
        [
            f"aresample={RATE}:async=1:first_pts=0:min_comp=0.00002:dither_method=none",
            *(["pan=stereo|c0=c0|c1=c0"] if source.channels == 1 else []),
            "aformat=sample_fmts=flt:channel_layouts=stereo",
            f"atrim=start_sample={first}:end_sample={first + samples}",
        ]
    )
    options = ["-map", f"0:a:{source.audio_stream}", "-af", chain, "-f", "f32le"]
    key = key_of("samples", ffmpeg.version, source=source.hash, seek=seek, options=options)
    place = cache.path(key, ".f32")
    if not place.exists():
        with cache.work() as work:
            made = work / "samples.f32"
            arguments = [*opening(path, "-ss", str(seek)), *options, f"file:{made}"]
            ffmpeg.run(arguments, cwd=work, timeout=120 + 2 * samples / RATE, cancelled=cancelled)
            cache.keep(made, key, ".f32")
    return place


def write_voice(plan: EditPlan, timeline: Timeline, files: Sequence[Path | None], made: Path) -> Raw:
    """Write the clips' own sound, one after another; `files` are their samples, None for silence."""
    cuts = {cut.id: cut for cut in plan.each(Cut)}
    with made.open("wb") as out:
        for index, (clip, file) in enumerate(zip(timeline.clips, files, strict=True)):
            samples = sample_of(clip.end_frame, timeline) - sample_of(clip.first_frame, timeline)
            following = timeline.clips[index + 1] if index + 1 < len(timeline.clips) else None
            curve = edges(clip, samples, following is not None and following.joins_last, timeline)
            gain = 10 ** (cuts[clip.id].gain_db / 20)
            for start, block in _blocks(file, samples):
                out.write((block * (curve.over(start, start + len(block)) * gain)).astype("<f4").tobytes())
    return Raw(path=made, samples=sample_of(timeline.frames, timeline))


def edges(clip: ClipSpan, samples: int, goes_on: bool, timeline: Timeline) -> Curve:
    """Return a clip's fades: over what its frames hold beyond its words, and over 8 ms at the least.

    Nothing is faded where the next clip goes on with the very next sample.
    """
    before = round((Fraction(clip.cut_in) - Fraction(clip.source_frame) / timeline.rate.fraction) * RATE)
    after = samples - round((Fraction(clip.cut_out) - Fraction(clip.source_frame) / timeline.rate.fraction) * RATE)
    # Nothing was heard before a source begins, and a word may begin with its first sample.
    shortest = EDGE if clip.source_frame > 0 else START
    fade_in = 0 if clip.joins_last else min(max(before, shortest), samples // 2)
    fade_out = 0 if goes_on else min(max(after, EDGE), samples // 2)
    start = ((0.0, 0.0), (float(fade_in), 1.0)) if fade_in else ((0.0, 1.0),)
    end = ((float(samples - fade_out), 1.0), (float(samples), 0.0)) if fade_out else ((float(samples), 1.0),)
    points = (*start, *end)
    return Curve(tuple(at for at, _ in points), tuple(gain for _, gain in points))


def _blocks(file: Path | None, samples: int) -> Iterator[tuple[int, Samples]]:
    """Yield a file's samples block by block, with silence where it ends too early."""
    held = _held(file)
    for start in range(0, samples, BLOCK):
        length = min(BLOCK, samples - start)
        block = np.zeros((length, 2), dtype=np.float32)
        part = held[start : start + length]
        block[: len(part)] = part
        yield start, block


def _held(file: Path | None) -> Samples:
    if file is None or file.stat().st_size < 8:
        return np.zeros((0, 2), dtype=np.float32)
    whole = file.stat().st_size // 8
    return np.memmap(file, dtype="<f4", mode="r", shape=(whole, 2))


def write_bed(music: Music, file: Path, timeline: Timeline, made: Path) -> Raw:
    """Write the bed at its own level, begun anew as often as the cut is long."""
    held, samples = _held(file), sample_of(timeline.frames, timeline)
    loop = len(held)
    curve = Curve((0, SEAM, max(loop - SEAM, SEAM), loop), (0, 1, 1, 0)) if loop < samples else Curve((0,), (1,))
    with made.open("wb") as out:
        for start in range(0, samples, loop) if loop else ():
            for at, block in _blocks(file, min(loop, samples - start)):
                out.write((block * curve.over(at, at + len(block))).astype("<f4").tobytes())
    return Raw(path=made, samples=samples)


def bed_gain(music: Music, spoken: Sequence[Spoken], timeline: Timeline, speech: float | None, bed: float) -> Curve:
    """Return the gain of a bed in dB over the whole cut.

    Args:
        speech: measured loudness of the clips' own sound, in LUFS; None where there is none.
        bed: measured loudness of the bed at its own level, in LUFS.
    """
    spans = _talk(spoken, timeline)
    if speech is None or not spans:
        return Curve((0.0,), (FULL_LUFS - bed,))
    low = speech + music.level_db - bed
    points: list[tuple[float, float]] = []
    for start, end in spans:
        points += [(start - ATTACK * RATE, low + music.duck_db), (start, low), (end, low)]
        points += [(end + RELEASE * RATE, low + music.duck_db)]
    return Curve(tuple(at for at, _ in points), tuple(gain for _, gain in points))


def _talk(spoken: Sequence[Spoken], timeline: Timeline) -> list[tuple[int, int]]:
    """Return the stretches in which somebody speaks, in samples; short pauses belong to them."""
    spans: list[tuple[int, int]] = []
    for word in spoken:
        start, end = sample_of(word.first_frame, timeline), sample_of(word.last_frame, timeline)
        if spans and start - spans[-1][1] < BREATH * RATE:
            start = spans.pop()[0]
        spans.append((start, end))
    return spans


def write_mix(plan: EditPlan, voice: Raw, bed: Raw | None, gain_db: Curve, made: Path) -> Raw:
    """Add the bed to the clips' sound and fade the ends of the whole."""
    music, fade = plan.only(Music), plan.only(Fade)
    ends = _ramps(voice.samples, fade.start if fade else 0.0, fade.end if fade else 0.0)
    bed_ends = _ramps(voice.samples, music.fade_in, music.fade_out) if music else ends
    with made.open("wb") as out:
        for start, block in _blocks(voice.path, voice.samples):
            end = start + len(block)
            whole = block.astype(np.float64)
            if bed:
                under = _held(bed.path)[start:end] * 10 ** (gain_db.over(start, end) / 20) * bed_ends.over(start, end)
                whole[: len(under)] += under
            out.write((whole * ends.over(start, end)).astype("<f4").tobytes())
    return Raw(path=made, samples=voice.samples)


def _ramps(samples: int, fade_in: float, fade_out: float) -> Curve:
    up, down = min(fade_in * RATE, samples / 2), min(fade_out * RATE, samples / 2)
    start = ((0.0, 0.0), (up, 1.0)) if up else ((0.0, 1.0),)
    end = ((samples - down, 1.0), (float(samples), 0.0)) if down else ((float(samples), 1.0),)
    points = (*start, *end)
    return Curve(tuple(at for at, _ in points), tuple(gain for _, gain in points))


def mix(
    plan: EditPlan,
    timeline: Timeline,
    voices: Sequence[Path | None],
    bed: Path | None,
    work: Path,
    ffmpeg: Ffmpeg,
    cancelled: Wish,
) -> Raw:
    """Write the whole programme, before its loudness is set.

    Args:
        voices: raw samples of each clip, None for silence.
        bed: raw samples of the music; None without.
    """
    music = plan.only(Music)
    voice = write_voice(plan, timeline, voices, work / "voice.f32")
    if music is None or bed is None:
        return write_mix(plan, voice, None, Curve((0.0,), (0.0,)), work / "mix.f32")
    under = write_bed(music, bed, timeline, work / "bed.f32")
    speech = measure(voice.opening(), voice.seconds, ffmpeg, work, cancelled).lufs
    level = measure(under.opening(), under.seconds, ffmpeg, work, cancelled).lufs
    gain = bed_gain(music, timeline.spoken, timeline, speech, level if level is not None else FULL_LUFS)
    return write_mix(plan, voice, under, gain, work / "mix.f32")
