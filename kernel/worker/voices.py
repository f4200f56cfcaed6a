"""voices: where each clip's own sound lies in the programme, and how it comes and goes.

At a plain cut it is faded over what its frames hold beyond its words, and over 8 ms at the least. At a transition it
passes over the whole passage, as the picture does: what its source holds beyond the clip's edge is heard under the
other clip, but never a word that was cut away, and no word that is kept is faded.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from kernel.worker.cleaning import clean_of, depth, filters
from kernel.worker.media import Source
from kernel.worker.mixdown import fall, joined, rise, slope
from kernel.worker.ops.clean import Clean
from kernel.worker.ops.cut import Cut
from kernel.worker.ops.transition import Transition
from kernel.worker.plan import EditPlan
from kernel.worker.runs import Pace
from kernel.worker.samples import RATE, Curve, sample_of
from kernel.worker.stems import Wanted
from kernel.worker.timing import ClipSpan, Timeline

MUTE_DB = -60.0
EDGE = RATE * 8 // 1000
"""Samples of the shortest fade at a join: 8 ms is heard as no click and as no fade."""
START = RATE * 2 // 1000
"""Samples of the fade at a source's own start."""


class Voice(NamedTuple):
    """A clip's own sound."""

    clip: ClipSpan
    source: Source
    first: int
    """Sample of its source with which it begins."""
    at: int
    """Sample of the programme with which it begins."""
    samples: int
    gain: Curve
    """Counted from its first sample; the cut's own gain is in it."""
    paces: tuple[Pace, ...] = ()
    """How it follows a clip that is not played as it was filmed."""
    clean: Clean | None = None
    """How it is cleaned."""

    @property
    def leveled(self) -> bool:
        """Whether its speakers are brought to one loudness."""
        return self.clean is not None and self.clean.level

    @property
    def wanted(self) -> Wanted:
        """The stretch of its source."""
        chain, quieter = (filters(self.clean), depth(self.clean)) if self.clean else ((), 0.0)
        return Wanted(self.source, self.first, self.samples, chain, quieter, self.paces)


class _Edges(NamedTuple):
    """A clip in samples of the programme."""

    start: int
    end: int
    first: int
    """Sample of the source at `start`."""
    before: int
    """Samples from `start` to its first word."""
    after: int
    """Samples from its last word to `end`."""


class _Fade(NamedTuple):
    """One end of a voice."""

    handle: int
    """Samples that are heard beyond the clip's edge."""
    within: int
    """Samples of the fade within the clip; 0 for none."""
    passing: bool = False
    """Whether it passes over at a transition, with even power; else it is a straight line."""


def heard(plan: EditPlan, clip: ClipSpan) -> bool:
    """Say whether a clip has a sound of its own that is not muted."""
    return plan.source(clip.source).has_sound and _gain_db(plan, clip) > MUTE_DB and not clip.silent


def voices(plan: EditPlan, timeline: Timeline) -> tuple[Voice, ...]:
    """Return the sound of every clip that is heard, in order."""
    passages, edges = _passages(plan, timeline), _edges(timeline)
    made: list[Voice] = []
    for index, clip in enumerate(timeline.clips):
        if heard(plan, clip):
            following = timeline.clips[index + 1] if index + 1 < len(timeline.clips) else None
            last = timeline.clips[index - 1] if index else None
            span, source = edges[index], plan.source(clip.source)
            opens = _opening(clip, source, span, passages.get(last.id) if last and not clip.runs else None)
            goes_on = following is not None and following.joins_last
            closes = _closing(clip, source, span, None if clip.runs else passages.get(clip.id), goes_on)
            voice = _voice(clip, source, span, (opens, closes), 10 ** (_gain_db(plan, clip) / 20))
            made.append(voice._replace(paces=clip.paces(timeline.rate), clean=clean_of(plan, clip.id)))
    return tuple(made)


def _voice(clip: ClipSpan, source: Source, span: _Edges, ends: tuple[_Fade, _Fade], gain: float) -> Voice:
    opens, closes = ends
    samples = opens.handle + span.end - span.start + closes.handle
    up, down = opens.handle + opens.within, closes.within + closes.handle
    up, down = min(up, samples // 2), min(down, samples // 2)
    begin = rise(0, up) if opens.passing and up else slope(0, up, 0, 1)
    end = fall(samples - down, samples) if closes.passing and down else slope(samples - down, samples, 1, 0)
    curve = joined([begin, end])
    scaled = Curve(curve.at, tuple(share * gain for share in curve.gain))
    return Voice(clip, source, span.first - opens.handle, span.start - opens.handle, samples, scaled)


def _gain_db(plan: EditPlan, clip: ClipSpan) -> float:
    return next(cut.gain_db for cut in plan.each(Cut) if cut.id == clip.id)


def _passages(plan: EditPlan, timeline: Timeline) -> Mapping[str, tuple[int, int]]:
    """Return the first and the last sample of each transition, by the clip that goes out."""
    cuts, rate = {clip.id: clip.end_frame for clip in timeline.clips}, plan.output.rate
    windows = {each.after: each.window(cuts[each.after], rate) for each in plan.each(Transition)}
    return {
        clip: (sample_of(first, timeline), sample_of(first + frames, timeline))
        for clip, (first, frames) in windows.items()
    }


def _edges(timeline: Timeline) -> list[_Edges]:
    """Return the clips in samples; one that goes on does so with the very next sample of its source."""
    made: list[_Edges] = []
    for clip in timeline.clips:
        start, end = sample_of(clip.first_frame, timeline), sample_of(clip.end_frame, timeline)
        first = round(Fraction(clip.source_frame) / timeline.rate.fraction * RATE)
        if clip.joins_last:
            first = made[-1].first + made[-1].end - made[-1].start
        speaks, falls_silent = (_sample(clip, at, timeline) for at in (clip.cut_in, clip.cut_out))
        made.append(_Edges(start, end, first, speaks - start, end - falls_silent))
    return made


def _sample(clip: ClipSpan, source_seconds: float, timeline: Timeline) -> int:
    """Return the sample of the programme at which a second of a clip's source falls."""
    return round(clip.frame_of(source_seconds, timeline.rate) / timeline.rate.fraction * RATE)


def _opening(clip: ClipSpan, source: Source, span: _Edges, passage: tuple[int, int] | None) -> _Fade:
    if clip.joins_last:
        return _Fade(0, 0)
    # Nothing was heard before a source begins, and a word may begin with its first sample.
    shortest = EDGE if clip.source_frame > 0 else START
    if passage is None:
        return _Fade(0, max(span.before, shortest))
    spoken = [word.cut_out for word in source.words if word.id not in clip.words and word.cut_in < clip.cut_in]
    free = span.first - max([0, *(round(Fraction(end) * RATE) for end in spoken)])
    handle = max(0, min(span.start - passage[0], free))
    quiet = _quiet_before(clip, source, span, passage[1] - span.start)
    return _Fade(handle, max(quiet, shortest - handle), passing=True)


def _closing(clip: ClipSpan, source: Source, span: _Edges, passage: tuple[int, int] | None, goes_on: bool) -> _Fade:
    if goes_on:
        return _Fade(0, 0)
    if passage is None:
        return _Fade(0, max(span.after, EDGE))
    last = span.first + span.end - span.start
    spoken = [word.cut_in for word in source.words if word.id not in clip.words and word.cut_out > clip.cut_out]
    ends = min([source.duration, *spoken])
    handle = max(0, min(passage[1] - span.end, round(Fraction(ends) * RATE) - last))
    quiet = _quiet_after(clip, source, span, span.end - passage[0])
    return _Fade(handle, max(quiet, EDGE - handle), passing=True)


def _quiet_before(clip: ClipSpan, source: Source, span: _Edges, passage: int) -> int:
    """Return how much of a passage at the clip's start lies before its first word."""
    words = [word.cut_in for word in source.words if word.id in clip.words]
    return min(passage, max(0, round(Fraction(min(words)) * RATE) - span.first)) if words else passage


def _quiet_after(clip: ClipSpan, source: Source, span: _Edges, passage: int) -> int:
    """Return how much of a passage at the clip's end lies after its last word."""
    words = [word.cut_out for word in source.words if word.id in clip.words]
    last = span.first + span.end - span.start
    return min(passage, max(0, last - round(Fraction(max(words)) * RATE))) if words else passage
