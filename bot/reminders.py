"""Reminders: a gate that waits is called to mind after 4 hours, again a day later, and expires after a week.

The timers are the engine's, so they outlive every process. They begin when the end of a walk at a gate is told, and
again each time it is told: what an older telling began does nothing any more, nor does a timer whose gate was decided,
superseded or halted meanwhile. An expiry stops nothing and changes no document: answers to it count no more, until
`resume` tells the gate anew; then its card is posted again and the week begins again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from bot.office import Office
from kernel.engine import Engine
from kernel.policies.quiet_hours import is_quiet
from kernel.store import Store
from kernel.store.records import Event, Job, Kept

HOUR = 3600.0
AFTER = (4 * HOUR, 28 * HOUR)
"""When a person is reminded: after 4 hours, and after 24 more."""
EXPIRES = 7 * 24 * HOUR
AGAIN = HOUR
"""After which a reminder that fell into quiet hours looks again."""
NAME = "reminder"


def begin(office: Office, engine: Engine, job: Job, walk: str, steps: tuple[str, ...]) -> None:
    """Begin the timers of the gates at which a walk has ended; told twice it begins them once."""
    for step in steps:
        kept = office.services.store.documents.latest(job.id, step)
        if kept is None:
            continue
        _reopened(office.services.store, job, kept, walk)
        for number, seconds in enumerate((*AFTER, EXPIRES), 1):
            timer = {"job": job.id, "step": step, "hash": kept.hash, "walk": walk, "number": number}
            engine.later(NAME, f"remind-{walk}-{step}-{kept.hash[:16]}-{number}", seconds, timer)


def workflow(office: Office, engine: Engine, clock: Callable[[], datetime]) -> Callable[[dict[str, Any]], None]:
    """Return the engine's workflow `reminder`."""

    def remind(timer: dict[str, Any]) -> None:
        engine.remember("remind", lambda: _remind(office, engine, timer, clock()))

    return remind


def expired(store: Store, job: Job, kept: Kept) -> bool:
    """Say whether a gate has expired and was not told anew since."""
    last = _last_told(store, job, kept.step, kept.hash)
    return last is not None and last.kind == "expired"


def _remind(office: Office, engine: Engine, timer: dict[str, Any], now: datetime) -> None:
    store = office.services.store
    job = store.jobs.get(timer["job"])
    kept = store.documents.latest(job.id, timer["step"])
    if kept is None or not _waits(office, job, kept, timer) or _is_overdue(store, job, timer, now):
        return
    last = timer["number"] > len(AFTER)
    quiet = office.services.settings.quiet_hours
    if not last and quiet and is_quiet(quiet, now.hour):
        later = {**timer, "looks": timer.get("looks", 0) + 1}
        id = f"remind-{timer['walk']}-{kept.step}-{kept.hash[:16]}-{timer['number']}-{later['looks']}"
        engine.later(NAME, id, AGAIN, later)
        return
    told: dict[str, Any] = {"step": kept.step, "version": kept.version, "hash": kept.hash}
    kind = "expired" if last else "reminded"
    _tell(
        store,
        job,
        kept,
        f"{timer['walk']}:{kind}:{kept.step}:{timer['number']}",
        kind,
        told | ({} if last else {"number": timer["number"]}),
    )


def _waits(office: Office, job: Job, kept: Kept, timer: dict[str, Any]) -> bool:
    """Say whether the gate that a timer was begun for still waits, and was not told of anew."""
    if job.decision or kept.hash != timer["hash"]:
        return False
    last = _last_told(office.services.store, job, kept.step, kept.hash)
    told = last is not None and last.kind == "walk_ended" and last.payload["walk"] == timer["walk"]
    return told and office.jobs.states(job)[kept.step] == "awaiting approval"


def _is_overdue(store: Store, job: Job, timer: dict[str, Any], now: datetime) -> bool:
    """Say whether the next timer is due already: after days of standing still people are told one thing, not three."""
    told = [event for event in store.events.of(job.id, "walk_ended") if event.payload["walk"] == timer["walk"]]
    waited = (now - told[0].created).total_seconds()
    return any(waited >= seconds for seconds in (*AFTER, EXPIRES)[timer["number"] :])


def _last_told(store: Store, job: Job, step: str, hash: str, before: int | None = None) -> Event | None:
    """Return the newest event that told a gate or its expiry."""
    ends = [
        e for e in store.events.of(job.id, "walk_ended") if e.payload["end"] == "gate" and step in e.payload["steps"]
    ]
    gone = [e for e in store.events.of(job.id, "expired") if e.payload["hash"] == hash and e.step == step]
    found = [event for event in (*ends, *gone) if before is None or event.seq < before]
    return max(found, key=lambda event: event.seq, default=None)


def _reopened(store: Store, job: Job, kept: Kept, walk: str) -> None:
    """Open a gate again whose expiry was told before this walk: it gets a card of its own."""
    ends = [event for event in store.events.of(job.id, "walk_ended") if event.payload["walk"] == walk]
    before = _last_told(store, job, kept.step, kept.hash, ends[0].seq) if ends else None
    if before is not None and before.kind == "expired":
        told = {
            "version": kept.version,
            "hash": kept.hash,
            "run": kept.run,
            "confidence": kept.confidence,
            "again": True,
        }
        _tell(store, job, kept, f"{walk}:gate_opened:{kept.step}", "gate_opened", told)


def _tell(store: Store, job: Job, kept: Kept, id: str, kind: str, payload: dict[str, Any]) -> None:
    store.events.append(
        Event(id=id, job=job.id, conversation=job.conversation, kind=kind, step=kept.step, payload=payload)
    )
