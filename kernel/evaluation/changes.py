"""changes: when the picture changes: at the plan's cuts, covers and punch-ins, and where a source cuts by itself.

With a plan nothing is detected: a picture that flickers has no more cuts for that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from kernel.evaluation.base import Seen
from kernel.worker.ops.zoom import Zoom
from kernel.worker.plan import EditPlan
from kernel.worker.timing import Picture, Shot, Timeline, seconds

NEAR = 2
"""Frames: two changes that lie no further apart are one."""
SLIGHT = 0.04
"""Difference of two zooms that nobody takes for a change."""


class Change(NamedTuple):
    """A moment at which another picture is seen."""

    at: float
    """Seconds of the video."""
    ours: bool = True
    """Whether the edit makes it; else the source cuts there by itself."""


def changes(seen: Seen) -> tuple[Change, ...]:
    """Return when the picture changes, in order: by the plan, else as it was detected."""
    if seen.plan is None or seen.timeline is None:
        shots = seen.sights.shots if seen.sights else ()
        return tuple(Change(shot.start) for shot in shots[1:])
    frames = sorted([*_made(seen.plan, seen.timeline), *_own(seen.plan, seen.timeline)])
    kept: list[tuple[float, bool]] = []
    for frame, theirs in frames:
        if kept and frame - kept[-1][0] <= NEAR:
            kept[-1] = (kept[-1][0], kept[-1][1] and theirs)
        else:
            kept.append((frame, theirs))
    rate = float(seen.timeline.rate.fraction)
    return tuple(Change(frame / rate, not theirs) for frame, theirs in kept)


def lengths(changed: Sequence[float], duration: float) -> list[float]:
    """Return how long each picture stands between moments of change."""
    inner = sorted(at for at in changed if 0 < at < duration)
    return [end - start for start, end in pairwise([0.0, *inner, duration])]


def _made(plan: EditPlan, timeline: Timeline) -> Iterator[tuple[float, bool]]:
    last: Shot | None = None
    for picture in timeline.pictures:
        if last and _differs(plan, last, picture.shot):
            yield float(picture.first_frame), False
        last = picture.shot
        if picture.into:
            yield picture.first_frame + picture.frames / 2, False
            last = picture.into


def _differs(plan: EditPlan, one: Shot, other: Shot) -> bool:
    if one.of == other.of:
        return False
    plain = one.source == other.source and not one.runs and not other.runs
    if not plain or one.source_frame + one.frames != other.source_frame:
        return True
    return abs(_zoomed(plan, one.of, True) - _zoomed(plan, other.of, False)) > SLIGHT


def _zoomed(plan: EditPlan, of: str, ends: bool) -> float:
    """Return how near a clip or cover is at its end, or at its start."""
    zooms = {zoom.of: zoom for zoom in plan.each(Zoom)}
    zoom = zooms.get(of) or zooms.get("*")
    return 1.0 if zoom is None else zoom.ends if ends else zoom.scale


def _own(plan: EditPlan, timeline: Timeline) -> Iterator[tuple[float, bool]]:
    """Yield the frames at which a source cuts by itself."""
    for picture in timeline.pictures:
        for shot in (picture.shot, picture.into):
            yield from _cuts_in(plan, timeline, picture, shot) if shot else ()


def _cuts_in(plan: EditPlan, timeline: Timeline, picture: Picture, shot: Shot) -> Iterator[tuple[float, bool]]:
    rate = timeline.rate
    first, last = seconds(shot.earliest, rate), seconds(shot.latest + 1, rate)
    for border in plan.source(shot.source).shots[1:]:
        if first < border.start < last:
            frame = float(shot.frame_of(border.start, rate))
            if picture.first_frame + NEAR < frame < picture.end_frame - NEAR:
                yield frame, True
