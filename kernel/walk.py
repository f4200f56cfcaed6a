"""The walk of a job: which steps begin now. Nothing parks for a person; a kept answer begins the next walk.

A walk is a value that travels with the runs it began. Each run that ends looks for what has become ready; the last one
to end says how the walk ended: at a gate, done, failed or paused.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import Field

from kernel.context import Context, gather
from kernel.document import Value
from kernel.engine import Engine
from kernel.history import History
from kernel.pipeline import Conversed, Pipeline, Record, State, Step, states
from kernel.rounds import WITHDRAWN, open_gates
from kernel.services import Services
from kernel.store import Store
from kernel.store.records import METRIC, Event, Job, Run

AGAIN = 2.0
"""Seconds after which a walk that finds only other walks' runs under way looks again."""


class Walk(Value):
    """One walk of a job."""

    id: str
    job: str
    goal: tuple[str, ...] = ()
    """The steps that may be made; none means all."""
    refresh: bool = True
    """Whether stale steps are made anew, too."""
    fresh: str = ""
    """A step that is made anew even from the same inputs."""
    by_person: bool = True
    """Whether a person asked for it just now."""
    looks: int = 0
    """How often it found only other walks' runs under way."""

    def widened(self, step: str) -> Walk:
        """Return the walk with one more step in its goal."""
        return self.model_copy(update={"goal": (*self.goal, step)}) if self.goal and step not in self.goal else self


End = Literal["gate", "done", "failed", "paused", "cancelled", "stopped"]


class WalkEnd(Value):
    """How a walk ended."""

    walk: str
    end: End
    steps: tuple[str, ...] = Field(default=())
    """The steps that wait, failed or are stale."""


def record_of(store: Store, job: str, pipeline: Pipeline) -> Record:
    """Read all that a job's states follow from."""
    given = store.instructions.of(job)
    amended = [(event.step, str(event.payload["hash"])) for event in store.events.of(job, "amended")]
    withdrawn = frozenset(id for event in store.events.of(job, WITHDRAWN) for id in event.payload["instructions"])
    holding = [instruction for instruction in given if instruction.id not in withdrawn]
    return Record(
        documents=store.documents.current(job),
        approvals={(a.step, a.hash): a for a in store.approvals.list(job)},
        instructions={step.name: tuple(i for i in holding if i.step == step.name) for step in pipeline.steps},
        by_hand=dict(amended),
        withdrawn=withdrawn,
        history=History(
            versions=store.documents.history(job),
            by_hand={hash_ for _, hash_ in amended},
            by_metrics={instruction.id for instruction in given if instruction.by == METRIC},
        ),
    )


def advance(walk: Walk, services: Services) -> WalkEnd | None:
    """Begin every step that has become ready; return how the walk ended when nothing runs and nothing can begin."""
    job = services.store.jobs.get(walk.job)
    pipeline = services.pipelines[job.pipeline]
    while True:
        before = _standing(job, services.store)
        record = record_of(services.store, job.id, pipeline)
        known = states(pipeline, record)
        begun = [] if job.decision else _begin_ready(walk, job, pipeline, record, known, services)
        after = _standing(job, services.store)
        if begun:
            return None
        if "running" in after.values():
            _look_again(walk, services)
            return None
        # Two runs may end together: what was read while another one ended is too old to tell an end by.
        if after == before:
            end = _ended(walk, job, pipeline, known, services)
            if end.end == "gate":
                open_gates(services.store, job, pipeline, [record.documents[name] for name in end.steps])
            return end


def _look_again(walk: Walk, services: Services) -> None:
    """Have a walk go on later when only runs of other walks are under way: their ends look after their own goals."""
    if any(run.walk == walk.id for run in services.store.runs.active(walk.job)):
        return
    next_one = walk.model_copy(update={"looks": walk.looks + 1})
    id = f"walk-{walk.id}-{next_one.looks}"
    services.engine.later("walk", id, AGAIN, next_one.model_dump(mode="json"))


def _standing(job: Job, store: Store) -> dict[str, str]:
    """Return the status of each run of a job."""
    return {run.id: run.status for run in store.runs.list(job.id)}


def _begin_ready(
    walk: Walk, job: Job, pipeline: Pipeline, record: Record, known: dict[str, State], services: Services
) -> list[str]:
    running = {run.step: run for run in services.store.runs.active(job.id)}
    begun = []
    for step in _startable(walk, pipeline, record, known):
        if step.name in running:
            _begin_again(running[step.name], walk, step, services.engine)
            continue
        context = context_of(walk, job, pipeline, step, record, services)
        run = _run_of(walk, job, step, context, services.store.runs.list(job.id, step.name))
        if run is None:
            continue
        services.store.runs.begin(run)
        start(run, walk, step, services.engine)
        begun.append(step.name)
    return begun


def _begin_again(run: Run, walk: Walk, step: Step, engine: Engine) -> None:
    """Begin a run that was kept by this walk, in case its process died before the engine knew of it."""
    if run.walk == walk.id:
        start(run, walk, step, engine)


def start(run: Run, walk: Walk, step: Step, engine: Engine) -> None:
    """Have the engine run a step, once per run id."""
    engine.begin("step", run.id, run.job, step.name, run.id, walk.model_dump(mode="json"), queue=step.queue)


def _startable(walk: Walk, pipeline: Pipeline, record: Record, known: dict[str, State]) -> Iterable[Step]:
    """Yield steps whose needs are all done and which are missing, stale, or asked for afresh."""
    for step in pipeline.steps:
        if isinstance(step.made_by, Conversed) or (walk.goal and step.name not in walk.goal):
            continue
        wanted = (
            known[step.name] == "ready" or (known[step.name] == "stale" and walk.refresh) or walk.fresh == step.name
        )
        if wanted and all(_is_met(pipeline, need, known) for need in step.needs):
            yield step


def _is_met(pipeline: Pipeline, need: str, known: dict[str, State]) -> bool:
    found = [known[member.name] for member in pipeline.members(need)]
    return "done" in found and all(state in ("done", "skipped") for state in found)


def context_of(walk: Walk, job: Job, pipeline: Pipeline, step: Step, record: Record, services: Services) -> Context:
    """Return what a step of this walk is made from."""
    fresh = walk.id if walk.fresh == step.name else ""
    return gather(pipeline, step, record, services.maker(step, job), fresh)


def _run_of(walk: Walk, job: Job, step: Step, context: Context, earlier: list[Run]) -> Run | None:
    """Return the run to begin; None when the step's last run was this very one, in this walk."""
    same = [run for run in earlier if run.input_hash == context.input_hash]
    # With another run in between it is no second try: what a round changed comes back.
    if same and same[0] == earlier[0] and same[0].walk == walk.id:
        return None
    return Run(
        id=f"{job.id[:12]}-{step.name}-{context.input_hash[:12]}-{len(same) + 1}",
        job=job.id,
        step=step.name,
        walk=walk.id,
        input_hash=context.input_hash,
        inputs={origin.step: origin.hash for origin in context.lineage},
        attempts_limit=step.attempts,
    )


def _ended(walk: Walk, job: Job, pipeline: Pipeline, known: dict[str, State], services: Services) -> WalkEnd:
    failed = tuple(
        dict.fromkeys(r.step for r in services.store.runs.list(job.id) if r.walk == walk.id and r.status == "failed")
    )
    failed = tuple(step for step in failed if known[step] in ("ready", "blocked", "stale"))
    waits = tuple(name for name, state in known.items() if state == "awaiting approval")
    stale = tuple(name for name, state in known.items() if state == "stale")
    end: End
    steps: tuple[str, ...] = ()
    if job.decision:
        end = job.decision
    elif failed:
        end, steps = "failed", failed
    elif waits:
        end, steps = "gate", waits
    elif all(state in ("done", "skipped") for state in known.values()):
        end = "done"
    else:
        end, steps = "stopped", stale
    return WalkEnd(walk=walk.id, end=end, steps=steps)


def end_of(walk: Walk) -> str:
    """Return the id of a walk's end, of its event and of its turn: it has one, whoever finds it."""
    return f"{walk.id}:end"


def tell_end(walk: Walk, end: WalkEnd, job: Job, store: Store) -> None:
    """Keep the event of a walk's end, once."""
    store.events.append(
        Event(
            id=end_of(walk),
            job=job.id,
            conversation=job.conversation,
            kind="walk_ended",
            payload=end.model_dump(mode="json"),
        )
    )
