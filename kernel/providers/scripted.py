"""A model that says what it was told to: for tests, and to play a bug report again."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kernel.errors import Refused, RushesError
from kernel.messages import Message, Part, Reply, Request, Text, ToolCall, Usage

Line = Reply | RushesError | Callable[[Request], Reply]
"""One line of a script: an answer, an error to raise, or a function of the request."""

USAGE = Usage(prompt_tokens=100, completion_tokens=20)


class Scripted:
    """Says its lines one after another and records what it was asked.

    Args:
        lines: what to answer, in order; when they are used up it refuses.
    """

    name = "scripted"

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = list(lines)
        self._lock = threading.Lock()
        self.requests: list[Request] = []

    def ask(self, request: Request) -> Reply:
        """Return the next line.

        Raises:
            RushesError: the line is that error.
            Refused: there are no more lines.
        """
        with self._lock:
            self.requests.append(request)
            line = self._lines.pop(0) if self._lines else Refused("The script has no more lines: add one.")
        if isinstance(line, RushesError):
            raise line
        return numbered(line if isinstance(line, Reply) else line(request), request)


def says(text: str) -> Reply:
    """Return an answer of words alone."""
    return Reply(message=Message(role="assistant", parts=(Text(text=text),)), stop="end", usage=USAGE, model="scripted")


def calls(*tools: tuple[str, Mapping[str, Any]], text: str = "") -> Reply:
    """Return an answer that calls tools, each a name and its arguments, after some words if given."""
    made: list[Part] = [Text(text=text)] if text else []
    made += [
        ToolCall(id=f"call_{index}", name=name, arguments=json.dumps(arguments, ensure_ascii=False))
        for index, (name, arguments) in enumerate(tools)
    ]
    return Reply(message=Message(role="assistant", parts=tuple(made)), stop="tools", usage=USAGE, model="scripted")


def numbered(reply: Reply, request: Request) -> Reply:
    """Give the calls ids that are new in their conversation and the same each time it is played."""
    parts = tuple(
        part.model_copy(update={"id": f"call_{len(request.messages)}_{index}"}) if isinstance(part, ToolCall) else part
        for index, part in enumerate(reply.message.parts)
    )
    return reply.model_copy(update={"message": reply.message.model_copy(update={"parts": parts})})
