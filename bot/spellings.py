"""Spellings: a name that somebody corrects in a thread is kept once for the channel; what is written is made anew."""

from __future__ import annotations

from typing import TypeVar

from bot.house_rules import change, place_of, rules_of, with_spelling
from bot.office import Office
from experts.edit.captions import CaptionSheet, spelt
from experts.edit.footage import Footage
from experts.edit.log import Log
from experts.edit.naming import taken_back
from experts.edit.respelling import laid_on, respelt_text
from experts.edit.spelling import Spelling, near
from experts.edit.titles import TitleSheet
from kernel.document import Document
from kernel.errors import NotFound
from kernel.jobs import Scope
from kernel.store.records import Instruction, Job

D = TypeVar("D", bound=Document)
STEP = "captions"
TITLES = "titles"
THREADS = 100
"""Threads of a channel, newest first, in which a video may be on its way."""


def spell(office: Office, conversation: str, spelling: Spelling, author: str, key: str) -> str:
    """Keep how a name is spelt, have what the job writes made anew with it, and say so in a line.

    Args:
        key: what the ids of all that comes of it follow from: done twice it is done once.
    """
    store, job = office.services.store, office.job_or_none(conversation)
    footage = _made(office, job, "footage", Footage) if job else None
    sources = [reel.inspection.words for reel in footage.reels] if footage else []
    if not spelling.wrong:
        others = [name.right for name in rules_of(store, conversation).glossary]
        found = (name for words in sources for name in near(spelling.right, words, others))
        spelling = spelling.model_copy(update={"wrong": tuple(dict.fromkeys(found))})
    rules = change(store, conversation, lambda before: with_spelling(before, spelling), author, f"{key}:spelling")
    [whole] = [name for name in rules.glossary if name.right == spelling.right] or [spelling]
    for other in _begun_elsewhere(office, conversation):
        _ask(office, other, whole, author, f"{key}:{other.id}")
    instead = " or ".join(f'"{wrong}"' for wrong in spelling.wrong)
    kept = f'From now on it is "{spelling.right}"{f", not {instead}," if instead else ""} in every caption here.'
    return f"{kept}{_anew(office, job, whole, footage, author, key) if job else ''}"


def undone(office: Office, conversation: str, text: str) -> Spelling | None:
    """Return the spelling by which a message takes back one of the channel's; None where it takes back none."""
    return taken_back(text, rules_of(office.services.store, conversation).glossary)


def _anew(office: Office, job: Job, spelling: Spelling, footage: Footage | None, author: str, key: str) -> str:
    """Have the captions and titles of the job that goes on made anew, and say so; empty where there are none."""
    if job.decision == "cancelled" or not _has(office, job, STEP):
        return ""
    titled = _is_titled(office, job, spelling)
    if footage and not titled and not _is_captioned(office, job, spelling, footage):
        return " Nothing in this video is written so."
    if titled or not _is_made(office, job, TITLES):
        _ask(office, job, spelling, author, key, TITLES)
    if not _is_made(office, job, STEP) or job.decision is not None:
        _ask(office, job, spelling, author, key, STEP)
        return " This video gets it too."
    office.jobs.rerun(job, STEP, spelling.line, Scope(), author, f"{key}:{STEP}")
    return f" I make the captions{' and titles' if titled else ''} of this video anew."


def _begun_elsewhere(office: Office, conversation: str) -> list[Job]:
    """Return the other jobs of the channel that have their brief, and no captions yet."""
    store = office.services.store
    here = store.conversations.get(conversation)
    threads = store.conversations.begun(here.surface, f"{place_of(here)}:", THREADS)
    jobs = [store.jobs.get(one.job) for one in threads if one.job and one.id != conversation]
    return [job for job in jobs if job.decision != "cancelled" and not _is_made(office, job, STEP)]


def _ask(office: Office, job: Job, spelling: Spelling, author: str, key: str, *steps: str) -> None:
    """Keep the name among the wishes for steps, by default for all that write: they are made with it in their turn."""
    for step in (name for name in steps or (STEP, TITLES) if _has(office, job, name)):
        asked = Instruction(id=f"{key}:{step}:{step}", job=job.id, step=step, text=spelling.line, by=author)
        office.services.store.instructions.add(asked)


def _is_made(office: Office, job: Job, step: str) -> bool:
    return office.services.store.documents.latest(job.id, step) is not None


def _is_captioned(office: Office, job: Job, spelling: Spelling, footage: Footage) -> bool:
    """Say whether captions have, or will have, a form of a name that is to be another: as they are written by now."""
    sheet = _made(office, job, STEP, CaptionSheet)
    if sheet is not None and sheet.captions is None:
        return False
    own = sheet.captions.corrections if sheet and sheet.captions else ()
    known = {c.word: c.text for c in (*spelt(footage, _made(office, job, "log", Log)), *own)}
    sources = [{word.id: known.get(word.id, word.text) for word in reel.inspection.words} for reel in footage.reels]
    return any(laid_on(texts, [spelling]) != texts for texts in sources)


def _is_titled(office: Office, job: Job, spelling: Spelling) -> bool:
    sheet = _made(office, job, TITLES, TitleSheet)
    return any(respelt_text(title.text, [spelling]) != title.text for title in (sheet.titles if sheet else ()))


def _made(office: Office, job: Job, step: str, kind: type[D]) -> D | None:
    """Return the newest document of a step; None where none of that kind was made yet."""
    kept = office.services.store.documents.latest(job.id, step)
    return kind.open(kept.body, kept.schema_version) if kept is not None and kept.schema == kind.SCHEMA else None


def _has(office: Office, job: Job, step: str) -> bool:
    try:
        office.jobs.pipeline(job).step(step)
    except NotFound:
        return False
    return True
