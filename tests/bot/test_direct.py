"""A yes that is said outside of any thread, where several videos wait: nobody guesses which one it is to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bot.room import Room


@pytest.fixture
def direct(tmp_path: Path) -> Iterator[Room]:
    """The direct messages of a person, with two videos that wait."""
    built = Room(tmp_path, surface="slack", address="T1:D1:1.0")
    built.opened()
    built.here = built.store.conversations.ensure("slack", "T1:D1:2.0")
    built.opened()
    yield built
    built.close()


def test_a_yes_outside_of_the_threads_is_to_none_of_two_and_to_the_only_one(direct: Room) -> None:
    outside = {"place": {"channel": "D1", "ts": "3.0", "thread_ts": "2.0", "direct": True}}
    assert direct.say("approve", payload=outside).startswith("Several videos wait for you here")
    assert direct.store.approvals.list(direct.job.id) == []
    direct.say("approve", payload={"place": {**outside["place"], "direct": False}})
    assert direct.states()["preview"] == "done"
    direct.say("approve")
    direct.here = direct.store.conversations.ensure("slack", "T1:D1:1.0")
    direct.say("approve", payload=outside)
    assert direct.states()["preview"] == "done"
