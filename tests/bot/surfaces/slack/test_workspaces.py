"""Workspaces: each with its own token, sealed; who leaves is forgotten, and their jobs stand still."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from bot.surfaces.slack.workspaces import DEPARTED, Bundle, Departure, Workspaces, depart, departure
from kernel.errors import SetUp
from kernel.store import Store
from kernel.store.records import Turn, now
from tests.bot.room import Room
from tests.databases import ready

CANARY = "xoxb-1-canary-of-a-token"
LATER = now().timestamp() + 86400
SEAL = Fernet(Fernet.generate_key())


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store of its own."""
    opened = Store.open(ready(f"sqlite:///{tmp_path / 'rushes.sqlite'}"))
    yield opened
    opened.close()


@pytest.fixture
def workspaces(store: Store) -> Workspaces:
    """The workspaces, none so far."""
    return Workspaces(store, SEAL)


def bundle(team: str = "T1", **values: Any) -> Bundle:
    """Return an installation."""
    return Bundle(**{"team": team, "token": f"{CANARY}-{team}", "user": "U0", "by": "U1", **values})


def test_each_workspace_has_its_own_token(workspaces: Workspaces) -> None:
    workspaces.keep(bundle("T1"))
    workspaces.keep(bundle("T2"))
    workspaces.keep(bundle("T2", token="xoxb-newer"))
    assert workspaces.token("T1") == f"{CANARY}-T1"
    assert workspaces.token("T2") == "xoxb-newer"
    assert workspaces.token("T3") is None
    assert workspaces.find("") is None


def test_no_token_can_be_read_from_the_database_or_from_what_is_printed(store: Store, workspaces: Workspaces) -> None:
    workspaces.keep(bundle("T1"))
    path = Path(str(store.database.engine.url.database))
    found = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert b"T1" in found
    assert CANARY.encode() not in found
    assert CANARY not in f"{workspaces.find('T1')!r} {store.installations.list('slack')!r}"


def test_another_secret_opens_nothing_and_says_what_to_do(store: Store, workspaces: Workspaces) -> None:
    workspaces.keep(bundle("T1"))
    with pytest.raises(SetUp, match="put the old RUSHES_SECRET_KEY"):
        Workspaces(store, Fernet(Fernet.generate_key())).token("T1")


def test_a_token_that_was_moved_to_another_workspace_is_refused(store: Store, workspaces: Workspaces) -> None:
    workspaces.keep(bundle("T1"))
    [row] = store.installations.list("slack")
    store.installations.keep(row.model_copy(update={"team": "T2"}))
    with pytest.raises(SetUp, match="another workspace"):
        workspaces.token("T2")


def test_an_organisation_installs_for_all_its_workspaces(workspaces: Workspaces) -> None:
    workspaces.keep(bundle("", enterprise="E1", org=True, token="xoxb-org"))
    assert workspaces.token("T1") is None
    assert workspaces.find("T1", "E1", org=True) is not None
    workspaces.heard("E1", "T1")
    assert workspaces.token("T1") == "xoxb-org"
    workspaces.keep(bundle("T1", enterprise="E1"))
    assert workspaces.token("T1") == f"{CANARY}-T1"
    found = workspaces.find("T1", "E1", org=True)
    assert found is not None
    assert found.token == "xoxb-org"


def test_who_leaves_is_forgotten_and_nobody_else(workspaces: Workspaces) -> None:
    workspaces.keep(bundle("T1"))
    workspaces.keep(bundle("T2"))
    assert workspaces.leave(Departure(team="T1", at=LATER)) == ("T1",)
    assert workspaces.leave(Departure(team="T1", at=LATER)) == ("T1",)
    assert workspaces.token("T1") is None
    assert workspaces.token("T2") is not None


def test_a_departure_that_is_told_late_leaves_a_newer_installation_alone(workspaces: Workspaces) -> None:
    workspaces.keep(bundle("T1"))
    assert workspaces.leave(Departure(team="T1", at=now().timestamp() - 300)) == ()
    assert workspaces.token("T1") is not None


def test_an_organisation_leaves_with_all_its_workspaces_but_those_that_installed_by_themselves(
    store: Store, workspaces: Workspaces
) -> None:
    workspaces.keep(bundle("", enterprise="E1", org=True))
    workspaces.keep(bundle("T2", enterprise="E1"))
    for team in ("T1", "T2"):
        workspaces.heard("E1", team)
    teams = workspaces.leave(Departure(enterprise="E1", org=True, at=LATER))
    assert teams == ("T1",)
    workspaces.forget(teams)
    assert workspaces.token("T1") is None
    assert workspaces.token("T2") is not None
    assert Workspaces(store, SEAL).token("T1") is None


@pytest.mark.parametrize(
    ("event", "told"),
    [
        ({"type": "app_uninstalled"}, True),
        ({"type": "team_access_revoked", "team_ids": []}, False),
        ({"type": "tokens_revoked", "tokens": {"bot": ["U0"], "oauth": []}}, True),
        ({"type": "tokens_revoked", "tokens": {"oauth": ["U1"]}}, False),
        ({"type": "message", "text": "app_uninstalled"}, False),
    ],
)
def test_only_the_end_of_the_bots_own_token_is_a_departure(event: dict[str, Any], told: bool) -> None:
    found = departure({"team_id": "T1", "event": event, "event_time": 17})
    assert found == (Departure(team="T1", at=17) if told else None)


def test_an_organisations_departure_is_told_apart() -> None:
    who = {"enterprise_id": "E1", "team_id": None, "is_enterprise_install": True}
    found = departure({"event": {"type": "app_uninstalled"}, "event_time": 17, "authorizations": [who]})
    assert found == Departure(enterprise="E1", org=True, at=17)


def test_an_organisation_that_takes_the_bot_from_a_workspace_keeps_it_in_the_others(
    store: Store, workspaces: Workspaces
) -> None:
    event = {"type": "team_access_revoked", "team_ids": ["T1", "T2"]}
    found = departure({"team_id": "T3", "enterprise_id": "E1", "event": event, "event_time": int(LATER)})
    assert found is not None
    assert found.lost == ("T1", "T2")
    workspaces.keep(bundle("", enterprise="E1", org=True))
    workspaces.keep(bundle("T2", enterprise="E1"))
    for team in ("T1", "T2", "T3"):
        workspaces.heard("E1", team)
    assert workspaces.leave(found.model_copy(update={"at": now().timestamp() - 300})) == ()
    assert workspaces.leave(found) == ("T1",)
    workspaces.forget(("T1",))
    assert [workspaces.token(team) is not None for team in ("T1", "T2", "T3")] == [False, True, True]


def test_the_jobs_of_a_workspace_that_left_stand_still_and_no_other(tmp_path: Path) -> None:
    room = Room(tmp_path)
    jobs = {}
    for team in ("T1", "T10"):
        here = room.store.conversations.ensure("slack", f"{team}:C1:1.5")
        room.app.conversations.receive(room.turn("12 seconds", [room.footage], conversation=here))
        room.drain()
        jobs[team] = room.office.job(here)
    workspaces = Workspaces(room.store, SEAL)
    for team in jobs:
        workspaces.keep(bundle(team))
    for _ in range(2):
        assert depart(room.office, workspaces, Departure(team="T1", at=LATER)) == ("T1",)
    after = {team: room.store.jobs.get(job.id) for team, job in jobs.items()}
    assert (after["T1"].decision, after["T1"].decided_by) == ("paused", DEPARTED)
    assert after["T10"].decision is None
    assert [event.payload["by"] for event in room.store.events.since(0) if event.kind == "paused"] == [DEPARTED]
    room.close()


def test_with_a_token_in_the_settings_the_jobs_stand_still_too(tmp_path: Path) -> None:
    room = Room(tmp_path)
    here = room.store.conversations.ensure("slack", "T1:C1:1.5")
    room.app.conversations.receive(Turn(id="t", conversation=here, author="U1", text="hello"))
    room.app.conversations.receive(room.turn("12 seconds", [room.footage], conversation=here))
    room.drain()
    assert depart(room.office, None, Departure(team="T2", lost=("T3",), at=LATER)) == ("T3",)
    assert room.office.job(here).decision is None
    assert depart(room.office, None, Departure(team="T1", at=LATER)) == ("T1",)
    assert room.office.job(here).decision == "paused"
    room.close()


def test_the_secret_and_the_database_outlive_the_process_together(store: Store) -> None:
    key = Fernet.generate_key()
    Workspaces(store, Fernet(key)).keep(bundle("T1"))
    assert Workspaces(store, Fernet(key)).token("T1") == f"{CANARY}-T1"
    with sqlite3.connect(str(store.database.engine.url.database)) as database:
        [[sealed]] = database.execute("select sealed from installations").fetchall()
    assert sealed.startswith("gAAAA")
    database.close()
