"""Approvals: a person's answer, bound to the hash of the document that they saw. The model has no way to give one."""

from __future__ import annotations

from kernel.errors import Stale
from kernel.goldens import tagged
from kernel.pipeline import Pipeline, Record, freshness, inputs, states
from kernel.store import Store
from kernel.store.records import Approval, Job, Kept


def approve(store: Store, pipeline: Pipeline, job: Job, record: Record, answer: Approval) -> Kept:
    """Keep a yes or a no to the gate that waits; the same answer (by its id) again changes nothing.

    Raises:
        Stale: the answer names a version that is not the current one, or the gate was decided already.
    """
    kept = current(pipeline, record, answer.step, answer.hash)
    step = pipeline.step(answer.step)
    if not store.approvals.decide(answer, tagged(pipeline, job, record, answer)):
        first = store.approvals.find(job.id, step.name, kept.hash)
        if first is None or first.id != answer.id:
            raise Stale(f"{answer.step} v{kept.version} was {first.verdict if first else 'decided'} already.")
    return kept


def current(pipeline: Pipeline, record: Record, step_name: str, hash: str) -> Kept:
    """Return the document that an answer is about, if an answer to it can count.

    Raises:
        Stale: it is not the current version of a gate, or it is out of date.
    """
    step = pipeline.step(step_name)
    kept = record.documents.get(step.name)
    if kept is None or not step.gate:
        raise Stale(f"There is nothing to approve in {step_name}; `status` shows what waits.")
    if kept.hash != hash:
        raise Stale(f"This is an older version of {step_name}; v{kept.version} is current: look at that one.")
    if states(pipeline, record)[step.name] == "stale":
        raise Stale(f"{step_name} v{kept.version} is out of date, because something before it has changed.")
    return kept


def keep_stale(store: Store, pipeline: Pipeline, job: Job, record: Record, step_name: str, by: str) -> Kept:
    """Keep a person's "leave it as it is" for a stale document: bound to it beside exactly today's inputs and wishes.

    Said again it changes nothing.

    Raises:
        Stale: the step is not stale.
    """
    step = pipeline.step(step_name)
    kept, above = record.documents.get(step.name), inputs(pipeline, step, record)
    nothing = Stale(f"{step_name} is not out of date: there is nothing to keep.")
    if kept is None or above is None:
        raise nothing
    asked = (instruction.id for instruction in record.instructions.get(step.name, ()))
    bound = freshness(kept, {s.name: k.hash for s, k in above.values()}, asked)
    if states(pipeline, record)[step.name] != "stale" and (step.name, bound) not in record.approvals:
        raise nothing
    store.approvals.decide(Approval(job=job.id, step=step.name, hash=bound, verdict="kept", by=by))
    return kept


def waiting(pipeline: Pipeline, record: Record) -> Kept | None:
    """Return the document that waits for a person, None where none does."""
    known = states(pipeline, record)
    for step in pipeline.steps:
        if known[step.name] == "awaiting approval":
            return record.documents[step.name]
    return None
