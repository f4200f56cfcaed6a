"""Rounds: what failed in the marks of a document goes back to the steps that own the cure; then a person decides.

    made -> judge: go      -> the owners get an instruction each, and with all that is made from them are made anew
                   back    -> the last round made nothing better: its instructions are withdrawn, what was before
                              comes back
                   neither -> a person is asked, with what every round moved

Everything is read off what is kept: how many rounds there were since a person last spoke, and what they moved.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from kernel.document import Value
from kernel.expert import Expert
from kernel.marks import Marks, Mend
from kernel.pipeline import Conversed, Pipeline, Record, Step, opened, states, taken
from kernel.store import Store
from kernel.store.records import MACHINES, METRIC, Event, Instruction, Job, Kept

SCORED = "scored"
"""The kind of event that tells a round."""
WITHDRAWN = "withdrawn"
"""The kind of event that takes instructions back."""


class Round(Value):
    """What came of measuring a document, and what is done about it."""

    number: int
    """Rounds so far since a person last spoke."""
    limit: int
    passed: bool
    total: tuple[float | None, float]
    """Before the last round (None where there was none) and now."""
    scores: dict[str, tuple[float | None, float]]
    """The same by what was measured."""
    mended: tuple[Mend, ...] = ()
    """What the last round sent back."""
    sends: tuple[Mend, ...] = ()
    """What is sent back now; the owners are steps."""
    withdraws: tuple[str, ...] = ()
    """Ids of the instructions that are taken back, because they made nothing better."""
    why: str = ""
    """Why a person decides now; empty where a round begins."""


class Past(Value):
    """What happened in rounds since a person last spoke."""

    number: int = 0
    instructions: tuple[Instruction, ...] = ()
    """Of the last round."""
    last: Round | None = None
    """What was told when it began, or when it was taken back."""


def judge(
    store: Store, job: Job, pipeline: Pipeline, step: Step, record: Record, limit: int, goal: Sequence[str] = ()
) -> Round | None:
    """Say what is to be done about a step's newest document; None where a person is already having it changed.

    Args:
        limit: how many rounds there may be.
        goal: the only steps that were asked for; none means all.
    """
    kept = record.documents[step.name]
    if step.marks is None or states(pipeline, record)[step.name] == "stale":
        return None
    marks, past = step.marks(opened(step, kept)), past_of(store, job, pipeline)
    found = _moved(marks, past, limit)
    if marks.passed:
        return found.model_copy(update={"why": "Everything passes."})
    if goal:
        return found.model_copy(update={"why": f"Only {', '.join(goal)} was asked for."})
    if past.last is not None and not past.last.sends:
        why = "The version before is back." if past.last.withdraws else past.last.why
        return found.model_copy(update={"why": why})
    if past.last is not None and not marks.better_than(_marks(past.last)):
        return _no_better(found, past, record)
    mends = owned(marks.mends, pipeline, step, record)
    spent = store.ledger.spent(job.id) >= job.budget_usd
    why = _against(found, mends, pipeline, record, spoke(store, job, pipeline), spent)
    return found.model_copy(update={"why": why} if why else {"sends": mends})


def _moved(marks: Marks, past: Past, limit: int) -> Round:
    last = past.last
    before = {name: now for name, (_, now) in last.scores.items()} if last else {}
    return Round(
        number=past.number,
        limit=limit,
        passed=marks.passed,
        total=(last.total[1] if last else None, marks.total),
        scores={name: (before.get(name), score) for name, score in marks.scores.items()},
        mended=last.sends if last else (),
    )


def _marks(told: Round) -> Marks:
    """Return the marks that were told."""
    scores = {name: now for name, (_, now) in told.scores.items()}
    return Marks(passed=told.passed, total=told.total[1], scores=scores)


def _no_better(found: Round, past: Past, record: Record) -> Round:
    """Take the last round back; where a person's own hands were in it, only say which version is better."""
    if any(instruction.made_for in record.history.by_hand for instruction in past.instructions):
        why = f"Round {found.number} made it no better: the version before it scored {_hundred(found.total[0])}."
        return found.model_copy(update={"why": why})
    why = f"Round {found.number} made it no better, so the version before it comes back."
    ids = tuple(instruction.id for instruction in past.instructions)
    return found.model_copy(update={"withdraws": ids, "why": why})


def _against(
    found: Round, mends: Sequence[Mend], pipeline: Pipeline, record: Record, since: datetime | None, spent: bool
) -> str:
    """Say what speaks against another round; empty where nothing does."""
    if not mends:
        return "None of the steps can mend what failed."
    if found.limit == 0:
        return "No rounds are allowed here."
    asked = max(asked_by_machine(record.instructions[mend.owner], since) for mend in mends)
    if max(found.number, asked) >= found.limit:
        return f"{_times(found.limit)} is as often as it may be sent back without a person."
    if spent and any(isinstance(pipeline.step(mend.owner).made_by, Expert) for mend in mends):
        return "The budget is used up."
    return ""


def owned(mends: Iterable[Mend], pipeline: Pipeline, step: Step, record: Record) -> tuple[Mend, ...]:
    """Return what can be mended: one entry for each owner among the steps that the step is made from."""
    found: dict[str, Mend] = {}
    for mend in mends:
        owner = _owner(mend.owner, pipeline, step, record)
        if owner is None:
            continue
        first = found.get(owner.name)
        texts, reasons = ([first.text], [first.because]) if first else ([], [])
        found[owner.name] = Mend(
            owner=owner.name, text=" ".join([*texts, mend.text]), because=" ".join([*reasons, mend.because])
        )
    return tuple(found.values())


def _owner(name: str, pipeline: Pipeline, step: Step, record: Record) -> Step | None:
    known = name if any(name in (s.name, s.group) for s in pipeline.steps) else ""
    owner = taken(pipeline, known, record) if known else None
    if owner is None or isinstance(owner.made_by, Conversed) or owner.name not in record.documents:
        return None
    return owner if step.name in pipeline.descendants(owner.name) else None


def past_of(store: Store, job: Job, pipeline: Pipeline) -> Past:
    """Read what happened in rounds since a person last spoke."""
    since = spoke(store, job, pipeline)
    given = [i for i in store.instructions.of(job.id) if i.by == METRIC and (since is None or i.created > since)]
    runs = list(dict.fromkeys(run_of(instruction) for instruction in given))
    if not runs:
        return Past()
    told = store.events.last(SCORED, job=job.id)
    return Past(
        number=len(runs),
        instructions=tuple(instruction for instruction in given if run_of(instruction) == runs[-1]),
        last=Round.model_validate(told.payload["round"]) if told else None,
    )


def spoke(store: Store, job: Job, pipeline: Pipeline) -> datetime | None:
    """Return when a person last said what they want: in words, in a new brief, with their own hands."""
    conversed = [step.name for step in pipeline.steps if isinstance(step.made_by, Conversed)]
    moments = [kept.created for name in conversed if (kept := store.documents.latest(job.id, name))]
    moments += [event.created for event in store.events.of(job.id, "amended")]
    moments += [i.created for i in store.instructions.of(job.id) if i.by not in MACHINES]
    return max(moments, default=None)


def run_of(instruction: Instruction) -> str:
    """Return the run that a failed score's instruction comes from."""
    return instruction.id.partition(f":{METRIC}:")[0]


def asked_by_machine(instructions: Iterable[Instruction], since: datetime | None) -> int:
    """Count the instructions that machines gave since a person last spoke."""
    return sum(i.by in MACHINES and (since is None or i.created > since) for i in instructions)


def begin(store: Store, job: Job, step: Step, run: str, found: Round, documents: Mapping[str, Kept]) -> None:
    """Keep what a judgement came to: instructions, what is taken back, and the event that tells it; each once."""
    for mend in found.sends:
        store.instructions.add(
            Instruction(
                id=f"{run}:{METRIC}:{mend.owner}",
                job=job.id,
                step=mend.owner,
                text=mend.text,
                by=METRIC,
                made_for=documents[mend.owner].hash,
            )
        )
    if found.withdraws:
        _tell(store, job, step, f"{run}:{WITHDRAWN}", WITHDRAWN, {"instructions": list(found.withdraws)})
    told = {"run": run, "round": found.model_dump(mode="json"), "text": told_of(found)}
    _tell(store, job, step, f"{run}:{SCORED}", SCORED, told)


def open_gates(store: Store, job: Job, pipeline: Pipeline, waits: Iterable[Kept]) -> None:
    """Tell of gates that wait although no run has opened them: a round began, and its steps left all as it was."""
    last = store.events.last(SCORED, job=job.id)
    for kept in waits:
        step = pipeline.step(kept.step)
        if step.marks is None or last is None or last.step != step.name or last.id != f"{kept.run}:{SCORED}":
            continue
        found = Round.model_validate(last.payload["round"])
        if found.sends:
            owners = " and ".join(mend.owner for mend in found.sends)
            why = f"{owners.capitalize()} found nothing to change for it."
            ended = found.model_copy(update={"sends": (), "mended": (), "number": found.number + 1, "why": why})
            told = {"run": kept.run, "round": ended.model_dump(mode="json"), "text": f"{why} Now you decide."}
            _tell(store, job, step, f"{kept.run}:{SCORED}:same", SCORED, told)
            opening = {"version": kept.version, "hash": kept.hash, "run": kept.run, "confidence": kept.confidence}
            _tell(store, job, step, f"{kept.run}:gate_opened", "gate_opened", opening)


def _tell(store: Store, job: Job, step: Step, id: str, kind: str, payload: dict[str, Any]) -> None:
    store.events.append(
        Event(id=id, job=job.id, conversation=job.conversation, kind=kind, step=step.name, payload=payload)
    )


def told_of(found: Round) -> str:
    """Say in words what a round moved and what comes next."""
    lines = []
    if found.mended:
        owners = " and ".join(mend.owner for mend in found.mended)
        because = " ".join(mend.because for mend in found.mended)
        lines.append(f"Round {found.number} of {found.limit} sent {owners} back: {because}".rstrip(": "))
        lines.append(f"  It moved: {_moves(found)}.")
    if found.sends:
        lines.append(f"Round {found.number + 1} of {found.limit} begins.")
        lines += [f"  {mend.owner} goes back: {mend.because}".rstrip(": ") for mend in found.sends]
    if found.why and not found.passed:
        lines.append(found.why if found.withdraws else f"{found.why} Now you decide.")
    return "\n".join(lines)


def _moves(found: Round) -> str:
    moved = [f"{name} {_arrow(*pair)}" for name, pair in found.scores.items() if _hundred(pair[0]) != _hundred(pair[1])]
    return ", ".join([*moved, f"total {_arrow(*found.total)}"])


def _arrow(before: float | None, now: float) -> str:
    return f"{_hundred(before)} -> {_hundred(now)}"


def _hundred(score: float | None) -> str:
    return "-" if score is None else f"{100 * score:.0f}"


def _times(number: int) -> str:
    return {1: "Once", 2: "Twice"}.get(number, f"{number} times")
