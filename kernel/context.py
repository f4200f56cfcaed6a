"""What a step is made from: its input documents, all its instructions, and the hash of everything that matters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kernel.document import Document, digest
from kernel.errors import NotReady
from kernel.expert import Expert
from kernel.pipeline import Pipeline, Record, Step, inputs, opened, states
from kernel.store.records import Instruction, Kept, Origin
from kernel.tasks import Task


@dataclass(frozen=True)
class Context:
    """Everything that one run of a step reads."""

    step: Step
    documents: Mapping[str, Document]
    """By need (a step's or a group's name)."""
    lineage: tuple[Origin, ...]
    instructions: tuple[Instruction, ...]
    previous: Kept | None
    """The document that the last instruction is about."""
    input_hash: str
    by_hand: bool = False
    """Whether a person made a version of the document with their own hands: what they did is kept."""

    @property
    def newer(self) -> tuple[str, ...]:
        """The needs that have another version than the one the previous document was made from."""
        if self.previous is None:
            return ()
        before = {origin.step: origin.hash for origin in self.previous.lineage}
        return tuple(
            need
            for need, origin in zip(self.documents, self.lineage, strict=True)
            if before.get(origin.step) != origin.hash
        )


def gather(pipeline: Pipeline, step: Step, record: Record, maker: Mapping[str, Any], fresh: str = "") -> Context:
    """Collect what a step is made from.

    Args:
        maker: what else the result depends on: prompt hash, model, settings.
        fresh: any text that asks for a fresh try; empty to take what was made from the same before.

    Raises:
        NotReady: names every need that is missing, stale or unapproved, and what to do.
    """
    above = inputs(pipeline, step, record)
    if above is None:
        raise NotReady(missing(pipeline, step, record))
    instructions = record.instructions.get(step.name, ())
    lineage = tuple(Origin(step=s.name, hash=k.hash) for s, k in above.values())
    own = record.by_hand.get(step.name)
    return Context(
        step=step,
        documents={need: opened(s, k) for need, (s, k) in above.items()},
        lineage=lineage,
        instructions=instructions,
        previous=record.documents.get(step.name) if instructions or own else None,
        input_hash=digest(
            {
                "step": [pipeline.name, step.name, step.version],
                "schema": [step.document.SCHEMA, step.document.VERSION],
                "inputs": {origin.step: origin.hash for origin in lineage},
                "instructions": [[i.text, i.scope] for i in instructions],
                "maker": dict(maker),
                "fresh": fresh,
                **({"by_hand": own} if own else {}),
            }
        ),
        by_hand=own is not None,
    )


def missing(pipeline: Pipeline, step: Step, record: Record) -> str:
    """Say in one sentence what a step still needs."""
    known = states(pipeline, record)
    wanted = {m.name: known[m.name] for need in step.needs for m in pipeline.members(need)}
    open_ones = [f"{name} ({state})" for name, state in wanted.items() if state not in ("done", "skipped")]
    return f"{step.name} cannot be made yet: it needs {', '.join(open_ones) or 'an earlier step'} first."


def require_ready(pipeline: Pipeline, step: Step, record: Record) -> None:
    """Refuse a step whose needs are not all done, fresh and approved.

    Raises:
        NotReady: names what is missing.
    """
    known = states(pipeline, record)
    above = inputs(pipeline, step, record)
    if above is None or any(known[s.name] != "done" for s, _ in above.values()):
        raise NotReady(missing(pipeline, step, record))


def maker_of(step: Step, prompt_hash: str, model: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return what besides documents and instructions a step's result depends on."""
    if isinstance(step.made_by, Expert):
        return {"expert": step.made_by.name, "prompt": prompt_hash, "model": model}
    if isinstance(step.made_by, Task):
        return {"task": step.made_by.name, "settings": {k: settings.get(k) for k in step.made_by.settings}}
    return {"conversation": True}
