"""One step, whole: register, ready?, dedupe, pre-policies, make, post-policies, keep, tell. The order is in the names.

Each phase is remembered by the engine, so that after kill -9 a run goes on where it was. A failure keeps the stack
trace, the exact command and its stderr, and leaves the job where it was: resumable.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from kernel.context import Context, gather, require_ready
from kernel.document import Document
from kernel.errors import (
    BadDocument,
    Cancelled,
    Denied,
    PlanError,
    RushesError,
    StepFailed,
    TimedOut,
    TryAgain,
    WorkerError,
)
from kernel.expert import Expert
from kernel.goldens import shown
from kernel.messages import Image, pictured
from kernel.models import Caller
from kernel.pipeline import Pipeline, Record, Step, states
from kernel.policies import POLICIES, Question, strictest
from kernel.providers.offline import Offline
from kernel.rounds import Round, asked_by_machine, begin, judge, spoke
from kernel.services import Services
from kernel.store.records import Event, Instruction, Job, Kept, Log, NewDocument, Verdict
from kernel.subchat import Made, hold
from kernel.tasks import Task, Tell, Work
from kernel.walk import Walk, advance, end_of, record_of, tell_end
from kernel.worker.ffmpeg import Run

T = TypeVar("T")


class StepRun:
    """One run of one step: the engine's workflow `step`."""

    def __init__(self, services: Services, job: Job, step: Step, run: str, walk: Walk) -> None:
        self.services = services
        self.job = job
        self.step = step
        self.run = run
        self.walk = walk
        self.pipeline: Pipeline = services.pipelines[job.pipeline]
        self._stacks: dict[str, str] = {}
        """The stack trace of each error met, by its text: the engine hands errors on without."""

    def whole(self) -> None:
        """Make the step and let the walk go on, whatever came of it."""
        try:
            self._registered()
        except Cancelled:
            raise
        except Exception as error:  # noqa: BLE001  whatever goes wrong, it is kept and the job can be resumed
            failure = error
            blamed = self._remember("failed", lambda: self._fail(self._ours(failure)))
            self.walk = self.walk.widened(blamed) if blamed else self.walk
        self._remember("advance", self._advance)

    def _registered(self) -> None:
        """Phase 1: say that it began; then the rest."""
        self._remember("register", lambda: self._tell("step_started", {"walk": self.walk.id}))
        context = self._ready()
        if not self._remember("dedupe", lambda: self._deduped(context)):
            self._remember("policies", lambda: self._allowed(context))
            self._keep(context, self._made(context))
        if self.step.marks is not None:
            self._rounds()
        self._remember("tell", self._tell_done)

    def _ready(self) -> Context:
        """Phase 2: every need is done, fresh and approved; the inputs are those that the run was begun with."""
        snapshot = self._remember("ready", self._snapshot)
        fresh = self.walk.id if self.walk.fresh == self.step.name else ""
        return gather(self.pipeline, self.step, self._as_of(snapshot), self.services.maker(self.step, self.job), fresh)

    def _snapshot(self) -> dict[str, Any]:
        """Return what the run reads, by hash and id: a replay after a crash reads the same, whatever came meanwhile."""
        self._require_going()
        record = record_of(self.services.store, self.job.id, self.pipeline)
        require_ready(self.pipeline, self.step, record)
        instructions = record.instructions.get(self.step.name, ())
        return {
            "documents": {name: kept.hash for name, kept in record.documents.items()},
            "instructions": [instruction.id for instruction in instructions],
            "by_hand": dict(record.by_hand),
        }

    def _require_going(self) -> None:
        """Leave when a person said stop while this run was on its way into the queue."""
        job = self.services.store.jobs.get(self.job.id)
        if job.decision:
            self.services.store.runs.end(self.run, "cancelled", None, f"{job.decided_by} said stop")
            raise Cancelled(f"This job is {job.decision}.")

    def _as_of(self, snapshot: dict[str, Any]) -> Record:
        store = self.services.store
        versions = {
            name: next(kept for kept in store.documents.versions(self.job.id, name) if kept.hash == hash_)
            for name, hash_ in snapshot["documents"].items()
        }
        asked = [i for i in store.instructions.list(self.job.id, self.step.name) if i.id in snapshot["instructions"]]
        return Record(versions, {}, {self.step.name: tuple(asked)}, snapshot.get("by_hand", {}))

    def _deduped(self, context: Context) -> bool:
        """Phase 3: the same inputs again return the original result, at no charge."""
        store = self.services.store
        original = store.documents.by_input(self.job.id, self.step.name, context.input_hash)
        if original is None:
            return False
        if original.run != self.run:
            self._restore(original, context)
            store.runs.end(self.run, "deduplicated", original.hash)
            with self._span("deduplicated", original=f"{self.step.name} v{original.version}", hash=original.hash):
                pass
        return True

    def _restore(self, original: Kept, context: Context) -> None:
        """Make the original the current one again, where a later version stands before it or others asked for it."""
        latest = self.services.store.documents.latest(self.job.id, self.step.name)
        asked = tuple(i.id for i in context.instructions)
        if latest is not None and (latest.version, latest.instructions) != (original.version, asked):
            again = original.model_dump(exclude={"version", "created", "run"})
            free = {"run": self.run, "cost_usd": 0.0, "prompt_tokens": 0, "completion_tokens": 0, "instructions": asked}
            self.services.store.documents.keep(NewDocument(**{**again, **free}))

    def _allowed(self, context: Context) -> None:
        """Phase 4: every policy is asked and its verdict kept; the strictest one counts."""
        rulings = [policy(self._question(context)) for policy in POLICIES]
        for ruling in rulings:
            self.services.store.verdicts.add(
                Verdict(
                    id=f"{self.run}:{ruling.policy}",
                    job=self.job.id,
                    step=self.step.name,
                    run=self.run,
                    **ruling.model_dump(),
                )
            )
        verdict = strictest(rulings)
        if verdict.answer != "allow":
            raise Denied(verdict.why)

    def _question(self, context: Context) -> Question:
        settings, store = self.services.settings, self.services.store
        assets = [a for a in store.assets.list(self.job.id) if a.source]
        since = spoke(store, self.job, self.pipeline)
        return Question(
            step=self.step.name,
            made_by="expert" if isinstance(self.step.made_by, Expert) else "task",
            budget_usd=self.job.budget_usd,
            spent_usd=store.ledger.spent(self.job.id),
            rounds_asked_by_machine=asked_by_machine(context.instructions, since),
            rounds_limit=settings.rounds,
            sources=tuple(
                {"name": a.name, "size": a.size, "duration": float(a.metadata.get("duration") or 0)} for a in assets
            ),
            max_source_bytes=settings.max_source_bytes,
            max_source_seconds=settings.max_source_seconds,
            quiet_hours=settings.quiet_hours,
            now=datetime.now().astimezone(),
            asked_by_person=self.walk.by_person,
        )

    def _made(self, context: Context) -> Made:
        """Phase 5: an expert in a subchat, or a plain function; again after a passing fault."""
        limit = self.step.attempts
        for number in range(1, limit + 1):
            begun = time.monotonic()
            try:
                made = self._made_once(context)
            except TryAgain as error:
                self._attempted(number, error, time.monotonic() - begun)
                if number == limit:
                    raise
            else:
                self._attempted(number, None, time.monotonic() - begun)
                return made
        raise StepFailed(f"{self.step.name} was not made.")

    def _made_once(self, context: Context) -> Made:
        if isinstance(self.step.made_by, Expert):
            caller = Caller(self.job, self.step.name, self.run)
            s = self.services
            examples = shown(s.store, self.pipeline, self.step, self.job, context.documents)
            pictures, memory = self._pictures(self.step.made_by, context), _Guarded(self._remember)
            return hold(self.step.made_by, context, caller, s.models, s.prompts, s.store, memory, examples, pictures)
        body = self._remember("task", lambda: self._worked(context).body())
        return Made(self.step.document.read(body), "", 0, 0)

    def _pictures(self, expert: Expert, context: Context) -> tuple[Image, ...]:
        """Return what an expert is shown; nothing is drawn where no model will look."""
        if expert.shows is None:
            return ()
        drawn = self._remember("show", lambda: self._drawn(expert, context))
        return tuple(pictured(self.services.studio.path(hash_, self.job.id).read_bytes()) for hash_ in drawn)

    def _drawn(self, expert: Expert, context: Context) -> list[str]:
        if expert.shows is None or self.services.models.name(expert.tier, self.job).startswith(Offline.name):
            return []
        with self._span(f"show {expert.name}"):
            return list(expert.shows(context.documents, self.services.studio.traced(self._ran), self.job))

    def _worked(self, context: Context) -> Document:
        task = self.step.made_by
        if not isinstance(task, Task):
            raise StepFailed(f"{self.step.name} is made in the conversation: say what you want there.")
        progress = self._progress()
        progress(0.0, "")
        with self._span(f"task {task.name}"):
            return task.make(
                Work(
                    job=self.job,
                    run=self.run,
                    documents=context.documents,
                    instructions=tuple(i.text for i in context.instructions),
                    studio=self.services.studio.traced(self._ran),
                    progress=progress,
                    cancelled=lambda: self.services.engine.cancelled(self.run),
                    span=self._span,
                )
            )

    def _ran(self, run: Run) -> None:
        """Keep a run of ffmpeg in the trace: its exact arguments, what it said, how long it took."""
        with self._span(
            "ffmpeg",
            ffmpeg_arguments=list(run.command),
            render_time=round(run.seconds, 3),
            cpu=round(run.cpu_seconds, 3),
            stderr=run.stderr,
        ):
            pass

    def _keep(self, context: Context, made: Made) -> None:
        """Phases 6 and 7: the document against its rules, then kept with its lineage and cost."""
        found = made.document.problems(context.documents)
        if found:
            raise BadDocument(f"{self.step.name} broke its rules: {' '.join(found)}")
        self._remember("keep", lambda: self._kept(context, made))

    def _kept(self, context: Context, made: Made) -> str:
        store = self.services.store
        charges = [c for c in store.ledger.list(self.job.id) if c.run == self.run]
        kept = store.documents.keep(
            NewDocument(
                job=self.job.id,
                step=self.step.name,
                hash=made.document.digest,
                schema=made.document.SCHEMA,
                schema_version=made.document.VERSION,
                body=made.document.body(),
                lineage=context.lineage,
                instructions=tuple(i.id for i in context.instructions),
                input_hash=context.input_hash,
                run=self.run,
                expert=self._maker_name(),
                model=made.model,
                prompt_tokens=made.prompt_tokens,
                completion_tokens=made.completion_tokens,
                confidence=getattr(made.document, "confidence", None),
                cost_usd=sum(c.usd for c in charges),
            )
        )
        store.runs.end(self.run, "done", kept.hash)
        return kept.hash

    def _maker_name(self) -> str:
        if not isinstance(self.step.made_by, Expert):
            return ""
        rows = {row.name: row.version for row in self.services.store.registry.experts()}
        return f"{self.step.made_by.name}@{rows.get(self.step.made_by.name, 0)}"

    def _rounds(self) -> None:
        """Send what failed back to the steps that own the cure, or say why a person decides now."""
        found = self._remember("judge", self._judged)
        if found is not None:
            round_ = Round.model_validate(found)
            current = self.services.store.documents.current(self.job.id)
            self._remember("round", lambda: begin(self.services.store, self.job, self.step, self.run, round_, current))

    def _judged(self) -> dict[str, Any] | None:
        store, rounds = self.services.store, self.services.settings.rounds
        record = record_of(store, self.job.id, self.pipeline)
        found = judge(store, self.job, self.pipeline, self.step, record, rounds, self.walk.goal)
        return found.model_dump(mode="json") if found else None

    def _tell_done(self) -> None:
        """Say what was made, which gate it opens, and what became stale by it."""
        store = self.services.store
        kept = store.documents.latest(self.job.id, self.step.name)
        if kept is None:
            return
        told = {"version": kept.version, "hash": kept.hash, "run": self.run, "confidence": kept.confidence}
        self._tell("step_done", told)
        known = states(self.pipeline, record_of(store, self.job.id, self.pipeline))
        if known[self.step.name] == "awaiting approval":
            self._tell("gate_opened", told)
        stale = [name for name in self.pipeline.descendants(self.step.name) if known[name] == "stale"]
        if stale:
            self._tell("stale_found", {"because": f"{self.step.name} v{kept.version}", "steps": stale})

    def _fail(self, error: RushesError) -> str:
        """Keep why it failed; a plan that cannot be done goes back to the step that wrote it, which is returned."""
        store = self.services.store
        stack = self._stacks.get(str(error)) or "".join(traceback.format_exception(error))
        store.runs.end(self.run, "failed", None, str(error), stack, getattr(error, "draft", None))
        details = {
            "kind": type(error).__name__,
            "command": list(getattr(error, "command", ())),
            "stderr": getattr(error, "stderr", ""),
        }
        store.logs.add(
            Log(
                job=self.job.id,
                level="error",
                step=self.step.name,
                message=str(error),
                metadata={**details, "stack": stack},
            )
        )
        blamed = self._blame(error)
        self._tell("step_failed", {"why": str(error), "kind": details["kind"], "sent_back_to": blamed})
        return blamed

    def _blame(self, error: RushesError) -> str:
        if not self.step.blames or isinstance(error, TimedOut) or not isinstance(error, (PlanError, WorkerError)):
            return ""
        said = f"The worker could not do this plan: {error}"
        stderr = getattr(error, "stderr", "")
        text = f"{said}\nffmpeg said: {stderr[-1500:]}" if stderr else said
        self.services.store.instructions.add(
            Instruction(id=f"{self.run}:blame", job=self.job.id, step=self.step.blames, text=text, by="worker")
        )
        return self.step.blames

    def _advance(self) -> None:
        end = advance(self.walk, self.services)
        if end is None:
            return
        tell_end(self.walk, end, self.job, self.services.store)
        self.services.tell_turn(self.job.conversation, end_of(self.walk), end.model_dump(mode="json"))

    def _attempted(self, number: int, error: RushesError | None, seconds: float) -> None:
        stack = self._stacks.get(str(error)) if error else None
        why = str(error) if error else None
        self._remember("attempt", lambda: self.services.store.runs.attempt(self.run, number, why, stack, seconds))

    def _tell(self, kind: str, payload: dict[str, Any]) -> None:
        self.services.store.events.append(
            Event(
                id=f"{self.run}:{kind}",
                job=self.job.id,
                conversation=self.job.conversation,
                kind=kind,
                step=self.step.name,
                payload=payload,
            )
        )

    def _progress(self) -> Tell:
        """Tell how far a task is, at most twice a second."""
        last = [0.0]

        def told(share: float, doing: str, left: float | None = None) -> None:
            if time.monotonic() - last[0] < 0.5 and share < 1:
                return
            last[0] = time.monotonic()
            self.services.store.events.append(
                Event(
                    job=self.job.id,
                    conversation=self.job.conversation,
                    kind="progressed",
                    step=self.step.name,
                    payload={"share": round(share, 4), "doing": doing, "left": left},
                )
            )

        return told

    def _span(self, name: str, **attributes: Any) -> Any:
        return self.services.telemetry.span(
            name, job=self.job.id, trace_id=self.job.trace_id, step=self.step.name, parent=self.run, **attributes
        )

    def _remember(self, name: str, act: Callable[[], Any]) -> Any:
        """Have the engine remember an act; what it raises keeps its stack trace, and is told in one sentence."""

        def guarded() -> Any:
            try:
                return act()
            except Exception as error:
                raise self._ours(error) from error

        return self.services.engine.remember(name, guarded)

    def _ours(self, error: Exception) -> RushesError:
        """Return an error that may be told; one that nobody raised on purpose is logged and becomes one sentence."""
        stack = "".join(traceback.format_exception(error))
        if isinstance(error, RushesError):
            self._stacks.setdefault(str(error), stack)
            return error
        told = StepFailed(
            f"{self.step.name} met a fault of ours ({type(error).__name__}: {error}); "
            f"`rushes logs {self.job.id[:8]}` has the details, and the job can be resumed."
        )
        self._stacks.setdefault(str(told), stack)
        self.services.store.logs.add(
            Log(job=self.job.id, level="error", step=self.step.name, message=repr(error), metadata={"stack": stack})
        )
        return told


@dataclass(frozen=True)
class _Guarded:
    """The memory of a run's subchat: what the engine remembers, with every fault of ours told as one."""

    act: Callable[[str, Callable[[], Any]], Any]

    def remember(self, name: str, act: Callable[[], T]) -> T:
        """Do it once."""
        result: T = self.act(name, act)
        return result


def step_workflow(services: Services) -> Callable[[str, str, str, dict[str, Any]], None]:
    """Return the engine's workflow `step`."""

    def run_step(job_id: str, step_name: str, run: str, walk: dict[str, Any]) -> None:
        job = services.store.jobs.get(job_id)
        step = services.pipelines[job.pipeline].step(step_name)
        with services.telemetry.span(
            f"step {step_name}", job=job.id, trace_id=job.trace_id, step=step_name, span_key=run
        ):
            StepRun(services, job, step, run, Walk.model_validate(walk)).whole()

    return run_step
