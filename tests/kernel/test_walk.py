"""The walk of a job: what may go at once goes at once, and its end is told exactly once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from kernel.durable import DurableEngine
from kernel.engine import JSON, Engine, InlineEngine
from kernel.errors import PlanError
from kernel.jobs import Scope
from kernel.messages import Reply, Request
from kernel.store import Store
from kernel.store.documents import Documents
from kernel.store.records import Kept, NewDocument, Run
from kernel.tasks import Work
from kernel.walk import AGAIN, Walk, advance, context_of
from tests.kernel.house import LONG, File, House, well


@pytest.fixture(params=["threads", "durable"])
def busy(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """A house whose engine runs several workflows at once."""
    durable = request.param == "durable"
    engine: Engine = DurableEngine(f"sqlite:///{tmp_path}/engine.sqlite") if durable else InlineEngine(workers=4)
    built = House(tmp_path, engine=engine)
    yield built
    built.close()


def together(house: House) -> threading.Barrier:
    """Have titles and sound wait for each other in the middle of their work."""
    both = threading.Barrier(2)

    def titles(request: Request) -> Reply:
        both.wait(LONG)
        return well(request)

    def sound(work: Work) -> File:
        both.wait(LONG)
        return File(name="sound")

    house.lines["cut.titles"].append(titles)
    house.tasks["sound"] = sound
    return both


def test_steps_that_do_not_need_each_other_run_at_once(busy: House) -> None:
    job = busy.open()
    both = together(busy)
    assert busy.run_all(job, "w1")["end"] == "gate"
    assert both.n_waiting == 0
    assert not both.broken
    first = {run.step: run for run in busy.store.runs.list(job.id)}
    assert first["titles"].created < (first["sound"].ended or first["sound"].created)
    assert first["sound"].created < (first["titles"].ended or first["titles"].created)


def test_a_pause_in_the_middle_of_a_subchat_holds_and_a_resume_goes_on(busy: House) -> None:
    job = busy.open()
    begun, go_on = threading.Event(), threading.Event()

    def slowly(request: Request) -> Reply:
        begun.set()
        go_on.wait(LONG)
        return well(request)

    busy.lines["cut.titles"].extend([well, slowly])
    busy.jobs.run_all(job, "w1")
    assert begun.wait(LONG)
    busy.jobs.pause(job, "ann")
    go_on.set()
    [stopped] = busy.store.runs.list(job.id, "titles")
    assert busy.engine.wait(stopped.id, LONG).status == "cancelled"
    assert busy.asked["cut.titles"] == 2
    assert "titles" not in busy.versions(job)
    busy.jobs.resume(job, "ann", "w2")
    assert busy.ended("w2")["end"] == "gate"
    assert busy.asked["cut.log"] == 3


@pytest.mark.parametrize("round_", range(8))
def test_two_steps_that_end_together_lose_no_end_and_tell_none_twice(threads: House, round_: int) -> None:
    job = threads.open()
    ends = threading.Barrier(2)

    def sound(work: Work) -> File:
        ends.wait(LONG)
        return File(name="sound")

    def last(request: Request) -> Reply:
        ends.wait(LONG)
        return well(request)

    threads.lines["cut.titles"].extend([well, well, last])
    threads.tasks["sound"] = sound
    assert threads.run_all(job, "w1") == {"walk": "w1", "end": "gate", "steps": ["master"]}
    assert len(threads.ends("w1")) == 1
    assert len(threads.events(job, "walk_ended")) == 1
    assert threads.versions(job)["plan"] == 1
    assert len(threads.store.runs.list(job.id, "plan")) == 1


@pytest.mark.parametrize("round_", range(8))
def test_two_last_steps_that_end_together_tell_one_end(threads: House, round_: int) -> None:
    job = threads.open()
    for step in ("log", "selects_talk"):
        threads.jobs.run_step(job, step, step)
        threads.ended(step)
    ends = threading.Barrier(2)

    def fails(work: Work) -> File:
        ends.wait(LONG)
        raise PlanError("No sound.")

    def fails_too(request: Request) -> Reply:
        ends.wait(LONG)
        raise PlanError("No titles.")

    threads.tasks["sound"] = fails
    threads.lines["cut.titles"].append(fails_too)
    end = threads.run_all(job, "w1")
    assert (end["end"], set(end["steps"])) == ("failed", {"titles", "sound"})
    assert len([event for event in threads.events(job, "walk_ended") if event.payload["walk"] == "w1"]) == 1


class Late(Documents):
    """Documents of which one is kept, and its run ended, just after all were read."""

    def __init__(self, store: Store, late: NewDocument) -> None:
        super().__init__(store.database)
        self.runs = store.runs
        self.late: list[NewDocument] = [late]

    def current(self, job: str) -> dict[str, Kept]:
        found = super().current(job)
        if self.late:
            self.keep(self.late.pop())
            self.runs.end("other", "done")
        return found


def test_an_end_is_not_told_from_what_was_read_before_another_run_ended(house: House) -> None:
    job = house.open()
    for step in ("log", "selects_talk", "titles"):
        house.jobs.run_step(job, step, step)
        house.drain()
    walk, pipeline = Walk(id="w1", job=job.id), house.jobs.pipeline(job)
    made = context_of(walk, job, pipeline, pipeline.step("sound"), house.jobs.record(job), house.services)
    house.store.runs.begin(Run(id="other", job=job.id, step="sound", walk="w1", input_hash=made.input_hash))
    sound = NewDocument(
        job=job.id,
        step="sound",
        run="other",
        hash="h",
        schema="File",
        body={"name": "sound"},
        lineage=made.lineage,
        input_hash=made.input_hash,
    )
    house.store.documents = Late(house.store, sound)
    assert advance(walk, house.services) is None
    assert [run.step for run in house.store.runs.active(job.id)] == ["plan"]


def test_a_walk_with_nothing_to_do_ends_at_once(house: House) -> None:
    job = house.open()
    house.run_all(job, "w1")
    assert house.run_all(job, "w2") == {"walk": "w2", "end": "gate", "steps": ["master"]}
    assert len([id for _, id, _ in house.told if id.startswith("w2")]) == 1


def test_a_walk_that_was_asked_for_while_another_one_ran_is_not_lost(threads: House) -> None:
    job = threads.open()
    begun, go_on = threading.Event(), threading.Event()

    def slowly(request: Request) -> Reply:
        begun.set()
        go_on.wait(LONG)
        return well(request)

    threads.lines["cut.log"].append(slowly)
    threads.jobs.run_step(job, "log", "w1")
    assert begun.wait(LONG)
    threads.jobs.run_all(job, "w2")
    threads.engine.wait("walk-w2", LONG)
    go_on.set()
    assert threads.ended("w1")["end"] == "stopped"
    assert isinstance(threads.engine, InlineEngine)
    threads.engine.skip(AGAIN)
    assert threads.ended("w2")["end"] == "gate"


def test_a_walk_looks_again_while_only_others_run(house: House) -> None:
    job = house.open()
    house.store.runs.begin(Run(id="other", job=job.id, step="log", walk="another"))
    house.jobs.run_all(job, "w1")
    house.drain()
    assert house.ends("w1") == []
    house.store.runs.end("other", "cancelled")
    engine = house.engine
    assert isinstance(engine, InlineEngine)
    engine.skip(AGAIN)
    house.drain()
    assert house.ends("w1") == [{"walk": "w1", "end": "gate", "steps": ["master"]}]


class Dies(BaseException):
    """As when the process is killed."""


class Dying(InlineEngine):
    """An engine whose process dies before it knows of the first step."""

    left = True

    def begin(self, workflow: str, id: str, *arguments: JSON, queue: str = "steps", key: str | None = None) -> None:
        if workflow == "step" and self.left:
            self.left = False
            raise Dies
        super().begin(workflow, id, *arguments, queue=queue, key=key)


def test_a_run_that_was_kept_but_never_begun_is_begun_when_its_walk_goes_on(tmp_path: Path) -> None:
    house = House(tmp_path, engine=Dying())
    job = house.open()
    house.jobs.run_all(job, "w1")
    with pytest.raises(Dies):
        house.drain()
    assert [run.step for run in house.store.runs.active(job.id)] == ["log"]
    house.drain()
    assert house.ends("w1") == [{"walk": "w1", "end": "gate", "steps": ["master"]}]
    assert len(house.store.runs.list(job.id, "log")) == 1
    house.close()


def test_a_note_while_the_step_runs_is_heard_after_it(house: House) -> None:
    job = house.open()
    house.run_all(job, "w1")
    house.jobs.rerun(job, "plan", "bigger", Scope(), "ann", "n1")

    def meanwhile(request: Request) -> Reply:
        house.jobs.rerun(job, "plan", "yellow", Scope(), "ben", "n2")
        return well(request)

    house.lines["cut.plan"].append(meanwhile)
    assert house.ended("n1")["end"] == "gate"
    assert house.kept(job, "plan").body["title"] == "bigger, yellow"
    assert house.states(job)["master"] == "awaiting approval"


def test_a_failed_branch_does_not_hold_up_the_one_beside_it(house: House) -> None:
    job = house.open()

    def fails(work: Work) -> File:
        raise PlanError("No sound.")

    house.tasks["sound"] = fails
    assert house.run_all(job, "w1") == {"walk": "w1", "end": "failed", "steps": ["sound"]}
    assert house.states(job)["titles"] == "done"


def test_jobs_do_not_see_each_other(house: House) -> None:
    one, two = house.open("1" * 32), house.open("2" * 32)
    house.jobs.run_all(one, "w1")
    house.jobs.run_all(two, "w2")
    house.drain()
    assert house.ends("w1")[0]["end"] == house.ends("w2")[0]["end"] == "gate"
    assert house.kept(one, "plan").job == one.id
    assert house.kept(two, "plan").job == two.id
