"""Spellings: a name that somebody corrects in a thread is kept once for the channel, and the captions are made anew."""

from __future__ import annotations

from bot.house_rules import keep, rules_of, with_spelling
from bot.office import Office
from experts.edit.footage import Footage
from experts.edit.spelling import Spelling, near, respelt
from kernel.errors import NotFound
from kernel.jobs import Scope
from kernel.store.records import Instruction, Job
from kernel.worker.media import Word

STEP = "captions"


def spell(office: Office, conversation: str, spelling: Spelling, author: str, key: str) -> str:
    """Keep how a name is spelt, have the captions of the job made anew with it, and say so in a line.

    Args:
        key: what the ids of all that comes of it follow from: done twice it is done once.
    """
    store, job = office.services.store, office.job_or_none(conversation)
    sources = heard(office, job) if job else []
    if not spelling.wrong:
        found = (name for words in sources for name in near(spelling.right, words))
        spelling = spelling.model_copy(update={"wrong": tuple(dict.fromkeys(found))})
    keep(store, conversation, with_spelling(rules_of(store, conversation), spelling), author, f"{key}:spelling")
    instead = " or ".join(f'"{wrong}"' for wrong in spelling.wrong)
    kept = f'From now on it is "{spelling.right}"{f", not {instead}," if instead else ""} in every caption here.'
    return f"{kept}{_anew(office, job, spelling, sources, author, key)}"


def heard(office: Office, job: Job) -> list[tuple[Word, ...]]:
    """Return the words of each source of a job, as far as it was listened to."""
    kept = office.services.store.documents.latest(job.id, "footage")
    if kept is None or kept.schema != Footage.SCHEMA:
        return []
    return [reel.inspection.words for reel in Footage.open(kept.body, kept.schema_version).reels]


def _anew(
    office: Office, job: Job | None, spelling: Spelling, sources: list[tuple[Word, ...]], author: str, key: str
) -> str:
    """Have the captions of the job that goes on made anew, and say so; empty where there is none."""
    if job is None or job.decision == "cancelled" or not _has_captions(office, job):
        return ""
    if sources and not any(respelt(words, [spelling], {}) for words in sources):
        return " Nobody says it in this video."
    made = office.services.store.documents.latest(job.id, STEP)
    if made is not None and job.decision is None:
        office.jobs.rerun(job, STEP, spelling.line, Scope(), author, f"{key}:{STEP}")
        return " I make the captions of this video anew."
    asked = Instruction(id=f"{key}:{STEP}:{STEP}", job=job.id, step=STEP, text=spelling.line, by=author)
    office.services.store.instructions.add(asked)
    return " This video gets it too."


def _has_captions(office: Office, job: Job) -> bool:
    try:
        office.jobs.pipeline(job).step(STEP)
    except NotFound:
        return False
    return True
