"""Jobs."""

from __future__ import annotations

import pytest

from kernel.errors import NotFound
from kernel.store import Store
from kernel.store.records import Job


def test_a_job_comes_back_as_it_was_kept(store: Store) -> None:
    job = Job(pipeline="edit", title="A talk", asker="Ada", settings={"length": 30, "shape": None}, budget_usd=2.5)
    assert store.jobs.create(job) == job
    assert store.jobs.get(job.id) == job


def test_a_job_is_kept_once(store: Store, job: Job) -> None:
    store.jobs.create(job.model_copy(update={"title": "another"}))
    assert store.jobs.list() == [job]


def test_the_beginning_of_an_id_is_enough(store: Store) -> None:
    one = store.jobs.create(Job(id="abcd" + "0" * 28, pipeline="edit", title="one"))
    store.jobs.create(Job(id="abce" + "0" * 28, pipeline="edit", title="two"))
    assert store.jobs.get("ABCD") == one
    with pytest.raises(NotFound, match="Several jobs"):
        store.jobs.get("abc")


def test_a_whole_id_wins_over_one_that_it_begins(store: Store) -> None:
    short = store.jobs.create(Job(id="ab", pipeline="edit", title="short"))
    store.jobs.create(Job(id="abc", pipeline="edit", title="long"))
    assert store.jobs.get("ab") == short


@pytest.mark.parametrize("id", ["", "%", "_", "zz"])
def test_an_unknown_job_is_not_found(store: Store, job: Job, id: str) -> None:
    with pytest.raises(NotFound, match="There is no job"):
        store.jobs.get(id)


def test_jobs_are_listed_newest_first(store: Store, job: Job) -> None:
    later = store.jobs.create(Job(pipeline="edit", title="later", conversation="c2"))
    assert store.jobs.list() == [later, job]
    assert store.jobs.list(limit=1) == [later]
    assert store.jobs.list(conversation="c1") == [job]


def test_a_fingerprint_finds_the_newest_job_that_has_it(store: Store, job: Job) -> None:
    again = store.jobs.create(Job(pipeline="edit", title="again", fingerprint="f1"))
    assert store.jobs.find("f1") == again
    assert store.jobs.find("unknown") is None


def test_a_decision_is_kept_with_who_made_it_and_can_be_taken_back(store: Store, job: Job) -> None:
    paused = store.jobs.decide(job.id, "paused", "Ada")
    assert (paused.decision, paused.decided_by) == ("paused", "Ada")
    assert store.jobs.decide(job.id[:8], None, "Bo").decision is None
    with pytest.raises(NotFound):
        store.jobs.decide("nobody", "paused", "Ada")
