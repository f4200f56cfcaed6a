"""Following the kept events of one conversation."""

from __future__ import annotations

import threading

from bot.notices import Notices
from kernel.store.records import Event
from tests.bot.room import Room


class Listener:
    """A surface that notes what it is shown."""

    name = "listener"

    def __init__(self) -> None:
        self.shown: list[str] = []

    def show(self, event: Event) -> None:
        """Note it."""
        self.shown.append(event.kind)


def happen(room: Room, *kinds: str, conversation: str | None = None) -> None:
    """Keep an event of each kind."""
    for kind in kinds:
        room.store.events.append(Event(conversation=conversation or room.here, kind=kind))


def test_each_event_is_shown_once_and_in_order(room: Room) -> None:
    listener = Listener()
    notices = Notices(room.store, room.here, listener)
    happen(room, "one", "two")
    assert notices.follow(lambda event: event.kind == "two")
    happen(room, "three")
    assert notices.follow(lambda event: event.kind == "three")
    assert listener.shown == ["one", "two", "three"]


def test_what_comes_right_behind_the_awaited_event_is_not_lost(room: Room) -> None:
    listener = Listener()
    notices = Notices(room.store, room.here, listener)
    happen(room, "awaited", "behind")
    assert notices.follow(lambda event: event.kind == "awaited")
    assert notices.follow(lambda event: event.kind == "behind", timeout=0)
    assert listener.shown == ["awaited", "behind"]


def test_other_conversations_and_the_past_are_not_shown(room: Room) -> None:
    happen(room, "past")
    listener = Listener()
    last = room.store.events.last()
    notices = Notices(room.store, room.here, listener, last.seq if last else 0)
    happen(room, "elsewhere", conversation="another")
    happen(room, "here")
    assert notices.follow(lambda event: event.kind == "here")
    assert listener.shown == ["here"]


def test_waiting_ends_when_the_time_is_up(room: Room) -> None:
    notices = Notices(room.store, room.here, Listener())
    assert not notices.follow(lambda event: True, timeout=0)


def test_waiting_ends_when_it_is_stopped(room: Room) -> None:
    halted = threading.Event()
    halted.set()
    happen(room, "one")
    listener = Listener()
    assert not Notices(room.store, room.here, listener).follow(lambda event: True, stop=halted)
    assert listener.shown == []


def test_the_last_words_are_shown_when_nothing_more_will_come(room: Room) -> None:
    listener = Listener()
    notices = Notices(room.store, room.here, listener)
    answers = iter([True, False])

    def busy() -> bool:
        happen(room, "word")
        return next(answers)

    notices.show_while(busy)
    assert listener.shown == ["word", "word"]
