"""Documents: what a step made. Frozen values that know JSON both ways, a schema name, a version and a hash.

Older versions still open: each class lists small dict-to-dict functions, so that memory holds the newest form only.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, ValidationError
from pydantic_core import CoreSchema

from kernel.errors import BadDocument
from kernel.notes import notes

Upgrade = Callable[[dict[str, Any]], dict[str, Any]]


class Value(BaseModel):
    """A frozen value that crosses a boundary; an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Return the JSON schema, with the words under each field for its description."""
        made = handler(core)
        fields = handler.resolve_ref_schema(made).get("properties", {})
        for name in fields.keys() & notes(cls).keys():
            fields[name].setdefault("description", notes(cls)[name])
        return made


class Document(Value):
    """What a step made: checked against its schema, hashed, versioned by the store, append-only."""

    SCHEMA: ClassVar[str]
    VERSION: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]]
    """One good body: it serves the prompts, the tests and the docs."""
    UPGRADES: ClassVar[Mapping[int, Upgrade]] = {}
    """From version n to n + 1, one function each."""

    def problems(self, documents: Mapping[str, Document]) -> list[str]:
        """Say what breaks the domain rules, one sentence each; `documents` are the inputs by step or group name."""
        return []

    def body(self) -> dict[str, Any]:
        """Return the document as plain JSON values."""
        return self.model_dump(mode="json")

    @property
    def digest(self) -> str:
        """The document's hash: sha256 of its schema, version and canonical body."""
        return digest({"schema": self.SCHEMA, "version": self.VERSION, "body": self.body()})

    @classmethod
    def open(cls, body: Mapping[str, Any], version: int) -> Self:
        """Read a kept body of any version up to today's.

        Raises:
            BadDocument: the body does not fit, or comes from a newer Rushes.
        """
        if version > cls.VERSION:
            raise BadDocument(f"This {cls.SCHEMA} has version {version}; this Rushes knows {cls.VERSION}: update it.")
        values = dict(body)
        for step in range(version, cls.VERSION):
            values = cls.UPGRADES[step](values)
        return cls.read(values)

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Self:
        """Check a body against the schema.

        Raises:
            BadDocument: names every field that does not fit, and why.
        """
        try:
            return cls.model_validate(body)
        except ValidationError as error:
            raise BadDocument(f"This is no valid {cls.SCHEMA}: {told(error)}") from error


class ExpertDocument(Document):
    """A document that an expert makes."""

    confidence: float = Field(ge=0, le=1)
    """How sure you are that a demanding editor would accept this as it is, from 0 to 1."""


def told(error: ValidationError) -> str:
    """Return a validation error as one line that a model or a person can act on."""
    lines = (f"{'.'.join(map(str, e['loc'])) or 'the whole'}: {e['msg']}" for e in error.errors(include_url=False))
    return "; ".join(lines)


def canonical(value: object) -> str:
    """Return JSON text that is the same for equal values: sorted keys, no spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(value: object) -> str:
    """Return the sha256 of a JSON value's canonical text, as 64 hex digits."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()
