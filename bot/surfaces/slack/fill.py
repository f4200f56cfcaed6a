"""From what happened to what is to be posted: events in, rows of the outbox out.

    the first of a job          its live card
    a gate opened               the preview with its storyboard, or the final with its scores, as files
    said, at a gate             the card with the buttons: the editor's words lead it, and the owner is mentioned
    said, to a message          an answer in the thread; to one person alone where it is private
    said, failed or done        a card that says what would help; the other files, and that it is done
    decided, outdated, expired  the gate's card again, without its buttons
    reminded, refused, exported a reminder, why a file was not taken in, a file
    a file waits                that it comes by itself, once a server is ready for it

All else moves the live card alone. Ids follow from causes, so filling twice adds nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from typing import Any, NamedTuple

from bot.house_rules import rules_of
from bot.office import Office
from bot.surfaces.slack import attachments
from bot.surfaces.slack.blocks import answers
from bot.surfaces.slack.blocks.gates import gate_card
from bot.surfaces.slack.blocks.text import line
from bot.surfaces.slack.gate_reader import gate_view
from bot.surfaces.slack.readers import delivery_view, failure_view
from bot.surfaces.slack.views import GateView
from bot.wording import thing_of
from kernel.errors import NotFound, TryAgain
from kernel.store.records import Event, Job, Kept, Post

SURFACE = "slack"
LIMIT = 500
"""Events that are read in one go."""
DECIDING = frozenset(
    {
        *("approved", "rejected", "kept_stale", "expired", "cancelled", "stale_found", "amended", "withdrawn"),
        *("step_done", "walk_begun", "vote_cast", "resumed"),
    }
)
"""What may change how a gate stands."""
PASSING = frozenset({"progressed", "step_started", "step_done", "file_arrived"})
"""What moves a card whose next frame may as well show it."""
LOST = ("failed", "dropped")
"""How rows stand that nobody saw."""
log = logging.getLogger("rushes.slack")


class Filled(NamedTuple):
    """What came of some events."""

    posts: tuple[Post, ...]
    seq: int
    """How far the events were read."""
    touched: frozenset[str]
    """The jobs that may look otherwise now."""
    pressing: frozenset[str]
    """Those of them of which somebody is to see it soon: it is more than progress."""
    read: int
    """How many events were read."""


def fill(office: Office, after: int, limit: int = LIMIT, carded: Collection[str] = ()) -> Filled:
    """Return what is to be posted because of the events after a place.

    Args:
        carded: jobs of which it is known that they have their card, so that nobody has to look.
    """
    filling = Filling(office, carded)
    events = office.services.store.events.since(after, limit=limit)
    for event in events:
        filling.take(event)
    seq = events[-1].seq if events else after
    pressing = frozenset(event.job for event in events if event.job in filling.touched and event.kind not in PASSING)
    return Filled(tuple(filling.posts), seq, frozenset(filling.touched), pressing, len(events))


class Filling:
    """The rows that some events give, in their order."""

    def __init__(self, office: Office, carded: Collection[str] = ()) -> None:
        self.posts: list[Post] = []
        self.touched: set[str] = set()
        self._office = office
        self._store = office.services.store
        self._ours: dict[str, bool] = {}
        self._carded = set(carded)
        self._known: dict[str, Callable[[Event], None]] = {
            "said": self._said,
            "gate_opened": self._files,
            "reminded": self._reminded,
            "file_refused": self._refused,
            "file_waits": self._late,
            "exported": self._exported,
        }

    def take(self, event: Event) -> None:
        """Take an event in; one that cannot be told is logged, and holds up none of the others.

        Raises:
            TryAgain: the database is away, which is no fault of the event's.
        """
        if not event.conversation or not (event.job in self._carded or self._is_ours(event.conversation)):
            return
        before = len(self.posts)
        try:
            self._taken(event)
        except TryAgain:
            raise
        except Exception:
            del self.posts[before:]
            log.exception("An event (%s) could not be told.", event.kind, extra={"job": event.job or "", "step": ""})
            if event.kind == "said" and not event.payload.get("private"):
                self._answer(event)  # the words alone are better than silence

    def _taken(self, event: Event) -> None:
        if event.job:
            self.touched.add(event.job)
            self._card(event)
        if known := self._known.get(event.kind):
            known(event)
        if event.job and event.kind in DECIDING:
            self._gates(event)

    def _is_ours(self, conversation: str) -> bool:
        if conversation not in self._ours:
            with suppress(NotFound):
                self._ours[conversation] = self._store.conversations.get(conversation).surface == SURFACE
        return self._ours.get(conversation, False)

    def _add(self, event: Event, id: str, body: dict[str, Any], **more: Any) -> None:
        row = {"surface": SURFACE, "conversation": event.conversation, "job": event.job, "kind": "message", **more}
        if self._find(id) is None:
            self.posts.append(Post(id=id, body=body, **row))

    def _find(self, id: str) -> Post | None:
        return next((post for post in self.posts if post.id == id), None) or self._store.posts.find(id)

    def _rows(self, conversation: str | None) -> list[Post]:
        """Return what was or is to be posted in a conversation, oldest first."""
        fresh = [post for post in self.posts if post.conversation == conversation]
        return [*self._store.posts.list(conversation or ""), *fresh]

    def _card(self, event: Event) -> None:
        """Begin the live card with the first that happens in a job; it is drawn as it is sent."""
        if event.job in self._carded:
            return
        self._carded.add(event.job or "")
        if self._find(f"card:{event.job}") is None:
            title = line(self._job(event).title)
            self._add(event, f"card:{event.job}", {"text": title, "live": True})

    def _job(self, event: Event) -> Job:
        return self._store.jobs.get(event.job or "")

    def _said(self, event: Event) -> None:
        """Post what was said, in the form that fits what it was said to."""
        told = event.payload
        if told.get("private"):
            self._private(event)
        elif told.get("of") == "event":
            ends = {"gate": self._waits, "failed": self._failed, "done": self._done, "stopped": self._answer}
            ends.get(told.get("end", ""), _nothing)(event)
        else:
            self._answer(event)
            self._again(event)

    def _answer(self, event: Event) -> None:
        self._add(event, event.id, answers.answer(event.payload["text"], event.payload.get("people", ())))

    def _private(self, event: Event) -> None:
        told, place = event.payload, event.payload.get("place") or {}
        body = {**answers.private(told["text"], told.get("people", ())), "to": told["to"]}
        if not place.get("channel"):
            self._add(event, event.id, body)
            return
        where = {name: place[name] for name in ("channel", "thread_ts") if place.get(name)}
        self._add(event, event.id, {**body, **where}, kind="private")

    def _waits(self, event: Event) -> None:
        """Post the card of each gate that waits; where it stands already, what was said is an answer."""
        cards = [self._gate(event, kept) for kept in self._waiting(event)]
        if not any(cards):
            self._answer(event)

    def _waiting(self, event: Event) -> list[Kept]:
        """Return the documents that were told to wait, as they were told."""
        found = []
        for step in event.payload.get("steps", ()):
            opened = [e for e in self._store.events.of(event.job or "", "gate_opened") if e.step == step]
            told = [e for e in opened if e.seq < event.seq]
            with suppress(NotFound):
                found += [self._store.documents.get(told[-1].payload["hash"], event.job)] if told else []
        return found

    def _gate(self, event: Event, kept: Kept) -> bool:
        """Post the card of a gate, unless one stands open; return whether it was posted."""
        shown = self._shown(event, kept.hash)
        if self._asked_by(event, kept.hash):
            return True
        if shown and _is_open(shown):
            return False
        lead = event.payload["text"] if event.payload.get("of") == "event" else ""
        view = self._view(event, kept, lead)
        first = f"gate:{event.job}:{kept.hash}"  # two jobs may come to the same document
        id = f"{first}:{event.id}" if shown else first
        card = {"hash": kept.hash, "lead": lead, "open": view.state == "open", "cause": event.id}
        self._add(event, id, {**gate_card(view), "gate": card})
        return True

    def _asked_by(self, event: Event, hash_: str) -> bool:
        """Say whether this very event has brought a gate's card already."""
        return any(row.body["gate"]["cause"] == event.id for row in self._cards(event) if _is_of(row, hash_))

    def _shown(self, event: Event, hash_: str) -> Post | None:
        """Return the newest row about a gate's card; None where it was never shown."""
        rows = [row for row in self._cards(event) if _is_of(row, hash_)]
        return rows[-1] if rows else None

    def _cards(self, event: Event) -> list[Post]:
        """Return the rows about gates' cards of the event's job, oldest first."""
        return [row for row in self._rows(event.conversation) if "gate" in row.body and row.job == event.job]

    def _again(self, event: Event) -> None:
        """Show a gate again whose card could not be posted, now that somebody is heard in its thread."""
        lost = [row.body["gate"]["hash"] for row in self._cards(event) if row.status in LOST]
        for hash_ in dict.fromkeys(lost):
            newest = self._shown(event, hash_)
            with suppress(NotFound):
                kept = self._store.documents.get(hash_, event.job)
                if newest and newest.status in LOST and self._awaits(event, kept):
                    self._gate(event, kept)

    def _awaits(self, event: Event, kept: Kept) -> bool:
        return self._view(event, kept).state == "open"

    def _view(self, event: Event, kept: Kept, lead: str = "") -> GateView:
        return gate_view(self._office, self._job(event), kept, lead)

    def _gates(self, event: Event) -> None:
        """Show the open gates of a job as they stand now: without buttons, where they wait no more."""
        newest = {row.body["gate"]["hash"]: row for row in self._cards(event)}
        for hash_, row in newest.items():
            if _is_open(row):
                self._redrawn(event, hash_, row)

    def _redrawn(self, event: Event, hash_: str, row: Post) -> None:
        kept = self._store.documents.get(hash_, event.job)
        lead = row.body["gate"]["lead"]
        view = self._view(event, kept, lead)
        if view.state == "open" and event.kind != "vote_cast":
            return
        card = {"hash": hash_, "lead": lead, "open": view.state == "open", "cause": event.id}
        target = row.target or row.id
        self._add(event, f"{target}:{event.id}", {**gate_card(view), "gate": card}, kind="update", target=target)

    def _files(self, event: Event) -> None:
        """Put what a person judges by into the thread, before the card that asks them."""
        kept = self._store.documents.get(event.payload["hash"], event.job)
        self._upload(event, attachments.of_gate(self._office, self._job(event), kept))

    def _upload(self, event: Event, files: Iterable[attachments.Attached]) -> None:
        for file in files:
            if file.body.get("text"):
                self._add(event, file.id, file.body)
            else:
                self._add(event, file.id, file.body, kind="upload")

    def _failed(self, event: Event) -> None:
        view = failure_view(self._office, self._job(event), event.payload.get("steps", ()))
        self._add(event, event.id, answers.failure_card(view))

    def _done(self, event: Event) -> None:
        job = self._job(event)
        files = [row for row in self._rows(event.conversation) if row.kind == "upload"]
        there = {row.body.get("hash") for row in files if row.status not in LOST}
        self._upload(event, attachments.of_delivery(self._office, job, there))
        wide = {"broadcast": True} if rules_of(self._store, job.conversation).broadcast else {}
        self._add(event, event.id, {**answers.delivered(delivery_view(self._office, job)), **wide})

    def _reminded(self, event: Event) -> None:
        told = event.payload
        shown = self._shown(event, told["hash"])
        if shown is None or not _is_open(shown):
            return
        kept = self._store.documents.get(told["hash"], event.job)
        view = self._view(event, kept)
        if view.state != "open":  # decided since, and not shown so yet
            return
        yes = {vote.by for vote in view.votes if vote.verdict == "approved"}
        people = [person for person in view.people if person not in yes] or [view.owner]
        what = f"{thing_of(event.step)} v{told['version']}"
        self._add(event, event.id, answers.reminder(people, what, told.get("number", 1)))

    def _refused(self, event: Event) -> None:
        told = event.payload
        named = told["name"] in told["why"]
        text = told["why"] if named else f"I could not take in {told['name']}: {told['why']}"
        self._add(event, f"refused:{event.conversation}:{told.get('id') or event.id}", answers.answer(text))

    def _late(self, event: Event) -> None:
        self._add(event, event.id, answers.answer(event.payload["why"]))

    def _exported(self, event: Event) -> None:
        told = event.payload
        instead = attachments.instead(self._job(event), line(told["name"]))
        body = {"path": told["path"], "name": told["name"], "comment": "", "instead": instead}
        self._add(event, event.id, body, kind="upload")


def _nothing(event: Event) -> None:
    """Say nothing: the live card says it."""


def _is_of(row: Post, hash_: str) -> bool:
    return bool(row.body["gate"]["hash"] == hash_)


def _is_open(row: Post) -> bool:
    return bool(row.body["gate"]["open"]) and row.status not in LOST
