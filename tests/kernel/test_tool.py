"""Tools: what a model reads of them, and what they say to arguments that do not fit."""

from __future__ import annotations

from typing import Any

import pytest

from kernel.document import Value
from kernel.errors import BadCall
from kernel.tool import Answer, State, Tool, pick


class Zoom(Value):
    """Look closer at a moment."""

    at: float
    """Seconds from the start."""
    width: int | None
    """Pixels; null for all."""


def zoom(given: Zoom, state: State, desk: None) -> Answer:
    return Answer(text=f"at {given.at}", state=dict(state))


TOOL: Tool[Any] = Tool("zoom", Zoom, zoom)


def test_a_model_reads_the_docstring_and_the_notes_of_the_fields() -> None:
    assert TOOL.spec.description == "Look closer at a moment."
    assert TOOL.spec.parameters["required"] == ["at", "width"]
    assert TOOL.spec.parameters["properties"]["at"]["description"] == "Seconds from the start."


def test_arguments_that_fit_are_read() -> None:
    assert TOOL.read('{"at": 1.5, "width": null}') == Zoom(at=1.5, width=None)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"at": "soon", "width": 1}', '{"at": 1, "width": 1, "x": 2}'])
def test_arguments_that_do_not_fit_are_told_in_one_line(text: str) -> None:
    with pytest.raises(BadCall, match=r"^The arguments of zoom do not fit: [^\n]+$"):
        TOOL.read(text)


def test_an_unknown_tool_is_told_with_those_there_are() -> None:
    assert pick([TOOL], "zoom") is TOOL
    with pytest.raises(BadCall, match="There is no tool 'pan'; there are: zoom"):
        pick([TOOL], "pan")
