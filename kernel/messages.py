"""What goes to a model and what comes back, free of any provider's wire format. Frozen values."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Protocol

from pydantic import Field

from kernel.document import Value


class Text(Value):
    """Words."""

    type: Literal["text"] = "text"
    text: str


class Image(Value):
    """A picture that the kernel made (a frame, a storyboard)."""

    type: Literal["image"] = "image"
    media_type: Literal["image/png", "image/jpeg"]
    data: str
    """base64."""


class ToolCall(Value):
    """The model calls a tool; the arguments are the raw JSON text that it wrote."""

    type: Literal["tool_call"] = "tool_call"
    id: str
    name: str
    arguments: str


class ToolResult(Value):
    """What a tool answered."""

    type: Literal["tool_result"] = "tool_result"
    call_id: str
    name: str
    text: str
    is_error: bool = False


Part = Annotated[Text | Image | ToolCall | ToolResult, Field(discriminator="type")]


class Message(Value):
    """One message; results of tools travel in a message of the role `user`."""

    role: Literal["user", "assistant"]
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        """Its words alone, without calls and results."""
        return "\n".join(part.text for part in self.parts if isinstance(part, Text))

    @property
    def calls(self) -> tuple[ToolCall, ...]:
        """The tool calls in it."""
        return tuple(part for part in self.parts if isinstance(part, ToolCall))


def said(role: Literal["user", "assistant"], text: str) -> Message:
    """Return a message of words."""
    return Message(role=role, parts=(Text(text=text),))


def pictured(data: bytes) -> Image:
    """Return the bytes of a PNG or JPEG file as a picture."""
    kind: Literal["image/png", "image/jpeg"] = "image/png" if data.startswith(b"\x89PNG") else "image/jpeg"
    return Image(media_type=kind, data=base64.b64encode(data).decode())


class ToolSpec(Value):
    """A tool as the model sees it; `parameters` is a strict JSON schema: every property required, nothing else."""

    name: str
    description: str
    parameters: dict[str, Any]


class Request(Value):
    """One question to a model."""

    model: str
    """The model's name at its provider."""
    system: str
    messages: tuple[Message, ...]
    tools: tuple[ToolSpec, ...] = ()
    max_tokens: int = 8192
    timeout: float = 180.0
    """Seconds for the whole answer."""
    expert: str = ""
    """Which expert asks (`edit.log`, `orchestrator`): for traces and the offline director; never sent."""
    scene: Mapping[str, Any] = Field(default_factory=dict)
    """The documents that the prompt was rendered from, as values, for the offline director; never sent."""


class Usage(Value):
    """Tokens of one call, as the provider counted them."""

    prompt_tokens: int = 0
    cached_tokens: int = 0
    """The part of `prompt_tokens` that was read from the provider's cache."""
    completion_tokens: int = 0


class Reply(Value):
    """A whole answer; an incomplete one is an error, never a Reply."""

    message: Message
    stop: Literal["end", "tools", "length", "refusal"]
    usage: Usage
    model: str
    """The model that really answered."""


class Provider(Protocol):
    """A place where models live. `ask` raises Busy, Unreachable, BadReply or Refused, and never retries by itself."""

    name: str

    def ask(self, request: Request) -> Reply:
        """Return the model's whole answer."""
        ...
