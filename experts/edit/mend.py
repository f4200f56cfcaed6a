"""Mend: a plan without what the worker's check refuses."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kernel.worker.compile import check
from kernel.worker.layout import LOOKS
from kernel.worker.ops import Operation
from kernel.worker.ops.captions import Captions, Correction
from kernel.worker.ops.cover import Cover
from kernel.worker.ops.fade import Fade
from kernel.worker.ops.freeze import Freeze
from kernel.worker.ops.speed import Speed
from kernel.worker.ops.split import Split
from kernel.worker.ops.title import Title
from kernel.worker.ops.transition import Transition
from kernel.worker.plan import EditPlan
from kernel.worker.titles import time_to_read
from kernel.worker.writing import clusters, joined

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
    lost = [operation.type for operation in plan.operations if operation not in operations]
    asked = {name: lost.count(name) for name in ("transition", "split", "speed", "freeze") if name in lost}
    short = [f"The footage has no room for {n} {name}{'s' * (n > 1)}: left out." for name, n in asked.items()]
    told = (f'The title "{text}" is left out: it does not fit this picture.' for text in gone)
    return plan.model_copy(
        update={"operations": operations, "note": " ".join(filter(None, (plan.note, *told, *short)))}
    )


def _kept(operation: Operation, plan: EditPlan, said: str) -> list[Operation]:
    """Return what is left of an operation that a finding names."""
    if isinstance(operation, Captions) and "The captions" in said:
        return [_writable(operation, plan)]
    if isinstance(operation, Fade) and "fades take" in said:
        return [Fade(start=0.0, end=0.0)]
    if isinstance(operation, Title) and operation.length < (needs := time_to_read(operation.text)):
        return [operation.model_copy(update={"length": round(needs + 0.1, 2)})]
    if isinstance(operation, Title) and re.search(rf"\bTitle {operation.id}\b", said):
        return [operation.model_copy(update={"offset": 0.0})] if operation.offset and "begins" in said else []
    if isinstance(operation, Transition | Split | Speed | Freeze) and _impossible(operation, said):
        return []
    if isinstance(operation, Cover) and re.search(rf"\bCover {operation.id}\b", said):
        return []
    return [operation]


def _impossible(operation: Transition | Split | Speed | Freeze, said: str) -> bool:
    """Say whether a finding is about a change of time or a join."""
    if isinstance(operation, Transition | Split):
        return bool(re.search(rf"\b{operation.type} (?:stands )?after {operation.after}\b", said))
    if isinstance(operation, Freeze):
        return f"The freeze in {operation.clip} " in said
    return bool(re.search(rf"\b(?:speed|ramp) of {operation.of}\b|\bClip {operation.of} lasts .* at that speed", said))


def _writable(captions: Captions, plan: EditPlan) -> Captions:
    """Return captions without the letters that no font of this machine can write."""
    own = {correction.word: correction for correction in captions.corrections}
    said = [(w.id, own[w.id].text if w.id in own else w.text) for source in plan.sources for w in source.words]
    type = LOOKS[captions.style].type(joined([written for _, written in said]))
    for id, written in said:
        if type.missing(written):
            kept = "".join(letter for letter in clusters(written) if not type.missing(letter)).strip()
            own[id] = Correction(word=id, text=kept)
    return captions.model_copy(update={"corrections": tuple(own.values())})
