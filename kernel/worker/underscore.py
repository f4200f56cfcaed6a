"""underscore: music under the cut: how loud it is, when it goes down, how it comes and goes.

A bed lies a measured distance below the speech while somebody speaks, and comes up in longer pauses. Where nobody
speaks over the whole of it, it is the programme.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kernel.worker.beds import Run, beats_in, ending, runs
from kernel.worker.levelling import TARGET_LUFS, level
from kernel.worker.media import Source
from kernel.worker.meter import STEP, Numbers, integrated
from kernel.worker.mixdown import Layer, fades, joined, slope
from kernel.worker.ops.music import Music
from kernel.worker.plan import EditPlan
from kernel.worker.samples import RATE, Curve, sample_of
from kernel.worker.timing import Timeline
from kernel.worker.voices import Voice

ATTACK, RELEASE = 0.35, 0.7
"""Seconds in which a bed goes down before somebody speaks, and comes up afterwards."""
BREATH = 1.4
"""Seconds: a bed stays down in a shorter pause, since going up and down again draws the ear."""
FULL_LUFS = -16.0
"""Loudness of a bed that is the programme itself, before the whole is brought to its target."""
SEAM_OUT, SEAM_IN = 0.003, 0.001
"""Seconds of the fades where a loop begins anew: nothing clicks, and its first beat stays whole."""
HIT = 0.1
"""Seconds of a last beat that are heard as they are."""

Talk = tuple[int, int]
"""First and last sample of a stretch in which somebody speaks."""


class Bed(NamedTuple):
    """A music operation on the samples of the programme."""

    music: Music
    source: Source
    at: int
    end: int
    laid: tuple[Run, ...]

    @property
    def first(self) -> int:
        """Sample of the source from which it takes."""
        return round(min(run.first for run in self.laid) * RATE)

    @property
    def samples(self) -> int:
        """Samples of the source from there on that it takes."""
        return round(max(run.first + run.lasts for run in self.laid) * RATE) - self.first


def beds(plan: EditPlan, timeline: Timeline) -> tuple[Bed, ...]:
    """Return every bed of a plan, in order."""
    return tuple(_bed(plan, music, timeline) for music in plan.each(Music))


def _bed(plan: EditPlan, music: Music, timeline: Timeline) -> Bed:
    spans = {clip.id: clip for clip in timeline.clips}
    at = sample_of(spans[music.clip].first_frame, timeline) if music.clip else 0
    end = sample_of(spans[music.until].end_frame if music.until else timeline.frames, timeline)
    source = plan.source(music.source)
    return Bed(music, source, at, end, runs(source.duration, music.start, source.beats, (end - at) / RATE))


def talk(timeline: Timeline) -> list[Talk]:
    """Return the stretches in which somebody speaks; short pauses belong to them."""
    spans: list[Talk] = []
    for word in timeline.spoken:
        start, end = sample_of(word.first_frame, timeline), sample_of(word.last_frame, timeline)
        if spans and start - spans[-1][1] < BREATH * RATE:
            start, end = spans[-1][0], max(end, spans.pop()[1])
        spans.append((start, end))
    return spans


def speech_lufs(voices: Sequence[tuple[Voice, Numbers]], spoken: Sequence[Talk]) -> float | None:
    """Return how loud the clips are where somebody speaks; None where nobody does, or nothing is heard."""
    parts = [energies[in_talk(voice, energies, spoken)] * max(voice.gain.gain) ** 2 for voice, energies in voices]
    return integrated(np.concatenate(parts)) if parts else None


def in_talk(voice: Voice, energies: Numbers, spoken: Sequence[Talk]) -> NDArray[np.bool_]:
    """Return which 100 ms of a voice lie in somebody's speech."""
    at = voice.at + np.arange(len(energies)) * STEP
    inside = np.zeros(len(energies), dtype=bool)
    for start, end in spoken:
        inside |= (start <= at) & (at + STEP <= end)
    return inside


def levels(voices: Sequence[tuple[Voice, Numbers]], spoken: Sequence[Talk]) -> list[Curve | None]:
    """Return the further gain, in dB over the programme, of each voice whose speakers are brought to one loudness.

    It is that of the voices that are left as they are, where there are any that speak.
    """
    others = [(voice, energies) for voice, energies in voices if not voice.leveled]
    wanted = speech_lufs(others, spoken)
    return [_level(voice, energies, spoken, TARGET_LUFS if wanted is None else wanted) for voice, energies in voices]


def _level(voice: Voice, energies: Numbers, spoken: Sequence[Talk], wanted: float) -> Curve | None:
    if not voice.leveled:
        return None
    inside = in_talk(voice, energies, spoken)
    return level(energies, inside if inside.any() else ~inside, wanted, voice.at)


def layers(bed: Bed, file: Path, energies: Numbers, spoken: Sequence[Talk], speech: float | None) -> list[Layer]:
    """Return the layers of a bed.

    Args:
        file: its samples, from `bed.first` on.
        energies: theirs, each 100 ms.
        spoken: where somebody speaks in the whole programme.
        speech: how loud that is.
    """
    own = integrated(energies)
    over = gain_db(bed, spoken, speech, FULL_LUFS if own is None else own)
    whole = _envelope(bed)
    return [_layer(bed, run, file, over, whole) for run in bed.laid]


def gain_db(bed: Bed, spoken: Sequence[Talk], speech: float | None, level: float) -> Curve:
    """Return the gain of a bed in dB over the programme.

    Args:
        speech: loudness of the speech, in LUFS; None where there is none.
        level: loudness of the bed as it is, in LUFS.
    """
    music, over = bed.music, [span for span in spoken if span[0] < bed.end and bed.at < span[1]]
    if speech is None or not over:
        return Curve((0.0,), ((FULL_LUFS if speech is None else speech) - level,))
    low = speech + music.level_db - level
    points: list[tuple[float, float]] = []
    for start, end in over:
        points += [(start - ATTACK * RATE, low + music.duck_db), (start, low), (end, low)]
        points += [(end + RELEASE * RATE, low + music.duck_db)]
    return Curve(tuple(at for at, _ in points), tuple(gain for _, gain in points))


def _envelope(bed: Bed) -> Curve:
    """Return how a bed comes and goes, counted from its first sample."""
    samples, music = bed.end - bed.at, bed.music
    last = ending(samples / RATE, beats_in(bed.laid, bed.source.duration, bed.source.beats))
    if music.end == "fade" or last is None:
        return fades(samples, music.fade_in, music.fade_out)
    up, hit = min(music.fade_in * RATE, last[0] * RATE), (last[0] + HIT) * RATE
    # A sound that dies away does so evenly in decibels; the bent line is near enough to that.
    gone = last[1] * RATE
    bend = slope(hit, hit + (gone - hit) / 3, 1, 0.35)
    return joined([slope(0, up, 0, 1), bend, slope(hit + (gone - hit) / 3, gone, 0.35, 0)])


def _layer(bed: Bed, run: Run, file: Path, over: Curve, whole: Curve) -> Layer:
    at, samples = round(run.at * RATE), round(run.lasts * RATE)
    first, last = run.at == 0, run is bed.laid[-1]
    up = run.rises or (0.0 if first else SEAM_IN)
    down = run.falls or (0.0 if last else SEAM_OUT)
    own = joined([slope(0, up * RATE, 0, 1), slope(samples - down * RATE, samples, 1, 0)])
    gain = times(own, Curve(tuple(place - at for place in whole.at), whole.gain))
    return Layer(file, bed.at + at, samples, gain, round(run.first * RATE) - bed.first, over)


def times(one: Curve, other: Curve) -> Curve:
    """Return the product of two curves; exact where at most one of them changes at a time."""
    at = sorted({*one.at, *other.at})
    gain = np.interp(at, one.at, one.gain) * np.interp(at, other.at, other.gain)
    return Curve(tuple(at), tuple(float(share) for share in gain))
