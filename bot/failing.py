"""Failing: what went wrong with a job in words that mean something to whoever asked for the video, what is kept, and
what would mend it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.office import Office
from bot.wording import capital, name_of, thing_of
from kernel.redact import redact
from kernel.store.records import Job, Kept, Run

OURS = "I met a fault of my own; it has nothing to do with your footage."
UNKNOWN = "It ended without a word."
AWAY = "I could not reach my own records for a moment."
_OF_OURS = "fault of ours"
_PATH = re.compile(r"(?<![\w:/])(?:[A-Za-z]:)?(?:/[\w.@+~%=-]+)+/([\w.@+~%=-]+)/?")
_HEX = re.compile(r"\b[0-9a-f]{12,}\b")
_TECHNICAL = re.compile(r"`rushes |ffmpeg said|Traceback|rc \d+|exit(?:ed)? (?:code|status)", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")
MENDS = {
    "BadInput": "Drop another file here, or tell me to do without it.",
    "NotFound": "Drop the missing file here again, then {again}.",
    "SetUp": "Something is missing on my machine: whoever looks after me has to see to it; then {again}.",
    "Denied": "Whoever looks after me can allow it; then {again}.",
    "Refused": "Whoever looks after me has to check the account of the model I think with; then {again}.",
    "Busy": "The service I think with is busy: {again} in a few minutes.",
    "Unreachable": "The service I think with did not answer: {again} in a few minutes.",
    "Away": "{Again} in a few minutes: nothing is lost.",
    "BadReply": "The service I think with gave no usable answer: {again} in a few minutes.",
    "TimedOut": "{Again}, or ask for a shorter video.",
    "PlanError": "{Change} what to do otherwise, for example without the effect that failed.",
    "WorkerError": "{Again}; if it happens once more, {change} what to do otherwise.",
    "lost": "{Again}: I go on from where it stopped.",
}
"""What would help, by the class of the error."""
TRY = "{Again}; if it happens once more, {change} what to do otherwise."
BUDGET = "Whoever looks after me can raise the budget of this job; then {again}."
BY_WORD = ("say `resume`", "say")
"""How a person tries again, and how they begin to say what to change, where there are no buttons."""


def plain_why(error: str, kind: str) -> str:
    """Return why something failed without paths, commands and long ids; `kind` is the error's class."""
    if not error.strip():
        return UNKNOWN
    if _OF_OURS in error:
        return OURS
    if kind == "Away":
        return AWAY
    said = [part for part in _SENTENCE.split(redact(error)) if part and not _TECHNICAL.search(part)]
    text = _HEX.sub("", _PATH.sub(r"\1", " ".join(said)))
    return _ended(" ".join(text.split())) or OURS


def mend_of(error: str, kind: str, ways: tuple[str, str] = BY_WORD) -> str:
    """Return what would help against an error.

    Args:
        ways: how to try again, and how to say what to change: by word or by button.
    """
    out_of_money = "budget" in error.lower() and kind in ("Denied", "Refused", "")
    text = BUDGET if out_of_money else MENDS.get(kind, TRY)
    again, change = ways
    return text.format(again=again, change=change, Again=capital(again), Change=capital(change))


def failure_text(office: Office, job: Job) -> str:
    """Return what failed for good in a job, what is kept and what would mend it; empty where nothing did."""
    failed = _failed(office, job)
    if failed is None:
        return ""
    told = office.services.store.events.last("step_failed", job=job.id)
    kind = str(told.payload.get("kind", "")) if told and told.step == failed.step else ""
    error = failed.error or ""
    kept = ", ".join(kept_of(office.services.store.documents.current(job.id)))
    return "\n".join(
        [
            f"{capital(name_of(failed.step))} failed: {plain_why(error, kind)}",
            f"Nothing that is finished is lost: {kept}.",
            mend_of(error, kind),
        ]
    )


def kept_of(documents: Mapping[str, Kept]) -> list[str]:
    """Return what is not lost when a job fails: the last things of each kind that people know of."""
    made = (name for name in ("plan", "preview", "master") if name in documents)
    return ["your footage", *(f"{thing_of(name)} v{documents[name].version}" for name in made)]


def _failed(office: Office, job: Job) -> Run | None:
    """Return the newest run that failed and whose step was not made since."""
    newest = {run.step: run for run in reversed(office.services.store.runs.list(job.id))}
    states = office.jobs.states(job)
    wrong = [run for run in newest.values() if run.status == "failed" and states.get(run.step) != "skipped"]
    return max(wrong, key=lambda run: run.created, default=None)


def _ended(text: str) -> str:
    """Return a text as whole sentences: what was cut off in the middle ends with a full stop."""
    shorn = text.rstrip(" ;,:-")
    return shorn if not shorn or shorn.endswith((".", "!", "?")) else f"{shorn}."
