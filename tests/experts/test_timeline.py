"""The timeline: what stands when in the cut that a person saw, and what of it a note may change."""

from __future__ import annotations

from typing import Any

import pytest

from experts import timeline
from experts.edit.plan import places
from tests.experts.edit.house import pictures, planned, talk, voice

SAID: list[str | float] = ["We met in the spring.", 1.0, "It rained for weeks.", 1.0, "It ended well in the end."]


@pytest.fixture(scope="module")
def body() -> dict[str, Any]:
    return planned([talk("s1", SAID)], "title: Spring").body()


NONE: dict[str, Any] = {"reels": []}


def test_each_operation_stands_at_the_pointer_that_a_patch_would_use(body: dict[str, Any]) -> None:
    rows = timeline.shown(body, NONE).splitlines()
    for number, operation in enumerate(body["operations"]):
        assert rows[number].startswith(f"/operations/{number} ")
        assert operation["type"] in rows[number]


def test_clips_come_with_their_seconds_of_the_cut_and_their_words(body: dict[str, Any]) -> None:
    rows = timeline.shown(body, NONE).splitlines()
    assert rows[0].startswith("/operations/0 cut c1 0.00-")
    assert "We met in the spring." in rows[0]
    end = rows[0].split()[3].split("-")[1]
    assert f"cut c2 {end}-" in rows[1]
    assert rows[-1].startswith("It lasts ")


def test_a_cover_is_shown_at_its_seconds_of_the_cut() -> None:
    told = planned([voice("s1", SAID), pictures("s2", [4.0, 4.0, 4.0])], "narration").body()
    covers = [row for row in timeline.shown(told, NONE).splitlines() if " cover b1 " in row]
    assert " cover b1 0.00-" in covers[0]


def test_faces_are_told_for_the_stretch_that_is_shown(body: dict[str, Any]) -> None:
    reel = {"id": "s1", "inspection": {"faces": [{"at": 0.6, "x": 0.2, "y": 0.4}, {"at": 90.0, "x": 0.9, "y": 0.9}]}}
    assert "{face at x 0.20, y 0.40}" in timeline.shown(body, {"reels": [reel]}).splitlines()[0]


def test_what_a_note_may_change_is_marked(body: dict[str, Any]) -> None:
    rows = timeline.shown(body, NONE, {"fields": places(body, 0.0, 0.3)}).splitlines()
    assert rows[0].startswith("> /operations/0 cut c1")
    assert rows[1].startswith("  /operations/1 cut c2")


def test_a_draft_that_cannot_be_laid_out_is_shown_without_seconds(body: dict[str, Any]) -> None:
    broken = {**body, "operations": [{**body["operations"][0], "last_word": "s1w999"}]}
    rows = timeline.shown(broken, NONE).splitlines()
    assert rows[0].startswith('/operations/0 {"type": "cut"') or '"s1w999"' in rows[0]
    assert "It lasts" not in rows[-1]
    assert timeline.shown({}, NONE) == ""
