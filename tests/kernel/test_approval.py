"""A person's answer is bound to the hash of what they saw, and the first one counts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from kernel.approval import waiting
from kernel.errors import Denied, Stale
from kernel.jobs import Scope
from kernel.store.records import Approval, Job
from tests.kernel.house import House, names, no, yes


@pytest.fixture
def job(house: House) -> Job:
    """A job that waits at its gate."""
    opened = house.open()
    assert house.run_all(opened, "w1") == {"walk": "w1", "end": "gate", "steps": ["master"]}
    return opened


def test_what_waits_for_a_person_is_known(house: House, job: Job) -> None:
    assert waiting(house.jobs.pipeline(job), house.jobs.record(job)) == house.kept(job, "master")
    house.approve(job, "w2")
    assert waiting(house.jobs.pipeline(job), house.jobs.record(job)) is None


def test_a_yes_to_v1_does_not_count_for_v2(house: House, job: Job) -> None:
    first = house.approve(job, "w2")
    house.ended("w2")
    house.jobs.rerun(job, "plan", "make it 20 seconds", Scope(), "ann", "note")
    assert house.ended("note")["end"] == "gate"
    assert house.kept(job, "master").version == 2
    assert house.states(job)["master"] == "awaiting approval"
    assert house.states(job)["delivery"] == "stale"
    with pytest.raises(Stale, match=r"^This is an older version of master; v2 is current: look at that one\.$"):
        house.jobs.answer(job, yes(first), "w3")
    house.approve(job, "w4")
    assert house.ended("w4")["end"] == "done"
    assert house.versions(job)["delivery"] == 2


def test_a_second_answer_says_what_the_first_one_was(house: House, job: Job) -> None:
    house.approve(job, "w2")
    for answer in (yes(house.kept(job, "master"), "ben"), no(house.kept(job, "master"))):
        with pytest.raises(Stale, match=r"^master v1 was approved already\.$"):
            house.jobs.answer(job, answer, "w3")
    assert [approval.by for approval in house.store.approvals.list(job.id)] == ["ann"]


def test_the_same_answer_delivered_twice_does_once(house: House, job: Job) -> None:
    answer = yes(house.kept(job, "master"))
    house.jobs.answer(job, answer, "w2")
    house.jobs.answer(job, answer, "w2")
    assert house.ended("w2")["end"] == "done"
    assert names(house.events(job, "approved", "step_done"))[-2:] == ["approved master", "step_done delivery"]


def test_an_answer_to_what_is_out_of_date_is_refused(house: House, job: Job) -> None:
    house.rewrite(job, "other", wish="long")
    with pytest.raises(Stale, match=r"^master v1 is out of date, because something before it has changed\.$"):
        house.approve(job, "w2")


@pytest.mark.parametrize("step", ["plan", "delivery"])
def test_an_answer_where_no_gate_waits_is_refused(house: House, job: Job, step: str) -> None:
    answer = Approval(job=job.id, step=step, hash="h", verdict="approved", by="ann")
    with pytest.raises(Stale, match=rf"^There is nothing to approve in {step}; `status` shows what waits\.$"):
        house.jobs.answer(job, answer, "w2")


def test_an_answer_after_a_cancel_has_no_effect(house: House, job: Job) -> None:
    house.jobs.cancel(job, "ann")
    with pytest.raises(Denied, match="cancelled for good"):
        house.approve(job, "w2")
    assert house.store.approvals.list(job.id) == []


def test_of_200_answers_at_once_one_counts_and_the_others_are_told(house: House, job: Job) -> None:
    kept = house.kept(job, "master")
    ready = Barrier(20)

    def answer(number: int) -> str:
        if number < 20:
            ready.wait()
        given = yes(kept, f"person {number}") if number % 2 else no(kept)
        try:
            house.jobs.answer(job, given, f"walk {number}")
        except Stale as error:
            return str(error)
        return f"counted {number}"

    with ThreadPoolExecutor(20) as people:
        said = list(people.map(answer, range(200)))
    [counted] = [words for words in said if words.startswith("counted")]
    [kept_one] = house.store.approvals.list(job.id)
    assert (kept_one.verdict == "approved") == bool(int(counted.split()[1]) % 2)
    assert set(said) - {counted} == {f"master v1 was {kept_one.verdict} already."}
    house.drain()
    assert len(house.store.documents.versions(job.id, "delivery")) == (kept_one.verdict == "approved")


def test_only_what_is_stale_can_be_kept_as_it_is(house: House, job: Job) -> None:
    for step in ("plan", "delivery"):
        with pytest.raises(Stale, match=rf"^{step} is not out of date: there is nothing to keep\.$"):
            house.jobs.keep(job, step, "ann", "w2")
    house.rewrite(job, "other", wish="long")
    house.jobs.keep(job, "log", "ann", "w2")
    house.jobs.keep(job, "log", "ann", "w2")
    assert len(house.store.approvals.list(job.id)) == 1
    assert names(house.events(job, "kept_stale")) == ["kept_stale log"]
