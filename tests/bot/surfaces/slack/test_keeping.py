"""What was kept is begun, whatever happened in between; what could not be kept is told to whoever waits."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.app import App, build
from bot.surfaces.slack.intake import Place, Taken
from bot.surfaces.slack.keeping import Keeper
from kernel.engine import InlineEngine
from kernel.errors import RushesError
from kernel.settings import Settings
from kernel.store.records import Turn
from tests.bot.room import Room


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """The app, with an engine that does nothing by itself."""
    built = build(Settings.read({"RUSHES_DATA": str(tmp_path)}), engine=InlineEngine(), providers={})
    yield built
    built.__exit__()


def said(number: int, opens: bool = True, root: str = "1.0") -> Taken:
    """Return a message."""
    turn = Turn(id=f"t{number}", conversation="", surface="slack", text="hi", payload={"place": {}, "settings": {}})
    return Taken(place=Place(team="T1", channel="C1", root=root), turn=turn, opens=opens)


def begun(app: App, *numbers: int) -> list[bool]:
    """Say which turns were begun."""
    return [app.services.engine.outcome(f"turn-t{number}") is not None for number in numbers]


def test_what_comes_at_the_same_moment_is_kept_in_its_order_and_then_begun(app: App) -> None:
    async def whole() -> None:
        keeper, stop = Keeper(app), asyncio.Event()
        running = asyncio.create_task(keeper.run(stop))
        found = await asyncio.gather(*(keeper.keep(said(number % 30)) for number in range(40)))
        assert [kept.new for kept in found if kept] == [True] * 30 + [False] * 10
        assert [kept.begun for kept in found if kept].count(True) == 1
        assert await keeper.keep(said(99, opens=False, root="2.0")) is None
        stop.set()
        await running
        await keeper.close()

    asyncio.run(whole())
    assert [turn.id for turn in app.services.store.turns.unanswered("slack")] == [f"t{number}" for number in range(30)]
    assert all(begun(app, *range(30)))
    assert begun(app, 99) == [False]


def test_what_an_earlier_process_kept_and_never_began_is_begun_by_the_next(app: App) -> None:
    async def whole(then: bool) -> None:
        keeper, stop = Keeper(app), asyncio.Event()
        if then:
            stop.set()
            await keeper.run(stop)
        else:
            await keeper.keep(said(1))  # and nobody goes on with it: the process dies here
        await keeper.close()

    asyncio.run(whole(then=False))
    assert begun(app, 1) == [False]
    asyncio.run(whole(then=True))
    assert begun(app, 1) == [True]


def test_a_stop_that_another_process_began_stops_nothing_that_was_resumed_since(tmp_path: Path) -> None:
    room = Room(tmp_path, surface="slack", address="T1:C1:1.0")
    job = room.opened()
    room.app.conversations.receive(room.turn("stop", surface="slack"))
    assert room.job.decision == "paused"
    room.office.jobs.resume(job, "ann", "w")

    async def another() -> None:
        keeper, stop = Keeper(room.app), asyncio.Event()
        stop.set()
        await keeper.run(stop)
        await keeper.close()

    asyncio.run(another())
    assert room.store.jobs.get(job.id).decision is None
    room.close()


def test_what_cannot_be_kept_is_an_error_for_all_who_wait_and_the_next_is_kept(app: App) -> None:
    async def whole() -> None:
        keeper = Keeper(app)
        with app.services.store.database.write() as connection:
            connection.exec_driver_sql(
                "CREATE TRIGGER full BEFORE INSERT ON turns BEGIN SELECT RAISE(ABORT, 'no'); END"
            )
        failed = await asyncio.gather(*(keeper.keep(said(number)) for number in range(3)), return_exceptions=True)
        assert all(isinstance(error, RushesError) for error in failed)
        with app.services.store.database.write() as connection:
            connection.exec_driver_sql("DROP TRIGGER full")
        kept = await keeper.keep(said(1))
        assert kept is not None
        assert kept.new
        await keeper.close()

    asyncio.run(whole())
    assert [turn.id for turn in app.services.store.turns.unanswered("slack")] == ["t1"]
