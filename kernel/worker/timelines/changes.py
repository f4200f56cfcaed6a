"""changes: what an editor changed in a plan, in a few words each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from kernel.worker.ops.cover import Cover
from kernel.worker.ops.cut import Cut
from kernel.worker.ops.music import Music
from kernel.worker.ops.transition import Transition
from kernel.worker.plan import EditPlan
from kernel.worker.timelines.parts import Part

SHOWN = 6
"""Ids that are named; the rest is counted."""


def changes(before: EditPlan, after: EditPlan, parts: Sequence[Part]) -> Iterator[str]:
    """Yield what became of clips, covers, transitions and music."""
    old = [cut.id for cut in before.each(Cut)]
    lives = [part.origin.id for part in parts if part.origin]
    kept = [part for part in parts if part.origin and part.id == part.origin.id]
    split = [id for id in old if lives.count(id) > 1]
    yield from _said("trimmed", [part.id for part in kept if not part.untouched and part.id not in split])
    yield from _said("split", split)
    yield from _said("removed", [id for id in old if id not in lives])
    yield from _said("added", [part.id for part in parts if part.origin is None])
    if [part.id for part in kept] != [id for id in old if id in {part.id for part in kept}]:
        yield "the order changed"
    yield from _compared("cover", {c.id: c for c in before.each(Cover)}, {c.id: c for c in after.each(Cover)})
    yield from _compared("transition", _by_clip(before), _by_clip(after))
    yield from _compared("music", {"": before.only(Music)}, {"": after.only(Music)})


def _by_clip(plan: EditPlan) -> dict[str, Transition]:
    return {transition.after: transition for transition in plan.each(Transition)}


def _said(what: str, ids: Sequence[str], noun: str = "clip") -> Iterator[str]:
    if ids:
        more = f" and {len(ids) - SHOWN} more" if len(ids) > SHOWN else ""
        names = f" ({', '.join(ids[:SHOWN])}{more})" if any(ids) else ""
        yield f"{len(ids)} {noun}{'s' if len(ids) > 1 else ''} {what}{names}"


def _compared(noun: str, old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[str]:
    yield from _said("changed", [id for id in old if new.get(id) not in (None, old[id]) and old[id]], noun)
    yield from _said("removed", [id for id in old if old[id] and new.get(id) is None], noun)
    yield from _said("added", [id for id in new if new[id] and old.get(id) is None], noun)
