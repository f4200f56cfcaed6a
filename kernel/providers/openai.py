"""OpenAI's models, and those of any server that speaks its Responses API, through OpenAI's own SDK."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Literal

from pydantic import SecretStr

from kernel.errors import Busy, RushesError, Unreachable
from kernel.messages import (
    Image,
    Message,
    Part,
    Reply,
    Request,
    Text,
    ToolCall,
    ToolResult,
    ToolSpec,
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


class _Content(Wire):
    type: str
    text: str = ""
    refusal: str = ""


class _Item(Wire):
    type: str
    content: tuple[_Content, ...] | None = None
    call_id: str = ""
    name: str = ""
    arguments: str = ""


class _Cached(Wire):
    cached_tokens: int = 0


class _Usage(Wire):
    input_tokens: int
    output_tokens: int
    input_tokens_details: _Cached | None = None


class _Reason(Wire):
    reason: str | None = None


class _Failure(Wire):
    code: str | None = None
    message: str | None = None


class _Answer(Wire):
    status: str | None = None
    model: str = ""
    output: tuple[_Item, ...] = ()
    usage: _Usage | None = None
    incomplete_details: _Reason | None = None
    error: _Failure | None = None


class OpenAI:
    """Models behind the Responses API. Nothing is kept there (`store` is off), nothing is retried here.

    Args:
        key: the API key; None only with a `base_url` whose server needs none.
        base_url: a compatible server's URL up to and with `/v1`; None for OpenAI's own.

    Raises:
        SetUp: there is no usable key.
    """

    name = "openai"
    title = "OpenAI"

    def __init__(self, key: SecretStr | None, base_url: str | None) -> None:
        import openai  # takes most of a second: not at the start of every command

        self._sdk = openai
        self._client = openai.OpenAI(
            api_key=clean_key(self.title, key, needed=base_url is None),
            base_url=base_url or "https://api.openai.com/v1",
            max_retries=0,
        )

    def ask(self, request: Request) -> Reply:
        """Return the model's whole answer.

        Raises:
            Busy, Unreachable, BadReply, Refused: one attempt was made and this came of it.
        """
        answer = read(self.title, _Answer, self._send(request))
        if answer.status == "failed" or (answer.error and not answer.output):
            raise self._failed(answer.error or _Failure(), request.model)
        stop = self._stop(answer)
        message = Message(role="assistant", parts=tuple(self._parts(answer)))
        if not message.parts and stop not in ("length", "refusal"):
            raise garbled(self.title, "there is nothing in it")
        usage = _counted(answer.usage) or estimated(request, message)
        return Reply(message=message, stop=stop, usage=usage, model=answer.model or request.model)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _send(self, request: Request) -> str:
        try:
            raw = self._client.responses.with_raw_response.create(
                **_body(request), timeout=self._sdk.Timeout(request.timeout, connect=CONNECT)
            )
        except self._sdk.APIStatusError as error:
            raise error_of(self.title, request.model, _fault(error)) from None
        except self._sdk.APITimeoutError:
            raise timed_out(self.title, request.timeout) from None
        except self._sdk.APIConnectionError:
            raise cut_off(self.title) from None
        except self._sdk.OpenAIError:
            raise garbled(self.title, "it is not of the agreed form") from None
        return str(raw.http_response.text)

    def _stop(self, answer: _Answer) -> Stop:
        reason = answer.incomplete_details.reason if answer.incomplete_details else None
        if answer.status == "incomplete" and reason == "max_output_tokens":
            return "length"
        if answer.status == "incomplete" and reason == "content_filter":
            return "refusal"
        if answer.status != "completed":
            raise garbled(self.title, "it is unfinished")
        if any(content.refusal for item in answer.output for content in item.content or ()):
            return "refusal"
        return "tools" if any(item.type == "function_call" for item in answer.output) else "end"

    def _parts(self, answer: _Answer) -> Iterator[Part]:
        for item in answer.output:
            if item.type == "message":
                yield from (Text(text=said) for c in item.content or () if (said := c.text or c.refusal))
            elif item.type == "function_call":
                yield self._call(item)

    def _call(self, item: _Item) -> ToolCall:
        if not item.call_id or not item.name:
            raise garbled(self.title, "a tool call in it has no name or no id")
        return ToolCall(id=item.call_id, name=item.name, arguments=item.arguments)

    def _failed(self, failure: _Failure, model: str) -> RushesError:
        """Map the error of an answer that began well (status 200) and failed."""
        if failure.code == "rate_limit_exceeded":
            return Busy(f"{self.title} asks to wait: too many requests at the moment.")
        if failure.code in (None, "server_error", "vector_store_timeout"):
            return Unreachable(f"{self.title} failed on its side while it answered.")
        codes = (failure.code,) if failure.code else ()
        return error_of(self.title, model, Fault(status=400, codes=codes, message=failure.message or "", headers={}))


def _fault(error: Any) -> Fault:
    codes = tuple(str(code) for code in (error.code, error.type) if code)
    body = error.body if isinstance(error.body, dict) else {}
    headers = {name.lower(): value for name, value in error.response.headers.items()}
    return Fault(status=error.status_code, codes=codes, message=str(body.get("message", "")), headers=headers)


def _counted(usage: _Usage | None) -> Usage | None:
    if usage is None:
        return None
    cached = usage.input_tokens_details.cached_tokens if usage.input_tokens_details else 0
    return Usage(prompt_tokens=usage.input_tokens, cached_tokens=cached, completion_tokens=usage.output_tokens)


def _body(request: Request) -> dict[str, Any]:
    body: dict[str, Any] = {
        "model": request.model,
        "instructions": request.system,
        "input": [item for message in request.messages for item in _items(message)],
        "max_output_tokens": request.max_tokens,
        "store": False,
    }
    if request.tools:
        body |= {"tools": [_tool(tool) for tool in request.tools], "parallel_tool_calls": True}
    return body


def _tool(tool: ToolSpec) -> dict[str, Any]:
    return {
        "type": "function",
        "name": tool.name,
        "description": tool.description,
        "parameters": tool.parameters,
        "strict": True,
    }


def _items(message: Message) -> Iterator[dict[str, Any]]:
    """Calls and results are items of their own; the words and pictures between them are messages."""
    results = [part for part in message.parts if isinstance(part, ToolResult)]
    yield from (_result(part) for part in results)
    words = [part for part in message.parts if isinstance(part, Image) or (isinstance(part, Text) and part.text)]
    if words and message.role == "user":
        yield {"role": "user", "content": [_content(part) for part in words]}
    elif words:
        yield {"role": "assistant", "content": message.text}
    for call in message.calls:
        yield {"type": "function_call", "call_id": call.id, "name": call.name, "arguments": _arguments(call)}


def _arguments(call: ToolCall) -> str:
    """Return what the model wrote, as JSON text in any case: half an object would have the whole history refused."""
    try:
        json.loads(call.arguments)
    except ValueError:
        return json.dumps({"unreadable": call.arguments})
    return call.arguments


def _result(part: ToolResult) -> dict[str, Any]:
    text = f"Error: {part.text}" if part.is_error else part.text
    return {"type": "function_call_output", "call_id": part.call_id, "output": text}


def _content(part: Text | Image) -> dict[str, Any]:
    if isinstance(part, Text):
        return {"type": "input_text", "text": part.text}
    return {"type": "input_image", "image_url": f"data:{part.media_type};base64,{part.data}", "detail": "auto"}
