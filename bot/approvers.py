"""Approvers: whose yes a gate waits for, and what comes of each yes and no. Typed words and buttons pass here alike.

Who may is the owner of the job and whoever was named, unless the channel's rules say otherwise; at a terminal it is
whoever sits there. A vote is kept first and a decision made once the rule is met: bound to the hash that was shown, one
for each hash, whatever happens at the same moment. No model comes here.
"""

from __future__ import annotations

from typing import Literal

from bot import tokens
from bot.commands import Command
from bot.house_rules import OPERATOR, Rules, forms_since, place_of
from bot.office import Office
from bot.panels import Panel, Tally, Verdict, named_in, panel, tally
from bot.reminders import expired
from bot.replies import SLACK, Reply, listed, named
from bot.secret import secret_of
from bot.wording import bare, capital, thing_of
from kernel.approval import current, waiting
from kernel.errors import Denied, Stale
from kernel.store.records import Approval, Event, Job, Kept, Turn, Vote

NEXT = {"preview": "approved: I render the final now", "scorecard": "accepted: I deliver it now"}
"""What a yes to a step's document begins."""
LOOKED_AT = 100
"""Threads of a channel, newest first, in which something may wait."""
NOT_THIS = "This card is not in use here: look at the newest one in this thread."


def asked_of(office: Office, job: Job) -> Panel:
    """Return whose yes the gates of a job wait for, by the channel's rules and what its owner said.

    A rule that was set after the job began holds for it where whoever set it could have said yes themselves, where
    nobody could any more, or from the shell: else anybody who may not approve would make themselves somebody who may.
    """
    store = office.services.store
    own = [turn for turn in store.turns.list(job.conversation) if turn.author == job.asker]
    chosen = [str(person) for turn in own for person in turn.payload.get("approvers", ())]
    named_here = (*named_in(turn.text for turn in own), *chosen)
    asked = panel(Rules(), job, named_here)
    for form in forms_since(store, job.conversation, job.created):
        counts = form.by == OPERATOR or asked.has(form.by) or not asked.possible
        if counts or form.created <= job.created:
            asked = panel(Rules.model_validate(form.body), job, named_here)
    return asked


def waits(office: Office, job: Job) -> bool:
    """Say whether something waits for a person."""
    return _waiting(office, job) is not None


def may_end(office: Office, job: Job, person: str) -> bool:
    """Say whether a person may end a job for good: its owner, and who may approve it."""
    return job.surface != SLACK or person == job.asker or asked_of(office, job).has(person)


def require_may_end(office: Office, job: Job, person: str) -> None:
    """Refuse to end a job for somebody who may not.

    Raises:
        Denied: names who may.
    """
    if not may_end(office, job, person):
        people = tuple(dict.fromkeys((job.asker, *asked_of(office, job).people)))
        who = listed(job.surface, people, "or")
        raise Denied(f"Only {who} can cancel this job; anybody may stop it for now with `stop`.")


def require_may_keep(office: Office, job: Job, step: str, person: str) -> None:
    """Refuse to leave a stale gate as it is for somebody who could not approve it: what is new goes past it.

    Raises:
        Denied: names who may.
    """
    asked = asked_of(office, job)
    if job.surface != SLACK or not office.jobs.pipeline(job).step(step).gate:
        return
    _require_may(asked, job, person, "approved")
    if asked.needed > 1:
        raise Denied(f"Several people approve {step} here: `refresh` brings it up to date for all of them to look at.")


def answer(office: Office, job: Job, command: Command, turn: Turn) -> Reply:
    """Take somebody's yes or no in, and return what to tell.

    Raises:
        PersonError: it counts for nothing; says why, who decided and when.
    """
    verdict: Verdict = "approved" if command.name == "approve" else "rejected"
    kept = _open(office, job, _meant(office, job, command, turn), turn)
    asked = asked_of(office, job)
    _require_may(asked, job, turn.author, verdict)
    store = office.services.store
    id = f"{turn.id}:{verdict}"
    store.votes.cast(
        Vote(id=id, job=job.id, step=kept.step, hash=kept.hash, verdict=verdict, by=turn.author, note=command.text)
    )
    votes = store.votes.list(job.id, kept.step, kept.hash)
    stands = tally(asked, job.asker, votes)
    if stands.verdict is None:
        return _counted(office, job, kept, turn, verdict, stands, asked)
    # Whoever notices that the votes suffice enacts them: nobody's vote waits for its own process to come back.
    counting = [one for one in votes if one.verdict == stands.verdict and _counts(asked, job, one.by, one.verdict)]
    _decide(office, job, kept, counting[-1])
    first = store.approvals.find(job.id, kept.step, kept.hash)
    if first is None or first.id != id:
        raise Stale(_over(job, kept, first))
    return _decided(kept, turn, verdict)


def _meant(office: Office, job: Job, command: Command, turn: Turn) -> Kept:
    """Return the document that an answer is about: whose card was clicked or that was named, else what waits."""
    documents = office.services.store.documents
    if "place" in turn.payload and turn.kind == "button":
        gates = [step.name for step in office.jobs.pipeline(job).steps if step.gate]
        versions = [kept for gate in gates for kept in documents.versions(job.id, gate)]
        secret, given = secret_of(office.services.settings), str(turn.payload.get("token", ""))
        clicked = tokens.found(secret, turn.conversation, job.id, versions, given)
        if clicked is None:
            raise Denied(NOT_THIS)
        return clicked
    if shown := turn.payload.get("hash"):
        return documents.get(shown, job.id)
    if command.step and command.version:
        return documents.version(job.id, command.step, command.version)
    found = documents.latest(job.id, command.step) if command.step else _waiting(office, job)
    if found is None:
        raise Stale("Nothing waits for an approval; `status` shows how everything stands.")
    if turn.payload.get("place", {}).get("direct") and _others_wait(office, job):
        raise Stale("Several videos wait for you here: answer in the thread of the one you mean, or by its button.")
    if found.created > turn.created:
        raise Stale(f"{found.step} v{found.version} came after you wrote that: look at it, then approve it.")
    return found


def _others_wait(office: Office, job: Job) -> bool:
    """Say whether another job of the same channel waits too: what is said outside of their threads names none."""
    store = office.services.store
    here = store.conversations.get(job.conversation)
    known = [one.job for one in store.conversations.begun(here.surface, f"{place_of(here)}:", LOOKED_AT)]
    others = [store.jobs.get(id) for id in known if id and id != job.id]
    return any(other.decision is None and waits(office, other) for other in others)


def _waiting(office: Office, job: Job) -> Kept | None:
    return waiting(office.jobs.pipeline(job), office.jobs.record(job))


def _open(office: Office, job: Job, kept: Kept, turn: Turn) -> Kept:
    """Return the document if it may still be decided about.

    Raises:
        Stale, Denied: a newer one is current, it was decided, it expired, or the job stands still.
    """
    store, name = office.services.store, f"{kept.step} v{kept.version}"
    office.jobs.require_going(job)
    newest = store.documents.latest(job.id, kept.step)
    if newest is not None and newest.hash != kept.hash:
        raise Stale(f"This is {name}; v{newest.version} is current: look at that one.")
    first = store.approvals.find(job.id, kept.step, kept.hash)
    if first is not None and not first.id.startswith(f"{turn.id}:"):
        raise Stale(_over(job, kept, first))
    current(office.jobs.pipeline(job), office.jobs.record(job), kept.step, kept.hash)
    if expired(store, job, kept):
        raise Stale(f"{name} has expired, because nobody answered for a week: write `resume` to bring it back.")
    return kept


def _over(job: Job, kept: Kept, first: Approval | None) -> str:
    if first is None:
        return f"{kept.step} v{kept.version} was decided already."
    who, when = named(job.surface, first.by), f"{first.created:%d %b at %H:%M} UTC"
    return f"{kept.step} v{kept.version} was {first.verdict} already, by {who} on {when}."


def _counts(asked: Panel, job: Job, person: str, verdict: Verdict) -> bool:
    """Say whether somebody's answer counts: who is asked, and the owner's no always."""
    return asked.has(person) or (verdict == "rejected" and person == job.asker)


def _require_may(asked: Panel, job: Job, person: str, verdict: Verdict) -> None:
    if _counts(asked, job, person, verdict):
        return
    if not asked.possible:
        raise Denied("Nobody approves their own video here, and nobody else is named: name somebody in the settings.")
    if not asked.people:
        raise Denied("Nobody approves their own video here: somebody else in this channel has to.")
    own = "Nobody approves their own video here: " if person == asked.barred else ""
    others = tuple(other for other in asked.people if other != asked.barred)
    only = f"{own}only {listed(job.surface, others, 'or')} can do that"
    raise Denied(f"{capital(only)}. What you would change, you can write here.")


def _counted(office: Office, job: Job, kept: Kept, turn: Turn, verdict: Verdict, stands: Tally, asked: Panel) -> Reply:
    """Keep that a vote was cast which decides nothing yet, and say who is still asked."""
    office.services.store.events.append(
        Event(
            id=f"{turn.id}:{verdict}:vote_cast",
            job=job.id,
            conversation=job.conversation,
            kind="vote_cast",
            step=kept.step,
            payload={
                "step": kept.step,
                "version": kept.version,
                "hash": kept.hash,
                "by": turn.author,
                "verdict": verdict,
                "yes": stands.yes,
                "needed": asked.needed,
                "missing": list(stands.missing),
            },
        )
    )
    is_one = len(stands.missing) == 1
    still = f"; {listed(job.surface, stands.missing)} {'is' if is_one else 'are'} still asked" if stands.missing else ""
    text = f"{stands.yes} of {asked.needed} approvals for {kept.step} v{kept.version}{still}."
    return Reply(text=text, private=turn.kind == "button", people=stands.missing)


def _decide(office: Office, job: Job, kept: Kept, vote: Vote) -> None:
    """Make the decision that a vote completes; the same vote makes it once, whoever enacts it."""
    turn = office.services.store.turns.find(vote.id.removesuffix(f":{vote.verdict}"))
    how: Literal["button", "typed", "--yes"] = "button" if turn and turn.kind == "button" else "typed"
    given = Approval(
        id=vote.id,
        job=job.id,
        step=kept.step,
        hash=kept.hash,
        verdict=vote.verdict,
        by=vote.by,
        note=vote.note,
        how=turn.payload.get("how", how) if turn else how,
    )
    try:
        office.jobs.answer(job, given, f"{vote.id}:go")
    except Stale:
        first = office.services.store.approvals.find(job.id, kept.step, kept.hash)
        if first is None:
            raise
        raise Stale(_over(job, kept, first)) from None


def _decided(kept: Kept, turn: Turn, verdict: Verdict) -> Reply:
    """Say that it is decided; nothing where a card says it already."""
    name = capital(f"{bare(thing_of(kept.step))} v{kept.version}")
    if "place" in turn.payload and turn.kind == "button":
        return Reply(text="")
    if verdict == "approved":
        return Reply(text=f"{name} is {NEXT.get(kept.step, 'approved: I go on')}.")
    return Reply(text=f"{name} is rejected. Tell me what to change (`change: shorter`), or write `start over`.")
