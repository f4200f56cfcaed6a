"""States are read off documents and answers: what is made, what waits, what is out of date."""

from __future__ import annotations

import pytest

from kernel.errors import NotFound
from kernel.jobs import Scope
from tests.kernel.house import MADE, House, only, yes


def test_a_step_is_blocked_until_what_it_needs_is_made(house: House) -> None:
    job = house.open()
    assert only(house.states(job), "ready") == {"log"}
    assert only(house.states(job), "blocked") == set(house.states(job)) - {"brief", "log"}


def test_a_gate_blocks_what_follows_until_a_person_said_yes(house: House) -> None:
    job = house.open()
    house.run_all(job, "w1")
    assert house.states(job) == {
        "brief": "done",
        **dict.fromkeys(MADE, "done"),
        "selects_montage": "skipped",
        "master": "awaiting approval",
        "delivery": "blocked",
    }
    house.approve(job, "w2")
    assert house.ended("w2") == {"walk": "w2", "end": "done", "steps": []}
    assert set(house.states(job).values()) == {"done", "skipped"}
    assert house.jobs.status(job) == "completed"


def test_a_rejected_document_is_rejected_and_blocks(house: House) -> None:
    job = house.open()
    house.run_all(job, "w1")
    house.jobs.answer(job, yes(house.kept(job, "master")).model_copy(update={"verdict": "rejected"}), "w2")
    house.drain()
    assert house.states(job)["master"] == "rejected"
    assert house.states(job)["delivery"] == "blocked"
    assert house.jobs.status(job) == "review_required"


@pytest.mark.parametrize(("kind", "taken", "left"), [("talk", "talk", "montage"), ("montage", "montage", "talk")])
def test_the_branch_that_fits_is_made_and_the_other_is_skipped(house: House, kind: str, taken: str, left: str) -> None:
    job = house.open(brief={"wish": "short", "kind": kind})
    assert house.states(job)[f"selects_{left}"] == "blocked"
    assert house.run_all(job, "w1")["end"] == "gate"
    assert house.states(job)[f"selects_{left}"] == "skipped"
    assert house.states(job)[f"selects_{taken}"] == "done"
    assert [origin.step for origin in house.kept(job, "titles").lineage] == [f"selects_{taken}"]


def test_when_the_branch_changes_the_other_one_is_made_and_what_follows_is_remade(house: House) -> None:
    job = house.open()
    house.run_all(job, "w1")
    house.rewrite(job, "again", kind="montage")
    assert house.run_all(job, "w2")["end"] == "gate"
    assert house.states(job)["selects_talk"] == "skipped"
    assert house.states(job)["selects_montage"] == "done"
    assert house.versions(job)["plan"] == 2


@pytest.mark.parametrize(
    ("step", "below"),
    [
        ("log", {"selects_talk", "titles", "sound", "plan", "master", "delivery"}),
        ("titles", {"plan", "master", "delivery"}),
        ("plan", {"master", "delivery"}),
    ],
)
def test_exactly_the_descendants_of_what_is_made_anew_become_stale(house: House, step: str, below: set[str]) -> None:
    job = house.open()
    house.run_all(job, "w1")
    house.approve(job, "w2")
    house.ended("w2")
    begun = house.jobs.rerun(job, step, "bigger", Scope(), "ann", "note", refresh=False)
    assert set(begun.stale) == below
    assert only(house.states(job), "stale") == {step, *below}
    house.drain()
    assert only(house.states(job), "stale") == below
    assert house.versions(job)[step] == 2
    [told] = house.events(job, "stale_found")
    assert set(told.payload["steps"]) == below
    assert told.payload["because"] == f"{step} v2"


def test_another_brief_makes_all_that_follows_stale_and_the_same_brief_nothing(house: House) -> None:
    job = house.open()
    house.run_all(job, "w1")
    house.rewrite(job, "same")
    assert only(house.states(job), "stale") == set()
    house.rewrite(job, "other", wish="long")
    assert only(house.states(job), "stale") == set(MADE)


def test_what_a_person_keeps_is_no_longer_stale_until_an_input_changes_again(house: House) -> None:
    job = house.open()
    house.run_all(job, "w1")
    house.rewrite(job, "other", wish="long")
    assert house.jobs.keep(job, "log", "ann", "w2").version == 1
    house.ended("w2")
    assert house.states(job)["log"] == "done"
    assert house.versions(job)["log"] == 1
    assert house.versions(job)["plan"] == 2, "the plan reads the brief itself"
    house.rewrite(job, "third", wish="longer")
    assert house.states(job)["log"] == "stale"


def test_what_a_person_kept_is_made_anew_when_they_ask_for_a_change(house: House) -> None:
    job = house.open()
    house.run_all(job, "w1")
    house.rewrite(job, "other", wish="long")
    house.jobs.keep(job, "log", "ann", "w2")
    house.ended("w2")
    house.jobs.rerun(job, "log", "call it Hello", Scope(), "ann", "note")
    assert house.states(job)["log"] == "stale"
    house.ended("note")
    assert house.kept(job, "log").body["lines"] == [{"id": "a", "text": "call it Hello"}]


def test_a_wish_that_a_person_takes_back_by_keeping_is_not_asked_again(house: House) -> None:
    job = house.open()
    house.run_all(job, "w1")
    house.jobs.rerun(job, "log", "bigger", Scope(), "ann", "note")
    house.jobs.keep(job, "log", "ann", "w2")
    house.drain()
    assert house.versions(job)["log"] == 1
    assert house.states(job)["log"] == "done"


def test_an_unknown_step_is_told_with_the_steps_there_are(house: House) -> None:
    job = house.open()
    with pytest.raises(NotFound, match=r"no step 'colour'.*brief, log, selects_talk"):
        house.jobs.run_step(job, "colour", "w1")
