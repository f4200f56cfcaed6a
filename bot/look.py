"""Looking at jobs from the shell: status, documents, traces, logs; and rendering or scoring a file by itself."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

from bot.app import App, build
from experts.edit.formats import Fitted, facts, fitted
from kernel.errors import BadDocument, BadInput, NotFound
from kernel.settings import Settings
from kernel.store.records import Span
from kernel.studio import hash_of
from kernel.worker.compile import check, compile
from kernel.worker.formats import FORMATS, format_of
from kernel.worker.formats.naming import named
from kernel.worker.plan import EditPlan
from kernel.worker.render import render

SHOWN = 400
"""Characters of an attribute that `trace` prints; the store keeps all."""


@contextmanager
def reading() -> Iterator[App]:
    """Open the app without starting its engine: nothing is worked on."""
    app = build(Settings.from_environment())
    try:
        yield app
    finally:
        app.services.telemetry.close()
        app.services.store.close()


@contextmanager
def deciding() -> Iterator[App]:
    """Open the app with an engine that works on nothing, so that a decision reaches whoever does."""
    with build(Settings.from_environment(), works=False) as app:
        yield app


def status(app: App, job: str | None) -> str:
    """Return how one job stands in full, or all of them in a line each."""
    store = app.services.store
    if job:
        return app.office.job_text(store.jobs.get(job))
    rows = [
        f"{j.id[:8]}  {app.office.jobs.status(j):<16} {j.created:%Y-%m-%d %H:%M}  {j.title}" for j in store.jobs.list()
    ]
    return "\n".join(rows) or "There are no jobs yet: `rushes edit FOOTAGE --brief TEXT` begins one."


def document(app: App, job: str, step: str) -> str:
    """Return the newest document of a step as JSON text.

    Raises:
        NotFound: no such job or step, or nothing was made yet.
    """
    found = app.services.store.jobs.get(job)
    app.office.jobs.pipeline(found).step(step)
    kept = app.services.store.documents.latest(found.id, step)
    if kept is None:
        raise NotFound(f"{step} was not made yet in job {found.id[:8]}; `rushes status {found.id[:8]}` shows what was.")
    return json.dumps(kept.body, indent=2, ensure_ascii=False)


def trace(app: App, job: str) -> str:
    """Return a job's spans as an indented tree."""
    found = app.services.store.jobs.get(job)
    spans = sorted(app.services.store.traces.list(trace_id=found.trace_id), key=lambda span: span.started)
    lines = [f"trace {found.trace_id}  {found.title}"]
    ids = {span.span_id for span in spans}
    roots = [span for span in spans if span.parent_id not in ids]
    for root in roots:
        lines += _branch(root, spans, 1)
    lines += [
        f"approval  {a.step} {a.hash[:12]} {a.verdict} by {a.by} ({a.how})"
        for a in app.services.store.approvals.list(found.id)
    ]
    return "\n".join(lines)


def _branch(span: Span, spans: Sequence[Span], depth: int) -> list[str]:
    seconds = float(span.attributes.get("render_time") or (span.ended - span.started).total_seconds())
    failure = f"  FAILED: {span.failure}" if span.failure else ""
    lines = [f"{'  ' * depth}{span.started:%H:%M:%S} {seconds:8.3f} s  {span.name}{failure}"]
    for name, value in span.attributes.items():
        shown = str(value).replace("\n", " ")
        lines.append(f"{'  ' * depth}    {name}: {shown[:SHOWN]}{'...' if len(shown) > SHOWN else ''}")
    for child in spans:
        if child.parent_id == span.span_id:
            lines += _branch(child, spans, depth + 1)
    return lines


def logs(app: App, job: str, level: str | None) -> str:
    """Return a job's log lines."""
    if level not in (None, "debug", "info", "warning", "error"):
        raise BadInput(f"There is no level {level!r}: use debug, info, warning or error.")
    found = app.services.store.jobs.get(job)
    rows = app.services.store.logs.list(found.id, level)  # type: ignore[arg-type]  # checked in the line above
    lines = []
    for row in rows:
        lines.append(f"{row.created:%H:%M:%S} {row.level:<7} {row.step:<12} {row.message}")
        lines += [f"    {name}: {value}" for name, value in row.metadata.items() if value]
    return "\n".join(lines) or "Nothing was logged at this level."


def render_plan(
    app: App,
    plan: Path,
    out: Path,
    given: Sequence[str],
    target: Literal["final", "preview"],
    format: str | None = None,
) -> str:
    """Render a plan file; its sources are found by hash among the known files, or where `s1=PATH` says.

    Args:
        format: what the file is; None where its suffix says so.

    Raises:
        BadInput: the plan cannot be read, or no such format. NotFound: a source is missing. PlanError: it cannot be
            done.
    """
    found = plan_of(plan)
    found, fewer = _as_format(found, named(out, format, found.output.format, FORMATS))
    if target == "preview" and format_of(found.output).picture and out.suffix.lower() != ".mp4":
        raise BadInput(f"A preview is always an mp4: call it {out.stem}.mp4, or leave --preview out.")
    at = {id: Path(path) for id, _, path in (pair.partition("=") for pair in given)}
    media = {source.id: source_path(app, source.id, source.hash, source.name, at) for source in found.sources}
    ffmpeg = app.services.studio.ffmpeg
    made = render(found, media, out, app.services.studio.cache, ffmpeg, target=target)
    told = ", ".join(filter(None, [facts(made, found), fewer]))
    return f"{out}: {told}\n{ffmpeg.warning}".strip()


def _as_format(plan: EditPlan, name: str) -> Fitted:
    """Return a plan for a format; one that cannot be laid out is refused where it is rendered."""
    if name == plan.output.format:
        return Fitted(plan, "")
    return fitted(plan, name, 0.0 if check(plan) else compile(plan).duration)


def plan_of(path: Path) -> EditPlan:
    """Read an EditPlan.

    Raises:
        BadInput: the file is none.
    """
    try:
        return EditPlan.read(json.loads(path.read_text()))
    except (OSError, ValueError) as error:
        raise BadInput(f"{path} cannot be read as an EditPlan: {error}.") from error
    except BadDocument as error:
        raise BadInput(f"{path}: {error}") from error


def source_path(app: App, id: str, hash_: str, name: str, named: Mapping[str, Path]) -> Path:
    """Return where a plan's source lies: as named, else among the files that are known by their hash.

    Raises:
        NotFound: it is not there. BadInput: the bytes are others.
    """
    path = named.get(id) or _known(app, hash_)
    if path is None or not path.is_file():
        where = f"not at {path}" if path else "not known here"
        raise NotFound(f"The source {id} ({name}) is {where}: say where it is with --source {id}=PATH.")
    if hash_of(path) != hash_:
        raise BadInput(f"{path} is not the file that the plan was made for ({name}): its bytes differ.")
    return path


def _known(app: App, hash_: str) -> Path | None:
    with suppress(NotFound):
        return Path(app.services.store.assets.get(hash_).url)
    return None
