"""Exports: what somebody asks for beside the video: the plan, the captions, a timeline, the log; as one file each."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from bot.office import Office
from bot.timelines import STEP, export
from kernel.errors import BadInput, NotReady
from kernel.store.records import Event, Job
from kernel.studio import place

FOLDER = "exports"


def exported(office: Office, job: Job, kind: str, turn: str) -> None:
    """Write a file and tell of it, once for each turn.

    Raises:
        BadInput: nobody knows such a file. NotReady: it cannot be written yet; says why.
    """
    make = _KINDS.get(kind)
    if make is None:
        raise BadInput(f"There is no file {kind!r} to be had: choose from {', '.join(_KINDS)}.")
    folder = office.services.settings.data / FOLDER / job.id
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = make(office, job, folder)
    except OSError as error:
        raise NotReady("I cannot write it to my disk: ask whoever runs me to look after it, then ask again.") from error
    office.services.store.events.append(
        Event(
            id=f"{turn}:exported",
            job=job.id,
            conversation=job.conversation,
            kind="exported",
            payload={"kind": kind, "path": str(path), "name": path.name},
        )
    )


def _plan(office: Office, job: Job, folder: Path) -> Path:
    kept = office.services.store.documents.latest(job.id, STEP)
    if kept is None:
        raise NotReady("There is no plan yet: let the job go on up to its preview first.")
    text = json.dumps(kept.body, indent=2, ensure_ascii=False)
    return _written(folder / f"rushes-{job.id[:8]}-plan-v{kept.version}.json", text)


def _log(office: Office, job: Job, folder: Path) -> Path:
    """Write what happened in plain lines: neither commands nor paths."""
    rows = office.services.store.logs.list(job.id)
    lines = [f"{row.created:%Y-%m-%d %H:%M:%S} {row.level:<7} {row.step:<12} {row.message}" for row in rows]
    return _written(folder / f"rushes-{job.id[:8]}-log.txt", "\n".join([office.job_text(job), "", *lines]))


def _scores(office: Office, job: Job, folder: Path) -> Path:
    """Write the page with all that was measured and its evidence."""
    kept = office.services.store.documents.latest(job.id, "scorecard")
    name = f"scorecard-{kept.hash[:12]}.html" if kept else ""
    page = office.services.studio.folder(job.id, "pictures") / name
    if kept is None or not page.is_file():
        raise NotReady("There are no scores yet: let the job go on up to its final first.")
    return place(page, folder / f"rushes-{job.id[:8]}-scores-v{kept.version}.html")


def _timeline(name: str) -> Callable[[Office, Job, Path], Path]:
    def write(office: Office, job: Job, folder: Path) -> Path:
        kept = office.services.store.documents.latest(job.id, STEP)
        export(office, job, [name], folder)
        return folder / f"rushes-{job.id[:8]}-v{kept.version if kept else 0}.{name}"

    return write


def _written(path: Path, text: str) -> Path:
    half = path.with_name(f".{path.name}.part")
    half.write_text(text + "\n", encoding="utf-8")
    half.replace(path)
    return path


_KINDS: dict[str, Callable[[Office, Job, Path], Path]] = {
    "plan": _plan,
    "captions": _timeline("srt"),
    "otio": _timeline("otio"),
    "fcpxml": _timeline("fcpxml"),
    "scores": _scores,
    "log": _log,
}
