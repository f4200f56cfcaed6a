"""What may be done with a job: run, rerun, pause, resume, cancel; doing it twice does it once."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from kernel.errors import BadDocument, Denied, NotReady
from kernel.jobs import Scope
from kernel.messages import Reply, Request
from kernel.store.records import Job
from tests.kernel.house import BRIEF, House, names, no, well


def test_a_brief_that_breaks_its_rules_is_refused(house: House) -> None:
    job = house.store.jobs.create(Job(pipeline="cut", title="A talk"))
    with pytest.raises(BadDocument, match="The brief says nothing: ask what they want"):
        house.jobs.hand_in(job, "brief", {"wish": ""}, "ann", "r1")
    with pytest.raises(BadDocument, match="no valid Brief: kind"):
        house.jobs.hand_in(job, "brief", {"wish": "short", "kind": "opera"}, "ann", "r1")
    with pytest.raises(BadDocument, match="log is made by its own expert; use run_step or rerun_step"):
        house.jobs.hand_in(job, "log", {}, "ann", "r1")
    assert house.versions(job) == {}


def test_nothing_runs_before_the_conversation_has_done_its_part(house: House) -> None:
    job = house.store.jobs.create(Job(pipeline="cut", title="A talk"))
    with pytest.raises(NotReady, match="brief must be handed in before anything can run"):
        house.jobs.run_all(job, "w1")
    with pytest.raises(NotReady, match="brief is made in the conversation: hand it in"):
        house.jobs.run_step(job, "brief", "w1")


def test_the_same_hand_in_twice_is_one_version(house: House) -> None:
    job = house.open()
    assert house.rewrite(job, "again", wish="long").version == 2
    assert house.rewrite(job, "again", wish="long").version == 2


def test_the_status_is_read_off_what_is_kept(house: House) -> None:
    job = house.open()
    assert house.jobs.status(job) == "pending"
    seen: list[str] = []

    def look(request: Request) -> Reply:
        seen.append(house.jobs.status(job))
        return well(request)

    house.lines["cut.log"].append(look)
    house.run_all(job, "w1")
    assert seen == ["processing"]
    assert house.jobs.status(job) == "review_required"
    house.approve(job, "w2")
    house.ended("w2")
    assert house.jobs.status(job) == "completed"


def test_a_single_step_begins_nothing_but_itself(house: House) -> None:
    job = house.open()
    house.jobs.run_step(job, "log", "w1")
    assert house.ended("w1") == {"walk": "w1", "end": "stopped", "steps": []}
    assert set(house.versions(job)) == {"brief", "log"}


def test_asking_twice_with_the_same_id_does_once(house: House) -> None:
    job = house.open()
    for _ in range(2):
        house.jobs.run_step(job, "log", "w1", fresh=True)
        house.drain()
    assert house.versions(job)["log"] == 1
    for _ in range(2):
        house.jobs.rerun(job, "log", "bigger", Scope(), "ann", "n1", refresh=False)
        house.drain()
    assert house.versions(job)["log"] == 2
    assert len(house.store.instructions.list(job.id, "log")) == 1


def test_a_rerun_without_refresh_stops_after_its_step(house: House) -> None:
    job = house.open()
    house.run_all(job, "w1")
    begun = house.jobs.rerun(job, "titles", "bigger", Scope(), "ann", "n1", refresh=False)
    assert begun.stale == ("plan", "master")
    assert house.ended("n1") == {"walk": "n1", "end": "stopped", "steps": ["plan", "master"]}
    house.run_all(job, "w2")
    assert house.versions(job)["master"] == 2


def test_a_note_after_a_no_opens_the_gate_anew(house: House) -> None:
    job = house.open()
    house.run_all(job, "w1")
    house.jobs.answer(job, no(house.kept(job, "master")), "w2")
    house.jobs.rerun(job, "plan", "shorter", Scope(), "ann", "n1")
    assert house.ended("n1") == {"walk": "n1", "end": "gate", "steps": ["master"]}
    assert names(house.events(job, "rejected", "gate_opened")) == [
        "gate_opened master",
        "rejected master",
        "gate_opened master",
    ]


def pausing(house: House, job: Job, do: Any) -> None:
    """Do something with the job while the plan is being made, at its second reply."""

    def line(request: Request) -> Reply:
        do(job, "ann")
        return well(request)

    house.lines["cut.plan"].extend([well, line])


def test_a_pause_stops_what_runs_and_a_resume_goes_on(house: House) -> None:
    job = house.open()
    pausing(house, job, house.jobs.pause)
    house.jobs.run_all(job, "w1")
    house.drain()
    paused = house.store.jobs.get(job.id)
    assert house.jobs.status(paused) == "paused"
    assert "plan" not in house.versions(job)
    assert house.store.runs.list(job.id, "plan")[0].status == "cancelled"
    assert house.store.runs.active(job.id) == []
    for act in (
        partial(house.jobs.run_all, job, "w2"),
        partial(house.jobs.run_step, job, "plan", "w2"),
        partial(house.jobs.rerun, job, "log", "bigger", Scope(), "ann", "w2"),
        partial(house.jobs.keep, job, "log", "ann", "w2"),
    ):
        with pytest.raises(Denied, match=r"^This job is paused; say `resume` to go on\.$"):
            act()
    assert house.store.instructions.list(job.id, "log") == [], "a refused note leaves nothing behind"
    asked = house.asked["cut.log"], house.asked["cut.titles"]
    house.jobs.resume(job, "ann", "w3")
    assert house.ended("w3")["end"] == "gate"
    assert (house.asked["cut.log"], house.asked["cut.titles"]) == asked
    assert names(house.events(job, "paused", "resumed")) == ["paused", "resumed"]


def test_a_cancel_is_for_good_and_the_documents_stay(house: House) -> None:
    job = house.open()
    pausing(house, job, house.jobs.cancel)
    house.jobs.run_all(job, "w1")
    house.drain()
    assert house.jobs.status(house.store.jobs.get(job.id)) == "cancelled"
    assert "titles" in house.versions(job)
    for act in (partial(house.jobs.run_all, job, "w2"), partial(house.jobs.resume, job, "ann", "w2")):
        with pytest.raises(Denied, match="cancelled for good: its documents stay; begin a new one"):
            act()
    assert house.jobs.status(house.store.jobs.get(job.id)) == "cancelled"


def test_finished_steps_run_again_give_back_their_originals_and_the_trace_says_so(house: House) -> None:
    job = house.open(brief=BRIEF)
    house.run_all(job, "w1")
    asked = house.asked.copy()
    assert house.jobs.again(job) == ("brief", "log", "selects_talk", "titles", "sound", "plan", "master")
    assert house.asked == asked
    spans = [span for span in house.store.traces.list(job.id) if span.name == "deduplicated"]
    assert [span.attributes["original"] for span in spans][:2] == ["brief v1", "log v1"]
