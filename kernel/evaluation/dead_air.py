"""dead air: where nobody says anything though somebody should: pauses between spoken words, and silent stretches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kernel.evaluation.base import Seen
from kernel.evaluation.excuses import quiet, rest
from kernel.worker.media import Span
from kernel.worker.plan import EditPlan
from kernel.worker.timing import ClipSpan, Timeline, seconds
from kernel.worker.voices import heard

JOIN = 0.12
"""Seconds between two quiet stretches that pass for one: the breath that a cut leaves on either side."""


def spoken(seen: Seen) -> Span | None:
    """Return the stretch from the first spoken word of a video to its last; None where nobody speaks."""
    if seen.plan is not None and seen.timeline is not None:
        talk = _kept(seen.plan, seen.timeline)
    elif seen.heard is not None and seen.heard.words:
        talk = [Span(start=word.start, end=word.end) for word in seen.heard.words]
    else:
        talk = list(seen.sounds.speech) if seen.sounds else []
    return Span(start=talk[0].start, end=talk[-1].end) if talk else None


def _kept(plan: EditPlan, timeline: Timeline) -> list[Span]:
    """Return when each word is said that a plan keeps, of the clips that are heard."""
    clips = [(clip.first_frame, clip.end_frame) for clip in timeline.clips if heard(plan, clip)]
    words = [w for w in timeline.spoken if any(first <= w.first_frame < end for first, end in clips)]
    rate = timeline.rate
    return [Span(start=seconds(w.first_frame, rate), end=seconds(w.last_frame, rate)) for w in words]


def dead_air(seen: Seen) -> tuple[Span, ...]:
    """Return the stretches in which nothing is said or heard and nobody asked for that, the first one first.

    The quiet before the first word is no dead air: it is part of how the video opens.
    """
    talk = spoken(seen)
    asked = [*quiet(seen), *([Span(start=0.0, end=talk.start)] if talk else [])]
    pauses = _within(_pauses(seen), talk) if talk else []
    return tuple(rest(_joined([*pauses, *seen.measured.silent]), asked))


def _pauses(seen: Seen) -> list[Span]:
    """Return where the speakers rest: in the sound of the render, and under music in that of the sources."""
    found = list(seen.sounds.silences) if seen.sounds else []
    if seen.timeline is None:
        return found
    sourced = [span for clip in seen.timeline.clips for span in _rests(seen, seen.timeline, clip)]
    return [*found, *sourced]


def _rests(seen: Seen, timeline: Timeline, clip: ClipSpan) -> Iterator[Span]:
    """Yield the silences of a clip's source while somebody speaks in it, as they fall into the video."""
    facts = seen.sources.get(clip.source)
    if facts is None or seen.plan is None or not clip.words or not heard(seen.plan, clip):
        return
    rate = timeline.rate
    first, last = seconds(clip.first_frame, rate), seconds(clip.end_frame, rate)
    for silence in facts.silences:
        ends = sorted(float(clip.frame_of(at, rate) / rate.fraction) for at in (silence.start, silence.end))
        start, end = max(first, ends[0]), min(last, ends[1])
        if start < end:
            yield Span(start=start, end=end)


def _within(spans: Iterable[Span], whole: Span) -> list[Span]:
    cut = (Span(start=max(span.start, whole.start), end=min(span.end, whole.end)) for span in spans)
    return [span for span in cut if span.start < span.end]


def _joined(spans: Sequence[Span]) -> list[Span]:
    found: list[Span] = []
    for span in sorted(spans, key=_start):
        if found and span.start - found[-1].end <= JOIN:
            found[-1] = Span(start=found[-1].start, end=max(found[-1].end, span.end))
        else:
            found.append(span)
    return found


def _start(span: Span) -> float:
    return span.start
