"""presence: whether voice, music and silence are heard where a plan has them. Measured on the render's samples.

Voice is looked for by the recogniser's own detector of speech and by the level: in good renders of real talks, with
music and without, it finds every word by more than half. Music is looked for by its very samples: the bed, as the plan
lays it, is laid over the sound, and both are whitened, so that it stands out below a voice ten times as loud. At the
usual 20 dB below speech the peak rose 11 to 50 times over the rest (ten seconds, five pieces, real talks), at 24 dB 9
times and more. A chord that rings out stands out of seconds, not of the whole: so the best part of a stretch counts
(its weakest rose 8.5 times; the same parts without music rose 3.4 times at the most).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt

from kernel.document import Value
from kernel.evaluation.case import Case
from kernel.evaluation.measures.laid import laid
from kernel.worker.effects import spots
from kernel.worker.media import Span
from kernel.worker.samples import RATE as PROGRAMME
from kernel.worker.sound import RATE, Coded, Samples
from kernel.worker.timing import Spoken, Timeline
from kernel.worker.underscore import Bed, beds
from kernel.worker.voices import heard, voices

Sound = npt.NDArray[Any]
Levels = npt.NDArray[np.float64]

STEP = 0.05
"""Seconds that one level sums up."""
BELOW = 30.0
"""Decibels below the usual word at which a word is not there."""
NOTHING = -60.0
"""Decibels of full scale at which nothing is heard."""
COVERED = 0.5
"""Share of a word that the detector of speech must find; it found 0.59 of the faintest one in good renders."""
LOST, DOUBTED = 0.25, 1.0
"""Seconds of words in a row that are missing: by their level, and by the detector alone, which loud music may fool."""
WINDOW, WINDOWS = 10.0, 30
"""Seconds of music that are looked for at a time, and how many such stretches: of a longer bed an even choice."""
STANDS_OUT = 5.5
"""How far the peak must rise over the rest: between the faintest bed that was met and the most without any."""
PART = 4.0
"""Seconds of a part of a stretch that is looked at by itself."""
FAINTEST = -24.0
"""Level of a bed, below the speech, down to which it is found while somebody speaks."""
UNDER_TALK = 4.0
"""Seconds that a bed under a voice must last to be found."""
OWN = 20.0
"""How far the peak of a bed on itself must rise: a lone tone, which fits itself everywhere, cannot be told so."""
WHITE = 0.7
"""How far both are whitened, 0 to 1: all the way, the noise of empty bands would count as much as music."""
AT_ONCE = 0.002
"""Seconds by which it may lie beside its place: the worker lays it to the sample."""
AROUND = (0.25, 2.0)
"""Seconds beside it where the rest is measured."""
AUDIBLE = -50.0
"""Decibels of full scale from which on something is heard."""
MARGIN = 0.15
"""Seconds that are left out at the ends of a stretch: fades, and the encoder's own spreading."""
SHORTEST = 0.5
"""Seconds of a stretch without voice, or without any sound, that can be judged."""


class Presence(Value):
    """What is not heard where it was planned, or is heard where nothing was; seconds of the video."""

    voice: tuple[Span, ...] = ()
    """Words that are kept, and nobody is heard to speak."""
    music: tuple[Span, ...] = ()
    """A bed that is planned and not heard."""
    uninvited: tuple[Span, ...] = ()
    """Something is heard, and nothing was planned."""
    spoken: float = 0.0
    """Seconds of planned speech that were looked at."""
    scored: float = 0.0
    """Seconds of planned music that were looked at; what lies too far under a voice to be told is not."""
    silent: float = 0.0
    """Seconds of planned silence that were looked at."""


def presence(case: Case, samples: Coded, speech: Sequence[Span]) -> Presence | None:
    """Look for voice, music and silence where the plan has them.

    Args:
        case: the video, its plan, and where the sources lie: without these music under a voice is not judged.
        samples: the video's sound, mono, 16 kHz; empty where it has none.
        speech: where somebody speaks in it.

    Returns:
        None without a plan.
    """
    timeline = case.timeline
    if case.plan is None or timeline is None:
        return None
    levels = _levels(samples, timeline.duration)
    words = _words(case, timeline)
    looked, absent = _music(case, timeline, samples, levels, words)
    still = list(_planned_silence(case, timeline))
    return Presence(
        voice=tuple(_unheard(words, levels, speech)),
        music=tuple(absent),
        uninvited=tuple(span for span in still if _level(levels, span, np.max) > AUDIBLE),
        spoken=round(sum(map(_length, words)), 3),
        scored=round(sum(map(_length, looked)), 3),
        silent=round(sum(map(_length, still)), 3),
    )


def _length(span: Span) -> float:
    return span.end - span.start


def _levels(samples: Coded, duration: float) -> Levels:
    """Return the level of each step of the video, in decibels of full scale; silence where it has no sound."""
    hop = round(STEP * RATE)
    levels = np.full(int(np.ceil(duration / STEP)) + 1, -120.0)
    for number in range(min(len(levels), len(samples) // hop)):
        part = samples[number * hop : (number + 1) * hop].astype(np.float64) / 32768
        levels[number] = 10 * np.log10(np.mean(part**2) + 1e-12)
    return levels


def _level(levels: Levels, span: Span, of: Callable[[Levels], np.float64]) -> float:
    first = int(span.start / STEP)
    return float(of(levels[first : max(first + 1, int(np.ceil(span.end / STEP)))]))


def _mean(levels: Levels) -> np.float64:
    return np.float64(10 * np.log10(np.mean(10 ** (levels / 10))))


def _words(case: Case, timeline: Timeline) -> list[Span]:
    """Return when the kept words are said that can be heard, in order."""
    assert case.plan is not None
    audible = [clip for clip in timeline.clips if heard(case.plan, clip)]
    inside = (
        word
        for word in timeline.spoken
        if any(clip.first_frame <= word.first_frame < clip.end_frame for clip in audible)
    )
    return sorted((_said(word, timeline) for word in inside), key=lambda span: span.start)


def _said(word: Spoken, timeline: Timeline) -> Span:
    rate = float(timeline.rate.fraction)
    return Span(start=word.first_frame / rate, end=word.last_frame / rate)


def _unheard(words: Sequence[Span], levels: Levels, speech: Sequence[Span]) -> Iterator[Span]:
    """Yield the words in a row that are not heard."""
    loud = [_level(levels, word, _mean) for word in words]
    least = max(NOTHING, float(np.median(loud)) - BELOW) if loud else NOTHING
    gone = [level < least for level in loud]
    doubted = [lost or _share(word, speech) < COVERED for word, lost in zip(words, gone, strict=True)]
    for lost, row in groupby(range(len(words)), key=doubted.__getitem__):
        numbers = list(row)
        surely = sum(_length(words[n]) for n in numbers if gone[n])
        if lost and (surely >= LOST or sum(_length(words[n]) for n in numbers) >= DOUBTED):
            yield Span(start=words[numbers[0]].start, end=words[numbers[-1]].end)


def _share(word: Span, spans: Sequence[Span]) -> float:
    met = sum(max(0.0, min(word.end, span.end) - max(word.start, span.start)) for span in spans)
    return met / max(_length(word), 1e-6)


def _music(
    case: Case, timeline: Timeline, samples: Coded, levels: Levels, words: Sequence[Span]
) -> tuple[list[Span], list[Span]]:
    """Return the stretches in which music was looked for, and those where it is not heard."""
    assert case.plan is not None
    looked: list[Span] = []
    absent: list[Span] = []
    for bed in beds(case.plan, timeline):
        own = laid(case, bed)
        for span in _stretches(bed):
            found = _found(span, bed, own, samples, levels, words)
            if found is not None:
                looked.append(span)
            if found is False:
                absent.append(span)
    return looked, absent


def _stretches(bed: Bed) -> list[Span]:
    """Return a bed in stretches of one length, without its fades; an even choice of them where there are many."""
    first, last = bed.at / PROGRAMME, bed.end / PROGRAMME
    first, last = first + min(bed.music.fade_in, (last - first) / 4), last - min(bed.music.fade_out, (last - first) / 4)
    count = max(1, round((last - first) / WINDOW))
    step = (last - first) / count
    chosen = sorted({round(n * (count - 1) / max(1, min(count, WINDOWS) - 1)) for n in range(min(count, WINDOWS))})
    return [Span(start=first + n * step, end=first + (n + 1) * step) for n in chosen]


def _found(
    span: Span, bed: Bed, whole: Samples | None, samples: Coded, levels: Levels, words: Sequence[Span]
) -> bool | None:
    """Say whether a bed is heard in a stretch; None where that cannot be told."""
    own = None if whole is None else _cut(whole, span, bed.at / PROGRAMME)
    if own is not None and _rms(own) < NOTHING:
        return None
    free = [gap for gap in _gaps(span, words) if _length(gap) >= SHORTEST]
    if all(_level(levels, gap, np.max) < AUDIBLE for gap in free or [span]):
        return False
    telling = _share(span, words) == 0 or (bed.music.level_db >= FAINTEST and _length(span) >= UNDER_TALK)
    if own is not None and telling and stands_out(own, own) >= OWN:
        return any(rise >= STANDS_OUT for rise in _rises(_cut(samples, span) / np.float32(32768), own))
    return True if free else None


def _rises(sound: Sound, own: Sound) -> Iterator[float]:
    """Yield how far a bed stands out of a whole stretch, and of each part of it."""
    yield stands_out(sound, own)
    size = round(PART * RATE)
    for first in range(0, len(own) - size + 1, size):
        yield stands_out(sound[first : first + size], own[first : first + size])


def stands_out(sound: Sound, own: Sound) -> float:
    """Return how far the place where a bed should lie in a sound rises over the places round it."""
    size = max(len(sound), len(own))
    shape = np.hanning(size)
    length = 1 << (2 * size - 1).bit_length()
    one, other = (np.fft.rfft(np.pad(part, (0, size - len(part))) * shape, length) for part in (sound, own))
    cross = one * np.conj(other)
    fits = np.fft.irfft(cross / (np.abs(one) * np.abs(other) + 1e-9) ** WHITE, length)
    at_once = round(AT_ONCE * RATE)
    near, far = (round(seconds * RATE) for seconds in AROUND)
    rest = np.concatenate([fits[near:far], fits[-far:-near]])
    peak = np.abs(np.concatenate([fits[-at_once:], fits[: at_once + 1]])).max()
    return float(peak / (np.sqrt(np.mean(rest**2)) + 1e-12))


def _rms(samples: Sound) -> float:
    return float(10 * np.log10(np.mean(samples.astype(np.float64) ** 2) + 1e-12)) if len(samples) else -120.0


def _cut(samples: Sound, span: Span, later: float = 0.0) -> Sound:
    """Return the samples of a stretch; `later` is the second at which they begin."""
    part: Sound = samples[max(0, round((span.start - later) * RATE)) : max(0, round((span.end - later) * RATE))]
    return part


def _gaps(span: Span, words: Sequence[Span]) -> Iterator[Span]:
    """Yield the parts of a stretch in which nobody speaks, without their edges."""
    start = span.start
    for word in sorted(words, key=lambda word: word.start):
        if span.start < word.end and word.start < span.end:
            yield Span(start=start, end=max(start, word.start - MARGIN))
            start = max(start, word.end + MARGIN)
    yield Span(start=start, end=max(start, span.end))


def _planned_silence(case: Case, timeline: Timeline) -> Iterator[Span]:
    """Yield the stretches in which a plan has neither clips that are heard, nor music, nor effects."""
    assert case.plan is not None
    own = [(voice.at, voice.at + voice.samples) for voice in voices(case.plan, timeline)]
    others = [(spot.at, spot.at + spot.samples) for spot in spots(case.plan, timeline)]
    placed = [*own, *others, *((bed.at, bed.end) for bed in beds(case.plan, timeline))]
    sounding = [Span(start=first / PROGRAMME, end=end / PROGRAMME) for first, end in placed]
    for gap in _gaps(Span(start=0.0, end=timeline.duration), sounding):
        if _length(gap) >= SHORTEST:
            yield gap
