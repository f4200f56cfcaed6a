"""Pipelines: named lists of steps, and the state of each step, read off the documents and the answers that are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from kernel.document import Document, digest
from kernel.errors import NotFound
from kernel.examples import Examples
from kernel.expert import Expert
from kernel.history import History, only_rounds
from kernel.marks import Marks
from kernel.store.records import Approval, Instruction, Kept
from kernel.tasks import Task

State = Literal["blocked", "ready", "awaiting approval", "done", "stale", "rejected", "skipped"]
Branch = Callable[[Mapping[str, Document]], bool]


@dataclass(frozen=True)
class Conversed:
    """A step whose document the orchestrator hands in, out of the conversation."""

    document: type[Document]


@dataclass(frozen=True)
class Step:
    """One step: what it needs, who makes it, and whether a person must approve it."""

    name: str
    made_by: Expert | Task | Conversed
    needs: tuple[str, ...] = ()
    """Names of steps or of groups."""
    gate: bool = False
    """Whether its document counts only once a person said yes."""
    group: str = ""
    """Name that later steps use for whichever of several branches was taken."""
    when: Branch | None = None
    """Whether this branch is taken, given the documents it needs."""
    queue: Literal["steps", "renders"] = "steps"
    blames: str = ""
    """The step that is rerun when this one finds that the plan cannot be done."""
    marks: Callable[[Document], Marks] | None = None
    """Reads off its document how good the work is: what failed goes back to the steps that own the cure, in rounds."""
    waives_rounds: bool = False
    """Whether a person's yes to a version holds for a later one that differs by such rounds alone."""
    version: int = 1
    """Raised when the step's way of working changes, so that older results are not taken for it."""

    @property
    def document(self) -> type[Document]:
        """The class of its document."""
        return self.made_by.document

    @property
    def attempts(self) -> int:
        """How often one run may try: an expert thrice, a plain function once, since the same inputs fail the same."""
        return 3 if isinstance(self.made_by, Expert) else 1


@dataclass(frozen=True)
class Pipeline:
    """A named list of steps, each after those that it needs."""

    name: str
    title: str
    steps: tuple[Step, ...]
    examples: Examples | None = None
    """How its golden work is kept and shown; None where it keeps none."""

    def step(self, name: str) -> Step:
        """Return the step of that name.

        Raises:
            NotFound: names the steps that there are.
        """
        for step in self.steps:
            if step.name == name:
                return step
        raise NotFound(f"There is no step {name!r}; the steps are: {', '.join(s.name for s in self.steps)}.")

    def asking_every_round(self) -> Pipeline:
        """Return the pipeline with a person asked at each gate for every version, whoever asked for it."""
        return replace(self, steps=tuple(replace(step, waives_rounds=False) for step in self.steps))

    def members(self, need: str) -> tuple[Step, ...]:
        """Return the step of that name, or the branches of the group of that name."""
        return tuple(s for s in self.steps if need in (s.name, s.group))

    def descendants(self, name: str) -> tuple[str, ...]:
        """Return the steps that are made, directly or not, from this one, in the pipeline's order."""
        found = {name}
        for step in self.steps:
            names = {member.name for need in step.needs for member in self.members(need)}
            if names & found:
                found.add(step.name)
        return tuple(s.name for s in self.steps if s.name in found and s.name != name)


@dataclass(frozen=True)
class Record:
    """All that a job's states are read from."""

    documents: Mapping[str, Kept]
    """The newest document of each step."""
    approvals: Mapping[tuple[str, str], Approval]
    """By step and hash."""
    instructions: Mapping[str, tuple[Instruction, ...]]
    """By step, oldest first."""
    by_hand: Mapping[str, str] = field(default_factory=dict)
    """By step: the hash of the last version that a person made with their own hands."""
    withdrawn: frozenset[str] = frozenset()
    """Ids of instructions that were taken back: what was made to them is out of date, and they are not among the
    `instructions`."""
    history: History = field(default_factory=History)
    branches: dict[str, bool | None] = field(default_factory=dict, init=False, compare=False, repr=False)
    """By step: whether its branch is taken, once that was asked; the same as long as the record is."""


def opened(step: Step, kept: Kept) -> Document:
    """Return a kept document as a value of the step's class."""
    return step.document.open(kept.body, kept.schema_version)


def taken(pipeline: Pipeline, need: str, record: Record) -> Step | None:
    """Return the member of a need whose branch was taken, None while that cannot be told."""
    for step in pipeline.members(need):
        if step.when is None or branch(pipeline, step, record):
            return step
    return None


def branch(pipeline: Pipeline, step: Step, record: Record) -> bool | None:
    """Tell whether a step's branch is taken; None while one of its needs has no document."""
    if step.when is None:
        return True
    if step.name not in record.branches:
        documents = inputs(pipeline, step, record)
        read = {need: opened(s, k) for need, (s, k) in documents.items()} if documents is not None else None
        record.branches[step.name] = step.when(read) if read is not None else None
    return record.branches[step.name]


def inputs(pipeline: Pipeline, step: Step, record: Record) -> dict[str, tuple[Step, Kept]] | None:
    """Return what a step is made from, by need; None while something has not been made."""
    found = {}
    for need in step.needs:
        member = taken(pipeline, need, record)
        if member is None or member.name not in record.documents:
            return None
        found[need] = (member, record.documents[member.name])
    return found


def freshness(kept: Kept, made_from: Mapping[str, str], asked: Iterable[str] = ()) -> str:
    """Return what a person's "keep it as it is" is bound to: this document beside exactly these inputs and wishes.

    Args:
        made_from: the hash of each input document, by step.
        asked: ids of all instructions to the step.
    """
    return digest({"document": kept.hash, "inputs": dict(made_from), "asked": sorted(asked)})


def states(pipeline: Pipeline, record: Record) -> dict[str, State]:
    """Read the state of every step, in the pipeline's order."""
    found: dict[str, State] = {}
    for step in pipeline.steps:
        found[step.name] = _state(pipeline, step, record, found)
    return found


def _state(pipeline: Pipeline, step: Step, record: Record, found: Mapping[str, State]) -> State:
    if branch(pipeline, step, record) is False:
        return "skipped"
    kept = record.documents.get(step.name)
    above = inputs(pipeline, step, record)
    open_needs = above is None or any(found[s.name] != "done" for s, _ in above.values())
    if kept is None:
        return "blocked" if open_needs else "ready"
    if above is None or _is_stale(step, kept, above, record, found):
        return "stale"
    return _answered(step, kept, record)


def _is_stale(
    step: Step, kept: Kept, above: Mapping[str, tuple[Step, Kept]], record: Record, found: Mapping[str, State]
) -> bool:
    hashes = {s.name: k.hash for s, k in above.values()}
    asked = {instruction.id for instruction in record.instructions.get(step.name, ())}
    keep = record.approvals.get((step.name, freshness(kept, hashes, asked)))
    if keep is not None and keep.verdict == "kept":
        return False
    if {origin.step: origin.hash for origin in kept.lineage} != hashes:
        return True
    if any(found[s.name] == "stale" for s, _ in above.values()):
        return True
    return not asked <= set(kept.instructions) or not record.withdrawn.isdisjoint(kept.instructions)


def _answered(step: Step, kept: Kept, record: Record) -> State:
    if not step.gate:
        return "done"
    answer = record.approvals.get((step.name, kept.hash))
    if answer is None:
        return "done" if step.waives_rounds and _waived(step, kept, record) else "awaiting approval"
    return "done" if answer.verdict == "approved" else "rejected"


def _waived(step: Step, kept: Kept, record: Record) -> bool:
    """Say whether a person said yes to an earlier version, from which this one differs by rounds alone."""
    versions = record.history.versions.get(step.name, ())
    current = next((version for version in versions if version.version == kept.version), None)
    for version in reversed(versions):
        answer = record.approvals.get((step.name, version.hash))
        if answer is not None and answer.verdict != "kept":
            return (
                answer.verdict == "approved" and current is not None and only_rounds(record.history, version, current)
            )
    return False
