"""repeats: which pictures of a video were shown before, though nobody asked for that."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from kernel.evaluation.base import Seen
from kernel.worker.media import Span
from kernel.worker.plan import EditPlan
from kernel.worker.timing import Picture, Timeline, seconds

LEAST = 0.25
"""Seconds: less is the breath that two neighbouring clips share."""
ASKED = re.compile(r"\b(again|repeat\w*|replay\w*|loop\w*|boomerang|twice|rewind)\b", re.IGNORECASE)


def repeats(seen: Seen) -> tuple[Span, ...]:
    """Return the stretches of a video whose pictures it showed before; none where that was asked for, or must be.

    It must be where the picture has to last longer than all footage that it is taken from.
    """
    if seen.plan is None or seen.timeline is None or ASKED.search(str((seen.brief or {}).get("text") or "")):
        return ()
    return tuple(_without(_again(seen.plan, seen.timeline), _must(seen.plan, seen.timeline)))


def _without(found: Sequence[Span], spare: float) -> Iterator[Span]:
    """Yield what is left of stretches after taking so many seconds from their beginning."""
    for span in found:
        left = max(0.0, spare - (span.end - span.start))
        start = span.start + max(0.0, spare)
        if start < span.end:
            yield Span(start=round(start, 3), end=span.end)
        spare = left


def _again(plan: EditPlan, timeline: Timeline) -> list[Span]:
    shown: dict[str, set[int]] = defaultdict(set)
    found: list[Span] = []
    for picture in timeline.pictures:
        frames = _frames(plan, picture)
        again = sorted(frames & shown[picture.shot.source])
        shown[picture.shot.source] |= frames
        if len(again) >= LEAST * float(timeline.rate.fraction):
            found.append(_span(timeline, picture, again))
    return found


def _frames(plan: EditPlan, picture: Picture) -> set[int]:
    """Return the frames of its source that a piece of picture shows; none of a still, and none that is held."""
    if plan.source(picture.shot.source).kind != "video":
        return set()
    moving = any(run.step for run in picture.shot.course)
    return set(range(picture.shot.earliest, picture.shot.latest + 1)) if moving else set()


def _span(timeline: Timeline, picture: Picture, again: list[int]) -> Span:
    ends = sorted(
        float(picture.shot.frame_of(frame / timeline.rate.fraction, timeline.rate))
        for frame in (again[0], again[-1] + 1)
    )
    first, last = max(ends[0], picture.first_frame), min(ends[1], picture.end_frame)
    rate = float(timeline.rate.fraction)
    return Span(start=round(first / rate, 3), end=round(max(first, last) / rate, 3))


def _must(plan: EditPlan, timeline: Timeline) -> float:
    """Return the seconds that have to be shown twice, as there is not so much footage."""
    used = {picture.shot.source for picture in timeline.pictures}
    there = sum(source.duration for source in plan.sources if source.kind == "video" and source.id in used)
    shown = sum(p.frames for p in timeline.pictures if plan.source(p.shot.source).kind == "video")
    return seconds(shown, timeline.rate) - there
