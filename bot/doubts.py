"""Doubts: making anew what undoes more than one yes is asked about once, before anything is undone.

What was asked for is kept as an event with the question; a yes does it, a no leaves all as it is.
"""

from __future__ import annotations

from bot.office import Office
from bot.wording import bare, thing_of
from kernel.document import Value, digest
from kernel.jobs import Rerun, Scope
from kernel.store.records import Event, Job

DOUBTED, LEFT = "doubted", "left_alone"
MANY = 2
"""Approvals that are not undone without asking."""


class Wish(Value):
    """A step that somebody wants to have made anew."""

    step: str
    text: str
    """Their words."""
    scope: Scope = Scope()
    refresh: bool = True

    def key(self, turn: str) -> str:
        """Return the id of what comes of this wish in a turn: said twice it is one, another of the same step is not."""
        return f"{turn}:{self.step}:{digest(self.model_dump(mode='json'))[:8]}"


def doubt(office: Office, job: Job, wish: Wish, turn: str) -> str:
    """Return what to ask before a step is made anew; empty where nothing is to be asked, or was asked before.

    Raises:
        NotFound: there is no such step. Denied: the job is cancelled or paused.
    """
    office.jobs.require_going(job)
    approved = _undone(office, job, wish.step)
    last = office.services.store.events.last(DOUBTED, LEFT, "approved", job=job.id)
    if len(approved) < MANY or (last and last.kind == DOUBTED and last.payload["turn"] != turn):
        return ""
    _tell(office, job, DOUBTED, f"{wish.key(turn)}:doubted", turn, wish)
    return (
        f"That undoes {' and '.join(approved)}, which were approved. Write `yes`, and I make {thing_of(wish.step)} "
        "anew; otherwise all stays as it is."
    )


def asked_in(office: Office, job: Job) -> str:
    """Return the turn whose wishes were asked about and neither done nor left alone since; empty for none."""
    last = office.services.store.events.last(DOUBTED, LEFT, "approved", "walk_begun", job=job.id)
    return str(last.payload["turn"]) if last and last.kind == DOUBTED else ""


def wishes_of(office: Office, job: Job, turn: str) -> tuple[Wish, ...]:
    """Return what was asked about because of a turn."""
    told = [event.payload for event in office.services.store.events.of(job.id, DOUBTED)]
    return tuple(Wish.model_validate(payload["wish"]) for payload in told if payload["turn"] == turn)


def make_anew(office: Office, job: Job, wish: Wish, by: str, turn: str) -> Rerun:
    """Have a step made anew.

    Raises:
        NotReady: it was never made. Denied: the job is cancelled or paused.
    """
    return office.jobs.rerun(job, wish.step, wish.text, wish.scope, by, wish.key(turn), wish.refresh)


def leave(office: Office, job: Job, turn: str) -> None:
    """Leave all as it is: the next time it is asked again."""
    _tell(office, job, LEFT, f"{turn}:{LEFT}", turn)


def _undone(office: Office, job: Job, step: str) -> list[str]:
    """Return what was approved and would have to be approved anew."""
    pipeline, store = office.jobs.pipeline(job), office.services.store
    below = {pipeline.step(step).name, *pipeline.descendants(step)}
    found = [store.documents.latest(job.id, one.name) for one in pipeline.steps if one.gate and one.name in below]
    given = {(a.step, a.hash) for a in store.approvals.list(job.id) if a.verdict == "approved"}
    return [
        f"{bare(thing_of(kept.step))} v{kept.version}" for kept in found if kept and (kept.step, kept.hash) in given
    ]


def _tell(office: Office, job: Job, kind: str, id: str, turn: str, wish: Wish | None = None) -> None:
    payload = {"turn": turn, **({"wish": wish.model_dump(mode="json")} if wish else {})}
    step = wish.step if wish else ""
    office.services.store.events.append(
        Event(id=id, job=job.id, conversation=job.conversation, kind=kind, step=step, payload=payload)
    )
