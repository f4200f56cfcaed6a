"""Documents: one hash for equal values, a schema that is strict, and old versions that still open."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from pydantic import ValidationError

from kernel.document import Document, canonical, digest
from kernel.errors import BadDocument


class Note(Document):
    """A note, in its third version."""

    SCHEMA: ClassVar[str] = "Note"
    VERSION: ClassVar[int] = 3
    EXAMPLE: ClassVar[dict[str, Any]] = {"words": "Hello", "loud": False}
    UPGRADES: ClassVar[Any] = {
        1: lambda body: {"words": body["text"]},
        2: lambda body: {**body, "loud": body["words"].isupper()},
    }
    words: str
    loud: bool


def test_equal_values_have_one_text_and_one_hash_whatever_their_order() -> None:
    assert canonical({"b": 1, "a": [1.0, "é"]}) == '{"a":[1.0,"é"],"b":1}'
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    assert digest({"a": 1}) != digest({"a": "1"})


def test_a_hash_is_of_schema_version_and_body() -> None:
    class Other(Note):
        SCHEMA: ClassVar[str] = "Other"

    class Later(Note):
        VERSION: ClassVar[int] = 4

    hashes = {kind.read(Note.EXAMPLE).digest for kind in (Note, Other, Later)}
    assert len(hashes) == 3
    assert Note.read(Note.EXAMPLE).digest == Note(words="Hello", loud=False).digest


def test_what_is_no_number_is_not_hashed() -> None:
    with pytest.raises(ValueError, match="Out of range float"):
        digest(float("nan"))


def test_old_versions_open_as_the_newest() -> None:
    assert Note.open({"text": "HEY"}, 1) == Note(words="HEY", loud=True)
    assert Note.open({"words": "hey"}, 2) == Note(words="hey", loud=False)
    assert Note.open(Note.EXAMPLE, 3).body() == Note.EXAMPLE


def test_a_version_from_the_future_is_refused() -> None:
    with pytest.raises(BadDocument, match="This Note has version 4; this Rushes knows 3: update it"):
        Note.open(Note.EXAMPLE, 4)


def test_every_field_that_does_not_fit_is_named() -> None:
    with pytest.raises(
        BadDocument, match=r"no valid Note: words: Input should be a valid string; loud: .*; more: Extra"
    ):
        Note.read({"words": 7, "loud": "perhaps", "more": 1})


def test_a_document_is_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Note.read(Note.EXAMPLE).words = "Bye"
