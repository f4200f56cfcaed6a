"""JSON schemas as the models' strict tools want them.

A strict schema says of every object that all its properties are required and nothing else is allowed. What providers do
not enforce (lengths, formats, defaults, tuples) is told in words in the description, so that a model still reads it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

Schema = dict[str, Any]

_KEPT = [
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
]
"""Keywords that OpenAI's structured outputs enforce as they stand; Anthropic passes them on to be read."""

_SILENT = frozenset(
    [
        "title",
        "description",
        "default",
        "discriminator",
        "additionalProperties",
        "required",
        "properties",
        "items",
        "prefixItems",
        "anyOf",
        "oneOf",
        "allOf",
        "$ref",
        "$defs",
    ]
)
"""Handled one by one, or of no use to a reader."""

_WORDS = {"minLength": "Length at least {}.", "maxLength": "Length at most {}.", "format": "Format: {}."}


def strict(schema: Mapping[str, Any]) -> Schema:
    """Return a pydantic model's JSON schema as a strict one; the given schema stays as it is.

    A property that may be left out and has a default becomes required, with its default told in words (a model writes
    it out); one without a default, of plain type, takes null as well. A `$ref` must stand alone: where words stand
    beside it, it becomes the only branch of an `anyOf`. Recursion stays.

    Raises:
        TypeError: the schema says what no strict schema can (free keys, a value of any type); the text names where.
    """
    definitions: Mapping[str, Schema] = schema.get("$defs", {})
    body = {key: value for key, value in schema.items() if key != "$defs"}
    root = _strict(definitions[_name(body)] if "$ref" in body else body, "the whole")
    return _with_definitions(root, definitions)


def _with_definitions(root: Schema, definitions: Mapping[str, Schema]) -> Schema:
    """Add the definitions that are still pointed at, and those that these point at."""
    kept: dict[str, Schema] = {}
    waiting = list(_references(root))
    while waiting:
        name = waiting.pop(0)
        if name not in kept:
            kept[name] = _strict(definitions[name], name)
            waiting += _references(kept[name])
    return {**root, "$defs": dict(sorted(kept.items()))} if kept else root


def _references(schema: object) -> Iterator[str]:
    if isinstance(schema, list):
        for member in schema:
            yield from _references(member)
    if isinstance(schema, dict):
        if isinstance(schema.get("$ref"), str):
            yield _name(schema)
        for value in schema.values():
            yield from _references(value)


def _name(schema: Mapping[str, Any]) -> str:
    return str(schema["$ref"]).removeprefix("#/$defs/")


def _strict(schema: Mapping[str, Any], where: str) -> Schema:
    single = schema.get("allOf", ())
    if len(single) == 1:
        return _strict({**single[0], **{k: v for k, v in schema.items() if k != "allOf"}}, where)
    words = _words(schema)
    if "$ref" in schema:
        alone = {"$ref": schema["$ref"]}
        return {"description": words, "anyOf": [alone]} if words else alone
    made = {key: schema[key] for key in _KEPT if key in schema} | _branches(schema, where)
    made |= _members(schema, where) | _fields(schema, where)
    if not made:
        raise TypeError(f"No strict schema allows a value of any type ({where}): name its type.")
    return {"description": words, **made} if words else made


def _branches(schema: Mapping[str, Any], where: str) -> Schema:
    branches = schema.get("anyOf") or schema.get("oneOf")
    return {"anyOf": [_strict(branch, where) for branch in branches]} if branches else {}


def _members(schema: Mapping[str, Any], where: str) -> Schema:
    if schema.get("type") != "array":
        return {}
    if "prefixItems" not in schema:
        return {"items": _strict(schema.get("items", {}), f"{where}[]")}
    members = [_strict(member, f"{where}[]") for member in schema["prefixItems"]]
    unlike = [member for index, member in enumerate(members) if member not in members[:index]]
    return {"items": unlike[0] if len(unlike) == 1 else {"anyOf": unlike}}


def _fields(schema: Mapping[str, Any], where: str) -> Schema:
    if schema.get("type") != "object":
        return {}
    if schema.get("additionalProperties") not in (None, False):
        raise TypeError(f"No strict schema allows keys of any name ({where}): use a list of named pairs.")
    needed = schema.get("required", ())
    fields = {
        name: _field(field, name in needed, f"{where}.{name}") for name, field in schema.get("properties", {}).items()
    }
    return {"properties": fields, "required": list(fields), "additionalProperties": False}


def _field(field: Mapping[str, Any], needed: bool, where: str) -> Schema:
    made = _strict(field, where)
    if needed or "default" in field or field.get("type") == "array" or _takes_null(field):
        return made
    words = {"description": made.pop("description")} if "description" in made else {}
    return {**words, "anyOf": [made, {"type": "null"}]}


def _takes_null(field: Mapping[str, Any]) -> bool:
    return "const" in field or any(branch.get("type") == "null" for branch in field.get("anyOf", ()))


def _words(schema: Mapping[str, Any]) -> str:
    """Return the description, and behind it what the provider will not enforce."""
    told = [str(schema["description"])] if schema.get("description") else []
    told += [_said(key, value) for key, value in schema.items() if key not in _SILENT and key not in _KEPT]
    if "prefixItems" in schema:
        told.append("In this order: " + ", ".join(_kind(member) for member in schema["prefixItems"]) + ".")
    if schema.get("default") is not None and "const" not in schema:
        told.append(f"Default: {_json(schema['default'])}.")
    return " ".join(told)


def _said(key: str, value: object) -> str:
    return _WORDS.get(key, key + ": {}.").format(value if isinstance(value, str | int | float) else _json(value))


def _kind(member: Mapping[str, Any]) -> str:
    return str(member.get("type") or (_name(member) if "$ref" in member else "any of several"))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
