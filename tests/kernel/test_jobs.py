"""What may be done with a job: run, rerun, pause, resume, cancel; doing it twice does it once."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from kernel.document import Document
from kernel.errors import BadDocument, Denied, NotReady
from kernel.jobs import Scope
from kernel.messages import Reply, Request
from kernel.store.records import Job
from kernel.tasks import Work
from tests.kernel.house import BRIEF, House, named, names, no, well


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
        with pytest.raises(Denied, match="cancelled for good; what was made is kept"):
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


def test_a_person_s_own_version_is_kept_as_theirs_and_what_was_made_from_it_is_stale(house: House) -> None:
    job = house.open()
    house.run_all(job, "w1")
    first = house.kept(job, "plan")
    kept = house.jobs.amend(job, "plan", {**first.body, "title": "mine"}, "ann", "a1")
    assert (kept.version, kept.expert, kept.lineage) == (2, "ann", first.lineage)
    assert house.jobs.amend(job, "plan", {**first.body, "title": "mine"}, "ann", "a1").version == 2
    assert (house.states(job)["plan"], house.states(job)["master"]) == ("done", "stale")
    assert [event.payload["by"] for event in house.events(job, "amended")] == ["ann"]
    assert house.events(job, "stale_found")[-1].payload == {"because": "plan v2", "steps": ["master"]}


def test_a_person_s_version_counts_as_holding_every_wish_so_far(house: House) -> None:
    job = house.open()
    house.run_all(job, "w1")
    house.jobs.rerun(job, "plan", "bigger", Scope(), "ann", "n1")
    house.ended("n1")
    kept = house.jobs.amend(job, "plan", {**house.kept(job, "plan").body, "title": "mine"}, "ann", "a1")
    assert kept.instructions == ("n1:plan",)
    assert house.states(job)["plan"] == "done"


def test_what_cannot_be_amended_says_why(house: House) -> None:
    job = house.open()
    with pytest.raises(NotReady, match="plan was not made yet"):
        house.jobs.amend(job, "plan", {}, "ann", "a1")
    house.run_all(job, "w1")
    with pytest.raises(BadDocument, match="no valid Plan"):
        house.jobs.amend(job, "plan", {"title": 7}, "ann", "a1")
    house.jobs.cancel(job, "ann")
    with pytest.raises(Denied, match="cancelled for good"):
        house.jobs.amend(job, "plan", dict(house.kept(job, "plan").body), "ann", "a1")


def test_every_later_making_goes_on_from_the_person_s_version(house: House) -> None:
    job = house.open()
    house.run_all(job, "w1")
    amended = house.jobs.amend(job, "plan", {**house.kept(job, "plan").body, "title": "mine"}, "ann", "a1")
    seen: list[tuple[Any, Any, Any]] = []

    def look(request: Request) -> Reply:
        seen.append((request.scene["previous"], request.scene["new"], request.scene["by_hand"]))
        return well(request)

    for note in ("bigger", "smaller"):
        house.lines["cut.plan"].append(look)
        house.jobs.rerun(job, "titles", note, Scope(), "ann", note)
        house.ended(note)
    assert [(new, by_hand) for _, new, by_hand in seen] == [(0, True), (0, True)]
    assert seen[0][0] == amended.body
    assert seen[1][0] == house.store.documents.version(job.id, "plan", 3).body


def test_words_for_a_task_that_is_still_to_come_are_kept_for_it(house: House) -> None:
    job = house.open()
    house.run_all(job, "w1")
    begun = house.jobs.rerun(job, "delivery", "also as gif", Scope(), "ann", "n1")
    assert (begun.waits, begun.stale) == (True, ())
    heard: list[tuple[str, ...]] = []

    def delivered(work: Work) -> Document:
        heard.append(work.instructions)
        return named(work)

    house.tasks["delivery"] = delivered
    house.approve(job, "w2")
    house.ended("w2")
    assert heard == [("also as gif",)]
    assert house.kept(job, "delivery").instructions == ("n1:delivery",)
