"""The rules of what is heard: which sounds cannot be had, said before anything is rendered. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from kernel.worker.media import Source
from kernel.worker.ops.clean import Clean
from kernel.worker.ops.cover import Cover
from kernel.worker.ops.cut import Cut
from kernel.worker.ops.effect import Effect
from kernel.worker.ops.music import Music
from kernel.worker.plan import EditPlan

SHORTEST = 0.1
"""Seconds of a bed's source that there must be."""


def wrong(plan: EditPlan) -> Iterator[str]:
    """Say which of a plan's sounds are not there, or cannot be laid as they are asked for."""
    yield from _beds(plan)
    yield from _overlaps(plan)
    yield from _effects(plan)
    yield from _cleans(plan)


def _beds(plan: EditPlan) -> Iterator[str]:
    clips = [cut.id for cut in plan.each(Cut)]
    for music in plan.each(Music):
        unknown = [clip for clip in (music.clip, music.until) if clip is not None and clip not in clips]
        yield from _source(plan, "music", music.source, music.start)
        if unknown:
            yield f"The music is laid under {' to '.join(unknown)}, which is no clip of this plan."
        elif clips and clips.index(music.clip or clips[0]) > clips.index(music.until or clips[-1]):
            yield f"The music begins with {music.clip} and ends with {music.until}, which comes before it."


def _source(plan: EditPlan, what: str, id: str, start: float) -> Iterator[str]:
    source = _found(plan, id)
    if source is None:
        yield f"The {what} is {id}, which is no source of this plan ({', '.join(each.id for each in plan.sources)})."
    elif not source.has_sound:
        yield f"The {what} is {id}, which has no sound."
    elif start > source.duration - SHORTEST:
        yield f"The {what} begins at {start:.2f} s of {id}, which lasts {source.duration:.2f} s."


def _overlaps(plan: EditPlan) -> Iterator[str]:
    clips = {cut.id: number for number, cut in enumerate(plan.each(Cut))}
    spans = sorted(
        (clips.get(music.clip or "", 0), clips.get(music.until or "", len(clips) - 1)) for music in plan.each(Music)
    )
    names = list(clips)
    for (_, last), (first, _) in pairwise(spans):
        if first <= last and names:
            yield (
                f"Two beds of music lie under clip {names[first]}: give each its own clips by clip and until, so that"
                " only one is heard at a time."
            )


def _effects(plan: EditPlan) -> Iterator[str]:
    for effect in plan.each(Effect):
        source = _found(plan, effect.source)
        if source is not None and not source.has_sound:
            yield f"Effect {effect.id} takes its sound from {effect.source}, which has none."
        elif source is not None and effect.start >= source.duration:
            begins = f"Effect {effect.id} begins at {effect.start:.2f} s of {source.id}"
            yield f"{begins}, which lasts {source.duration:.2f} s."
    for id, count in Counter(effect.id for effect in plan.each(Effect)).items():
        if count > 1:
            yield f"The id {id} is used {count} times: give each effect its own."


def _cleans(plan: EditPlan) -> Iterator[str]:
    clips, covers = {cut.id: cut for cut in plan.each(Cut)}, {cover.id for cover in plan.each(Cover)}
    for clean in plan.each(Clean):
        source = _found(plan, clips[clean.of].source) if clean.of in clips else None
        if clean.of in covers:
            yield f"A clean-up is of {clean.of}, which is b-roll: its sound is not heard."
        elif source is not None and not source.has_sound:
            yield f"A clean-up is of {clean.of}, but {source.id} has no sound."
    for of, count in Counter(clean.of for clean in plan.each(Clean)).items():
        if count > 1:
            yield f"There are {count} clean-ups of {of}: one is enough."


def _found(plan: EditPlan, id: str) -> Source | None:
    return next((source for source in plan.sources if source.id == id), None)
