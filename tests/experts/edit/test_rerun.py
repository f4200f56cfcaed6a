"""A rerun of the plan: newer sheets are in its draft before its guard stands; a note that is done guards nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from experts.edit import plan
from experts.edit.pipeline import EDIT
from kernel.context import Context
from kernel.document import Document
from kernel.draft import Desk
from kernel.errors import OutsideScope
from kernel.guard import require_within
from kernel.store.records import Instruction, Kept, Origin
from kernel.subchat import desk_of
from tests.experts.edit.house import played, talk

SAID: list[str | float] = ["We met in the spring.", 1.0, "It rained for weeks.", 1.0, "It ended well in the end."]
SPAN = {"from": 0.0, "to": 0.5, "fields": []}


@pytest.fixture(scope="module")
def documents() -> dict[str, Document]:
    return played([talk("s1", SAID)], "captions, title: Spring")


def desk(documents: Mapping[str, Document], newer: Mapping[str, Document], *notes: Instruction) -> Desk:
    """Return the desk of a rerun, where some documents are newer than those that the plan was made from."""
    before = {name: document for name, document in documents.items() if name != "plan"}
    kept = Kept(
        job="j",
        step="plan",
        hash="seen",
        schema="EditPlan",
        body=documents["plan"].body(),
        lineage=_lineage(before),
        input_hash="i",
        run="r",
        version=1,
    )
    now = {**before, **newer}
    return desk_of(plan.EXPERT, Context(EDIT.step("plan"), now, _lineage(now), notes, kept, "i2"))


def _lineage(documents: Mapping[str, Document]) -> tuple[Origin, ...]:
    return tuple(Origin(step=name, hash=document.digest) for name, document in documents.items())


def note(made_for: str = "seen", scope: dict[str, Any] | None = None) -> Instruction:
    return Instruction(job="j", step="plan", text="0:00 drags", scope=scope or SPAN, made_for=made_for)


def bigger(documents: Mapping[str, Document]) -> dict[str, Document]:
    sheet: Any = documents["captions"]
    return {"captions": sheet.model_copy(update={"captions": sheet.captions.model_copy(update={"size": "large"})})}


def sizes(body: Mapping[str, Any] | None) -> list[str]:
    assert body is not None
    return [operation["size"] for operation in body["operations"] if operation["type"] == "captions"]


def test_newer_captions_are_in_the_draft_and_the_rest_is_as_they_saw_it(documents: dict[str, Document]) -> None:
    found = desk(documents, bigger(documents), note())
    assert sizes(documents["plan"].body()) == ["medium"]
    assert sizes(found.previous) == ["large"]
    assert found.previous is not None
    others = [operation for operation in found.previous["operations"] if operation["type"] != "captions"]
    assert others == [o for o in documents["plan"].body()["operations"] if o["type"] != "captions"]


def test_a_note_about_a_spot_lets_newer_captions_pass_and_refuses_what_lies_beside_it(
    documents: dict[str, Document],
) -> None:
    found = desk(documents, bigger(documents), note())
    assert found.fields
    assert found.previous is not None
    require_within(found.previous, found.previous, found.fields)
    with pytest.raises(OutsideScope, match="captions"):
        require_within(found.previous, documents["plan"].body(), found.fields)


def test_a_note_that_was_done_before_guards_nothing(documents: dict[str, Document]) -> None:
    assert desk(documents, {}, note("an older one")).fields == ()
    assert desk(documents, {}, note("an older one"), note()).fields != ()


def test_a_new_note_about_the_whole_frees_the_whole(documents: dict[str, Document]) -> None:
    whole = Instruction(job="j", step="plan", text="shorter", made_for="seen")
    assert desk(documents, {}, whole, note()).fields == ()


def test_newer_selects_begin_a_new_draft_without_a_guard(documents: dict[str, Document]) -> None:
    selects: Any = documents["selects"]
    fewer = selects.model_copy(update={"selects": selects.selects[:1]})
    found = desk(documents, {"selects": fewer}, note())
    assert found.fields == ()
    assert found.previous is not None
    assert len([operation for operation in found.previous["operations"] if operation["type"] == "cut"]) == 1
