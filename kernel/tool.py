"""Tools: what a model may call. A tool is a function of its arguments, a state and a desk; it answers with a new state.

State travels as a value, so that the engine can remember a call's whole effect: after a crash nothing is called again.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from kernel.document import Value, told
from kernel.errors import BadCall
from kernel.messages import ToolSpec
from kernel.schema import strict

Desk = TypeVar("Desk")
State = Mapping[str, Any]


class Answer(Value):
    """What a tool says to the model, and the state after it."""

    text: str
    state: dict[str, Any]


@dataclass(frozen=True)
class Tool(Generic[Desk]):
    """One tool: its arguments' docstring and field notes are what the model reads."""

    name: str
    arguments: type[BaseModel]
    run: Callable[[Any, State, Desk], Answer]
    """(checked arguments, state, desk) -> answer; raises ModelError for the model to mend."""

    @property
    def spec(self) -> ToolSpec:
        """The tool as a model sees it."""
        schema = strict(self.arguments.model_json_schema())
        return ToolSpec(
            name=self.name,
            description=inspect.cleandoc(self.arguments.__doc__ or self.name),
            parameters={key: value for key, value in schema.items() if key != "description"},
        )

    def read(self, arguments: str) -> BaseModel:
        """Check the JSON text that the model wrote.

        Raises:
            BadCall: says which argument does not fit, and why.
        """
        try:
            return self.arguments.model_validate_json(arguments or "{}")
        except ValidationError as error:
            raise BadCall(f"The arguments of {self.name} do not fit: {told(error)}") from error


def pick(tools: Sequence[Tool[Desk]], name: str) -> Tool[Desk]:
    """Return the tool of that name.

    Raises:
        BadCall: names the tools that there are.
    """
    for tool in tools:
        if tool.name == name:
            return tool
    raise BadCall(f"There is no tool {name!r}; there are: {', '.join(tool.name for tool in tools)}.")
