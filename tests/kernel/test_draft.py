"""The tools that write a document: drawn-up drafts, fields that the kernel fills in, rules of an expert."""

from __future__ import annotations

from typing import Any

import pytest

from kernel.document import Document
from kernel.draft import Desk, problems, start, tools_of
from kernel.errors import BadCall, BadDocument, OutsideScope
from kernel.expert import Expert, Scene
from kernel.tool import Answer, pick
from tests.kernel.house import Plan


def understudy(scene: Scene) -> dict[str, Any]:
    return dict(Plan.EXAMPLE)


def shouting(plan: Plan, documents: Any) -> list[str]:
    return [] if plan.title.isupper() else ["The title must shout."]


EXPERT = Expert("cut.plan", Plan, "p", understudy)
FIXED = Expert(
    "cut.plan",
    Plan,
    "p",
    understudy,
    fixed=("operations",),
    draft=lambda _: {"operations": ({"id": "c1", "text": "cut"},)},
)
RULED = Expert("cut.plan", Plan, "p", understudy, rules=shouting)


def use(desk: Desk, name: str, arguments: str, state: Any) -> Answer:
    """Call a tool as the chat does."""
    tool = pick(tools_of(desk.expert), name)
    return tool.run(tool.read(arguments), state, desk)


def test_a_subchat_starts_from_the_previous_document_a_drawn_up_one_or_nothing() -> None:
    assert start(EXPERT, {}, None) == {"draft": {}, "handed_in": False}
    assert start(FIXED, {}, None)["draft"] == {"operations": [{"id": "c1", "text": "cut"}]}
    assert start(FIXED, {}, {"title": "A"})["draft"] == {"title": "A"}


def test_the_tools_follow_from_the_documents_own_schema() -> None:
    names = [tool.name for tool in tools_of(EXPERT)]
    assert names == ["write", "add_operations", "patch", "check", "show_draft", "hand_in"]
    assert "add_operations" not in [tool.name for tool in tools_of(FIXED)]
    schema = pick(tools_of(FIXED), "write").spec.parameters
    assert "operations" not in str(schema)
    assert schema["additionalProperties"] is False


def test_what_the_kernel_fills_in_is_neither_written_nor_patched_nor_shown() -> None:
    desk, state = Desk(FIXED, {}), start(FIXED, {}, None)
    written = use(desk, "write", '{"document": {"title": "A", "confidence": 0.5}}', state)
    assert written.state["draft"]["operations"] == [{"id": "c1", "text": "cut"}]
    assert "operations" not in use(desk, "show_draft", "{}", written.state).text
    change = '{"changes": [{"op": "remove", "path": "/operations/0", "value": null}]}'
    with pytest.raises(BadCall, match="The kernel fills in operations: leave them as they are"):
        use(desk, "patch", change, written.state)
    whole = '{"changes": [{"op": "replace", "path": "", "value": "{\\"operations\\": []}"}]}'
    with pytest.raises(BadCall, match="use write for the whole of it"):
        use(desk, "patch", whole, written.state)


def test_an_experts_own_rules_count_as_the_documents_do() -> None:
    desk = Desk(RULED, {})
    state: dict[str, Any] = {"draft": {**Plan.EXAMPLE}, "handed_in": False}
    assert problems(desk, state["draft"]) == ["The title must shout."]
    with pytest.raises(BadDocument, match=r"^Not handed in\. The title must shout\.$"):
        use(desk, "hand_in", "{}", state)
    louder = use(desk, "patch", '{"changes": [{"op": "replace", "path": "/title", "value": "\\"HELLO\\""}]}', state)
    assert use(desk, "hand_in", "{}", louder.state).state["handed_in"] is True


def test_all_changes_of_a_patch_are_made_or_none() -> None:
    state: dict[str, Any] = {"draft": {**Plan.EXAMPLE}, "handed_in": False}
    changes = (
        '{"changes": [{"op": "replace", "path": "/title", "value": "\\"New\\""},'
        ' {"op": "remove", "path": "/nowhere", "value": null}]}'
    )
    with pytest.raises(BadCall, match="nothing was changed"):
        use(Desk(EXPERT, {}), "patch", changes, state)
    assert state["draft"]["title"] == "Hello"


def test_many_problems_are_told_in_part() -> None:
    class Long(Plan):
        def problems(self, documents: Any) -> list[str]:
            return [f"Problem {number}." for number in range(20)]

    expert = Expert("cut.plan", Long, "p", understudy)
    told = use(Desk(expert, {}), "check", "{}", {"draft": {**Plan.EXAMPLE}, "handed_in": False}).text
    assert told.endswith("Problem 11. ... and 8 more.")


def test_a_rerun_outside_its_scope_is_not_handed_in() -> None:
    desk = Desk(EXPERT, {}, previous=Plan.EXAMPLE, fields=("/operations",))
    with pytest.raises(OutsideScope, match="/title"):
        use(desk, "hand_in", "{}", {"draft": {**Plan.EXAMPLE, "title": "New"}, "handed_in": False})
    kept = use(desk, "hand_in", "{}", {"draft": {**Plan.EXAMPLE, "confidence": 0.1}, "handed_in": False})
    assert kept.text == "Handed in."


def test_the_example_of_each_document_is_good() -> None:
    assert problems(Desk(EXPERT, {}), Plan.EXAMPLE) == []
    assert issubclass(Plan, Document)


def test_every_change_and_check_says_what_the_draft_amounts_to() -> None:
    telling = Expert("cut.plan", Plan, "p", understudy, tells=lambda plan, _: f"It has {len(plan.operations)} parts.")
    desk, state = Desk(telling, {}), start(telling, {}, dict(Plan.EXAMPLE))
    added = use(desk, "add_operations", '{"items": [{"id": "c2", "text": "fade"}]}', state)
    assert added.text == "Drafted; it fits the schema and the rules. It has 2 parts."
    assert use(desk, "check", "{}", added.state).text == "All is well: hand it in. It has 2 parts."
    broken = use(desk, "patch", '{"changes": [{"op": "remove", "path": "/title", "value": null}]}', state)
    assert "parts" not in broken.text


def test_a_draft_is_shown_in_the_order_of_its_schema_with_a_line_for_each_item() -> None:
    state = start(EXPERT, {}, {"title": "A", "operations": [{"text": "cut", "id": "c1"}], "confidence": 0.5})
    assert use(Desk(EXPERT, {}), "show_draft", "{}", state).text.splitlines() == [
        "{",
        '"confidence": 0.5,',
        '"title": "A",',
        '"operations": [',
        ' {"id": "c1", "text": "cut"}',
        "]",
        "}",
    ]
