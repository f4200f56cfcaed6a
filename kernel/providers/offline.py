"""offline: plays the experts' understudies through the same loop and tools, as if a model had made those calls.

It needs no key and no network. It is no model and never says it is one: it signs as the offline director.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from kernel.document import Document, canonical
from kernel.errors import NotFound, Refused
from kernel.expert import Expert, Scene
from kernel.messages import Message, Reply, Request, Text, ToolCall, ToolResult, Usage
from kernel.watch import MARKER

SIGNATURE = "offline director"
Part = Callable[[Request], Reply]
"""Answers one request of the expert whose part it is."""


class Offline:
    """A provider whose answers are made by plain rules."""

    name = "offline"

    def __init__(self, parts: Mapping[str, Part]) -> None:
        self._parts = parts

    def ask(self, request: Request) -> Reply:
        """Play the part of the expert that asks.

        Raises:
            NotFound: nobody stands in for this expert.
        """
        part = self._parts.get(request.expert)
        if part is None:
            raise NotFound(f"{request.expert} has no understudy: set a model key to run it.")
        return part(request)


def document_part(expert: Expert, inputs: Mapping[str, type[Document]]) -> Part:
    """Return the part of an expert: it writes the whole document, then hands it in and ends.

    Args:
        inputs: the class of each input document, by need.
    """

    def play(request: Request) -> Reply:
        results = results_of(request)
        if not results:
            return called(
                f"I am the {SIGNATURE}; I write {expert.document.SCHEMA} by rules.", ("write", _written(request))
            )
        if results[-1].is_error:
            raise Refused(f"The {SIGNATURE} cannot make a valid {expert.document.SCHEMA}: {results[-1].text}")
        return called(f"Done.\n{MARKER}", ("hand_in", {}))

    def _written(request: Request) -> dict[str, Any]:
        body = dict(expert.understudy(scene_of(request, inputs)))
        return {"document": {name: value for name, value in body.items() if name not in expert.fixed}}

    return play


def scene_of(request: Request, inputs: Mapping[str, type[Document]]) -> Scene:
    """Return the scene of a request, its documents as values of their classes."""
    given = request.scene
    return Scene(
        documents={need: inputs[need].read(body) for need, body in given["documents"].items()},
        previous=given["previous"],
        instructions=tuple(given["instructions"]),
        scopes=tuple(given.get("scopes", ())),
        measured=tuple(given.get("measured", ())),
        scope=given["scope"],
        new=given.get("new"),
        by_hand=given.get("by_hand", False),
    )


def results_of(request: Request) -> Sequence[ToolResult]:
    """Return the tool results of a chat so far, oldest first."""
    return [part for message in request.messages for part in message.parts if isinstance(part, ToolResult)]


def called(text: str, *calls: tuple[str, Mapping[str, Any]]) -> Reply:
    """Return a reply that calls tools; the ids follow from the calls, so that a replay is the same."""
    parts = [
        ToolCall(id=f"offline-{n}-{name}", name=name, arguments=canonical(_plain(given)))
        for n, (name, given) in enumerate(calls)
    ]
    return _reply((Text(text=text), *parts), "tools" if parts else "end")


def spoken(text: str) -> Reply:
    """Return a reply of words."""
    return _reply((Text(text=text),), "end")


def _reply(parts: Iterable[Text | ToolCall], stop: Any) -> Reply:
    return Reply(message=Message(role="assistant", parts=tuple(parts)), stop=stop, usage=Usage(), model="offline")


def _plain(given: Mapping[str, Any]) -> Any:
    return json.loads(json.dumps(given))
