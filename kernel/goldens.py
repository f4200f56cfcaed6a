"""Goldens: tags work that passed everything and a person, and shows it to the experts of later jobs that are alike."""

from __future__ import annotations

from collections.abc import Mapping

from kernel.document import Document
from kernel.pipeline import Pipeline, Record, Step, opened
from kernel.store import Store
from kernel.store.records import Approval, Golden, Job

MOST = 2
"""So many examples are shown to an expert: more cost tokens and blur what is asked for here."""


def tagged(pipeline: Pipeline, job: Job, record: Record, answer: Approval) -> Golden | None:
    """Return the golden record that a person's yes makes of a job; None where it makes none."""
    examples = pipeline.examples
    if examples is None or answer.step != examples.gate or answer.verdict != "approved":
        return None
    documents = {name: opened(pipeline.step(name), kept) for name, kept in record.documents.items()}
    tag = examples.tag(documents)
    if tag is None:
        return None
    return Golden(
        job=job.id,
        pipeline=pipeline.name,
        step=answer.step,
        hash=answer.hash,
        documents={name: kept.hash for name, kept in record.documents.items()},
        scores=dict(tag.scores),
        brief=documents[examples.brief].body(),
        profile=tag.profile,
        brand=tag.brand,
        asker=job.asker,
        approved_by=answer.by,
    )


def shown(store: Store, pipeline: Pipeline, step: Step, job: Job, documents: Mapping[str, Document]) -> tuple[str, ...]:
    """Return the nearest golden examples for an expert, cut down to what helps it.

    Only what was golden before the job was opened is shown: so what an expert reads follows from its job and its input
    documents, and the input hash, which finds a job's own earlier results, stays true.
    """
    if pipeline.examples is None:
        return ()
    kin = pipeline.examples.kin(documents)
    if not kin.profile:
        return ()
    found = store.goldens.nearest(pipeline.name, kin.profile, kin.brand, job.asker, job.created, MOST)
    texts = (pipeline.examples.show(step.name, documents_of(store, pipeline, golden)) for golden in found)
    return tuple(text for text in texts if text)


def documents_of(store: Store, pipeline: Pipeline, golden: Golden) -> dict[str, Document]:
    """Return the documents of a golden job as they were when the person said yes, by step."""
    known = {step.name: step for step in pipeline.steps}
    return {
        name: opened(known[name], store.documents.get(hash_, golden.job))
        for name, hash_ in golden.documents.items()
        if name in known
    }
