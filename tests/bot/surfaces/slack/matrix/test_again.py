"""What comes twice, or cannot be kept: each thing that people did is done once, and nothing of it is lost."""

from __future__ import annotations

import copy
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from kernel.engine import InlineEngine
from tests.bot.surfaces.slack.room import SlackRoom
from tests.fakes.slack.carry import PATIENCE
from tests.fakes.slack.delivery import Delivery

AFTER_ALL = 400.0
"""Slack's seconds in which it tries the third time again."""


def again(room: SlackRoom, delivery: Delivery, **changes: str) -> None:
    """Deliver the same thing once more, as Slack does that did not hear of its arrival."""
    payload = {**copy.deepcopy(delivery.payload), **changes}
    room.slack.world.deliver(Delivery(delivery.kind, payload, delivery.team)).wait()


def events_of(room: SlackRoom, text: str) -> list[Delivery]:
    """Return the deliveries of a message of these words: as a message, and as a mention."""
    known = room.slack.world.deliveries
    return [d for d in known if text in str(d.payload.get("event", {}).get("text", ""))]


def turns(room: SlackRoom, text: str) -> int:
    """Return how many turns were kept of a message of these words."""
    conversations = room.store.conversations.begun("slack", room.slack.team.id, 1000)
    kept = [turn for one in conversations for turn in room.store.turns.list(one.id)]
    return sum(text in turn.text for turn in kept)


@contextmanager
def database(room: SlackRoom) -> Iterator[sqlite3.Connection]:
    """Open the store's file beside the bot."""
    path = room.settings.database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None, timeout=10)) as opened:
        yield opened


@contextmanager
def hurried(room: SlackRoom) -> Iterator[None]:
    """Have Slack wait for an acknowledgement as short as its other seconds are here."""
    before = room.slack.sockets.patience
    room.slack.sockets.patience = PATIENCE
    try:
        yield
    finally:
        room.slack.sockets.patience = before


def test_an_event_that_comes_four_times_is_one_turn_and_one_job(room: SlackRoom) -> None:
    root = room.drops("a brief that comes often, 12 seconds")
    room.gate(root)
    for delivery in events_of(room, "comes often"):
        for _ in range(3):
            again(room, delivery)
        again(room, delivery, event_id="Ev0ANOTHER")
    room.require_each_once(root)
    assert turns(room, "comes often") == 1
    assert len(room.happened(root, "gate_opened")) == 1


def test_an_event_that_comes_again_after_a_restart_is_known(room: SlackRoom) -> None:
    root = room.drops("a brief before the restart, 12 seconds")
    room.gate(root)
    room.reopen()
    for delivery in events_of(room, "before the restart"):
        again(room, delivery)
    room.require_each_once(root)
    assert turns(room, "before the restart") == 1


def test_an_event_that_comes_to_a_second_process_is_known(room: SlackRoom) -> None:
    root = room.drops("a brief for two processes, 12 seconds")
    room.gate(root)
    room.settled(root)
    other = room.build(InlineEngine(workers=2))  # of its own is all that lies in memory: the engine, what was kept last
    other.services.engine.start()
    second = room.open(other)
    room.surface.stop()
    for delivery in events_of(room, "for two processes"):
        again(room, delivery)
    room.require_each_once(root)
    assert turns(room, "for two processes") == 1
    assert len(room.happened(root, "gate_opened")) == 1
    second.stop()
    room.surface = room.open(room.app)


def test_what_cannot_be_kept_is_not_acknowledged_and_comes_again(room: SlackRoom) -> None:
    with database(room) as opened, hurried(room):
        opened.execute("CREATE TRIGGER full BEFORE INSERT ON turns BEGIN SELECT RAISE(ABORT, 'disk is full'); END")
        root = room.drops("a brief on a full disk, 12 seconds")
        room.wait(lambda: all(d.attempts >= 2 for d in events_of(room, "full disk")))
        assert not [d for d in events_of(room, "full disk") if d.over.is_set()]
        opened.execute("DROP TRIGGER full")
    room.slack.clock.skip(AFTER_ALL)
    room.gate(root)
    room.require_each_once(root)
    assert turns(room, "full disk") == 1


def test_a_busy_database_delays_and_loses_nothing(room: SlackRoom) -> None:
    with database(room) as opened, hurried(room):
        opened.execute("BEGIN IMMEDIATE")
        root = room.drops("a brief for a busy database, 12 seconds")
        room.wait(lambda: all(d.attempts >= 2 for d in events_of(room, "busy database")))
        opened.execute("COMMIT")
    room.slack.clock.skip(AFTER_ALL)
    room.gate(root)
    room.require_each_once(root)
    assert turns(room, "busy database") == 1


def test_a_click_that_is_replayed_approves_once(room: SlackRoom) -> None:
    root, gate = room.opened()
    click = room.ann.clicks(gate, "plan.approve")
    assert click is not None
    for _ in range(3):
        again(room, click)
    room.gate(root, "review.accept")
    room.require_each_once(root)
    assert len(room.store.approvals.list(room.job_of(root).id)) == 1


@pytest.fixture
def signed(tmp_path: Path) -> Iterator[SlackRoom]:
    """A room in HTTP mode."""
    with SlackRoom(tmp_path, http=True) as opened:
        yield opened


def refused(room: SlackRoom, text: str) -> list[Delivery]:
    """Say something, wait until it was tried twice, and let it come no more; return its deliveries."""
    known = len(room.slack.world.journal)
    room.ann.says(room.videos, f"<@BOT> {text}")
    room.wait(lambda: len([line for line in room.slack.world.journal[known:] if line["what"] == "answered"]) == 4)
    room.slack.http_mode.leave()
    room.slack.http_mode.point_at(room.slack.http_mode.url)
    assert {line["status"] for line in room.slack.world.journal[known:] if line["what"] == "answered"} == {401}
    return events_of(room, text)


def test_only_what_slack_signed_just_now_is_taken(signed: SlackRoom) -> None:
    http, good = signed.slack.http_mode, signed.slack.http_mode.secret
    http.secret = "a secret that is not ours"
    assert len(refused(signed, "forged")) == 2
    http.secret, http.late = good, 6 * 60
    assert len(refused(signed, "six minutes old")) == 2
    http.late = 0
    root = signed.ann.says(signed.videos, "<@BOT> hello")
    signed.answered(root)
    assert (turns(signed, "forged"), turns(signed, "minutes old"), turns(signed, "hello")) == (0, 0, 1)


def test_a_signed_request_that_is_replayed_does_nothing_more(signed: SlackRoom) -> None:
    root, gate = signed.opened()
    click = signed.ann.clicks(gate, "plan.approve")
    assert click is not None
    again(signed, click)
    for delivery in events_of(signed, "12 seconds"):
        again(signed, delivery)
    signed.gate(root, "review.accept")
    signed.require_each_once(root)
    assert len(signed.store.approvals.list(signed.job.id)) == 1
    assert len(signed.jobs) == 1
