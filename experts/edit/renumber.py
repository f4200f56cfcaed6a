"""Renumber: a plan that is made anew keeps the names of what stayed the same, so that one sees what changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kernel.worker.ops.cover import Cover
from kernel.worker.ops.cut import Cut
from kernel.worker.plan import EditPlan


def renumbered(plan: EditPlan, previous: Mapping[str, Any] | None, scope: Mapping[str, Any] | None = None) -> EditPlan:
    """Return the plan with the ids of the previous one where a clip or cover is the same, or took one's place.

    Args:
        previous: the body of the plan before; None for a first one.
        scope: where a note named fields, everything else comes from the previous plan.
    """
    if previous is None:
        return plan
    before = EditPlan.read(previous)
    cuts = _names(plan.each(Cut), before.each(Cut), "c", {})
    covers = _names(plan.each(Cover), before.each(Cover), "b", cuts)
    named = {**cuts, **covers}
    made = plan.model_copy(update={"operations": tuple(renamed(operation, named) for operation in plan.operations)})
    return _within(made, before, scope)


def _names(new: tuple[Any, ...], old: tuple[Any, ...], letter: str, clips: Mapping[str, str]) -> dict[str, str]:
    """Return the id that each new operation gets."""
    left, names = list(old), dict[str, str]()
    for same in (_equal, _in_place_of):
        for operation in new:
            match = next((o for o in left if same(operation, o, clips)), None) if operation.id not in names else None
            if match is not None:
                names[operation.id] = match.id
                left.remove(match)
    number = max((int(o.id[1:]) for o in old), default=0)
    for operation in new:
        if operation.id not in names:
            number += 1
            names[operation.id] = f"{letter}{number}"
    return names


def _equal(new: Any, old: Any, clips: Mapping[str, str]) -> bool:
    return _facts(new, clips) == _facts(old, {})


def _in_place_of(new: Any, old: Any, clips: Mapping[str, str]) -> bool:
    """Say whether one is what became of the other: the same first or last word, or the same clip and source."""
    if isinstance(new, Cover):
        return bool(clips.get(new.clip) == old.clip and new.source == old.source)
    words = new.first_word is not None and (new.first_word == old.first_word or new.last_word == old.last_word)
    return bool(new.source == old.source and (words or (new.first_word is None and new.start == old.start)))


def _facts(operation: Any, clips: Mapping[str, str]) -> dict[str, Any]:
    facts: dict[str, Any] = operation.model_dump(exclude={"id", "why"})
    return {**facts, "clip": clips.get(facts["clip"], facts["clip"])} if "clip" in facts else facts


def renamed(operation: Any, named: Mapping[str, str]) -> Any:
    """Return an operation with other ids, its own and those that it names."""
    update = {
        field: named[getattr(operation, field)]
        for field in ("id", "clip", "of", "after", "match")
        if getattr(operation, field, None) in named
    }
    return operation.model_copy(update=update)


def _within(plan: EditPlan, before: EditPlan, scope: Mapping[str, Any] | None) -> EditPlan:
    """Return the plan with every top-level field that a scope does not name as it was."""
    fields = {str(path).strip("/").split("/")[0] for path in (scope or {}).get("fields") or ()}
    kept = {name: getattr(before, name) for name in EditPlan.model_fields if fields and name not in fields}
    return plan.model_copy(update={name: value for name, value in kept.items() if name not in ("confidence", "note")})
