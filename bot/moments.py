"""Moments: what is heard at a spot of the cut that somebody saw, told back to them before anything is cut there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from bot.office import Office
from experts.edit.directives import wishes
from experts.edit.footage import Footage
from experts.edit.selects import Selects
from experts.edit.trim import phrases_of
from experts.edit.wishes import meant
from kernel.errors import BadInput
from kernel.store.records import Job, Kept
from kernel.worker.compile import check, compile
from kernel.worker.plan import EditPlan
from kernel.worker.timing import Spoken

Made = TypeVar("Made", Footage, Selects)

STEP = "plan"
MOST = 30
"""Words that are quoted whole; of more the first and the last."""
ENDS = (".", "!", "?", "…")
NOBODY = "nobody speaks there"


class Seen(NamedTuple):
    """The cut that somebody saw."""

    name: str
    words: tuple[Spoken, ...]
    rate: float
    seconds: float


def echo(office: Office, job: Job, instructions: str, start: float | None, end: float | None) -> str:
    """Return what a note about the cut points at: the spot that it names, and the lines that it wants gone.

    Args:
        start: seconds of the cut that was seen; None where the note names no time.

    Raises:
        BadInput: the cut is over before that.
    """
    seen = _seen(office, job)
    if seen is None:
        return ""
    named = _named(office, job, instructions, seen)
    spot = [_at(seen, start, end if end is not None else start)] if start is not None else []
    unknown = [f'Nothing in {seen.name} answers to "{wish}": say a few words of it.' for wish in named.missing]
    return "\n".join([*spot, *(_line(seen, run) for run in named.runs), *unknown])


def _seen(office: Office, job: Job) -> Seen | None:
    """Return the cut of the last preview; that of the plan where there is none, None before there is a plan."""
    documents = office.services.store.documents
    preview, plan = documents.latest(job.id, "preview"), documents.latest(job.id, STEP)
    made_from = [origin.hash for origin in preview.lineage if origin.step == STEP] if preview else []
    shown = documents.get(made_from[0], job.id) if made_from else plan
    if shown is None or shown.schema != EditPlan.SCHEMA:
        return None
    name = f"preview v{preview.version}" if preview and made_from else f"plan v{shown.version}"
    return _laid(shown, name)


def _laid(kept: Kept, name: str) -> Seen | None:
    plan = EditPlan.open(kept.body, kept.schema_version)
    if check(plan):
        return None
    laid = compile(plan)
    return Seen(name, laid.spoken, float(plan.output.rate.fraction), laid.duration)


def _at(seen: Seen, start: float, end: float) -> str:
    if start >= seen.seconds:
        raise BadInput(f"The cut is over at {clock(seen.seconds)}: which spot do you mean?")
    last = min(max(end, start), seen.seconds)
    heard = [w for w in seen.words if w.first_frame < last * seen.rate and start * seen.rate < w.last_frame]
    return f"I take that for {clock(start)} to {clock(last)} of {seen.name}: {_quoted(heard, seen)}"


def _line(seen: Seen, run: Sequence[Spoken]) -> str:
    first, last = run[0].first_frame / seen.rate, run[-1].last_frame / seen.rate
    return f"I take out {clock(first)} to {clock(last)} of {seen.name}: {_quoted(run, seen)}"


def _quoted(heard: Sequence[Spoken], seen: Seen) -> str:
    """Return words as they are heard, with dots where a sentence goes on before or after."""
    if not heard:
        return NOBODY
    at = seen.words.index(heard[0])
    before = "" if at == 0 or seen.words[at - 1].text.endswith(ENDS) else "…"
    after = "" if heard[-1].text.endswith(ENDS) else "…"
    texts = [word.text for word in heard]
    said = texts if len(texts) <= MOST else [*texts[: MOST // 2], "…", *texts[-MOST // 2 :]]
    return f'"{before}{" ".join(said)}{after}"'


class Named(NamedTuple):
    """What a note wants dropped by name."""

    runs: tuple[tuple[Spoken, ...], ...] = ()
    """The lines of the cut."""
    missing: tuple[str, ...] = ()
    """The wishes that nothing answers to."""


def _named(office: Office, job: Job, instructions: str, seen: Seen) -> Named:
    """Return the lines of the cut that a note wants dropped by name."""
    footage, selects = _document(office, job, "footage", Footage), _document(office, job, "selects", Selects)
    dropped = wishes(instructions).drop
    if footage is None or selects is None or not dropped:
        return Named()
    phrases = [phrase for select in selects.selects for phrase in phrases_of(select, footage)]
    heard = {word.id: word for word in seen.words}
    found = meant(dropped, phrases)
    runs = (tuple(heard[w.id] for w in phrases[i].words if w.id in heard) for i in sorted(found.indices))
    return Named(tuple(run for run in runs if run), found.missing)


def _document(office: Office, job: Job, need: str, kind: type[Made]) -> Made | None:
    documents = office.services.store.documents
    for step in office.jobs.pipeline(job).members(need):
        kept = documents.latest(job.id, step.name)
        if kept is not None and kept.schema == kind.SCHEMA:
            return kind.open(kept.body, kept.schema_version)
    return None


def clock(seconds: float) -> str:
    """Return seconds of a cut as a player shows them: 0:12."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"
