"""Tokens guessed from length, for a provider that does not count them."""

from __future__ import annotations

from kernel.document import canonical
from kernel.messages import Image, Message, Part, Request, ToolCall, Usage

CHARACTERS = 4
"""Characters of English a token holds on average; OpenAI's rule of thumb."""

IMAGE = 1600
"""Tokens of the largest picture that Anthropic reads without shrinking it (width x height / 750)."""


def estimated(request: Request, answer: Message) -> Usage:
    """Return a guess of what a call used, so that nothing goes uncharged."""
    tools = sum(len(tool.name) + len(tool.description) + len(canonical(tool.parameters)) for tool in request.tools)
    asked = sum(_tokens(part) for message in request.messages for part in message.parts)
    answered = sum(_tokens(part) for part in answer.parts)
    return Usage(prompt_tokens=asked + (len(request.system) + tools) // CHARACTERS, completion_tokens=answered)


def _tokens(part: Part) -> int:
    if isinstance(part, Image):
        return IMAGE
    if isinstance(part, ToolCall):
        return (len(part.name) + len(part.arguments)) // CHARACTERS + 1
    return len(part.text) // CHARACTERS + 1
