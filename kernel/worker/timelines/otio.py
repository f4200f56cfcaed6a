"""otio: OpenTimelineIO's own file, which carries everything."""

from __future__ import annotations

import json
from typing import Any

import opentimelineio

from kernel.errors import BadInput
from kernel.worker.timelines.base import SPACE, Laid, Parsed, TimelineFormat
from kernel.worker.timelines.draw import draw

DEEPEST = 60
"""Objects within objects; a timeline of tracks of stacks of clips has about ten."""


def write(laid: Laid) -> str:
    """Return the plan as OpenTimelineIO JSON."""
    return str(opentimelineio.core.serialize_json_to_string(draw(laid), indent=2))


def lost(laid: Laid) -> list[str]:
    """Say nothing: what is no clip stands in the metadata."""
    return []


def read(held: bytes, rate: Any) -> Parsed:
    """Open OpenTimelineIO JSON.

    Raises:
        BadInput: it is none, or holds no timeline.
    """
    _require_plain(held)
    try:
        found = opentimelineio.core.deserialize_json_from_string(held.decode("utf-8-sig"))
    except Exception as error:
        raise BadInput(
            f"This is no OpenTimelineIO file that can be read ({_short(error)}): export it again."
        ) from error
    return _chosen(found)


def _chosen(found: Any) -> Parsed:
    if isinstance(found, opentimelineio.schema.SerializableCollection):
        inside = [child for child in found if isinstance(child, opentimelineio.schema.Timeline)]
        said = (f"The file holds {len(inside)} timelines; the first one is taken.",) if len(inside) > 1 else ()
        found = inside[0] if inside else None
    else:
        said = ()
    if not isinstance(found, opentimelineio.schema.Timeline) or found.tracks is None:
        raise BadInput("This OpenTimelineIO file holds no timeline: export the timeline itself, not a single clip.")
    told = found.metadata.get(SPACE)
    plan = told.get("plan") if hasattr(told, "get") else ""
    return Parsed(found, str(plan or ""), said)


def _require_plain(held: bytes) -> None:
    """Refuse what would lead the library round in circles or down without end, before it is asked."""
    try:
        values = json.loads(held.decode("utf-8-sig"))
    except RecursionError as error:
        raise BadInput("This OpenTimelineIO file is nested without end: export it again.") from error
    except ValueError as error:
        raise BadInput(f"This is no OpenTimelineIO file, for it is no JSON ({error}): export it again.") from error
    level, depth = [values], 0
    while level:
        if depth > DEEPEST:
            raise BadInput("This OpenTimelineIO file is nested without end: export it again.")
        if any(isinstance(v, dict) and "SerializableObjectRef" in str(v.get("OTIO_SCHEMA")) for v in level):
            raise BadInput("This OpenTimelineIO file refers to itself: flatten the timeline and export it again.")
        level = [inner for value in level for inner in _inside(value)]
        depth += 1


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _short(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]


OTIO = TimelineFormat("otio", write, lost, read, frozenset({"cover", "music"}))
