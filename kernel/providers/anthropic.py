"""Anthropic's models through its Messages API and its own SDK, with prompt caching."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, Literal

from pydantic import SecretStr

from kernel.messages import (
    Image,
    Message,
    Part,
    Reply,
    Request,
    Text,
    ToolCall,
    ToolResult,
    Usage,
)
from kernel.providers.faults import (
    Fault,
    Wire,
    clean_key,
    cut_off,
    error_of,
    garbled,
    read,
    timed_out,
)
from kernel.providers.usage import estimated

CONNECT = 5.0
"""Seconds to wait for a connection."""

Stop = Literal["end", "tools", "length", "refusal"]

_STOPS: dict[str | None, Stop] = {
    "end_turn": "end",
    "stop_sequence": "end",
    "tool_use": "tools",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "refusal",
}

_CACHE = {"cache_control": {"type": "ephemeral"}}
"""Marks the end of a prefix that Anthropic keeps for five minutes; at most four in a request, of which we use three."""


class _Block(Wire):
    type: str
    text: str = ""
    id: str = ""
    name: str = ""
    input: dict[str, Any] | None = None


class _Usage(Wire):
    input_tokens: int
    output_tokens: int
    cache_creation_input_tokens: int | None = None
    cache_read_input_tokens: int | None = None


class _Answer(Wire):
    model: str = ""
    content: tuple[_Block, ...]
    stop_reason: str | None = None
    usage: _Usage | None = None


class Anthropic:
    """Models behind the Messages API. Nothing is retried here.

    Args:
        key: the API key; None only with a `base_url` whose server needs none.
        base_url: a compatible server's URL without `/v1`; None for Anthropic's own.

    Raises:
        SetUp: there is no usable key.
    """

    name = "anthropic"
    title = "Anthropic"

    def __init__(self, key: SecretStr | None, base_url: str | None) -> None:
        import anthropic  # takes most of a second: not at the start of every command

        self._sdk = anthropic
        self._client = anthropic.Anthropic(
            api_key=clean_key(self.title, key, needed=base_url is None),
            base_url=base_url or "https://api.anthropic.com",
            max_retries=0,
        )

    def ask(self, request: Request) -> Reply:
        """Return the model's whole answer.

        Raises:
            Busy, Unreachable, BadReply, Refused: one attempt was made and this came of it.
        """
        answer = read(self.title, _Answer, self._send(request))
        message = Message(role="assistant", parts=tuple(self._parts(answer)))
        stop = self._stop(answer, message)
        if not message.parts and stop not in ("length", "refusal"):
            raise garbled(self.title, "there is nothing in it")
        usage = _counted(answer.usage) or estimated(request, message)
        return Reply(message=message, stop=stop, usage=usage, model=answer.model or request.model)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _send(self, request: Request) -> str:
        try:
            raw = self._client.messages.with_raw_response.create(
                **_body(request), timeout=self._sdk.Timeout(request.timeout, connect=CONNECT)
            )
        except self._sdk.APIStatusError as error:
            raise error_of(self.title, request.model, _fault(error)) from None
        except self._sdk.APITimeoutError:
            raise timed_out(self.title, request.timeout) from None
        except self._sdk.APIConnectionError:
            raise cut_off(self.title) from None
        except self._sdk.AnthropicError:
            raise garbled(self.title, "it is not of the agreed form") from None
        return str(raw.http_response.text)

    def _stop(self, answer: _Answer, message: Message) -> Stop:
        stop = _STOPS.get(answer.stop_reason)
        if stop is None or (stop == "tools" and not message.calls):
            raise garbled(self.title, "it is unfinished")
        return "tools" if stop == "end" and message.calls else stop

    def _parts(self, answer: _Answer) -> Iterator[Part]:
        for block in answer.content:
            if block.type == "text" and block.text:
                yield Text(text=block.text)
            elif block.type == "tool_use":
                yield self._call(block)

    def _call(self, block: _Block) -> ToolCall:
        if not block.id or not block.name:
            raise garbled(self.title, "a tool call in it has no name or no id")
        return ToolCall(id=block.id, name=block.name, arguments=json.dumps(block.input or {}, ensure_ascii=False))


def _fault(error: Any) -> Fault:
    codes = tuple(str(code) for code in (error.error_code, error.type) if code)
    headers = {name.lower(): value for name, value in error.response.headers.items()}
    return Fault(status=error.status_code, codes=codes, message=str(error.api_message or ""), headers=headers)


def _counted(usage: _Usage | None) -> Usage | None:
    """Anthropic counts what it wrote to and read from its cache apart; `prompt_tokens` is all of it."""
    if usage is None:
        return None
    cached = usage.cache_read_input_tokens or 0
    prompt = usage.input_tokens + (usage.cache_creation_input_tokens or 0) + cached
    return Usage(prompt_tokens=prompt, cached_tokens=cached, completion_tokens=usage.output_tokens)


def _body(request: Request) -> dict[str, Any]:
    body: dict[str, Any] = {
        "model": request.model,
        "max_tokens": request.max_tokens,
        "messages": _messages(request.messages),
    }
    if request.system:
        body["system"] = [{"type": "text", "text": request.system, **_CACHE}]
    if request.tools:
        tools = [{"name": t.name, "description": t.description, "input_schema": t.parameters} for t in request.tools]
        body["tools"] = [*tools[:-1], {**tools[-1], **_CACHE}]
    return body


def _messages(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """Join neighbours of one role, for the roles must alternate, and mark the end of the last message of the user."""
    turns = []
    for role, group in groupby(messages, key=lambda message: message.role):
        blocks = list(_blocks(tuple(part for message in group for part in message.parts)))
        if blocks:
            turns.append({"role": role, "content": blocks})
    if turns and turns[-1]["role"] == "user":
        turns[-1]["content"][-1].update(_CACHE)
    return turns


def _blocks(parts: Sequence[Part]) -> Iterator[dict[str, Any]]:
    """Results of tools stand first, as the API wants them; empty words are left out, for it refuses them."""
    yield from (_block(part) for part in parts if isinstance(part, ToolResult))
    rest = (part for part in parts if not isinstance(part, ToolResult))
    yield from (_block(part) for part in rest if not isinstance(part, Text) or part.text.strip())


def _block(part: Part) -> dict[str, Any]:
    if isinstance(part, Text):
        return {"type": "text", "text": part.text}
    if isinstance(part, Image):
        return {"type": "image", "source": {"type": "base64", "media_type": part.media_type, "data": part.data}}
    if isinstance(part, ToolCall):
        return {"type": "tool_use", "id": part.id, "name": part.name, "input": _arguments(part)}
    return {"type": "tool_result", "tool_use_id": part.call_id, "content": part.text, "is_error": part.is_error}


def _arguments(call: ToolCall) -> dict[str, Any]:
    """Return what the model wrote as an object; half an object would have the whole history refused."""
    try:
        arguments = json.loads(call.arguments or "{}")
    except ValueError:
        arguments = None
    return arguments if isinstance(arguments, dict) else {"unreadable": call.arguments}
