"""The promise of durable execution, over each engine that makes it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from kernel.durable import DurableEngine
from kernel.engine import Engine, InlineEngine, Outcome, packed, unpacked
from kernel.errors import Busy, Cancelled, Denied, NotFound, RushesError, StepFailed, WorkerError

Workflows = dict[str, Callable[..., Any]]
LONG = 20.0


class Crash(BaseException):
    """What no workflow can catch, as when a process dies."""


class House:
    """An engine that can be left in the middle of its work and come back."""

    def __init__(self, make: Callable[[], Engine], inline: bool) -> None:
        self.make = make
        self.inline = inline
        self.engine = make()
        self.workflows: Workflows = {}

    def open(self, **workflows: Callable[..., Any]) -> Engine:
        """Start with these workflows."""
        self.workflows.update(workflows)
        for name, workflow in self.workflows.items():
            self.engine.register(name, workflow)
        self.engine.start()
        return self.engine

    def run(self, id: str) -> Outcome:
        """Wait for an end."""
        return self.engine.wait(id, LONG)

    def crash(self, id: str, crashed: threading.Event) -> Engine:
        """Wait for the crash of a workflow, then come back as the next process would."""
        if self.inline:
            with suppress(Crash):
                self.engine.wait(id, LONG)
            return self.engine
        assert crashed.wait(LONG)
        self.engine.stop(0)
        self.engine = self.make()
        return self.open()


@pytest.fixture(params=["inline", "sqlite", "postgres"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    kind = request.param
    url = request.getfixturevalue("postgres")() if kind == "postgres" else f"sqlite:///{tmp_path}/work.db"
    found = House(InlineEngine if kind == "inline" else lambda: DurableEngine(url), kind == "inline")
    yield found
    found.engine.stop(0)


@pytest.fixture(params=["inline", "sqlite"])
def threads(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """The engines that run several workflows at once."""
    url = f"sqlite:///{tmp_path}/work.db"
    inline = request.param == "inline"
    found = House((lambda: InlineEngine(workers=4)) if inline else (lambda: DurableEngine(url)), inline)
    yield found
    found.engine.stop(0)


def test_a_workflow_takes_json_and_gives_json(house: House) -> None:
    engine = house.open(add=lambda a, b: {"sum": a["n"] + b[0]})
    engine.begin("add", "one", {"n": 2}, [3])
    assert house.run("one") == Outcome(status="done", result={"sum": 5})


def test_a_second_begin_with_the_same_id_does_nothing(house: House) -> None:
    seen: list[int] = []
    engine = house.open(see=seen.append)
    engine.begin("see", "one", 1)
    house.run("one")
    engine.begin("see", "one", 2)
    engine.begin("see", "two", 3)
    house.run("two")
    assert seen == [1, 3]


def test_a_failure_is_told_in_a_sentence(house: House) -> None:
    def refuse() -> None:
        raise Denied("The budget is spent: raise it.")

    def stumble() -> None:
        raise KeyError("shot")

    engine = house.open(refuse=refuse, stumble=stumble)
    engine.begin("refuse", "one")
    engine.begin("stumble", "two")
    assert house.run("one") == Outcome(status="failed", error="The budget is spent: raise it.")
    assert house.run("two") == Outcome(status="failed", error="KeyError: 'shot'")


def test_what_was_remembered_is_not_done_again_after_a_crash(house: House) -> None:
    done: list[str] = []
    crashed = threading.Event()

    def act(name: str) -> str:
        done.append(name)
        if name == "c" and not crashed.is_set():
            crashed.set()
            raise Crash
        return name.upper()

    def walk() -> str:
        return "".join(house.engine.remember(name, partial(act, name)) for name in "abcd")

    house.open(walk=walk).begin("walk", "one")
    house.crash("one", crashed)
    assert house.run("one").result == "ABCD"
    assert done == ["a", "b", "c", "c", "d"]


def test_a_remembered_error_comes_back_with_its_class_and_attributes(house: House) -> None:
    caught: list[WorkerError] = []
    crashed = threading.Event()

    def fail() -> None:
        assert not caught
        raise WorkerError("ffmpeg failed.", command=("ffmpeg", "-i"), stderr="No such file")

    def walk() -> None:
        try:
            house.engine.remember("render", fail)
        except WorkerError as error:
            caught.append(error)
        if not crashed.is_set():
            crashed.set()
            raise Crash

    house.open(walk=walk).begin("walk", "one")
    house.crash("one", crashed)
    assert house.run("one").status == "done"
    assert len(caught) == 2
    for error in caught:
        assert (str(error), error.command, error.stderr) == ("ffmpeg failed.", ("ffmpeg", "-i"), "No such file")


def test_a_strange_error_becomes_one_of_ours_the_first_time_too(house: House) -> None:
    def walk() -> str:
        try:
            house.engine.remember("divide", lambda: 1 / 0)
        except RushesError as error:
            return str(error)
        return "nothing"

    house.open(walk=walk).begin("walk", "one")
    assert house.run("one").result == "ZeroDivisionError: division by zero"


def test_a_result_is_the_same_the_first_time_as_later(house: House) -> None:
    house.open(walk=lambda: repr(house.engine.remember("pair", lambda: (1, None)))).begin("walk", "one")
    assert house.run("one").result == "[1, None]"


def test_what_json_cannot_carry_is_refused_by_name(house: House) -> None:
    house.open(walk=lambda: house.engine.remember("make", lambda: {1, 2})).begin("walk", "one")
    found = house.run("one")
    assert found.status == "failed"
    assert "JSON cannot carry it" in str(found.error)


def test_an_act_may_remember_and_is_then_simply_called(house: House) -> None:
    def walk() -> int:
        return house.engine.remember("outer", lambda: house.engine.remember("inner", lambda: 1) + 1)

    house.open(walk=walk).begin("walk", "one")
    assert house.run("one").result == 2


def test_outside_a_workflow_an_act_is_simply_called(house: House) -> None:
    assert house.open().remember("act", lambda: 7) == 7
    assert house.engine.current() is None


def test_a_workflow_knows_its_id_and_begins_others(house: House) -> None:
    def parent() -> str | None:
        house.engine.begin("child", f"{house.engine.current()}:child", queue="renders")
        return house.engine.current()

    house.open(parent=parent, child=lambda: house.engine.current()).begin("parent", "one")
    assert house.run("one").result == "one"
    assert house.run("one:child").result == "one:child"


def test_a_workflow_may_not_wait_for_another_one(house: House) -> None:
    house.open(walk=lambda: house.engine.wait("other", 1)).begin("walk", "one")
    assert "waits for another one" in str(house.run("one").error)


def test_with_a_key_work_is_done_in_the_order_begun(house: House) -> None:
    seen: list[int] = []
    engine = house.open(see=seen.append)
    for number in range(12):
        # The ids run backwards: an engine that breaks ties by id would turn the order round.
        engine.begin("see", f"{99 - number}", number, queue="turns", key="thread")
    house.run("88")
    assert seen == list(range(12))


def test_with_a_key_one_runs_at_a_time_and_other_keys_run_beside_it(threads: House) -> None:
    order: list[str] = []
    other = threading.Event()

    def turn(name: str) -> bool:
        order.append(f"{name} in")
        found = other.wait(LONG) if name == "first" else True
        if name == "other":
            other.set()
        order.append(f"{name} out")
        return found

    engine = threads.open(turn=turn)
    engine.begin("turn", "1", "first", queue="turns", key="a")
    engine.begin("turn", "2", "second", queue="turns", key="a")
    engine.begin("turn", "3", "other", queue="turns", key="b")
    assert threads.run("1").result is True
    threads.run("2")
    assert [line for line in order if "other" not in line] == ["first in", "first out", "second in", "second out"]


@pytest.mark.parametrize(("queue", "key"), [("steps", "a"), ("lunch", None)])
def test_a_queue_that_does_not_fit_is_refused(house: House, queue: str, key: str | None) -> None:
    with pytest.raises(ValueError, match="queue"):
        house.open(walk=lambda: None).begin("walk", "one", queue=queue, key=key)


def test_what_is_cancelled_before_it_begins_never_begins(threads: House) -> None:
    seen: list[str] = []
    free, busy = threading.Event(), threading.Event()

    def turn(name: str) -> None:
        seen.append(name)
        busy.set()
        free.wait(LONG)

    engine = threads.open(turn=turn)
    for name in ("first", "second", "third"):
        engine.begin("turn", name, name, queue="turns", key="a")
    assert busy.wait(LONG)
    engine.cancel("second")
    free.set()
    assert threads.run("third").status == "done"
    assert engine.wait("second", 0).status == "cancelled"
    assert seen == ["first", "third"]


def test_a_running_act_sees_that_it_is_cancelled_and_the_workflow_stops(threads: House) -> None:
    running, ended = threading.Event(), threading.Event()
    seen: list[str] = []

    def act() -> None:
        running.set()
        pause = threading.Event()
        while not threads.engine.cancelled("one"):
            pause.wait(0.01)
        raise Cancelled("The render was stopped.")

    def walk() -> None:
        try:
            threads.engine.remember("render", act)
        except Cancelled:
            seen.append("stopped")
        try:
            threads.engine.remember("after", lambda: seen.append("after"))
        finally:
            ended.set()

    engine = threads.open(walk=walk)
    engine.begin("walk", "one")
    assert running.wait(LONG)
    engine.cancel("one")
    assert ended.wait(1.0)
    assert engine.wait("one", LONG).status == "cancelled"
    assert seen == ["stopped"]


def test_a_cancel_of_what_has_ended_changes_nothing(house: House) -> None:
    engine = house.open(walk=lambda: 1)
    engine.begin("walk", "one")
    house.run("one")
    engine.cancel("one")
    engine.cancel("unknown")
    assert engine.wait("one", 0) == Outcome(status="done", result=1)
    assert not engine.cancelled("one")


def test_nothing_is_known_of_an_id_that_was_never_begun(house: House) -> None:
    engine = house.open()
    assert engine.outcome("one") is None
    with pytest.raises(NotFound, match="one"):
        engine.wait("one", 0)


def test_a_timer_waits_and_then_begins_the_workflow(house: House) -> None:
    engine = house.open(ring=lambda word: word)
    engine.later("ring", "far", 3600, "late")
    engine.later("ring", "near", 0.2, "ding")
    assert engine.wait("far", 0).status == "waiting"
    if isinstance(engine, InlineEngine):
        engine.skip(0.2)
    assert house.run("near").result == "ding"
    assert engine.wait("far", 0).status == "waiting"


def test_an_error_survives_json_with_all_it_carries() -> None:
    for error in (Busy("Wait.", 2.5), StepFailed("No end.", '{"a": 1}'), Busy("Wait.")):
        again = unpacked(packed(error))
        assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))


def test_an_error_of_a_class_that_is_gone_is_still_an_error() -> None:
    again = unpacked({"class": "Vanished", "text": "Gone.", "attributes": {}})
    assert type(again) is RushesError
    assert str(again) == "Gone."


def test_the_double_runs_begun_work_in_order_when_drained() -> None:
    engine, seen = InlineEngine(), list[str]()

    def walk(name: str) -> None:
        seen.append(name)
        if name == "a":
            engine.begin("walk", "c", "c")

    engine.register("walk", walk)
    engine.begin("walk", "a", "a")
    engine.begin("walk", "b", "b")
    assert engine.drain() == 3
    assert seen == ["a", "b", "c"]


def test_the_double_knows_only_what_was_registered() -> None:
    with pytest.raises(RushesError, match="walk"):
        InlineEngine().begin("walk", "one")
