"""Timelines: the plan of a job goes to an editing program as files, and what was edited there comes back."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from bot.office import Office
from kernel.errors import BadInput, NotFound, NotReady
from kernel.store.records import Job, Kept
from kernel.worker.compile import compile
from kernel.worker.plan import EditPlan
from kernel.worker.timelines import TIMELINES
from kernel.worker.timelines.base import Laid, TimelineFormat
from kernel.worker.timelines.files import load
from kernel.worker.timelines.recut import Recut, recut

STEP = "plan"


def export(office: Office, job: Job, formats: Sequence[str], out: Path) -> str:
    """Write the current plan of a job as timeline files and return what was written, a line each.

    Args:
        formats: names of formats; none means all.

    Raises:
        BadInput: there is no such format, or the folder cannot be written to. NotReady: there is no plan yet.
    """
    kept = _current(office, job)
    plan = EditPlan.open(kept.body, kept.schema_version)
    laid = Laid(plan, compile(plan), _media(office, job, plan))
    lines = []
    for kind in _chosen(formats):
        path = out / f"rushes-{job.id[:8]}-v{kept.version}.{kind.name}"
        lines += _written(kind, laid, path, alone=bool(formats))
    return "\n".join(lines)


def _chosen(formats: Sequence[str]) -> list[TimelineFormat]:
    known = {kind.name: kind for kind in TIMELINES}
    for name in formats:
        if name not in known:
            raise BadInput(f"There is no format {name!r}: choose from {', '.join(known)}.")
    return [known[name] for name in formats or known]


def _written(kind: TimelineFormat, laid: Laid, path: Path, alone: bool) -> list[str]:
    try:
        text = kind.write(laid)
    except NotReady as error:
        if alone:
            raise
        return [f"{kind.name:<8} not written: {error}"]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        half = path.with_name(f".{path.name}.part")
        half.write_text(text, encoding="utf-8")
        half.replace(path)
    except OSError as error:
        raise BadInput(f"{path} cannot be written ({error.strerror}): name another folder with --out.") from error
    return [f"{kind.name:<8} {path}", *(f"{'':<8} {sentence}" for sentence in kind.lost(laid))]


def _media(office: Office, job: Job, plan: EditPlan) -> dict[str, Path]:
    """Return where the sources lie, of those that are still known."""
    found = {}
    for source in plan.sources:
        with suppress(NotFound):
            found[source.id] = Path(office.services.store.assets.get(source.hash, job.id).url)
    return found


def bring_in(office: Office, job: Job, path: Path, by: str, run: str) -> str:
    """Make an edited timeline the next version of a job's plan, and return what to tell the person.

    Args:
        path: the file; nothing that it names is opened.
        by: who brought it.
        run: what the version is kept under: the same again keeps it once.

    Raises:
        BadInput: nothing of it can become a plan. NotReady: there is no plan yet, or it is being made just now.
        Denied: the job was cancelled.
    """
    kept = _current(office, job)
    base = _exported(office, job, kept, path)
    plan = EditPlan.open(base.body, base.schema_version)
    made = recut(plan, load(path, plan.output.rate))
    if not made.changes:
        return _sentences([f"Nothing was changed in {path.name}: plan v{kept.version} stays as it is.", *made.left])
    now = office.jobs.amend(job, STEP, made.plan.body(), by, run)
    old = [f"It was exported from v{base.version}, so what v{kept.version} changed since is not in it."]
    return _sentences([_told(now, plan, made), *(old if base.version != kept.version else ()), *made.left])


def _current(office: Office, job: Job) -> Kept:
    kept = office.services.store.documents.latest(job.id, STEP)
    if kept is None or kept.schema != EditPlan.SCHEMA:
        raise NotReady("There is no plan yet: let the job go on up to its preview first.")
    return kept


def _exported(office: Office, job: Job, latest: Kept, path: Path) -> Kept:
    """Return the version of the plan that a timeline was exported from; the newest where it does not say."""
    rate = EditPlan.open(latest.body, latest.schema_version).output.rate
    hash_ = load(path, rate).plan
    versions = office.services.store.documents.versions(job.id, STEP)
    return next((kept for kept in reversed(versions) if kept.hash == hash_), latest)


def _told(kept: Kept, before: EditPlan, made: Recut) -> str:
    was, now = (compile(plan).duration for plan in (before, made.plan))
    lasts = f"it lasts {now:.2f} s" if abs(now - was) < 0.005 else f"it lasts {now:.2f} s now, {was:.2f} s before"
    return f"The edited timeline is plan v{kept.version}: {', '.join(made.changes)}; {lasts}."


def _sentences(said: Sequence[str]) -> str:
    return "\n".join(dict.fromkeys(said))


def next_of(office: Office, job: Job) -> str:
    """Say what happens next, once a plan was changed by hand."""
    stale = [name for name, state in office.jobs.states(job).items() if state == "stale"]
    if not stale:
        return ""
    return f"{', '.join(stale)} is out of date: `rushes resume {job.id[:8]}` makes a new preview for you to approve."
