"""The end of a walk is told once, whichever of those that were under way came to it."""

from __future__ import annotations

from kernel.store.records import Event
from tests.bot.room import WISH, Room


def ends(room: Room) -> list[Event]:
    return [event for event in room.events("said") if str(event.payload["turn"]).startswith("event-")]


def two_walks(room: Room, *between: Event) -> None:
    """Have two more walks begin together and end as the first one did."""
    room.say(WISH, [room.footage])
    for walk in ("second", "third"):
        happens(room, Event(kind="walk_begun", payload={"walk": walk}))
    ends_at_the_gate(room, "second")
    for event in between:
        happens(room, event)
    ends_at_the_gate(room, "third")
    room.drain()


def ends_at_the_gate(room: Room, walk: str) -> None:
    told = {"walk": walk, "end": "gate", "steps": ["preview"]}
    happens(room, Event(kind="walk_ended", payload=told))
    room.app.conversations.event(room.here, f"{walk}:end", told)


def happens(room: Room, event: Event) -> None:
    room.store.events.append(event.model_copy(update={"job": room.job.id, "conversation": room.here}))


def test_two_walks_that_come_to_the_same_gate_at_once_are_told_once(room: Room) -> None:
    two_walks(room)
    assert len(ends(room)) == 2  # the first walk's, and one for the two that were begun together
    assert room.store.turns.pending(room.here) == []


def test_the_same_gate_opened_anew_in_between_is_news(room: Room) -> None:
    two_walks(room, Event(kind="gate_opened", step="preview", payload={"version": 2, "hash": "0" * 64}))
    assert len(ends(room)) == 3
