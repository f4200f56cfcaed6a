"""Carry: the document that a rerun starts from, where what it was made from has newer versions by now."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from kernel.context import Context
from kernel.document import canonical
from kernel.expert import Expert

Body = Mapping[str, Any]


def carried(expert: Expert, context: Context) -> Body | None:
    """Return the previous document with what newer inputs decide taken over; a new draft where they decide all.

    So a note about one place may be guarded against it: what the newer inputs changed is no change of the expert's.
    """
    if context.previous is None:
        return None
    if not context.newer or expert.draft is None:
        return context.previous.body
    drawn: Body = json.loads(canonical(dict(expert.draft(context.documents))))
    if begins_anew(expert, context):
        return drawn
    return grafted(context.previous.body, drawn, {kind for need in context.newer for kind in expert.fed[need]})


def begins_anew(expert: Expert, context: Context) -> bool:
    """Say whether newer inputs decide so much that a rerun starts from a new draft."""
    return expert.draft is not None and any(need not in expert.fed for need in context.newer)


def grafted(body: Body, other: Body, kinds: Collection[str]) -> Body:
    """Return a body whose list items of these types are those of another body, at the end of their list."""
    return {name: _grafted(value, other.get(name), kinds) for name, value in body.items()}


def _grafted(value: Any, other: Any, kinds: Collection[str]) -> Any:
    if not isinstance(value, list) or not isinstance(other, list):
        return value
    kept = [item for item in value if _kind(item) not in kinds]
    taken = [item for item in other if _kind(item) in kinds]
    return [*kept, *taken] if len(kept) < len(value) or taken else value


def _kind(item: Any) -> str | None:
    return item.get("type") if isinstance(item, Mapping) else None
