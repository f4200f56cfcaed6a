"""Sockets that go away: asked to, or cut with no word; people's clicks arrive all the same, each once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.bot.surfaces.slack.room import SlackRoom
from tests.fakes.slack.delivery import Delivery
from tests.fakes.slack.server import FakeSlack

SCALE = 0.25
"""Seconds here for one of Slack's: our own look at the socket each second is not made shorter for tests."""
TIMES, SECONDS = 20, 60.0
"""So often a socket goes away, in so many of Slack's seconds."""
BACK = 10.0
"""Of Slack's seconds, within which a new one is there."""


@pytest.fixture
def room(tmp_path: Path) -> Iterator[SlackRoom]:
    """A room with two processes that listen, as while one takes over from the other."""
    with SlackRoom(tmp_path, slack=FakeSlack(scale=SCALE)) as opened:
        opened.open(opened.app)
        opened.slack.limits.on = False
        yield opened


def back(room: SlackRoom, opened: int) -> bool:
    """Say whether a new socket has come since there were so many, and both processes have one."""
    return room.slack.sockets.opened > opened and room.slack.sockets.count >= 2


def test_twenty_sockets_go_away_in_a_minute_and_nothing_is_lost(room: SlackRoom) -> None:
    root, gate = room.opened()
    sockets, clock, began = room.slack.sockets, room.slack.clock, room.slack.clock.slack()
    clicks: list[Delivery] = []
    longest = 0.0
    for number in range(TIMES):
        which, opened = number % sockets.count, sockets.opened
        how = ("warning", "refresh_requested", "cut")[number % 3]
        if how == "cut":
            sockets.cut(which)
        else:
            sockets.disconnect(how, which)
        click = room.bob.clicks(gate, "plan.approve")
        assert click is not None
        clicks.append(click)
        went = time.monotonic()
        room.wait(partial(back, room, opened))
        longest = max(longest, (time.monotonic() - went) / SCALE)
    assert clock.slack() - began < SECONDS
    assert longest < BACK
    assert [click.why_lost for click in clicks] == [""] * TIMES
    room.wait(lambda: len(room.told(room.bob)) == TIMES)
    room.ann.clicks(gate, "plan.approve")
    room.gate(root, "review.accept")
    room.require_each_once(root)
    assert room.slack.problems == []
