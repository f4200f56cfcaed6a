"""borders: where a clip's picture gives way to the next one's: at the cut, beside it (split), or bit by bit. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from kernel.worker.media import Rate, Source
from kernel.worker.ops.cover import Cover
from kernel.worker.ops.cut import Cut
from kernel.worker.ops.split import Split
from kernel.worker.ops.transition import Transition
from kernel.worker.plan import EditPlan
from kernel.worker.retime import cover_runs, speed_of
from kernel.worker.runs import UNIT, Run, place
from kernel.worker.timing import ClipSpan, Shot, seconds

ENDLESS = 10**9
"""Frames: what stands still can be shown for as long as one likes."""
LEAST = Fraction(1, 10)
"""Seconds of a clip's picture that a split leaves."""
HAIR = Fraction(1, 10**6)
"""Frames: more than the noise of a float."""

Laid = Sequence[Sequence[Shot]]
"""What is seen of each clip, in order."""
STANDS = Fraction(1, 4)
"""Seconds for which a source that has no more frames may stand still in a transition: hardly anybody sees that."""


class Window(NamedTuple):
    """A transition's stretch of the timeline."""

    by: Transition
    first: int
    frames: int


def picture_ends(plan: EditPlan, clips: Sequence[ClipSpan]) -> dict[str, int]:
    """Return the frame after the last one of each clip's picture; by a split it differs from the sound's."""
    rolled = {split.after: split for split in plan.each(Split)}
    rate = plan.output.rate
    return {c.id: rolled[c.id].border(c.end_frame, rate) if c.id in rolled else c.end_frame for c in clips}


def windows(plan: EditPlan, clips: Sequence[ClipSpan]) -> dict[str, Window]:
    """Return each transition's stretch of the timeline, by the clip that goes out."""
    ends = picture_ends(plan, clips)
    return {t.after: Window(t, *t.window(ends[t.after], plan.output.rate)) for t in plan.each(Transition)}


def unsaid(plan: EditPlan, clips: Sequence[ClipSpan]) -> Iterator[str]:
    """Say which covers are placed by words that are not there, or not in that order."""
    spans = {clip.id: clip for clip in clips}
    for cover in plan.each(Cover):
        clip, named = spans[cover.clip], [id for id in (cover.first_word, cover.last_word) if id is not None]
        unknown = [id for id in named if id not in clip.words]
        if unknown:
            yield f"Cover {cover.id} names {' and '.join(unknown)}, which is no word of clip {clip.id}."
        elif sorted(named, key=clip.words.index) != named or (unworded(plan, cover, clip).length or 1) < 0:
            yield f"Cover {cover.id} ends with {cover.last_word}, before it begins."
        elif named and any(run.step < 0 for run in clip.runs):
            yield f"Cover {cover.id} is placed by words, but clip {clip.id} plays backwards: give offset and length."
        elif cover.last_word is not None and cover.length is not None:
            yield f"Cover {cover.id} has both a last_word and a length: leave one of them null."


def handles(shot: Shot, source: Source, rate: Rate) -> tuple[int, int]:
    """Return how many frames more its source has before what a shot shows, and after it."""
    if source.kind == "still":
        return ENDLESS, ENDLESS
    last = (math.ceil(Fraction(source.duration) * rate.fraction - HAIR) - 1) * UNIT
    first, end = shot.course[0], shot.course[-1]
    return _room(first, first.at, -first.step, last), _room(end, end.end - end.step, end.step, last)


def _room(run: Run, at: int, step: int, last: int) -> int:
    """Return how many steps there are from a place to that end of the source towards which they go."""
    if step == 0:
        return ENDLESS
    return max(0, (last - at) // step if step > 0 else at // -step)


def cover_shot(plan: EditPlan, cover: Cover, clip: ClipSpan) -> Shot:
    """Return what is seen of a cover, in whole frames."""
    rate, speed = plan.output.rate, speed_of(plan, cover.id)
    first, end = span_of(plan, cover, clip)
    begins = round(Fraction(cover.start) * rate.fraction)
    runs = cover_runs(speed, begins, end - first, rate) if speed else ()
    return Shot(
        of=cover.id,
        source=cover.source,
        source_frame=place(runs, 0) // UNIT if runs else begins,
        first_frame=first,
        frames=end - first,
        lasts=end - first,
        runs=runs,
    )


def unworded(plan: EditPlan, cover: Cover, clip: ClipSpan) -> Cover:
    """Return a cover that is placed by words as one that is placed by seconds."""
    words = {word.id: word for word in plan.source(clip.source).words if word.id in clip.words}
    begins = Fraction(clip.source_frame) / plan.output.rate.fraction
    first, last = words.get(cover.first_word or ""), words.get(cover.last_word or "")
    offset = cover.offset + max(0.0, float(Fraction(first.cut_in) - begins)) if first else cover.offset
    length = float(Fraction(last.cut_out) - begins) - offset if last else cover.length
    if length is not None and clip.words and cover.last_word == clip.words[-1]:
        length = None
    return cover.model_copy(update={"offset": offset, "length": length, "first_word": None, "last_word": None})


def span_of(plan: EditPlan, cover: Cover, clip: ClipSpan) -> tuple[int, int]:
    """Return a cover's first frame and the frame after its last."""
    cover, rate = unworded(plan, cover, clip), plan.output.rate
    first = clip.first_frame + clip.since(cover.offset, rate)
    end = clip.end_frame if cover.length is None else clip.first_frame + clip.since(cover.offset + cover.length, rate)
    return first, max(first + 1, end)


def named(plan: EditPlan) -> Iterator[str]:
    """Say which transitions and splits stand where there is no cut, or where there is one already."""
    clips = [cut.id for cut in plan.each(Cut)]
    joins: list[Transition | Split] = [*plan.each(Transition), *plan.each(Split)]
    for join in joins:
        if join.after not in clips:
            yield f"A {join.type} stands after {join.after}, which is no clip of this plan."
        elif join.after == clips[-1]:
            instead = ": end the video with a fade instead" if isinstance(join, Transition) else ""
            yield f"A {join.type} stands after {join.after}, the last clip{instead}."
    for (kind, after), count in Counter((join.type, join.after) for join in joins).items():
        if count > 1:
            yield f"There are {count} {kind}s after {after}: one is enough."


def split_too_far(plan: EditPlan, clips: Sequence[ClipSpan]) -> Iterator[str]:
    """Say which splits ask for more picture than there is, or cannot be seen."""
    ends, rate = picture_ends(plan, clips), plan.output.rate
    splits = {split.after: split for split in plan.each(Split)}
    first = 0
    for clip, following in pairwise(clips):
        split, border = splits.get(clip.id), ends[clip.id]
        if split and not first + LEAST * rate.fraction <= border <= ends[following.id] - LEAST * rate.fraction:
            short = clip if split.kind == "L" else following
            yield f"The split after {clip.id} leaves no picture of {short.id}: make it shorter."
        elif split:
            yield from _unheld(plan, split, clip, following)
            yield from _hidden(plan, split, clip, following)
        first = border


def _unheld(plan: EditPlan, split: Split, clip: ClipSpan, following: ClipSpan) -> Iterator[str]:
    """Say where the picture that is to be seen for longer has no more frames."""
    shown = following if split.kind == "L" else clip
    source, rate = plan.source(shown.source), plan.output.rate
    if not source.has_picture:
        yield f"The split after {clip.id} needs a picture of {shown.id}, but {source.id} is sound only."
        return
    wanted = abs(split.border(clip.end_frame, rate) - clip.end_frame)
    held = handles(shown.shot, source, rate)[0 if split.kind == "L" else 1]
    if held < wanted:
        side = "before it begins" if split.kind == "L" else "after it ends"
        yield (
            f"The split after {clip.id} needs {seconds(wanted, rate):.2f} s more of {source.id} for {shown.id} {side},"
            f" but there are {seconds(held, rate):.2f} s: make it that long at the most, or leave it out."
        )


def _hidden(plan: EditPlan, split: Split, clip: ClipSpan, following: ClipSpan) -> Iterator[str]:
    """Say where a cover stands over what the split would show."""
    border, clips = split.border(clip.end_frame, plan.output.rate), {clip.id: clip, following.id: following}
    low, high = min(border, clip.end_frame), max(border, clip.end_frame)
    for cover in plan.each(Cover):
        begins, ends = span_of(plan, cover, clips[cover.clip]) if cover.clip in clips else (0, 0)
        if begins < high and low < ends:
            yield (
                f"The split after {clip.id} is hidden by cover {cover.id}, which stands over the cut: shorten or move"
                f" the cover, or leave the split out."
            )


def crowded(plan: EditPlan, clips: Sequence[ClipSpan], laid: Laid) -> Iterator[str]:
    """Say which transitions do not fit into the shots on their two sides."""
    found, ends = windows(plan, clips), picture_ends(plan, clips)
    begins = 0
    for index, clip in enumerate(clips[:-1]):
        if clip.id not in found:
            begins = ends[clip.id]
            continue
        by, first, frames = found[clip.id]
        if first < max(begins, laid[index][-1].first_frame) or first + frames > laid[index + 1][0].end_frame:
            yield (
                f"The transition after {clip.id} takes {seconds(frames, plan.output.rate):.2f} s round the cut, which"
                f" is more than the shots on its two sides hold: make it shorter, or cut straight."
            )
        elif by.kind != "dip":
            yield from _standing(plan, found[clip.id], laid[index][-1], laid[index + 1][0])
        begins = first + frames


def _standing(plan: EditPlan, window: Window, out: Shot, into: Shot) -> Iterator[str]:
    """Say where a source has too few frames beyond the cut, so that it would stand still for all to see."""
    rate = plan.output.rate
    before, after = out.end_frame - window.first, window.first + window.frames - out.end_frame
    for shot, wanted, side in ((out, after, 1), (into, before, 0)):
        source = plan.source(shot.source)
        held = handles(shot, source, rate)[side]
        if wanted - held > math.ceil(STANDS * rate.fraction):
            beyond = "after the end" if side else "before the start"
            yield (
                f"The transition after {window.by.after} needs {seconds(wanted, rate):.2f} s of {source.id} {beyond} of"
                f" {shot.of}, but there are {seconds(held, rate):.2f} s, and the picture would stand still for"
                f" all to see: trim {shot.of} there, make the transition {2 * float(STANDS):.1f} s or shorter, or dip."
            )
