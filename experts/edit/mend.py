"""Mend: a plan without what the worker's check refuses."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kernel.worker.compile import check
from kernel.worker.fonts import heavy, text
from kernel.worker.ops import Operation
from kernel.worker.ops.captions import Captions, Correction
from kernel.worker.ops.cover import Cover
from kernel.worker.ops.fade import Fade
from kernel.worker.ops.title import Title
from kernel.worker.plan import EditPlan

ROUNDS = 8
"""So often a plan is mended until the check finds nothing."""


def mended(plan: EditPlan) -> EditPlan:
    """Return the plan without what the worker cannot make; the note says what had to go."""
    for _ in range(ROUNDS):
        found = check(plan)
        if not found:
            break
        plan = _mended(plan, found)
    return plan


def _mended(plan: EditPlan, found: Sequence[str]) -> EditPlan:
    said = " ".join(found)
    operations = tuple(kept for operation in plan.operations for kept in _kept(operation, plan, said))
    left = {title.id for title in operations if isinstance(title, Title)}
    gone = (title.text for title in plan.each(Title) if title.id not in left)
    told = (f'The title "{text}" is left out: it does not fit this picture.' for text in gone)
    return plan.model_copy(update={"operations": operations, "note": " ".join(filter(None, (plan.note, *told)))})


def _kept(operation: Operation, plan: EditPlan, said: str) -> list[Operation]:
    """Return what is left of an operation that a finding names."""
    if isinstance(operation, Captions) and "The captions" in said:
        return [_writable(operation, plan)]
    if isinstance(operation, Fade) and "fades take" in said:
        return [Fade(start=0.0, end=0.0)]
    if isinstance(operation, Title) and re.search(rf"\bTitle {operation.id}\b", said):
        return [operation.model_copy(update={"offset": 0.0})] if operation.offset and "begins" in said else []
    if isinstance(operation, Cover) and re.search(rf"\bCover {operation.id}\b", said):
        return []
    return [operation]


def _writable(captions: Captions, plan: EditPlan) -> Captions:
    """Return captions without the words that the font cannot write."""
    font = text() if captions.style == "clean" else heavy()
    own = {correction.word: correction for correction in captions.corrections}
    said = [(w.id, own[w.id].text if w.id in own else w.text) for source in plan.sources for w in source.words]
    for id, written in said:
        if font.missing(written):
            kept = "".join(letter for letter in written if not font.missing(letter)).strip()
            own[id] = Correction(word=id, text=kept)
    return captions.model_copy(update={"corrections": tuple(own.values())})
