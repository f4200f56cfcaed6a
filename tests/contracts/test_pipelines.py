"""What every pipeline promises: its steps can be made in their order, by somebody, with words of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bot.app import ROOT
from experts.filters import FILTERS
from experts.offline import parts
from experts.pipelines import PIPELINES
from kernel.context import Context
from kernel.document import Document, ExpertDocument
from kernel.expert import Expert
from kernel.pipeline import Conversed, Pipeline, Record, Step, states
from kernel.prompts import GENERIC, Prompts
from kernel.store.records import Instruction, Kept, Origin
from kernel.subchat import desk_of, opening
from kernel.tasks import Task
from kernel.watch import MARKER

each = pytest.mark.parametrize("pipeline", PIPELINES, ids=lambda pipeline: str(pipeline.name))


def experts() -> Iterator[Any]:
    """Yield every step that an expert makes, with its pipeline."""
    for pipeline in PIPELINES:
        for step in pipeline.steps:
            if isinstance(step.made_by, Expert):
                yield pytest.param(pipeline, step, id=f"{pipeline.name}.{step.name}")


each_expert = pytest.mark.parametrize(("pipeline", "step"), [*experts()])


def expert_of(step: Step) -> Expert:
    """Return the expert that makes a step."""
    assert isinstance(step.made_by, Expert)
    return step.made_by


def example(kind: type[Document]) -> Document:
    """Return a document's example."""
    return kind.read(kind.EXAMPLE)


def context(pipeline: Pipeline, step: Step, *notes: str, scope: dict[str, Any] | None = None) -> Context:
    """Return what a step is made from: examples all over, and notes on its own example where there are any."""
    inputs = {need: example(pipeline.members(need)[0].document) for need in step.needs}
    previous = kept(step) if notes else None
    seen = previous.hash if previous else None
    asked = tuple(
        Instruction(id=str(number), job="j", step=step.name, text=text, scope=scope, made_for=seen)
        for number, text in enumerate(notes)
    )
    lineage = tuple(Origin(step=need, hash=document.digest) for need, document in inputs.items())
    return Context(step, inputs, lineage, asked, previous, "hash")


def kept(step: Step) -> Kept:
    """Return a step's example as the store would keep it."""
    document = example(step.document)
    return Kept(
        job="j",
        step=step.name,
        hash=document.digest,
        schema=document.SCHEMA,
        schema_version=document.VERSION,
        body=document.body(),
        input_hash="hash",
        run="r",
        version=1,
    )


def prompts() -> Prompts:
    """Return the prompts that ship."""
    return Prompts(ROOT / "prompts", FILTERS)


def prompt(pipeline: Pipeline, step: Step, *notes: str, scope: dict[str, Any] | None = None) -> str:
    """Return what an expert is told."""
    expert, told = expert_of(step), context(pipeline, step, *notes, scope=scope)
    return opening(expert, told, desk_of(expert, told), "m", prompts(), 1.0).system


def test_pipelines_and_experts_have_names_of_their_own() -> None:
    names = [pipeline.name for pipeline in PIPELINES]
    made_by = [expert.name for pipeline in PIPELINES for expert in _experts_of(pipeline)]
    assert len(set(names)) == len(names)
    assert len(set(made_by)) == len(made_by)


def _experts_of(pipeline: Pipeline) -> list[Expert]:
    return [step.made_by for step in pipeline.steps if isinstance(step.made_by, Expert)]


@each
def test_every_need_is_there_and_comes_before_its_step(pipeline: Pipeline) -> None:
    known: set[str] = set()
    for step in pipeline.steps:
        assert set(step.needs) <= known, step.name
        known |= {step.name, step.group} - {""}


@each
def test_steps_have_names_of_their_own_that_are_no_groups(pipeline: Pipeline) -> None:
    names = [step.name for step in pipeline.steps]
    assert len(set(names)) == len(names)
    assert not set(names) & {step.group for step in pipeline.steps}


@each
def test_branches_of_a_group_make_the_same_document_from_the_same(pipeline: Pipeline) -> None:
    for group in {step.group for step in pipeline.steps if step.group}:
        members = pipeline.members(group)
        assert len(members) > 1, group
        assert len({(member.document, member.needs) for member in members}) == 1, group
        assert all(member.when is not None for member in members), group


@each
def test_a_branch_is_part_of_a_group_and_exactly_one_of_them_is_taken_on_the_examples(pipeline: Pipeline) -> None:
    branches = [step for step in pipeline.steps if step.when is not None]
    assert all(step.group for step in branches)
    for group in {step.group for step in branches}:
        taken = [step for step in pipeline.members(group) if step.when and step.when(context(pipeline, step).documents)]
        assert len(taken) == 1, group


@each
def test_a_job_begins_with_the_conversation_and_everything_hangs_on_it(pipeline: Pipeline) -> None:
    first, *rest = pipeline.steps
    assert isinstance(first.made_by, Conversed)
    assert set(pipeline.descendants(first.name)) == {step.name for step in rest}


@each
def test_blame_falls_on_an_expert_that_the_step_depends_on(pipeline: Pipeline) -> None:
    for step in pipeline.steps:
        if step.blames:
            assert isinstance(pipeline.step(step.blames).made_by, Expert)
            assert step.name in pipeline.descendants(step.blames)


@each
def test_a_gate_is_on_what_a_plain_function_made_so_that_a_person_sees_facts(pipeline: Pipeline) -> None:
    gates = [step for step in pipeline.steps if step.gate]
    assert gates
    assert all(isinstance(step.made_by, Task) for step in gates)


@each
def test_an_empty_job_waits_for_the_conversation_and_for_nothing_else(pipeline: Pipeline) -> None:
    found = states(pipeline, Record({}, {}, {}))
    assert [name for name, state in found.items() if state == "ready"] == [pipeline.steps[0].name]
    assert set(found.values()) == {"ready", "blocked"}


@each_expert
def test_an_expert_makes_a_document_with_a_confidence_or_fills_it_in_by_rule(pipeline: Pipeline, step: Step) -> None:
    assert issubclass(step.document, ExpertDocument) or "confidence" in step.document.model_fields


@each_expert
def test_an_expert_is_named_after_its_pipeline_and_has_words_of_its_own(pipeline: Pipeline, step: Step) -> None:
    expert = expert_of(step)
    assert expert.name == f"{pipeline.name}.{step.name}"
    assert prompts().path(expert.prompt) == f"{pipeline.name}/{step.name}.j2" != GENERIC


@each_expert
def test_an_expert_has_an_understudy_in_the_offline_director(pipeline: Pipeline, step: Step) -> None:
    assert expert_of(step).name in parts(PIPELINES)


@each_expert
def test_what_the_kernel_fills_in_is_there(pipeline: Pipeline, step: Step) -> None:
    expert = expert_of(step)
    assert set(expert.fixed) <= set(expert.document.model_fields)


@each_expert
def test_a_prompt_renders_on_the_examples_for_a_first_run(pipeline: Pipeline, step: Step) -> None:
    text = prompt(pipeline, step)
    assert MARKER in text
    assert expert_of(step).document.SCHEMA in text


@each_expert
def test_a_prompt_renders_on_the_examples_for_a_rerun_with_all_its_notes(pipeline: Pipeline, step: Step) -> None:
    text = prompt(pipeline, step, "bigger", "then yellow")
    assert text.index("bigger") < text.index("then yellow")


@each_expert
def test_a_prompt_renders_on_the_examples_for_a_note_about_a_spot(pipeline: Pipeline, step: Step) -> None:
    assert "0:12 is slow" in prompt(pipeline, step, "0:12 is slow", scope={"from": 10.0, "to": 15.0, "fields": []})


@each_expert
def test_the_prompts_shared_parts_are_in_its_hash(pipeline: Pipeline, step: Step) -> None:
    hashes = {prompts().hash(expert.prompt) for expert in _experts_of(pipeline)}
    assert len(hashes) == len(_experts_of(pipeline))


def test_every_prompt_belongs_to_a_step() -> None:
    used = {expert.prompt for pipeline in PIPELINES for expert in _experts_of(pipeline)}
    folders = [path for path in (ROOT / "prompts").iterdir() if path.is_dir() and not path.name.startswith("_")]
    there = {f"{f.name}/{path.name}" for f in folders for path in f.glob("*.j2") if not path.name.startswith("_")}
    assert there == used
