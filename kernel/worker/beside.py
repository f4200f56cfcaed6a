"""Words beside a logo: captions and titles keep clear of one that stands there for the whole video."""

from __future__ import annotations

from collections.abc import Sequence

from kernel.worker.layout import safe_zone
from kernel.worker.ops.captions import Captions
from kernel.worker.ops.logo import Logo
from kernel.worker.plan import EditPlan
from kernel.worker.timing import Box, Cue


def kept_free(plan: EditPlan) -> list[Box]:
    """Return what each logo that stands there from beginning to end keeps free, itself included."""
    known = {source.id: source for source in plan.sources}
    logos = [logo for logo in plan.each(Logo) if logo.clip is None and not logo.offset and logo.length is None]
    placed = [(logo, known[logo.source]) for logo in logos if logo.source in known]
    return [_around(logo.box(plan.output, s.width, s.height), logo.clear) for logo, s in placed if s.width and s.height]


def _around(box: Box, clear: float) -> Box:
    room = round(clear * min(box.width, box.height))
    return Box(x=box.x - room, y=box.y - room, width=box.width + 2 * room, height=box.height + 2 * room)


def aside(plan: EditPlan, cues: Sequence[Cue]) -> tuple[Cue, ...]:
    """Return captions clear of the logos: all by the same way, so that they do not jump; where there is no room, as
    they were."""
    captions, boxes = plan.only(Captions), kept_free(plan)
    if captions is None or captions.position == "middle":
        return tuple(cues)
    up = captions.position == "bottom"
    met = [(cue.box, box) for cue in cues for box in boxes if touch(cue.box, box)]
    ways = [box.y - own.y - own.height if up else box.y + box.height - own.y for own, box in met]
    by = min(ways, default=0) if up else max(ways, default=0)
    moved = tuple(cue.model_copy(update={"box": cue.box.model_copy(update={"y": cue.box.y + by})}) for cue in cues)
    zone = safe_zone(plan.output)
    return moved if by and all(cue.box.inside(zone) for cue in moved) else tuple(cues)


def touch(one: Box, other: Box) -> bool:
    """Say whether two boxes share any pixel."""
    across = one.x < other.x + other.width and other.x < one.x + one.width
    return across and one.y < other.y + other.height and other.y < one.y + one.height
