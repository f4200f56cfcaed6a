"""What every tool promises: a schema that the strictest provider takes, and words that a model can act on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from bot.tools import TOOLS
from experts.pipelines import PIPELINES
from kernel.draft import tools_of
from kernel.errors import BadCall
from kernel.expert import Expert
from kernel.tool import Tool
from tests.fakes.models.check import schema_problems

MOST = 128
"""Tools that OpenAI takes in one request."""


def boxes() -> Iterator[Any]:
    """Yield all that each caller may call."""
    yield pytest.param(TOOLS, id="orchestrator")
    for pipeline in PIPELINES:
        for step in pipeline.steps:
            if isinstance(step.made_by, Expert):
                yield pytest.param(tools_of(step.made_by), id=step.made_by.name)


each_box = pytest.mark.parametrize("tools", [*boxes()])


@each_box
def test_tools_have_names_of_their_own_that_providers_take(tools: Sequence[Tool[Any]]) -> None:
    names = [tool.name for tool in tools]
    assert len(set(names)) == len(names) <= MOST
    assert all(re.fullmatch(r"[a-z_]{1,64}", name) for name in names)


@each_box
def test_every_schema_is_strict(tools: Sequence[Tool[Any]]) -> None:
    assert {tool.name: found for tool in tools if (found := schema_problems(tool.spec.parameters))} == {}


@each_box
def test_every_tool_says_what_it_is_for(tools: Sequence[Tool[Any]]) -> None:
    for tool in tools:
        assert len(tool.spec.description.split()) >= 5, tool.name


@each_box
def test_every_number_that_a_model_writes_says_what_it_counts(tools: Sequence[Tool[Any]]) -> None:
    bare = sorted({f"{tool.name}: {name}" for tool in tools for name in numbers(tool.spec.parameters)})
    assert bare == []


def numbers(schema: Any, name: str = "", told: bool = True) -> Iterator[str]:
    """Yield the properties of a schema that are numbers without a description."""
    if isinstance(schema, list):
        for part in schema:
            yield from numbers(part, name, told)
    if not isinstance(schema, dict):
        return
    if schema.get("type") in ("number", "integer") and not told and "description" not in schema:
        yield name
    for key, part in schema.get("properties", {}).items():
        yield from numbers(part, key, "description" in part)
    for key in ("items", "anyOf"):
        yield from numbers(schema.get(key), name, told)
    for key, part in schema.get("$defs", {}).items():
        yield from numbers(part, key, True)


@each_box
def test_nonsense_is_never_an_error_of_ours(tools: Sequence[Tool[Any]]) -> None:
    for tool in tools:
        for nonsense in ("[]", "null", '"words"', "{", '{"surprise": 1}', '{"a": NaN}'):
            with pytest.raises(BadCall):
                tool.read(nonsense)


def test_a_model_never_names_a_path_a_command_or_an_approval() -> None:
    words = re.compile(r"\b(?:path|command|argv|shell|file|url|approve|approval)\b")
    found = {
        f"{tool.name}.{name}"
        for box in boxes()
        for tool in box.values[0]
        for name in tool.arguments.model_fields
        if words.search(name)
    }
    assert found == set()
