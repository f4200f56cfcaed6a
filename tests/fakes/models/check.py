"""What the real APIs check of a request before they answer it, as far as their references say so.

Each check returns its complaints, one sentence each; an empty list is a good request.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Body = Mapping[str, Any]

_TYPES = {"object", "array", "string", "number", "integer", "boolean", "null"}
_KEYWORDS = {
    "type",
    "enum",
    "const",
    "pattern",
    "multipleOf",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minItems",
    "maxItems",
    "description",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "anyOf",
    "$ref",
    "$defs",
    "format",
}
_PICTURES = {"image/png": b"\x89PNG", "image/jpeg": b"\xff\xd8\xff"}
MOST_OF_A_PICTURE = 5 * 2**20
"""Bytes of base64: Anthropic's limit, the smaller of the two."""
_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def schema_problems(schema: Body) -> list[str]:
    """Say what OpenAI's strict mode refuses in a tool's parameters."""
    root = [] if schema.get("type") == "object" else ["the root is not an object"]
    inside = [problem for name, part in schema.get("$defs", {}).items() for problem in _part(part, schema, name)]
    return [*root, *inside, *_part(schema, schema, "root")]


def _part(part: Body, root: Body, where: str) -> Iterator[str]:
    unknown = sorted(set(part) - _KEYWORDS)
    if unknown:
        yield f"{where}: keywords that are not permitted: {', '.join(unknown)}"
    if "$ref" in part:
        yield from _reference(part, root, where)
    elif not {"type", "anyOf", "enum", "const"} & set(part):
        yield f"{where}: has no type"
    if part.get("type") not in _TYPES | {None} and not isinstance(part.get("type"), list):
        yield f"{where}: unknown type"
    yield from _object(part, root, where)
    for index, branch in enumerate(part.get("anyOf", ())):
        yield from _part(branch, root, f"{where}|{index}")
    if part.get("type") == "array":
        yield from _part(part["items"], root, f"{where}[]") if "items" in part else (f"{where}: no items",)


def _reference(part: Body, root: Body, where: str) -> Iterator[str]:
    if len(part) > 1:
        yield f"{where}: $ref does not stand alone"
    if str(part["$ref"]).removeprefix("#/$defs/") not in root.get("$defs", {}):
        yield f"{where}: {part['$ref']} points nowhere"


def _object(part: Body, root: Body, where: str) -> Iterator[str]:
    if part.get("type") != "object":
        return
    if part.get("additionalProperties") is not False:
        yield f"{where}: additionalProperties is required to be supplied and to be false"
    if sorted(part.get("required", ())) != sorted(part.get("properties", {})):
        yield f"{where}: required is required to be supplied and to name every key in properties"
    for name, field in part.get("properties", {}).items():
        yield from _part(field, root, f"{where}.{name}")


def openai_problems(body: Body) -> list[str]:
    """Say what is wrong with a body of POST /v1/responses."""
    known = {
        "model",
        "input",
        "instructions",
        "tools",
        "tool_choice",
        "max_output_tokens",
        "store",
        "parallel_tool_calls",
        "include",
        "reasoning",
        "temperature",
        "text",
        "metadata",
        "truncation",
        "user",
        "top_p",
    }
    problems = [f"Unknown parameter: '{key}'." for key in sorted(set(body) - known)]
    problems += [f"Missing required parameter: '{key}'." for key in ("model", "input") if not body.get(key)]
    problems += ["Missing: max_output_tokens."] if not isinstance(body.get("max_output_tokens"), int) else []
    problems += [problem for tool in body.get("tools", ()) for problem in _openai_tool(tool)]
    return problems + list(_openai_items(body.get("input") or ()))


def _openai_tool(tool: Body) -> Iterator[str]:
    unknown = set(tool) - {"type", "name", "description", "parameters", "strict"}
    if unknown or tool.get("type") != "function" or not _NAME.fullmatch(str(tool.get("name"))):
        yield f"Invalid tool: {tool.get('name')!r} {sorted(unknown)}."
    for problem in schema_problems(tool.get("parameters", {})) if tool.get("strict") else ():
        yield f"Invalid schema for function '{tool.get('name')}': {problem}."


def _openai_items(items: Sequence[Body]) -> Iterator[str]:
    open_calls: list[str] = []
    for item in items:
        kind = item.get("type", "message")
        if kind == "function_call":
            open_calls.append(item["call_id"])
        elif kind == "function_call_output":
            yield from _closes(open_calls, item.get("call_id"))
        elif kind == "message":
            yield from (f"No tool output found for function call {call}." for call in open_calls)
            yield from _openai_message(item)
        else:
            yield f"Invalid value: '{kind}'."
    yield from (f"No tool output found for function call {call}." for call in open_calls)


def _closes(open_calls: list[str], call: object) -> Iterator[str]:
    if not open_calls or call != open_calls[0]:
        yield f"No tool call found for function call output with call_id {call}, or it is out of order."
    else:
        open_calls.pop(0)


_OPENAI_CONTENT = {"input_text": "text", "input_image": "image_url"}


def _openai_message(item: Body) -> Iterator[str]:
    if item.get("role") not in ("user", "assistant"):
        yield f"Invalid role: {item.get('role')!r}."
    if isinstance(item.get("content"), str):
        yield from [] if item["content"] else ["Invalid content: empty."]
        return
    for part in item.get("content") or [{}]:
        field = _OPENAI_CONTENT.get(str(part.get("type")))
        if field is None or item["role"] != "user" or not part.get(field):
            yield f"Invalid content of type {part.get('type')!r} for role {item['role']}."
        elif field == "image_url":
            kind, _, data = str(part[field]).removeprefix("data:").partition(";base64,")
            yield from (f"Invalid image_url: {problem}" for problem in image_problems(kind, data))


def image_problems(kind: str, data: str) -> Iterator[str]:
    """Say what either API refuses in a picture: no known kind, no base64, another kind than it says, too much of it."""
    try:
        held = base64.b64decode(data, validate=True)
    except ValueError:
        held = b""
    if kind not in _PICTURES:
        yield f"{kind} is not supported."
    elif not held.startswith(_PICTURES[kind]):
        yield f"the data is no {kind}."
    if len(data) > MOST_OF_A_PICTURE:
        yield f"it exceeds {MOST_OF_A_PICTURE} bytes."


def anthropic_problems(body: Body) -> list[str]:
    """Say what is wrong with a body of POST /v1/messages."""
    known = {
        "model",
        "messages",
        "system",
        "tools",
        "tool_choice",
        "max_tokens",
        "metadata",
        "stop_sequences",
        "temperature",
        "thinking",
        "top_p",
    }
    problems = [f"{key}: Extra inputs are not permitted" for key in sorted(set(body) - known)]
    problems += [f"{key}: Field required" for key in ("model", "messages", "max_tokens") if not body.get(key)]
    problems += [problem for tool in body.get("tools", ()) for problem in _anthropic_tool(tool)]
    problems += ["A maximum of 4 blocks with cache_control may be provided."] if _breakpoints(body) > 4 else []
    return problems + list(_turns(body.get("messages") or ()))


def _breakpoints(body: Body) -> int:
    return json.dumps(body).count('"cache_control"')


def _anthropic_tool(tool: Body) -> Iterator[str]:
    unknown = set(tool) - {"type", "name", "description", "input_schema", "cache_control", "strict"}
    if unknown or not _NAME.fullmatch(str(tool.get("name"))):
        yield f"tools: invalid tool {tool.get('name')!r} {sorted(unknown)}"
    if tool.get("input_schema", {}).get("type") != "object":
        yield "tools: input_schema.type: Field required"


def _turns(messages: Sequence[Body]) -> Iterator[str]:
    before: list[str] = []
    for index, message in enumerate(messages):
        role = "user" if index % 2 == 0 else "assistant"
        if message.get("role") != role:
            yield f"messages.{index}: roles must alternate between user and assistant, beginning with user"
        blocks = _blocks(message)
        yield from _results(index, blocks, before)
        yield from (f"messages.{index}: {problem}" for block in blocks for problem in _block(block, message))
        before = [block["id"] for block in blocks if block.get("type") == "tool_use"]
    if before:
        yield f"messages: tool_use ids were found without tool_result blocks immediately after: {', '.join(before)}"


def _blocks(message: Body) -> list[Body]:
    content = message.get("content")
    return [{"type": "text", "text": content}] if isinstance(content, str) else list(content or [{}])


def _results(index: int, blocks: Sequence[Body], calls: Sequence[str]) -> Iterator[str]:
    answered = [block.get("tool_use_id") for block in blocks if block.get("type") == "tool_result"]
    if answered != list(calls):
        yield f"messages.{index}: tool_use {list(calls)} must be answered by tool_result blocks in order: {answered}"
    if any(block.get("type") != "tool_result" for block in blocks[: len(answered)]):
        yield f"messages.{index}: tool_result blocks must come first"


_FIELDS = {
    "text": {"text"},
    "image": {"source"},
    "tool_use": {"id", "name", "input"},
    "tool_result": {"tool_use_id", "content", "is_error"},
}


def _block(block: Body, message: Body) -> Iterator[str]:
    kind = str(block.get("type"))
    if kind not in _FIELDS or set(block) - _FIELDS[kind] - {"type", "cache_control"}:
        yield f"unknown block or field: {sorted(block)}"
    elif kind == "text" and not str(block.get("text", "")).strip():
        yield "text content blocks must be non-empty"
    elif kind == "tool_use" and (message["role"] != "assistant" or not isinstance(block.get("input"), dict)):
        yield "tool_use: input must be an object, in a message of the assistant"
    elif kind == "image" and set(block.get("source", {})) != {"type", "media_type", "data"}:
        yield "image: source must have type, media_type and data"
    elif kind == "image":
        source = block["source"]
        yield from (f"image: {problem}" for problem in image_problems(source["media_type"], source["data"]))
