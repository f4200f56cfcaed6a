"""joins: how well the parts of the sound were put together: clicks at cuts, lip sync, music against the voice.

All three are read off the render's own samples. A click is a moment that what came before and after it does not
foretell (linear prediction), far above everything else around the cut; the beat of a drum goes on, a click does not.
Sync and the bed are found by laying the sources' samples, where the plan has them, over the render.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from kernel.document import Value
from kernel.evaluation.case import Case
from kernel.evaluation.measures.laid import laid, own_sound
from kernel.worker.media import Span
from kernel.worker.meter import response
from kernel.worker.plan import EditPlan
from kernel.worker.samples import RATE as PROGRAMME
from kernel.worker.sound import RATE, Coded, Samples, floats
from kernel.worker.timing import ClipSpan, Timeline
from kernel.worker.underscore import Bed, beds
from kernel.worker.voices import heard

MOST = 200
"""Cuts that are listened to; of more an even choice."""
MOST_CLIPS = 16
"""Clips whose sync is looked at; of more an even choice."""
NEAR, AROUND = 0.006, 0.08
"""Seconds beside a cut where a click may lie, and with what is around it is compared."""
ITSELF = 0.002
"""Seconds of a click: an encoder smears it over as much."""
ORDER = 24
"""Samples that foretell the next one."""
FAINT = 1e-3
"""Of full scale: what lies lower nobody hears as a click."""
FURTHEST = 0.7
"""Seconds beside its place in which the sound of a clip is looked for."""
SHORTEST, LONGEST = 0.8, 12.0
"""Seconds of a clip that can be found again, and of it that are laid over the render."""
WHITE = 0.7
"""How far sounds are whitened before they are compared, 0 to 1: all the way, noise would count as much as the voice."""
STANDS_OUT, BED_STANDS_OUT = 8.0, 6.5
"""Times that the best place must rise over the rest to be believed: of a clip, and of music under a voice; a bed 20 dB
below rose 7.5 times, a sound that is not there 5.4 times at the most."""
BAND = (100.0, 2000.0)
"""Hertz by which the level of a bed is found: above it a fraction of a sample counts."""
UNDER_TALK = 2.0
"""Seconds of speech over a bed from which on their levels are compared."""
MOST_TALK = 60
"""Stretches of speech that are looked at; of more an even choice."""
BREATH = 0.5
"""Seconds between two words that belong to one stretch of speech."""

Numbers = npt.NDArray[np.float64]


class Click(Value):
    """A click at a cut."""

    at: float
    """Seconds of the video."""
    over: float
    """Decibels over everything that is as sudden around it."""


class Drift(Value):
    """How the sound of a clip lies beside its place."""

    clip: str
    start: float
    end: float
    """Seconds of the video that were compared."""
    late: float
    """Seconds that the sound comes too late; negative: too early."""


class Joins(Value):
    """How the parts of the sound were put together."""

    cuts: int = 0
    """Cuts that were listened to."""
    clicks: tuple[Click, ...] = ()
    """The sudden moments at cuts, the worst first; all of them, however faint."""
    drifts: tuple[Drift, ...] = ()
    """One for each clip whose sound was found again."""
    music: float | None = None
    """LU by which music lies below the voice while somebody speaks; None where they do not meet, or it is not found."""
    over_talk: tuple[Span, ...] = ()
    """Where they meet."""


def measure(case: Case, samples: Coded) -> Joins | None:
    """Listen to the cuts, the sync and the music of a render.

    Args:
        case: the video, its plan, and where the sources lie: without these only the cuts are listened to.
        samples: the video's sound, mono, 16 kHz; empty where it has none.

    Returns:
        None without a plan or without sound.
    """
    timeline = case.timeline
    if case.plan is None or timeline is None or not len(samples):
        return None
    cuts = _cuts(case.plan, timeline)
    clicks = [click for cut in _even(cuts, MOST) if (click := click_at(samples, cut))]
    music, over = _music(case, case.plan, timeline, samples)
    return Joins(
        cuts=len(cuts),
        clicks=tuple(sorted(clicks, key=lambda click: -click.over)),
        drifts=tuple(_drifts(case, case.plan, timeline, samples)),
        music=music,
        over_talk=over,
    )


def _even(found: Sequence[float], most: int) -> list[float]:
    step = max(1, -(-len(found) // most))
    return list(found[::step])


def _cuts(plan: EditPlan, timeline: Timeline) -> list[float]:
    """Return the seconds at which one clip's sound gives way to another's."""
    rate = float(timeline.rate.fraction)
    pairs = pairwise(timeline.clips)
    return [b.first_frame / rate for a, b in pairs if not b.joins_last and (heard(plan, a) or heard(plan, b))]


def click_at(samples: Coded, cut: float) -> Click | None:
    """Return the most sudden moment at a cut; None where nothing is heard there."""
    first = max(0, round((cut - NEAR - AROUND) * RATE))
    part = floats(samples[first : round((cut + NEAR + AROUND) * RATE)]).astype(np.float64)
    sudden = unforetold(part)
    if sudden is None:
        return None
    at = round(cut * RATE) - first
    low, high = max(0, at - round(NEAR * RATE)), at + round(NEAR * RATE)
    if high > len(sudden):
        return None
    peak = low + int(np.argmax(sudden[low:high]))
    itself = round(ITSELF * RATE)
    rest = np.concatenate([sudden[: max(0, peak - itself)], sudden[peak + itself :]])
    over = 20 * np.log10(max(float(sudden[peak]), 1e-9) / max(float(rest.max(initial=0.0)), FAINT))
    return Click(at=round((first + peak) / RATE, 3), over=round(float(over), 1))


def unforetold(part: Numbers) -> Numbers | None:
    """Return by how much each sample differs from what those before it foretell; None where there is no sound."""
    if len(part) < 8 * ORDER or not np.any(part):
        return None
    size = 1 << (2 * len(part) - 1).bit_length()
    likeness = np.fft.irfft(np.abs(np.fft.rfft(part * np.hanning(len(part)), size)) ** 2)[: ORDER + 1]
    table = likeness[np.abs(np.arange(ORDER)[:, None] - np.arange(ORDER))]
    weights = np.linalg.solve(table + np.eye(ORDER) * likeness[0] * 1e-5, likeness[1:])
    foretold = np.convolve(part, np.concatenate([[0.0], weights]))[: len(part)]
    made: Numbers = np.abs(part - foretold)
    made[:ORDER] = 0.0
    return made


def _drifts(case: Case, plan: EditPlan, timeline: Timeline, samples: Coded) -> Iterator[Drift]:
    clips = [clip for clip in timeline.clips if heard(plan, clip) and not clip.runs]
    rate = float(timeline.rate.fraction)
    for clip in clips[:: max(1, -(-len(clips) // MOST_CLIPS))]:
        lasts = min(clip.frames / rate, LONGEST)
        own = own_sound(case, clip.source) if lasts >= SHORTEST else None
        if own is not None:
            yield from _drift(clip, rate, lasts, samples, own)


def _drift(clip: ClipSpan, rate: float, lasts: float, samples: Coded, own: Coded) -> Iterator[Drift]:
    start, far = clip.first_frame / rate, round(FURTHEST * RATE)
    first, count = round(clip.source_start * RATE), round(lasts * RATE)
    at = round(start * RATE)
    before = min(far, at)
    place = place_of(floats(own[first : first + count]), floats(samples[at - before : at + count + far]), before, far)
    if place is not None:
        yield Drift(clip=clip.id, start=round(start, 3), end=round(start + lasts, 3), late=round(place / RATE, 4))


def place_of(own: Samples, sound: Samples, expected: int, furthest: int, stands_out: float = STANDS_OUT) -> int | None:
    """Return by how many samples a sound lies later in another than expected; None where it is not found there."""
    if min(len(own), len(sound)) < SHORTEST / 2 * RATE or not np.any(own) or not np.any(sound):
        return None
    size = 1 << (len(own) + len(sound)).bit_length()
    one, other = np.fft.rfft(sound, size), np.fft.rfft(own, size)
    cross = one * np.conj(other)
    fits = np.abs(np.fft.irfft(cross / (np.abs(one) * np.abs(other) + 1e-9) ** WHITE, size))
    lags = np.arange(expected - furthest, expected + furthest + 1)
    near = fits[lags % size]
    best = int(np.argmax(near))
    rest = np.delete(near, slice(max(0, best - RATE // 100), best + RATE // 100))
    rises = near[best] / (np.sqrt(np.mean(rest**2)) + 1e-12)
    return int(lags[best]) - expected if rises >= stands_out else None


def _music(case: Case, plan: EditPlan, timeline: Timeline, samples: Coded) -> tuple[float | None, tuple[Span, ...]]:
    """Return how far the beds lie below the voice where both are heard, the nearest one, and where that is."""
    found: list[tuple[float, list[Span]]] = []
    talk = list(_talk(plan, timeline))
    for bed in beds(plan, timeline):
        over = _under(bed, talk)
        own = laid(case, bed) if sum(span.end - span.start for span in over) >= UNDER_TALK else None
        below = _below(samples, own, bed.at / PROGRAMME, over) if own is not None else None
        if below is not None:
            found.append((round(below, 1), over))
    if not found:
        return None, ()
    below, over = min(found, key=lambda each: each[0])
    return below, tuple(over)


def _talk(plan: EditPlan, timeline: Timeline) -> Iterator[Span]:
    """Yield the stretches in which somebody speaks."""
    rate = float(timeline.rate.fraction)
    audible = [clip for clip in timeline.clips if heard(plan, clip)]
    words = [w for w in timeline.spoken if any(c.first_frame <= w.first_frame < c.end_frame for c in audible)]
    spans = sorted((word.first_frame / rate, word.last_frame / rate) for word in words)
    start, end = spans[0] if spans else (0.0, 0.0)
    for first, last in spans[1:]:
        if first - end > BREATH:
            yield Span(start=start, end=end)
            start = first
        end = max(end, last)
    if spans:
        yield Span(start=start, end=end)


def _under(bed: Bed, talk: Sequence[Span]) -> list[Span]:
    """Return the speech that lies over a bed, its fades left out."""
    first, last = bed.at / PROGRAMME + bed.music.fade_in, bed.end / PROGRAMME - bed.music.fade_out
    inside = [Span(start=max(span.start, first), end=min(span.end, last)) for span in talk]
    long = [span for span in inside if span.end - span.start >= BREATH]
    return long[:: max(1, -(-len(long) // MOST_TALK))]


def _below(samples: Coded, own: Samples, begins: float, talk: Sequence[Span]) -> float | None:
    """Return how many LU a bed lies below what else is heard."""
    late = _late(samples, own, begins, talk)
    if late is None:
        return None
    power, music = 0.0, 0.0
    fits: list[tuple[float, float]] = []
    beds: list[float] = []
    for span in talk:
        first, count = round(span.start * RATE), round((span.end - span.start) * RATE)
        sound = floats(samples[first + late : first + late + count])
        part = own[first - round(begins * RATE) :][: len(sound)]
        sound = sound[: len(part)]
        if len(part) < BREATH * RATE / 2:
            continue
        one, other, loud = _weighed(sound), _weighed(part), _band(len(part))
        calm = 1 / (_smooth(np.abs(one) ** 2) + 1e-12)
        cross = float((np.real(one * np.conj(other)) * calm)[loud].sum())
        fits.append((cross, float((np.abs(other) ** 2 * calm)[loud].sum())))
        power += float((np.abs(one) ** 2).sum()) / len(part) * 2
        beds.append(float((np.abs(other) ** 2).sum()) / len(part) * 2)
    gain = sum(cross for cross, _ in fits) / max(sum(own_power for _, own_power in fits), 1e-12)
    music = gain**2 * sum(beds)
    voice = power - music
    return float(10 * np.log10(max(voice, 1e-12) / max(music, 1e-12))) if gain > 0 and fits else None


def _late(samples: Coded, own: Samples, begins: float, talk: Sequence[Span]) -> int | None:
    """Return by how many samples a bed lies beside its place; None where it is not found."""
    longest = max(talk, key=lambda span: span.end - span.start)
    far = round(FURTHEST * RATE)
    first = round(longest.start * RATE)
    count = round(min(longest.end - longest.start, LONGEST) * RATE)
    before = min(far, first)
    sound = floats(samples[first - before : first + count + far])
    part = own[first - round(begins * RATE) :][:count]
    return place_of(part, sound, before, far, BED_STANDS_OUT)


def _weighed(part: Samples) -> npt.NDArray[np.complex128]:
    """Return the spectrum of a sound, K-weighted (ITU-R BS.1770)."""
    spectrum = np.fft.rfft(part * np.hanning(len(part)))
    ears = np.abs(response())
    hertz = np.fft.rfftfreq(len(part), 1 / RATE)
    made: npt.NDArray[np.complex128] = spectrum * np.interp(hertz, np.linspace(0, PROGRAMME / 2, len(ears)), ears)
    return made


def _band(count: int) -> npt.NDArray[np.bool_]:
    hertz = np.fft.rfftfreq(count, 1 / RATE)
    inside: npt.NDArray[np.bool_] = (hertz >= BAND[0]) & (hertz <= BAND[1])
    return inside


def _smooth(power: Numbers) -> Numbers:
    """Return a spectrum evened out over a fiftieth of it, so that it says where the voice is strong."""
    width = max(3, len(power) // 200)
    made: Numbers = np.convolve(power, np.ones(width) / width, mode="same")
    return made
