"""The one loop of model, tools, model, ... that orchestrator and experts share; its endings are its callers'.

Every reply and every tool result is one remembered step of the engine: after a crash nothing paid for is asked again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from kernel.document import canonical
from kernel.errors import ModelError, StepFailed
from kernel.messages import Message, Part, Reply, Request, ToolCall, ToolResult, said
from kernel.tool import Answer, Tool, pick

Desk = TypeVar("Desk")
T = TypeVar("T")


@dataclass(frozen=True)
class Chat(Generic[Desk]):
    """What a chat is held with."""

    request: Request
    """System prompt, first messages, model, scene; the tools are added by the loop."""
    tools: Sequence[Tool[Desk]]
    desk: Desk
    ending: Callable[[Reply, Mapping[str, Any]], str | None]
    """None when the reply ends the chat; else what to tell the model (the nudge)."""
    ask: Callable[[Request], Reply]
    """Asks the model once, with its retries and its charge."""
    max_turns: int
    max_tokens: int
    heard: Callable[[int, Message], None] = field(default=lambda seq, message: None)
    """Is told every message, to keep it for people; must be idempotent."""


@dataclass(frozen=True)
class Ended:
    """How a chat ended."""

    reply: Reply
    state: Mapping[str, Any]
    turns: int
    prompt_tokens: int
    completion_tokens: int


class Memory(Protocol):
    """The part of an engine that a chat leans on."""

    def remember(self, name: str, act: Callable[[], T]) -> T:
        """Do `act` once; as `Engine.remember`."""
        ...


def converse(chat: Chat[Desk], state: Mapping[str, Any], engine: Memory) -> Ended:
    """Talk until the ending accepts.

    Raises:
        StepFailed: the allowed turns or tokens are used up; keeps the draft.
    """
    request = chat.request.model_copy(update={"tools": tuple(tool.spec for tool in chat.tools)})
    prompt = completion = 0
    for turn in range(1, chat.max_turns + 1):
        reply = _asked(chat, request, state, engine)
        prompt, completion = prompt + reply.usage.prompt_tokens, completion + reply.usage.completion_tokens
        results, state = _answer_all(chat, reply, state, engine)
        told = chat.ending(reply, state)
        if told is None:
            chat.heard(len(request.messages), reply.message)
            return Ended(reply, state, turn, prompt, completion)
        request = _continued(chat, request, reply, results, told)
        if prompt + completion > chat.max_tokens:
            raise StepFailed(f"It used up its {chat.max_tokens} tokens without handing in.", _draft(state))
    raise StepFailed(f"It did not hand in within {chat.max_turns} turns.", _draft(state))


def _asked(chat: Chat[Desk], request: Request, state: Mapping[str, Any], engine: Memory) -> Reply:
    def act() -> dict[str, Any]:
        try:
            return chat.ask(request).model_dump(mode="json")
        except StepFailed as error:
            raise StepFailed(str(error), error.draft or _draft(state)) from error

    return Reply.model_validate(engine.remember("model", act))


def _draft(state: Mapping[str, Any]) -> str | None:
    """Return what was made so far as JSON text; None where nothing was."""
    return canonical(state["draft"]) if state.get("draft") else None


def _answer_all(
    chat: Chat[Desk], reply: Reply, state: Mapping[str, Any], engine: Memory
) -> tuple[list[ToolResult], Mapping[str, Any]]:
    results = []
    for call in reply.message.calls:
        result, state = _remembered(chat, call, state, engine)
        results.append(result)
    return results, state


def _remembered(
    chat: Chat[Desk], call: ToolCall, state: Mapping[str, Any], engine: Memory
) -> tuple[ToolResult, Mapping[str, Any]]:
    def act() -> dict[str, Any]:
        try:
            return {**_called(chat, call, state).model_dump(mode="json"), "is_error": False}
        except ModelError as error:
            return {"text": str(error), "state": dict(state), "is_error": True}

    kept = engine.remember(f"tool {call.name}", act)
    result = ToolResult(call_id=call.id, name=call.name, text=kept["text"], is_error=kept["is_error"])
    return result, kept["state"]


def _called(chat: Chat[Desk], call: ToolCall, state: Mapping[str, Any]) -> Answer:
    tool = pick(chat.tools, call.name)
    return tool.run(tool.read(call.arguments), state, chat.desk)


def _continued(chat: Chat[Desk], request: Request, reply: Reply, results: Sequence[ToolResult], told: str) -> Request:
    parts: tuple[Part, ...] = tuple(results) or said("user", told).parts
    added = (
        (reply.message, Message(role="user", parts=parts))
        if reply.message.parts
        else (Message(role="user", parts=parts),)
    )
    for offset, message in enumerate(added):
        chat.heard(len(request.messages) + offset, message)
    return request.model_copy(update={"messages": (*request.messages, *added)})
