"""Reads what waits, or waited, for a person's yes or no, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from bot.approvers import asked_of
from bot.office import Office
from bot.reminders import expired
from bot.secret import secret_of
from bot.surfaces.slack.blocks.text import bytes_of, clock, counted, money
from bot.surfaces.slack.views import GateView, ScoreView, VoteView
from bot.tokens import token
from bot.wording import bare, thing_of
from kernel.errors import NotFound
from kernel.evaluation.scorecard import Scorecard
from kernel.store.records import MACHINES, Approval, Job, Kept

PREVIEW_SIDE = 540
"""Lines of a preview's short side."""
MINUTE = 60.0
MEASURED, LOOKED = 1.0, 20.0
"""Seconds that measuring a final takes for each second of it, and beside (`tests.bench scoring`: 0.5 of real time)."""
LOOKS = 2
"""Calls by which a model looks at a final."""
Changes = dict[str, Any]
"""Fields of a GateView."""


def gate_view(office: Office, job: Job, kept: Kept, lead: str = "") -> GateView:
    """Return the card of one version of a gate's document.

    Args:
        lead: what the editor says of it.
    """
    job = office.services.store.jobs.get(job.id)
    panel = asked_of(office, job)
    votes = office.services.store.votes.list(job.id, kept.step, kept.hash)
    known: Changes = {
        "job": job.id[:8],
        "title": job.title,
        "owner": job.asker,
        "step": kept.step,
        "version": kept.version,
        "token": token_for(office, kept),
        "lead": lead,
        "people": panel.people,
        "needed": panel.needed,
        "barred": panel.barred,
        "votes": tuple(VoteView(by=vote.by, verdict=vote.verdict) for vote in votes),
        "downloads": can_download(office.services.store.documents.current(job.id)),
    }
    return GateView.model_validate({**known, **_shown(office, job, kept), **_outcome(office, job, kept)})


def token_for(office: Office, kept: Kept) -> str:
    """Return what the buttons of a document's card carry."""
    secret = secret_of(office.services.settings)
    conversation = office.services.store.jobs.get(kept.job).conversation
    return token(secret, conversation, kept.job, kept.step, kept.hash)


def can_download(documents: Mapping[str, Kept]) -> tuple[str, ...]:
    """Return which files of a job may be asked for, by the names of blocks.gates.DOWNLOADS."""
    if "plan" not in documents:
        return ("log",)
    preview = documents.get("preview")
    spoken = ("captions",) if preview and preview.body.get("captions") else ()
    scored = ("scores",) if "scorecard" in documents else ()
    return (*scored, "plan", *spoken, "otio", "fcpxml", "log")


def shape_of(width: int, height: int) -> str:
    """Return a picture's size and shape in words."""
    shapes = {width > height: "wide", width < height: "vertical", width == height: "square"}
    return f"{width}×{height}, {shapes[True]}"


def rejected(step: str, version: int) -> str:
    """Say that a version was rejected and words are waited for."""
    return f"to hear what to change: {bare(thing_of(step))} v{version} was rejected"


def _shown(office: Office, job: Job, kept: Kept) -> Changes:
    """Return what there is to judge by."""
    if kept.step == "preview":
        return {"facts": _preview(office, kept), "estimate": _to_come(office, job, kept), "note": kept.body["note"]}
    if kept.schema == Scorecard.SCHEMA:
        return {**_scores(kept), "facts": _final(office, job), "estimate": _finish(office, job)}
    return {}


def _preview(office: Office, kept: Kept) -> tuple[str, ...]:
    body = kept.body
    captions = counted(body["captions"], "caption") if body["captions"] else "no captions"
    size = f"final in {shape_of(body['width'], body['height'])}"
    return (f"{clock(body['length'])} long", counted(body["clips"], "shot"), captions, _music(office, kept), size)


def _music(office: Office, kept: Kept) -> str:
    """Say which music lies under a preview."""
    plans = [origin.hash for origin in kept.lineage if origin.step == "plan"]
    with suppress(NotFound):
        plan = office.services.store.documents.get(plans[0], kept.job).body if plans else {}
        named = {source["id"]: source["name"] for source in plan.get("sources", ())}
        used = [named.get(op["source"], "") for op in plan.get("operations", ()) if op.get("type") == "music"]
        return f"music: {', '.join(dict.fromkeys(filter(None, used)))}" if used else "no music"
    return ""


def _final(office: Office, job: Job) -> tuple[str, ...]:
    kept = office.services.store.documents.latest(job.id, "master")
    if kept is None:
        return ()
    body = kept.body
    return (f"{clock(body['length'])} long", shape_of(body["width"], body["height"]), bytes_of(body["size"]))


def _to_come(office: Office, job: Job, kept: Kept) -> str:
    """Say what the final takes, by the longest that a preview of this job took: a later one may reuse pieces."""
    took = [_seconds(office, one) for one in office.services.store.documents.versions(job.id, "preview")]
    minutes = minutes_of(max(took), kept.body["width"], kept.body["height"])
    minutes += (kept.body["length"] * MEASURED + LOOKED) / MINUTE
    about = "under a minute" if minutes < 0.75 else f"about {round(minutes) or 1} min"
    takes = f"takes {about} and costs {_judging(office, job)}"
    return f"I render the final and measure it, which {takes}. {_spent(office, job)}"


def _judging(office: Office, job: Job) -> str:
    """Say what a model's look at the final costs, by what its calls in this job cost on the average."""
    calls = [charge.usd for charge in office.services.store.ledger.list(job.id) if charge.usd]
    return f"about {money(LOOKS * sum(calls) / len(calls))}" if calls else "nothing"


def minutes_of(preview_seconds: float, width: int, height: int) -> float:
    """Return the minutes that a final takes: as much longer than its preview as it has more pixels."""
    return preview_seconds * (min(width, height) / PREVIEW_SIDE) ** 2 / MINUTE


def _seconds(office: Office, kept: Kept) -> float:
    runs = office.services.store.runs.list(kept.job, kept.step)
    spans = [(run.ended - run.created).total_seconds() for run in runs if run.id == kept.run and run.ended]
    return max(spans, default=0.0)


def _finish(office: Office, job: Job) -> str:
    return f"I deliver the video in this thread, at no cost. {_spent(office, job)}"


def _spent(office: Office, job: Job) -> str:
    spent = office.services.store.ledger.spent(job.id)
    return f"The job has cost {money(spent)} so far; its budget is {money(job.budget_usd)}."


def _scores(kept: Kept) -> Changes:
    card = Scorecard.open(kept.body, kept.schema_version)
    scores = [
        ScoreView(title=s.title, score=s.score if s.applicable else None, passed=s.passed, why=s.why)
        for s in card.scores
    ]
    return {"scores": tuple(scores), "total": card.total, "passed": card.passed, "failed": said_of(card)}


def said_of(card: Scorecard) -> str:
    """Say in a sentence what did not pass, the gravest first."""
    wrong = [gate.why for gate in card.gates if not gate.passed]
    wrong += [f"{score.title} did not pass: {score.why}" for score in card.failed]
    if not wrong:
        return ""
    return wrong[0] + (f" ({len(wrong) - 1} more below)" if len(wrong) > 1 else "")


def _outcome(office: Office, job: Job, kept: Kept) -> Changes:
    """Return how it stands: an answer first, then what took its place, then what halts it."""
    store = office.services.store
    answer = store.approvals.find(job.id, kept.step, kept.hash)
    if answer is not None and answer.verdict != "kept":
        return _answered(answer)
    if job.decision == "cancelled":
        return {"state": "cancelled", "by": job.decided_by}
    newest = store.documents.latest(job.id, kept.step)
    if newest is not None and newest.version > kept.version and newest.hash != kept.hash:
        return {"state": "superseded", "successor": newest.version, **_asked(office, job, kept)}
    state = office.jobs.states(job).get(kept.step)
    if state == "done":
        return waived(office, job, kept)
    if state == "stale":
        return {"state": "changing", **_asked(office, job, kept)}
    return {"state": "expired" if expired(store, job, kept) else "open"}


def _answered(answer: Approval) -> Changes:
    state = "approved" if answer.verdict == "approved" else "rejected"
    return {"state": state, "by": answer.by, "when": answer.created, "words": answer.note}


def waived(office: Office, job: Job, kept: Kept) -> Changes:
    """Return the yes to an earlier version that holds for this one too."""
    given = [a for a in office.services.store.approvals.list(job.id) if a.step == kept.step and a.verdict == "approved"]
    return _answered(given[-1]) if given else {"state": "approved"}


def _asked(office: Office, job: Job, kept: Kept) -> Changes:
    """Return who asked for a change since it was shown, and with which words: their own, where they wrote any."""
    store = office.services.store
    said = store.instructions.of(job.id)
    since = [one for one in said if one.created > kept.created and one.by not in MACHINES]
    if not since:
        return {}
    first = since[0]
    written = next((t.text for t in store.turns.list(job.conversation) if first.id.startswith(f"{t.id}:")), "")
    return {"by": first.by, "when": first.created, "words": written or first.text}
