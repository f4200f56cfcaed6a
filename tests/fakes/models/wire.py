"""The two wire formats, both ways: a body becomes a Request, a Reply becomes a body."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from kernel.messages import Image, Message, Part, Reply, Request, Text, ToolCall, ToolResult, ToolSpec
from tests.fakes.models.check import anthropic_problems, openai_problems

Body = Mapping[str, Any]


@dataclass(frozen=True)
class Wire:
    """One provider's format.

    Attributes:
        name: openai or anthropic.
        key: the key in a request's headers (names in lower case), if there is one.
        problems: what the real API would complain of.
        request: a good body as a Request.
        answer: a Reply as a body.
        error: a body that says what went wrong, from status, code and message.
    """

    name: str
    key: Callable[[Mapping[str, str]], str]
    problems: Callable[[Body], list[str]]
    request: Callable[[Body], Request]
    answer: Callable[[Reply], dict[str, Any]]
    error: Callable[[int, str, str], dict[str, Any]]


def _openai_key(headers: Mapping[str, str]) -> str:
    return headers.get("authorization", "").removeprefix("Bearer ").strip()


def _openai_request(body: Body) -> Request:
    names = {item["call_id"]: item["name"] for item in body["input"] if item.get("type") == "function_call"}
    spoken = [(_openai_role(item), part) for item in body["input"] for part in _openai_parts(item, names)]
    return Request(
        model=body["model"],
        system=body.get("instructions") or "",
        messages=_messages(spoken),
        tools=tuple(_spec(tool, tool["parameters"]) for tool in body.get("tools", ())),
        max_tokens=body["max_output_tokens"],
    )


def _messages(spoken: list[tuple[Any, Part]]) -> tuple[Message, ...]:
    grouped = groupby(spoken, key=lambda pair: pair[0])
    return tuple(Message(role=role, parts=tuple(part for _, part in pairs)) for role, pairs in grouped)


def _spec(tool: Body, parameters: dict[str, Any]) -> ToolSpec:
    return ToolSpec(name=tool["name"], description=tool.get("description", ""), parameters=parameters)


def _openai_role(item: Body) -> str:
    roles = {"function_call": "assistant", "function_call_output": "user"}
    return roles.get(item.get("type", "")) or str(item["role"])


def _openai_parts(item: Body, names: Mapping[str, str]) -> Iterator[Part]:
    if item.get("type") == "function_call":
        yield ToolCall(id=item["call_id"], name=item["name"], arguments=item["arguments"])
    elif item.get("type") == "function_call_output":
        call = item["call_id"]
        yield ToolResult(call_id=call, name=names[call], text=item["output"])
    elif isinstance(item["content"], str):
        yield Text(text=item["content"])
    else:
        yield from (_openai_content(part) for part in item["content"])


def _openai_content(part: Body) -> Part:
    if part["type"] == "input_text":
        return Text(text=part["text"])
    kind, data = part["image_url"].removeprefix("data:").split(";base64,")
    return Image(media_type=kind, data=data)


def _openai_answer(reply: Reply) -> dict[str, Any]:
    words = {"type": "refusal", "refusal": reply.message.text} if reply.stop == "refusal" else _output(reply)
    output: list[dict[str, Any]] = [{"type": "reasoning", "id": "rs_1", "summary": []}]
    if reply.message.text:
        message = {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": [words]}
        output.append(message)
    output += [
        {"type": "function_call", "id": f"fc_{n}", "call_id": c.id, "name": c.name, "arguments": c.arguments}
        for n, c in enumerate(reply.message.calls)
    ]
    usage = {
        "input_tokens": reply.usage.prompt_tokens,
        "input_tokens_details": {"cached_tokens": reply.usage.cached_tokens},
        "output_tokens": reply.usage.completion_tokens,
        "total_tokens": reply.usage.prompt_tokens + reply.usage.completion_tokens,
    }
    cut = reply.stop == "length"
    return {
        "id": "resp_1",
        "object": "response",
        "status": "incomplete" if cut else "completed",
        "incomplete_details": {"reason": "max_output_tokens"} if cut else None,
        "error": None,
        "model": reply.model,
        "output": output,
        "usage": usage,
    }


def _output(reply: Reply) -> dict[str, Any]:
    return {"type": "output_text", "text": reply.message.text, "annotations": []}


def _openai_error(status: int, code: str, message: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": code, "param": None, "code": code}}


def _anthropic_key(headers: Mapping[str, str]) -> str:
    key = headers.get("x-api-key") or _openai_key(headers)
    return key if "anthropic-version" in headers else ""


def _anthropic_request(body: Body) -> Request:
    turns = [(message["role"], _listed(message["content"])) for message in body["messages"]]
    names = {block["id"]: block["name"] for _, blocks in turns for block in blocks if block["type"] == "tool_use"}
    return Request(
        model=body["model"],
        system="\n".join(block["text"] for block in _listed(body.get("system", []))),
        messages=tuple(Message(role=r, parts=tuple(_anthropic_part(b, names) for b in blocks)) for r, blocks in turns),
        tools=tuple(_spec(tool, tool["input_schema"]) for tool in body.get("tools", ())),
        max_tokens=body["max_tokens"],
    )


def _listed(content: str | list[Body]) -> list[Body]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def _anthropic_part(block: Body, names: Mapping[str, str]) -> Part:
    if block["type"] == "text":
        return Text(text=block["text"])
    if block["type"] == "image":
        return Image(media_type=block["source"]["media_type"], data=block["source"]["data"])
    if block["type"] == "tool_use":
        return ToolCall(id=block["id"], name=block["name"], arguments=json.dumps(block["input"], ensure_ascii=False))
    call = block["tool_use_id"]
    return ToolResult(call_id=call, name=names[call], text=block["content"], is_error=block.get("is_error", False))


def _anthropic_answer(reply: Reply) -> dict[str, Any]:
    stops = {"end": "end_turn", "tools": "tool_use", "length": "max_tokens", "refusal": "refusal"}
    content: list[dict[str, Any]] = [{"type": "text", "text": reply.message.text}] if reply.message.text else []
    content += [
        {"type": "tool_use", "id": call.id, "name": call.name, "input": json.loads(call.arguments)}
        for call in reply.message.calls
    ]
    usage = {
        "input_tokens": reply.usage.prompt_tokens - reply.usage.cached_tokens,
        "cache_read_input_tokens": reply.usage.cached_tokens,
        "cache_creation_input_tokens": 0,
        "output_tokens": reply.usage.completion_tokens,
    }
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": reply.model,
        "content": content,
        "stop_reason": stops[reply.stop],
        "stop_sequence": None,
        "usage": usage,
    }


def _anthropic_error(status: int, code: str, message: str) -> dict[str, Any]:
    kinds = {400: "invalid_request_error", 401: "authentication_error", 402: "billing_error", 403: "permission_error"}
    kinds |= {404: "not_found_error", 413: "request_too_large", 429: "rate_limit_error", 529: "overloaded_error"}
    error = {"type": kinds.get(status, "api_error"), "message": message, "details": {"error_code": code}}
    return {"type": "error", "error": error, "request_id": "req_1"}


OPENAI = Wire("openai", _openai_key, openai_problems, _openai_request, _openai_answer, _openai_error)
ANTHROPIC = Wire(
    "anthropic",
    _anthropic_key,
    anthropic_problems,
    _anthropic_request,
    _anthropic_answer,
    _anthropic_error,
)
WIRES: Mapping[str, Wire] = {"/v1/responses": OPENAI, "/v1/messages": ANTHROPIC}
"""By the path that is posted to."""
