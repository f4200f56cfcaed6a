"""The durable engine over real deaths of real processes, on a SQLite file and on PostgreSQL."""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
import sqlalchemy as sa

from kernel.durable import DurableEngine, sqlite
from kernel.errors import SetUp
from tests.kernel.durable_program import ACTS, CRASHES

BACK = 5.0
"""Seconds after a death within which work goes on."""
PATIENCE = 40.0


class Stage:
    """A database, a log, the processes at work on them, and an engine of our own that only begins and looks."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.log = folder / "log"
        self.log.touch()
        self.processes: list[subprocess.Popen[str]] = []
        self.desk = DurableEngine(url, listens=())
        self.desk.start()

    def process(self, executor: str = "") -> subprocess.Popen[str]:
        """Start one more process at work."""
        line = [sys.executable, "-m", "tests.kernel.durable_program", self.url, str(self.log), executor]
        pipe = subprocess.PIPE
        found = subprocess.Popen(line, stdin=pipe, stdout=pipe, stderr=pipe, text=True, start_new_session=True)
        self.processes.append(found)
        return found

    def lines(self) -> list[str]:
        """Return what the acts wrote so far."""
        return self.log.read_text().splitlines()

    def until(self, wish: Callable[[], bool], seconds: float = PATIENCE) -> float:
        """Wait for something to be so; return how many seconds it took."""
        start, pause = time.monotonic(), threading.Event()
        while not wish():
            assert time.monotonic() - start < seconds, f"not within {seconds} s: {self.lines()}"
            pause.wait(0.01)
        return time.monotonic() - start

    def until_longer(self, than: int, seconds: float = PATIENCE) -> float:
        """Wait for more acts to begin."""
        return self.until(lambda: len(self.lines()) > than, seconds)

    def clear(self) -> None:
        """Leave nothing behind."""
        for process in self.processes:
            process.kill()
            process.communicate()
        self.desk.stop(0)


def kill(process: subprocess.Popen[str]) -> None:
    """Kill it as an empty battery would."""
    process.send_signal(signal.SIGKILL)
    process.wait()


@pytest.fixture(params=["sqlite", "postgres"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    url = f"sqlite:///{tmp_path}/work.db" if request.param == "sqlite" else request.getfixturevalue("postgres")()
    found = Stage(url, tmp_path)
    yield found
    found.clear()


@pytest.fixture
def file_stage(tmp_path: Path) -> Iterator[Stage]:
    found = Stage(f"sqlite:///{tmp_path}/work.db", tmp_path)
    yield found
    found.clear()


def assert_nothing_redone(lines: list[str], ids: list[str]) -> None:
    """An act that begins again after the next one began had been remembered."""
    for id in ids:
        numbers = [int(line.split()[1]) for line in lines if line.startswith(f"{id} ")]
        assert sorted(set(numbers)) == list(range(ACTS))
        assert all(later - earlier in (0, 1) for earlier, later in pairwise(numbers)), numbers


def test_killed_processes_lose_nothing_and_redo_nothing(stage: Stage) -> None:
    ids = ["one", "two", "three"]
    process = stage.process()
    for id in ids:
        stage.desk.begin("walk", id)
    for _ in range(3):
        stage.until_longer(len(stage.lines()) + 5)
        kill(process)
        count, process = len(stage.lines()), stage.process()
        stage.until_longer(count, BACK)
    for id in ids:
        found = stage.desk.wait(id, PATIENCE)
        assert found.result == sum(range(ACTS))
    assert_nothing_redone(stage.lines(), ids)


def test_a_living_process_takes_over_from_a_dead_one(stage: Stage) -> None:
    first = stage.process()
    stage.desk.begin("walk", "one")
    stage.until_longer(2)
    stage.process()
    kill(first)
    stage.until_longer(len(stage.lines()) + 1, BACK)
    assert stage.desk.wait("one", PATIENCE).status == "done"
    assert_nothing_redone(stage.lines(), ["one"])


def test_a_process_under_a_taken_name_is_refused_in_a_sentence(stage: Stage) -> None:
    stage.process("worker-1")
    stage.desk.begin("walk", "one")
    stage.until_longer(0)
    second = stage.process("worker-1")
    out, error = second.communicate(timeout=PATIENCE)
    assert (out, second.returncode) == ("", 1)
    assert error == ("Another process already runs as 'worker-1': stop it, or start this one under another name.\n")


def test_a_stop_is_quiet_and_quick_and_the_next_start_goes_on(file_stage: Stage) -> None:
    process = file_stage.process()
    file_stage.desk.begin("render", "one")
    file_stage.until_longer(0)
    start = time.monotonic()
    out, error = process.communicate("stop\n", timeout=PATIENCE)
    assert (out, error, process.returncode) == ("", "", 0)
    assert time.monotonic() - start < 2.0
    assert file_stage.lines() == ["rendering", "stopped"]
    assert not file_stage.desk.wait("one", 0).ended
    file_stage.process()
    file_stage.until(lambda: file_stage.lines()[2:] == ["rendering"], BACK)


def test_another_process_stops_a_running_act_within_a_second(file_stage: Stage) -> None:
    file_stage.process()
    file_stage.desk.begin("render", "one", queue="renders")
    file_stage.until_longer(0)
    file_stage.desk.cancel("one")
    file_stage.until(lambda: file_stage.lines()[-1] == "stopped", 1.0)
    assert file_stage.desk.wait("one", 1).status == "cancelled"


def test_work_that_kills_its_process_again_and_again_is_given_up(file_stage: Stage) -> None:
    file_stage.desk.begin("die", "one")
    for _ in range(CRASHES):
        assert file_stage.process().wait(PATIENCE) == -signal.SIGKILL
    file_stage.process()
    found = file_stage.desk.wait("one", PATIENCE)
    assert found.status == "failed"
    assert f"took its process down {CRASHES} times at the same place, after 1 remembered acts" in str(found.error)
    assert file_stage.lines() == ["one 0"]


def test_a_timer_outlives_its_process(file_stage: Stage) -> None:
    first = file_stage.process()
    file_stage.desk.later("walk", "one", 0.5)
    kill(first)
    file_stage.process()
    assert file_stage.desk.wait("one", PATIENCE).result == sum(range(ACTS))


def test_a_turn_begins_at_once_in_an_idle_process(tmp_path: Path) -> None:
    engine = DurableEngine(f"sqlite:///{tmp_path}/work.db")
    engine.register("turn", time.monotonic)
    engine.start()
    waits = []
    for number in range(10):
        start = time.monotonic()
        engine.begin("turn", str(number), queue="turns", key="thread")
        waits.append(engine.wait(str(number), PATIENCE).result - start)
    engine.stop()
    assert sorted(waits)[5] < 0.15


def test_one_process_has_one_engine_at_a_time(tmp_path: Path) -> None:
    first, second = (DurableEngine(f"sqlite:///{tmp_path}/{name}.db") for name in "ab")
    first.start()
    with pytest.raises(SetUp, match="already runs a durable engine"):
        second.start()
    first.stop()
    second.start()
    second.stop()


def test_an_engine_may_stop_and_start_again(tmp_path: Path) -> None:
    engine = DurableEngine(f"sqlite:///{tmp_path}/work.db")
    engine.register("walk", lambda: 1)
    for id in ("one", "two"):
        engine.start()
        engine.begin("walk", id)
        assert engine.wait(id, PATIENCE).result == 1
        engine.stop()
    engine.stop()


@pytest.mark.parametrize("url", ["sqlite:////proc/none/work.db", "postgresql://nobody@localhost:1/none"])
def test_a_database_that_cannot_be_opened_is_named(url: str) -> None:
    engine = DurableEngine(url)
    with pytest.raises(SetUp, match="cannot be opened"):
        engine.start()


def test_a_password_is_never_said() -> None:
    with pytest.raises(SetUp) as found:
        DurableEngine("postgresql://me:secret@localhost:1/none").start()
    assert "secret" not in str(found.value)


def test_a_file_is_opened_for_several_processes_and_for_power_cuts(tmp_path: Path) -> None:
    db = sqlite(sa.make_url(f"sqlite:///{tmp_path}/work.db"))
    with db.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    db.dispose()


def test_what_is_kept_is_json_and_not_pickle(tmp_path: Path) -> None:
    engine = DurableEngine(f"sqlite:///{tmp_path}/work.db")
    engine.register("walk", lambda word: engine.remember("act", lambda: {"word": word}))
    engine.start()
    engine.begin("walk", "one", "hello")
    engine.wait("one", PATIENCE)
    engine.stop()
    db = sqlite(sa.make_url(f"sqlite:///{tmp_path}/work.db"))
    with db.connect() as connection:
        assert connection.exec_driver_sql("select output from operation_outputs").scalars().all() == [
            '{"word": "hello"}'
        ]
    db.dispose()


def test_the_library_logs_through_logging_alone(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    engine = DurableEngine(f"sqlite:///{tmp_path}/work.db")
    engine.start()
    engine.stop()
    logger = logging.getLogger("dbos")
    assert [type(handler) for handler in logger.handlers] == [logging.NullHandler]
    assert capfd.readouterr() == ("", "")
