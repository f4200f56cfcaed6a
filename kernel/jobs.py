"""What may be done with a job: run, rerun, approve, keep, pause, resume, cancel; by people and by the orchestrator.

All of it is kept first and begun by the engine then, by ids that follow from who asked: doing it twice does it once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from kernel.approval import approve, keep_stale
from kernel.context import missing, require_ready
from kernel.document import Document, Value, digest
from kernel.errors import BadDocument, Denied, NotReady
from kernel.expert import Expert
from kernel.pipeline import Conversed, Pipeline, Record, State, Step, inputs, opened, states
from kernel.services import Services
from kernel.store.records import Approval, Event, Instruction, Job, Kept, NewDocument, Origin, Run, new_id
from kernel.tasks import Task
from kernel.walk import Walk, WalkEnd, advance, end_of, record_of, tell_end

Status = Literal["pending", "processing", "review_required", "completed", "failed", "paused", "cancelled"]


CANCELLED = "This job was cancelled for good; what was made is kept. Say what to make instead, and another begins."


class Scope(Value):
    """What a note may change: a span of seconds of the cut that was seen, or named fields; nothing named means all."""

    from_: float | None = None
    to: float | None = None
    fields: tuple[str, ...] = ()

    def body(self) -> dict[str, Any] | None:
        """Return it as it is kept with the instruction; None for all."""
        if self.from_ is None and not self.fields:
            return None
        return {"from": self.from_, "to": self.to, "fields": list(self.fields)}


class Rerun(Value):
    """What a rerun began, and what it makes stale."""

    step: str
    stale: tuple[str, ...]
    waits: bool = False
    """Whether nothing began: the step was not made yet, and the words are kept for when it is."""


class Jobs:
    """The doings of jobs."""

    def __init__(self, services: Services) -> None:
        self.services = services

    def pipeline(self, job: Job) -> Pipeline:
        """Return the pipeline that a job passes through."""
        return self.services.pipelines[job.pipeline]

    def record(self, job: Job) -> Record:
        """Return all that the job's states are read from."""
        return record_of(self.services.store, job.id, self.pipeline(job))

    def states(self, job: Job) -> dict[str, State]:
        """Return the state of every step."""
        return states(self.pipeline(job), self.record(job))

    def status(self, job: Job) -> Status:
        """Read the job's status off its documents, answers and runs."""
        return job.decision or standing(self.states(job), self.services.store.runs.list(job.id))

    def under_way(self, job: Job) -> bool:
        """Say whether a walk was begun whose end is still to be told: more will come without anybody asking."""
        last = self.services.store.events.last("walk_begun", "walk_ended", "paused", "cancelled", job=job.id)
        return last is not None and last.kind == "walk_begun"

    def hand_in(self, job: Job, step_name: str, body: Mapping[str, Any], by: str, run: str) -> Kept:
        """Keep a document that the conversation made.

        Raises:
            BadDocument: it breaks its schema or its rules.
        """
        step = self.pipeline(job).step(step_name)
        if not isinstance(step.made_by, Conversed):
            raise BadDocument(f"{step_name} is made by its own expert; use run_step or rerun_step.")
        document = step.document.read(body)
        found = document.problems({})
        if found:
            raise BadDocument(" ".join(found))
        return self.services.store.documents.keep(_given(job, step_name, document, by, run, document.digest))

    def amend(self, job: Job, step_name: str, body: Mapping[str, Any], by: str, run: str) -> Kept:
        """Keep a person's own version of a document that a step made; what was made from it becomes stale by itself.

        It counts as made from today's inputs with every wish so far in it: it is no older than anything it stands on.

        Raises:
            BadDocument: it breaks its schema or its rules. NotReady: the step was never made, or is being made just
                now. Denied: the job was cancelled.
        """
        if self.services.store.jobs.get(job.id).decision == "cancelled":
            raise Denied(CANCELLED)
        step, above = self._amendable(job, step_name)
        document = step.document.read(body)
        documents = {need: opened(s, kept) for need, (s, kept) in above.items()}
        rules = step.made_by.rules if isinstance(step.made_by, Expert) else None
        found = [*document.problems(documents), *(rules(document, documents) if rules else ())]
        if found:
            raise BadDocument(" ".join(found))
        asked = self.record(job).instructions.get(step.name, ())
        lineage = tuple(Origin(step=s.name, hash=made.hash) for s, made in above.values())
        wishes = tuple(instruction.id for instruction in asked)
        made_from = digest({"by": by, "document": document.digest})
        given = _given(job, step.name, document, by, run, made_from, lineage=lineage, instructions=wishes)
        kept = self.services.store.documents.keep(given)
        self._tell_amended(job, kept, by)
        return kept

    def _amendable(self, job: Job, step_name: str) -> tuple[Step, dict[str, tuple[Step, Kept]]]:
        pipeline, record = self.pipeline(job), self.record(job)
        step = pipeline.step(step_name)
        above = inputs(pipeline, step, record)
        if above is None or step.name not in record.documents:
            raise NotReady(f"{step_name} was not made yet. {missing(pipeline, step, record)}")
        if any(active.step == step.name for active in self.services.store.runs.active(job.id)):
            raise NotReady(f"{step_name} is being made just now: wait until it is done.")
        return step, above

    def _tell_amended(self, job: Job, kept: Kept, by: str) -> None:
        told: dict[str, Any] = {"version": kept.version, "hash": kept.hash, "by": by}
        self._tell(job, "amended", kept.step, told, key=kept.run)
        stale = [name for name, state in self.states(job).items() if state == "stale"]
        if stale:
            told = {"because": f"{kept.step} v{kept.version}", "steps": stale}
            self._tell(job, "stale_found", kept.step, told, key=kept.run)

    def run_step(self, job: Job, step_name: str, walk: str, fresh: bool = False) -> None:
        """Begin one step.

        Raises:
            NotReady: names what is missing. Denied: the job is cancelled or paused.
        """
        pipeline, record = self.pipeline(job), self.record(job)
        step = pipeline.step(step_name)
        if isinstance(step.made_by, Conversed):
            raise NotReady(f"{step_name} is made in the conversation: hand it in.")
        require_ready(pipeline, step, record)
        self._walk(job, Walk(id=walk, job=job.id, goal=(step_name,), fresh=step_name if fresh else ""))

    def run_all(self, job: Job, walk: str) -> None:
        """Begin all that is ready, and go on up to the next gate.

        Raises:
            Denied: the job is cancelled or paused. NotReady: the conversation still owes a document.
        """
        pipeline, record = self.pipeline(job), self.record(job)
        owed = [s.name for s in pipeline.steps if isinstance(s.made_by, Conversed) and s.name not in record.documents]
        if owed:
            raise NotReady(f"{', '.join(owed)} must be handed in before anything can run.")
        self._walk(job, Walk(id=walk, job=job.id))

    def rerun(
        self, job: Job, step_name: str, instructions: str, scope: Scope, by: str, key: str, refresh: bool = True
    ) -> Rerun:
        """Ask for a step to be made anew with a person's words; what was made from it becomes stale by itself.

        Words for a task that is still to come are kept until it is made: they say how, not what to change.

        Raises:
            NotReady: the expert's step was never made. Denied: the job is cancelled or paused.
        """
        self.require_going(job)
        pipeline, record = self.pipeline(job), self.record(job)
        step = pipeline.step(step_name)
        kept = record.documents.get(step.name)
        if isinstance(step.made_by, Conversed):
            raise NotReady(f"{step_name} is made in the conversation: hand in a new one.")
        if kept is None and not isinstance(step.made_by, Task):
            raise NotReady(f"{step_name} was not made yet. {missing(pipeline, step, record)}")
        self.services.store.instructions.add(
            Instruction(
                id=f"{key}:{step_name}",
                job=job.id,
                step=step_name,
                text=instructions,
                scope=scope.body(),
                by=by,
                made_for=kept.hash if kept else None,
            )
        )
        if kept is None:
            return Rerun(step=step_name, stale=(), waits=True)
        self._walk(job, Walk(id=key, job=job.id, goal=() if refresh else (step_name,), refresh=True))
        below = tuple(name for name in pipeline.descendants(step_name) if name in record.documents)
        return Rerun(step=step_name, stale=below)

    def answer(self, job: Job, answer: Approval, walk: str) -> Kept:
        """Keep a person's yes or no to a gate; a yes begins the next walk.

        Raises:
            Stale: the answer is to another version, or too late. Denied: the job is cancelled or paused.
        """
        self.require_going(job)
        kept = approve(self.services.store, self.pipeline(job), job, self.record(job), answer)
        self._tell(job, f"{answer.verdict}", answer.step, {"hash": kept.hash, "version": kept.version, "by": answer.by})
        if answer.verdict == "approved":
            self._walk(job, Walk(id=walk, job=job.id))
        return kept

    def keep(self, job: Job, step_name: str, by: str, walk: str) -> Kept:
        """Keep a stale document as it is.

        Raises:
            Stale: it is not stale. Denied: the job is cancelled or paused.
        """
        self.require_going(job)
        kept = keep_stale(self.services.store, self.pipeline(job), job, self.record(job), step_name, by)
        self._tell(job, "kept_stale", step_name, {"version": kept.version, "by": by}, key=walk)
        self._walk(job, Walk(id=walk, job=job.id))
        return kept

    def pause(self, job: Job, by: str) -> None:
        """Stop what runs and begin nothing until it is resumed; nothing that is finished is lost.

        Raises:
            Denied: the job was cancelled.
        """
        self._halt(job, "paused", by)

    def cancel(self, job: Job, by: str) -> None:
        """Stop for good; the documents stay.

        Raises:
            Denied: it was cancelled already.
        """
        self._halt(job, "cancelled", by)

    def resume(self, job: Job, by: str, walk: str) -> None:
        """Let a paused or failed job go on.

        Raises:
            Denied: the job was cancelled.
        """
        if self.services.store.jobs.get(job.id).decision == "cancelled":
            raise Denied(CANCELLED)
        self.services.store.jobs.decide(job.id, None, by)
        self._tell(job, "resumed", "", {"by": by}, key=walk)
        self._walk(self.services.store.jobs.get(job.id), Walk(id=walk, job=job.id))

    def mend(self, job: Job) -> tuple[str, ...]:
        """End the runs whose work the engine gave up or lost, so that the job does not wait for them for ever.

        Returns:
            The steps of those runs.
        """
        if self.services.store.jobs.get(job.id).decision:
            return ()  # what a person stopped is ended by whoever stopped it
        found = []
        self._mend_walk(job)
        for run in self.services.store.runs.active(job.id):
            outcome = self.services.engine.outcome(run.id)
            if outcome is None or not outcome.ended or self.services.store.runs.get(run.id).status != "running":
                continue
            why = outcome.error or "It ended without a word; resume the job to try it again."
            self.services.store.runs.end(run.id, "failed", None, why)
            self._tell(job, "step_failed", run.step, {"why": why, "kind": "lost", "sent_back_to": ""}, key=run.id)
            self._end(job, run.walk, (run.step,))
            found.append(run.step)
        return tuple(found)

    def _mend_walk(self, job: Job) -> None:
        """Tell the end of a walk that failed before it could begin anything."""
        begun = self.services.store.events.last("walk_begun", job=job.id)
        outcome = self.services.engine.outcome(f"walk-{begun.payload['walk']}") if begun else None
        if begun and outcome and outcome.status == "failed":
            self._end(job, begun.payload["walk"], ())

    def _end(self, job: Job, walk: str, steps: tuple[str, ...]) -> None:
        end = WalkEnd(walk=walk, end="failed", steps=steps)
        told = Walk(id=walk, job=job.id)
        tell_end(told, end, job, self.services.store)
        self.services.tell_turn(job.conversation, end_of(told), end.model_dump(mode="json"))

    def again(self, job: Job) -> tuple[str, ...]:
        """Run every finished step again from the same inputs: each gives back its original, and the trace says so."""
        found = []
        for step in self.pipeline(job).steps:
            kept = self.services.store.documents.latest(job.id, step.name)
            if kept is None:
                continue
            with self.services.telemetry.span(
                "deduplicated",
                job=job.id,
                trace_id=job.trace_id,
                step=step.name,
                original=f"{step.name} v{kept.version}",
                hash=kept.hash,
                input_hash=kept.input_hash,
            ):
                found.append(step.name)
        return tuple(found)

    def _halt(self, job: Job, decision: Literal["paused", "cancelled"], by: str) -> None:
        store = self.services.store
        if store.jobs.get(job.id).decision == "cancelled":
            raise Denied(CANCELLED)
        store.jobs.decide(job.id, decision, by)
        for run in store.runs.active(job.id):
            self.services.engine.cancel(run.id)
            store.runs.end(run.id, "cancelled", None, f"{by} said stop")
        self._tell(job, decision, "", {"by": by}, key=new_id())

    def _walk(self, job: Job, walk: Walk) -> None:
        self.require_going(job)
        self._tell(job, "walk_begun", "", {"walk": walk.id}, key=walk.id)
        self.services.engine.begin("walk", f"walk-{walk.id}", walk.model_dump(mode="json"))

    def require_going(self, job: Job) -> None:
        """Refuse to begin or decide anything in a job that somebody stopped.

        Raises:
            Denied: it is cancelled or paused.
        """
        decision = self.services.store.jobs.get(job.id).decision
        if decision:
            raise Denied(CANCELLED if decision == "cancelled" else "This job is paused; say `resume` to go on.")

    def _tell(self, job: Job, kind: str, step: str, payload: dict[str, Any], key: str = "") -> None:
        self.services.store.events.append(
            Event(
                id=f"{job.id}:{kind}:{step}:{key or payload.get('hash') or payload.get('version')}",
                job=job.id,
                conversation=job.conversation,
                kind=kind,
                step=step,
                payload=payload,
            )
        )


def standing(known: Mapping[str, State], runs: Sequence[Run]) -> Status:
    """Read how a job stands that nobody halted.

    Args:
        known: the state of every step.
        runs: newest first.
    """
    if any(run.ended is None for run in runs):
        return "processing"
    if any(state in ("awaiting approval", "rejected") for state in known.values()):
        return "review_required"
    if all(state in ("done", "skipped") for state in known.values()):
        return "completed"
    newest = {run.step: run.status for run in reversed(runs)}
    failed = [step for step, status in newest.items() if status == "failed" and known[step] != "skipped"]
    return "failed" if failed else "pending"


def walk_workflow(services: Services) -> Callable[[dict[str, Any]], None]:
    """Return the engine's workflow `walk`: begin what is ready, or say at once how the walk ended."""

    def walk(values: dict[str, Any]) -> None:
        told = Walk.model_validate(values)
        ended = services.engine.remember("advance", lambda: _advanced(told, services))
        if ended:
            job = services.store.jobs.get(told.job)
            services.engine.remember("tell", lambda: services.tell_turn(job.conversation, end_of(told), ended))

    return walk


def _advanced(walk: Walk, services: Services) -> dict[str, Any] | None:
    end = advance(walk, services)
    if end is None:
        return None
    tell_end(walk, end, services.store.jobs.get(walk.job), services.store)
    return end.model_dump(mode="json")


def _given(
    job: Job,
    step: str,
    document: Document,
    by: str,
    run: str,
    input_hash: str,
    lineage: tuple[Origin, ...] = (),
    instructions: tuple[str, ...] = (),
) -> NewDocument:
    """Return a document that no step made, but somebody gave, as it is kept."""
    return NewDocument(
        job=job.id,
        step=step,
        hash=document.digest,
        schema=document.SCHEMA,
        schema_version=document.VERSION,
        body=document.body(),
        lineage=lineage,
        instructions=instructions,
        input_hash=input_hash,
        run=run,
        expert=by,
        confidence=getattr(document, "confidence", None),
    )
