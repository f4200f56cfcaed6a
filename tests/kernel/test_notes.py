"""The words under a field: they reach the schema that models read, and nobody's start waits for them."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict, Field

from kernel.document import Value
from kernel.notes import notes
from kernel.worker.plan import EditPlan


class Told(Value):
    """A value whose fields say what they are."""

    size: int = 1
    """How big it is,
    in metres."""
    plain: int = 1
    given: str = Field(default="", description="Given already.")
    """Written too."""

    class Inner(Value):
        """One within."""

        deep: int = 1
        """How deep."""


class Again(Told):
    """One that stands on another."""

    plain: int = 2
    """Said at last."""
    inner: Told.Inner = Told.Inner()
    """What is in it."""


class Silent(Told):
    """One that declares a field anew, and says nothing of it."""

    size: int = 3


def described(kind: type[Value]) -> dict[str, Any]:
    """Return what the schema says of each field."""
    fields = kind.model_json_schema()["properties"]
    return {name: field["description"] for name, field in fields.items() if "description" in field}


def test_the_words_under_a_field_describe_it() -> None:
    assert described(Told) == {"size": "How big it is,\nin metres.", "given": "Given already."}
    assert described(Told.Inner) == {"deep": "How deep."}


def test_fields_keep_their_words_in_a_class_that_stands_on_theirs() -> None:
    inherited = {"size": "How big it is,\nin metres.", "given": "Given already."}
    assert described(Again) == {**inherited, "plain": "Said at last.", "inner": "What is in it."}
    assert Again.model_json_schema()["properties"]["inner"]["$ref"] == "#/$defs/Inner"


def test_a_field_that_is_declared_anew_has_new_words_or_none() -> None:
    assert "size" not in notes(Silent)


def test_a_class_within_a_function_is_found() -> None:
    class Local(Value):
        here: int = 1
        """Inside."""

    assert described(Local) == {"here": "Inside."}


def test_a_class_without_a_source_has_no_words() -> None:
    made = type("Made", (Value,), {"__annotations__": {"field": int}, "__module__": "nowhere"})
    assert notes(made) == {}


def test_the_schema_says_what_pydantic_itself_would_say() -> None:
    class Theirs(EditPlan):
        model_config = ConfigDict(use_attribute_docstrings=True)

    class Ours(EditPlan):
        pass

    theirs, ours = Theirs.model_json_schema(), Ours.model_json_schema()
    assert {**theirs, "title": ""} == {**ours, "title": ""}
    assert "confidence" in described(EditPlan)
