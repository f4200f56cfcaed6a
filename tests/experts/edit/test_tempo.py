"""Tempo: what is asked of speeds, held frames and joins in plain words."""

from __future__ import annotations

from typing import Any

import pytest

from experts.edit.changes import read_change
from experts.edit.mend import mended
from experts.edit.reading import read_brief
from experts.edit.tempo import moments, timed, without
from kernel.worker.compile import check
from kernel.worker.ops.cut import Cut
from kernel.worker.plan import EditPlan

CUTS = [Cut(id=f"c{n}", source="s1", start=4.0 * n, end=4.0 * n + 3, why="") for n in (1, 2, 3)]


def _made(*notes: str) -> list[dict[str, Any]]:
    asked = [moment for note in notes for moment in read_change(note).time]
    return [operation.model_dump(mode="json", exclude_defaults=True) for operation in timed(asked, CUTS, [3.0] * 3)]


@pytest.mark.parametrize(
    ("note", "made"),
    [
        ("make c2 faster", [{"of": "c2", "factor": 1.5}]),
        ("c2 at 3x", [{"of": "c2", "factor": 3.0}]),
        ("the last clip in slow motion", [{"of": "c3", "factor": 0.5, "smooth": True}]),
        ("play the first shot backwards", [{"of": "c1", "reverse": True}]),
        (
            "0:04 in slow motion",
            [{"of": "c1", "factor": 0.5, "smooth": True}, {"of": "c2", "factor": 0.5, "smooth": True}],
        ),
        ("freeze on the last frame", [{"clip": "c3", "length": 1.5}]),
        ("hold the final frame for 2 seconds", [{"clip": "c3", "length": 2.0}]),
        ("whip transitions please", [{"after": c, "kind": "whip", "length": 0.3} for c in ("c1", "c2")]),
        ("a wipe to the right after c1", [{"after": "c1", "kind": "wipe", "direction": "right"}]),
        ("dip to white after clip 2", [{"after": "c2", "kind": "dip", "colour": "white"}]),
        ("use L-cuts", [{"after": "c1", "kind": "L", "length": 0.3}, {"after": "c2", "kind": "L", "length": 0.3}]),
    ],
)
def test_plain_words_become_operations(note: str, made: list[dict[str, Any]]) -> None:
    assert _made(note) == made
    assert read_change(note).understood


def test_the_latest_note_wins() -> None:
    assert _made("whip transitions", "no transitions after c1") == [{"after": "c2", "kind": "whip", "length": 0.3}]
    assert _made("c2 faster", "c2 in slow motion") == [{"of": "c2", "factor": 0.5, "smooth": True}]


@pytest.mark.parametrize(
    "note",
    [
        "faster",
        "0:12 is slow",
        "drop the part about the whip",
        "keep the line where she says wipes",
        "slower music",
        "cut it to 30 seconds",
    ],
)
def test_what_is_said_or_paced_is_no_change_of_speed(note: str) -> None:
    assert moments(note) == ()
    assert without(note) == note


def test_the_rest_of_a_note_is_read_as_ever() -> None:
    change = read_change("freeze on the last frame for 2 seconds, and bigger captions")
    assert (change.steps, change.factor, change.timed) == (1, 1.0, ())
    brief = read_brief("30 seconds for LinkedIn, with whip transitions and no music")
    assert (brief.length, brief.music) == (30, False)


def test_what_the_footage_has_no_room_for_is_left_out_and_said() -> None:
    body = dict(EditPlan.EXAMPLE)
    wishes = timed([*moments("J-cuts"), *moments("whip transitions"), *moments("c2 at 20x")], CUTS[:2], [3.0, 3.0])
    asked = [operation.model_dump(mode="json") for operation in wishes]
    asked[0]["length"] = 3.0
    body["operations"] = [o for o in body["operations"] if o["type"] != "transition"] + asked
    plan = mended(EditPlan.read(body))
    assert check(plan) == []
    assert {o.type for o in plan.operations} & {"split", "speed"} == set()
    assert "The footage has no room for 1 split: left out." in plan.note
