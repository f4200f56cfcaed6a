"""Documents: append-only versions, found again by hash, version and inputs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from kernel.errors import BadDocument, NotFound
from kernel.store import Store
from kernel.store.records import Job, Kept, Origin
from tests.kernel.store.conftest import document


def test_a_document_comes_back_as_it_was_kept(store: Store, job: Job) -> None:
    lineage = (Origin(step="brief", hash="b"), Origin(step="log", hash="l"))
    body = {"text": "ü – 日本", "deep": {"list": [1, 2.5, None, True]}}
    new = document(
        job, "r1", body=body, lineage=lineage, instructions=("i1", "i2"), confidence=0.7, model="m", cost_usd=0.1
    )
    kept = store.documents.keep(new)
    assert kept == Kept(version=1, **{name: getattr(new, name) for name in type(new).model_fields})
    assert store.documents.latest(job.id, "plan") == kept
    assert store.documents.get(new.hash) == kept


def test_versions_count_up_within_a_step(store: Store, job: Job) -> None:
    for run in ("r1", "r2", "r3"):
        store.documents.keep(document(job, run))
    assert store.documents.keep(document(job, "other", step="log")).version == 1
    assert [kept.version for kept in store.documents.versions(job.id, "plan")] == [1, 2, 3]
    assert store.documents.version(job.id, "plan", 2).run == "r2"
    with pytest.raises(NotFound, match="version 9 of plan"):
        store.documents.version(job.id, "plan", 9)


def test_a_run_keeps_one_document_whatever_it_brings_the_second_time(store: Store, job: Job) -> None:
    first = store.documents.keep(document(job, "r1"))
    assert store.documents.keep(document(job, "r1", body={"else": 1})) == first
    assert len(store.documents.versions(job.id, "plan")) == 1


def test_current_holds_the_newest_of_every_step_of_this_job_alone(store: Store, job: Job) -> None:
    other = store.jobs.create(Job(pipeline="edit", title="other"))
    for run, step in (("r1", "log"), ("r2", "plan"), ("r3", "plan")):
        store.documents.keep(document(job, run, step=step))
    for number in range(4):
        store.documents.keep(document(other, f"o{number}", step="log"))
    assert {step: kept.run for step, kept in store.documents.current(job.id).items()} == {"log": "r1", "plan": "r3"}


def test_what_is_not_there_is_none_or_not_found(store: Store, job: Job) -> None:
    assert store.documents.latest(job.id, "plan") is None
    assert store.documents.current(job.id) == {}
    with pytest.raises(NotFound, match="There is no document"):
        store.documents.get("nothing")


def test_the_same_inputs_find_the_newest_document_made_from_them(store: Store, job: Job) -> None:
    store.documents.keep(document(job, "r1", input_hash="same"))
    newer = store.documents.keep(document(job, "r2", input_hash="same"))
    store.documents.keep(document(job, "r3", input_hash="else"))
    assert store.documents.by_input(job.id, "plan", "same") == newer
    assert store.documents.by_input(job.id, "plan", "never") is None


def test_a_body_that_would_change_on_its_way_is_refused(store: Store, job: Job) -> None:
    with pytest.raises(BadDocument, match="NUL"):
        store.documents.keep(document(job, "r1", body={"text": "a\x00b"}))


def test_eight_threads_get_every_version_number_once(store: Store, job: Job) -> None:
    with ThreadPoolExecutor(8) as threads:
        kept = list(threads.map(lambda n: store.documents.keep(document(job, f"r{n}")), range(100)))
    assert sorted(one.version for one in kept) == list(range(1, 101))


def test_threads_that_keep_the_same_run_get_the_same_row(store: Store, job: Job) -> None:
    with ThreadPoolExecutor(8) as threads:
        kept = list(threads.map(lambda n: store.documents.keep(document(job, "r", hash=f"h{n}")), range(40)))
    assert len({one.hash for one in kept}) == 1
    assert len(store.documents.versions(job.id, "plan")) == 1
