"""Who presents: one at a time, until told to stop, whatever breaks off in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.surfaces.slack.presenter import NAME
from kernel.errors import TryAgain
from kernel.liveness import FileLocks, Lock, locks_of
from tests.bot.surfaces.slack.stage import SCALE, Presenting, Stage, until
from tests.fakes.slack.server import FakeSlack
from tests.kernel.conftest import postgres  # noqa: F401  # the fixture


@dataclass
class Shaky:
    """Locks whose holder loses the first ones, and which cannot always be reached."""

    locks: FileLocks
    looks: int = 1
    taken: list[Lock] = field(default_factory=list)
    failing: int = 0

    def take(self, executor: str) -> Lock | None:
        """Take the lock, unless the place for locks is away."""
        if self.failing:
            self.failing -= 1
            raise TryAgain("The database is away.")
        lock = self.locks.take(executor)
        if lock is None:
            return None
        self.taken.append(lock)
        return Lost(lock) if len(self.taken) < 3 else lock

    def names(self) -> Iterator[str]:
        """Know nobody."""
        return iter(())


@dataclass
class Lost:
    """A lock that is lost as soon as somebody looks."""

    lock: Lock

    def held(self) -> bool:
        """It is not."""
        return False

    def release(self) -> None:
        """Give it back."""
        self.lock.release()


def shaky(stage: Stage, failing: int = 0) -> Shaky:
    """Return such locks beside the stage's database."""
    locks = locks_of(stage.settings.database_url)
    assert isinstance(locks, FileLocks)
    return Shaky(locks, failing=failing)


def test_a_presenter_that_lost_its_lock_takes_it_anew_and_goes_on(stage: Stage) -> None:
    locks = shaky(stage)
    with Presenting(stage, locks=locks):
        stage.tells("one")
        stage.sent(1)
        until(lambda: len(locks.taken) == 3)
        stage.tells("two")
        assert stage.sent(2) == ["one", "two"]


class Both:
    """Locks that everybody gets, as for a moment after the server that frees them was started anew."""

    looks = 2

    def take(self, executor: str) -> Lock:
        """Take it."""
        return self

    def names(self) -> Iterator[str]:
        """Know nobody."""
        return iter(())

    def held(self) -> bool:
        """It is."""
        return True

    def release(self) -> None:
        """Give it back."""


@pytest.mark.parametrize("fault", [{"slow": 5}, {"slow": 5, "drop_reply": True}], ids=str)
def test_while_two_take_themselves_for_the_one_each_message_stands_once(stage: Stage, fault: dict[str, Any]) -> None:
    stage.slack.faults.next("chat.postMessage", times=4, **fault)
    said = [f"sentence {number}" for number in range(4)]
    with Presenting(stage, locks=Both()), Presenting(stage, locks=Both()):
        stage.tells_all(*said)
        assert stage.sent(4) == said


def test_a_database_that_is_away_for_a_moment_ends_nothing(stage: Stage) -> None:
    with Presenting(stage, locks=shaky(stage, failing=3)):
        stage.tells("one")
        assert stage.sent(1) == ["one"]


def test_the_lock_is_given_back_at_the_end(stage: Stage) -> None:
    locks = locks_of(stage.settings.database_url)
    with Presenting(stage):
        stage.tells("one")
        stage.sent(1)
        assert locks.take(NAME) is None
    lock = locks.take(NAME)
    assert lock is not None
    lock.release()


def test_it_ends_at_once_while_slack_makes_it_wait(stage: Stage) -> None:
    stage.slack.faults.always("chat.postMessage", ratelimited=3600)
    with Presenting(stage) as presenting:
        stage.tells("one")
        until(lambda: stage.slack.faults.hits)
        presenting.end(seconds=5)


def test_what_was_said_while_nobody_presented_is_told_afterwards(stage: Stage) -> None:
    with Presenting(stage):
        stage.tells("one")
        stage.sent(1)
    stage.tells("two")
    with Presenting(stage):
        assert stage.sent(2) == ["one", "two"]


def test_a_workspace_without_the_bot_holds_up_no_other(stage: Stage) -> None:
    gone = stage.store.conversations.ensure("slack", "T0UNKNOWN:C1:1.1")
    here, stage.here = stage.here, gone
    stage.slack.faults.next("chat.postMessage", error="account_inactive")
    stage.tells("nobody hears")
    with Presenting(stage):
        until(lambda: stage.posts() and stage.posts()[0].status == "dropped")
        stage.here = here
        stage.tells("one")
        assert stage.sent(1) == ["one"]


@pytest.fixture
def served(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Stage]:
    """The stage on PostgreSQL."""
    fresh: Callable[[], str] = request.getfixturevalue("postgres")
    with FakeSlack(scale=SCALE) as slack:
        built = Stage(tmp_path, slack=slack, more={"RUSHES_DATABASE_URL": fresh()})
        yield built
        built.close()
        assert slack.problems == []


def test_on_postgresql_each_message_stands_once_though_the_server_ends_every_connection(served: Stage) -> None:
    served.opened()
    said = [f"sentence {number}" for number in range(3)]
    with Presenting(served), Presenting(served):
        served.sent(5, seconds=30)
        with served.store.database.read() as own:
            own.exec_driver_sql("select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()")
        served.tells_all(*said)
        texts = served.sent(8, seconds=30)
    assert texts[-3:] == said
    assert "needs your approval" in texts[-4]
    assert {row.status for row in served.posts()} == {"sent"}
