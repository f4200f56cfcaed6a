"""Replies: what is said to a turn, and whether to all or to its author alone."""

from __future__ import annotations

import re
from typing import Any

from kernel.document import Value
from kernel.errors import PersonError
from kernel.store.records import Event, Job, Turn

SLACK = "slack"
SILENT = "[silent]"
"""What the editor says to say nothing: to thanks, and to what people say to each other."""
_IDS = re.compile(r"@([UW][A-Z0-9]{2,})\b")


class Reply(Value):
    """What is said to a turn; an empty text says nothing."""

    text: str
    private: bool = False
    """Whether only the author of the turn reads it: refusals, and what concerns nobody else."""
    people: tuple[str, ...] = ()
    """Who is named in the text, as @ and the id that the surface knows them by."""


def named(surface: str, person: str) -> str:
    """Return how a text names a person: a surface that can mention somebody finds them by the @."""
    return f"@{person}" if surface == SLACK else person


def listed(surface: str, people: tuple[str, ...], last: str = "and") -> str:
    """Return several people as a text names them: "@U1, @U2 and @U3"."""
    names = [named(surface, person) for person in people]
    return f" {last} ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def refused(error: PersonError) -> Reply:
    """Return what its author alone is told when a turn counts for nothing."""
    return Reply(text=str(error), private=True, people=tuple(dict.fromkeys(_IDS.findall(str(error)))))


def said(turn: Turn, reply: Reply, job: Job | None) -> Event:
    """Return the event of what is said to a turn."""
    told: dict[str, Any] = {"text": reply.text, "turn": turn.id, "of": turn.kind}
    if turn.kind == "event":
        told |= {name: turn.payload[name] for name in ("end", "steps") if name in turn.payload}
    if reply.private:
        told |= {"private": True, "to": turn.author, "place": turn.payload.get("place", {})}
    if reply.people:
        told["people"] = list(reply.people)
    return Event(
        id=f"{turn.id}:said",
        job=job.id if job else None,
        conversation=turn.conversation,
        kind="said",
        payload=told,
    )
