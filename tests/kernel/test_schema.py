"""kernel/schema.py."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pytest
from pydantic import Field

from kernel.document import Value
from kernel.schema import strict
from kernel.worker.plan import EditPlan
from tests.fakes.models.check import schema_problems


class Leaf(Value):
    """An end."""

    kind: Literal["leaf"] = "leaf"
    name: str = Field(min_length=1, max_length=12)


class Branch(Value):
    """A fork."""

    kind: Literal["branch"] = "branch"
    left: Annotated[Leaf | Branch, Field(discriminator="kind")]
    twin: Branch | None = None


class Everything(Value):
    """One of each."""

    title: str = "none"
    at: tuple[int, str] = (1, "a")
    span: tuple[float, float]
    tree: Branch = Field(description="The tree.")
    leaves: tuple[Leaf, ...] = ()
    size: Literal["small", "large"] = "small"
    colour: str = Field(default="#000000", pattern="^#[0-9a-f]{6}$")
    maybe: float | None = Field(default=None, gt=0)


class Loose(Value):
    """Keys of any name."""

    numbers: dict[str, int]


@pytest.mark.parametrize("model", [EditPlan, Everything, Branch, Leaf])
def test_a_schema_of_pydantic_becomes_one_that_strict_tools_accept(model: type[Value]) -> None:
    assert schema_problems(strict(model.model_json_schema())) == []


def test_the_check_itself_refuses_a_schema_that_was_not_made_strict() -> None:
    assert schema_problems(EditPlan.model_json_schema()) != []


def test_the_given_schema_stays_as_it_is() -> None:
    schema = Everything.model_json_schema()
    strict(schema)
    assert schema == Everything.model_json_schema()


def test_what_no_provider_enforces_is_told_in_words() -> None:
    made = strict(Everything.model_json_schema())
    assert made["$defs"]["Leaf"]["properties"]["name"] == {
        "description": "Length at most 12. Length at least 1.",
        "type": "string",
    }
    assert made["properties"]["title"]["description"] == 'Default: "none".'
    assert "In this order: integer, string." in made["properties"]["at"]["description"]
    assert made["properties"]["colour"]["pattern"] == "^#[0-9a-f]{6}$"


def test_a_tuple_becomes_a_list_of_that_length() -> None:
    made = strict(Everything.model_json_schema())["properties"]["span"]
    assert (made["minItems"], made["maxItems"], made["items"]) == (2, 2, {"type": "number"})


def test_words_beside_a_reference_move_around_it() -> None:
    made = strict(Everything.model_json_schema())["properties"]["tree"]
    assert made == {"description": "The tree.", "anyOf": [{"$ref": "#/$defs/Branch"}]}


def test_recursion_stays_and_a_recursive_root_is_an_object() -> None:
    made = strict(Branch.model_json_schema())
    assert made["type"] == "object"
    assert {"$ref": "#/$defs/Branch"} in made["$defs"]["Branch"]["properties"]["twin"]["anyOf"]


def test_a_plain_property_that_may_be_left_out_takes_null() -> None:
    made = strict({"type": "object", "properties": {"note": {"type": "string", "description": "A note."}}})
    assert made["required"] == ["note"]
    assert made["properties"]["note"] == {"description": "A note.", "anyOf": [{"type": "string"}, {"type": "null"}]}


def test_a_document_that_fits_the_strict_schema_fits_the_model() -> None:
    whole = {"title": "none", "at": [1, "a"], "span": [0.0, 1.5], "leaves": [], "size": "small", "colour": "#000000"}
    tree = {"kind": "branch", "left": {"kind": "leaf", "name": "oak"}, "twin": None}
    assert Everything.model_validate({**whole, "tree": tree, "maybe": None}).tree.twin is None


@pytest.mark.parametrize(
    "schema",
    [
        Loose.model_json_schema(),
        {"type": "object", "properties": {"any": {}}, "required": ["any"]},
    ],
)
def test_what_cannot_be_strict_is_named(schema: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="No strict schema allows"):
        strict(schema)
