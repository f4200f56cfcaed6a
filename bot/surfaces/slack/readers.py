"""Readers: what cards show of a job, a thread, a failure and a delivery, read from the office; they change nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.office import CUTS, Office
from bot.surfaces.slack.blocks.text import clock
from bot.surfaces.slack.failures import UNKNOWN, mend_of, plain_why
from bot.surfaces.slack.gate_reader import can_download, rejected, shape_of, token_for
from bot.surfaces.slack.views import DeliveryView, FailureView, FileView, JobView, StepState, StepView
from bot.wording import STAGES, Stage, bare, capital, name_of, thing_of
from experts.edit.delivery import Delivery
from kernel.document import digest
from kernel.jobs import Status, standing
from kernel.pipeline import Conversed, State, states
from kernel.store.records import Event, Job, Kept, Run

NEW = "A new video"
"""What a thread is called before there is a job in it."""


def job_view(office: Office, job: Job) -> JobView:
    """Return a job's live card."""
    found = _Found(office, job)
    steps = [_step(stage, found) for stage in _stages(found)]
    status = _status(office, found)
    moving = found.moving if status == "processing" else None
    failed = found.failed if status == "failed" else None
    return JobView(
        job=job.id[:8],
        title=job.title,
        status=status,
        owner=job.asker,
        steps=tuple(steps),
        number=_number(steps) if status == "processing" else 0,
        doing=_called(moving.step) if moving else found.doing,
        share=moving.payload.get("share") if moving else None,
        left=moving.payload.get("left") if moving else None,
        files=tuple(files_of(office, job.conversation)),
        spent=office.services.store.ledger.spent(job.id),
        budget=job.budget_usd,
        waits=_waits(found),
        by=found.job.decided_by if found.job.decision else "",
        why=plain_why(failed.error or "", "") if failed else "",
    )


def thread_view(office: Office, conversation: str) -> JobView:
    """Return the card of a thread: that of its job, or what was dropped so far where there is none yet."""
    job = office.job_or_none(conversation)
    if job is not None:
        return job_view(office, job)
    return JobView(title=NEW, status="pending", files=tuple(files_of(office, conversation)))


def files_of(office: Office, conversation: str) -> Iterable[FileView]:
    """Yield the files that people dropped, in their order, each once, with what became of it."""
    store = office.services.store
    refused = {e.payload.get("id"): e.payload for e in store.events.told(conversation, "file_refused")}
    arrived = {e.payload.get("id"): e.payload for e in store.events.told(conversation, "file_arrived")}
    above = [file for file in arrived.values() if "above" in file]
    dropped = [*above, *(file for turn in store.turns.list(conversation) for file in turn.files)]
    for file in {file.get("id") or file["path"]: file for file in dropped}.values():
        id = file.get("id")
        size = arrived.get(id, {}).get("size") or file.get("size")
        if id in refused and id not in arrived:
            yield FileView(name=file["name"], size=size, state="refused", why=str(refused[id].get("why", "")))
        else:
            here = id in arrived or Path(file["path"]).is_file()
            yield FileView(name=file["name"], size=size, state="ready" if here else "waiting")


def failure_view(office: Office, job: Job, steps: Sequence[str] = ()) -> FailureView:
    """Return why a job cannot go on.

    Args:
        steps: those that are known to have failed; the one that failed last is told.
    """
    found = _Found(office, job)
    failed = found.failed or next((found.newest[step] for step in steps if step in found.newest), None)
    if failed is None:
        return FailureView(job=job.id[:8], title=job.title, owner=job.asker, step="", doing="your video", why=UNKNOWN)
    told = office.services.store.events.last("step_failed", job=job.id)
    kind = str(told.payload.get("kind", "")) if told and told.step == failed.step else ""
    return FailureView(
        job=job.id[:8],
        title=job.title,
        owner=job.asker,
        step=failed.step,
        doing=name_of(failed.step),
        why=plain_why(failed.error or "", kind),
        kept=tuple(_kept(found.documents)),
        mend=mend_of(failed.error or "", kind),
        error=(failed.input_hash or digest({"run": failed.id}))[:8],
    )


def delivery_view(office: Office, job: Job) -> DeliveryView:
    """Return what was delivered."""
    documents = office.services.store.documents.current(job.id)
    kept, master, card = (documents.get(step) for step in ("delivery", "master", "scorecard"))
    made = Delivery.open(kept.body, kept.schema_version) if kept and kept.schema == Delivery.SCHEMA else None
    return DeliveryView(
        job=job.id[:8],
        title=job.title,
        owner=job.asker,
        facts=_facts(master.body) if master else (),
        spent=office.services.store.ledger.spent(job.id),
        video=_standing_as(office, job, made.video) if made else "",
        others=tuple(f"{other.format} ({other.told})" for other in made.others) if made else (),
        left=made.left if made else (),
        total=card.body.get("total") if card else None,
        token=token_for(office, card) if card else "",
        downloads=can_download(documents),
    )


def _standing_as(office: Office, job: Job, video: str) -> str:
    """Return the name of a file that was put into the thread, by its hash."""
    rows = office.services.store.posts.list(job.conversation)
    names = [row.body["name"] for row in rows if row.kind == "upload" and row.body.get("hash") == video]
    return str(names[-1]) if names else ""


def step_of(office: Office, job: Job, name: str) -> str:
    """Return the step that a form's choice means: of a group, the branch that this job took."""
    known = office.jobs.states(job)
    if name in known:
        return name
    taken = [s.name for s in office.jobs.pipeline(job).members(name) if known[s.name] not in ("skipped", "blocked")]
    return taken[0] if taken else name


def _status(office: Office, found: _Found) -> Status:
    """Return how a job stands; between two steps it works too."""
    status = found.job.decision or standing(found.states, found.runs)
    return "processing" if status == "pending" and office.jobs.under_way(found.job) else status


class _Found:
    """What was read of a job, once."""

    def __init__(self, office: Office, job: Job) -> None:
        store = office.services.store
        self.job = store.jobs.get(job.id)
        self.pipeline = office.jobs.pipeline(job)
        record = office.jobs.record(job)
        self.states = states(self.pipeline, record)
        self.documents = record.documents
        self.runs = store.runs.list(job.id)
        self.newest = {run.step: run for run in reversed(self.runs)}
        self.active = [run for run in reversed(self.runs) if run.ended is None]
        self._last = store.events.last("progressed", job=job.id)

    @property
    def moving(self) -> Event | None:
        """How far the step is that runs now; None where none of those that run says so."""
        began = {run.step: run.created for run in self.active}
        last = self._last
        return last if last and last.step in began and last.created >= began[last.step] else None

    @property
    def doing(self) -> str:
        """What runs now, in words."""
        return ", ".join(dict.fromkeys(_called(run.step) for run in self.active[:3]))

    @property
    def failed(self) -> Run | None:
        """The newest run that failed and whose step was not made since."""
        wrong = [run for run in self.newest.values() if run.status == "failed" and self.states[run.step] != "skipped"]
        return max(wrong, key=lambda run: run.created, default=None)


def _stages(found: _Found) -> list[Stage]:
    """Return the stages of a job: those of an edit that its pipeline has, and each other step by itself."""
    made = [s.name for s in found.pipeline.steps if not isinstance(s.made_by, Conversed)]
    here = [name for name in made if found.states[name] != "skipped"]
    known = {name: stage for stage in STAGES for name in stage.steps}
    alone = {name: Stage(name, capital(name_of(name)), (name,)) for name in made if name not in known}
    several = {stage.name: stage for name in here for stage in (known.get(name) or alone[name],)}
    return [stage._replace(steps=tuple(s for s in stage.steps if s in here)) for stage in several.values()]


def _step(stage: Stage, found: _Found) -> StepView:
    known = {name: found.states[name] for name in stage.steps}
    running = {run.step for run in found.active}
    failed = [name for name in known if _has_failed(name, found)]
    state: StepState = "pending"
    if running & set(known):
        state = "in_progress"
    elif failed:
        state = "error"
    elif all(given in ("done", "awaiting approval") for given in known.values()):
        state = "complete"
    return StepView(name=stage.name, label=stage.label, state=state, note=_note(known, state, found))


def _has_failed(name: str, found: _Found) -> bool:
    run = found.newest.get(name)
    return run is not None and run.status == "failed" and found.states[name] not in ("done", "awaiting approval")


def _note(known: Mapping[str, State], state: StepState, found: _Found) -> str:
    """Say what else there is to say of a stage: that it waits, is out of date, or which video of several it made."""
    if state in ("in_progress", "error"):
        return ""
    for name, given in known.items():
        version = f"v{found.documents[name].version} " if name in found.documents else ""
        if given == "awaiting approval":
            return f"{version}waits for an answer"
        if given == "rejected":
            return f"{version}was rejected: tell me what to change"
    if "stale" in known.values():
        return "will be made anew"
    versions = [found.documents[name].version for name in known if name in CUTS and name in found.documents]
    return f"v{max(versions)}" if versions and max(versions) > 1 else ""


def _called(step: str) -> str:
    """Return what a step is called while it runs: as the stage that it belongs to."""
    label = next((stage.label for stage in STAGES if step in stage.steps), "")
    return label[:1].lower() + label[1:] or name_of(step)


def _number(steps: Iterable[StepView]) -> int:
    """Return the place of the stage that runs; else of the first that is to come."""
    numbered = [(number, step.state) for number, step in enumerate(steps, 1)]
    running = [number for number, state in numbered if state == "in_progress"]
    coming = [number for number, state in numbered if state != "complete"]
    return (running or coming or [len(numbered)])[0]


def _waits(found: _Found) -> str:
    for name, state in found.states.items():
        if state == "awaiting approval":
            return f"for an answer to {bare(thing_of(name))} v{found.documents[name].version}"
        if state == "rejected":
            return rejected(name, found.documents[name].version)
    return ""


def _kept(documents: Mapping[str, Kept]) -> Iterable[str]:
    """Yield what is not lost when a job fails: the last things of each kind that people know of."""
    yield "your footage"
    for name in ("plan", "preview", "master"):
        if name in documents:
            yield f"{thing_of(name)} v{documents[name].version}"


def _facts(body: Mapping[str, Any]) -> tuple[str, ...]:
    return (f"{clock(body['length'])} long", shape_of(body["width"], body["height"]))
