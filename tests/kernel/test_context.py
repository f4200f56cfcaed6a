"""What a step is made from, and the hash of everything that matters in it."""

from __future__ import annotations

from kernel.context import Context
from kernel.jobs import Scope
from kernel.store.records import Job
from kernel.walk import Walk, context_of
from tests.kernel.house import House


def of(house: House, job: Job, step: str, walk: Walk | None = None) -> Context:
    """Return a step's context as a walk would gather it."""
    pipeline = house.jobs.pipeline(job)
    used = walk or Walk(id="w", job=job.id)
    return context_of(used, job, pipeline, pipeline.step(step), house.jobs.record(job), house.services)


def test_the_hash_stays_while_nothing_that_matters_changes(house: House) -> None:
    job = house.open(volume=1)
    before = of(house, job, "log").input_hash
    house.rewrite(job, "same")
    assert of(house, job.model_copy(update={"settings": {"volume": 2}, "title": "B"}), "log").input_hash == before
    assert of(house, job, "log", Walk(id="other", job=job.id)).input_hash == before


def test_the_hash_changes_with_each_thing_that_matters(house: House) -> None:
    job = house.open(volume=1)
    house.run_all(job, "w1")
    hashes = [of(house, job, "log").input_hash, of(house, job, "sound").input_hash]
    hashes.append(of(house, job, "log", Walk(id="w", job=job.id, fresh="log")).input_hash)
    hashes.append(of(house, job, "log", Walk(id="x", job=job.id, fresh="log")).input_hash)
    hashes.append(of(house, job.model_copy(update={"settings": {"model": "scripted:other"}}), "log").input_hash)
    hashes.append(of(house, job.model_copy(update={"settings": {"volume": 2}}), "sound").input_hash)
    house.jobs.rerun(job, "log", "bigger", Scope(), "ann", "n1")
    hashes.append(of(house, job, "log").input_hash)
    house.jobs.rerun(job, "log", "bigger", Scope(fields=("/lines",)), "ann", "n2")
    hashes.append(of(house, job, "log").input_hash)
    (house.folder / "prompts" / "generic.j2").write_text("Another prompt.")
    hashes.append(of(house, job, "log").input_hash)
    house.rewrite(job, "other", wish="long")
    hashes.append(of(house, job, "log").input_hash)
    assert len(set(hashes)) == len(hashes)


def test_a_previous_document_comes_along_only_with_instructions(house: House) -> None:
    job = house.open()
    house.run_all(job, "w1")
    house.rewrite(job, "other", wish="long")
    assert of(house, job, "log").previous is None
    house.jobs.rerun(job, "log", "bigger", Scope(), "ann", "n1")
    found = of(house, job, "log")
    assert found.previous == house.kept(job, "log")
    assert [instruction.text for instruction in found.instructions] == ["bigger"]


def test_a_group_is_known_by_its_name_and_its_lineage_by_the_branch(house: House) -> None:
    job = house.open()
    house.run_all(job, "w1")
    found = of(house, job, "titles")
    assert list(found.documents) == ["selects"]
    assert [origin.step for origin in found.lineage] == ["selects_talk"]
