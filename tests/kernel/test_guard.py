"""The guard of a rerun: what changed, and what may."""

from __future__ import annotations

from typing import Any

import pytest

from kernel.errors import OutsideScope
from kernel.guard import changed, require_within

ONE: dict[str, Any] = {"id": "c1", "type": "cut", "start": 0.0, "end": 2.0}
TWO: dict[str, Any] = {"id": "c2", "type": "cut", "start": 4.0, "end": 6.0, "words": ["so", "it", "is"]}
CAPTIONS: dict[str, Any] = {"type": "captions", "size": 40}
CUT: dict[str, Any] = {
    "title": "Hello",
    "confidence": 0.5,
    "size": [1080, 1920],
    "operations": [ONE, TWO, CAPTIONS],
}


def with_operations(*operations: dict[str, Any]) -> dict[str, Any]:
    return {**CUT, "operations": list(operations)}


CHANGES: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "nothing": (CUT, ()),
    "a value": ({**CUT, "title": "Goodbye"}, ("/title",)),
    "a value in a list": ({**CUT, "size": [1080, 1080]}, ("/size/1",)),
    "a field of an item": (with_operations({**ONE, "end": 3.0}, TWO, CAPTIONS), ("/operations/c1/end",)),
    "a field of an item without id": (
        with_operations(ONE, TWO, {**CAPTIONS, "size": 50}),
        ("/operations/captions/size",),
    ),
    "an item more": (
        with_operations({"id": "c0", "type": "cut"}, ONE, TWO, CAPTIONS),
        ("/operations/c0/id", "/operations/c0/type"),
    ),
    "an item less": (
        with_operations(TWO, CAPTIONS),
        ("/operations/c1/id", "/operations/c1/type", "/operations/c1/start", "/operations/c1/end"),
    ),
    "the order": (with_operations(TWO, ONE, CAPTIONS), ("/operations (order)",)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_changed_is_named_by_its_place(change: str) -> None:
    after, places = CHANGES[change]
    assert changed(CUT, after) == places


@pytest.mark.parametrize("change", [name for name in CHANGES if name != "nothing"])
def test_a_change_is_refused_outside_and_allowed_inside_what_was_named(change: str) -> None:
    after, places = CHANGES[change]
    with pytest.raises(OutsideScope, match="The note is about /music only, but these changed too: /"):
        require_within(CUT, after, ("/music",))
    require_within(CUT, after, (f"/{places[0].strip('/').split('/')[0].removesuffix(' (order)')}",))


def test_a_name_that_begins_alike_is_another_place() -> None:
    with pytest.raises(OutsideScope, match="these changed too: /title"):
        require_within(CUT, {**CUT, "title": "Goodbye"}, ("/ti", "/title2"))


def test_how_sure_an_expert_is_may_always_change() -> None:
    require_within(CUT, {**CUT, "confidence": 0.9, "note": "It is slower now."}, ("/music",))


def test_a_long_list_of_changes_is_told_in_part() -> None:
    after = {**CUT, **{f"new{number}": 1 for number in range(30)}}
    with pytest.raises(OutsideScope) as told:
        require_within(CUT, after, ("/music",))
    assert str(told.value).count("/new") == 12
