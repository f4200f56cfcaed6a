"""A spot of the cut that somebody speaks of is told back in its words before anything is cut there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.moments import clock, echo
from kernel.document import Document
from kernel.errors import BadInput
from kernel.expert import Expert, Scene
from kernel.pipeline import Pipeline, Step
from kernel.tasks import Task, Work
from kernel.worker.compile import compile
from kernel.worker.plan import EditPlan
from tests.bot import room as rooms
from tests.bot.room import Room
from tests.experts.edit.house import bed, played, revised, talk

JOKES: list[str | float] = [
    "We met in the spring by the river.", 0.9, "The first joke is about a duck.", 0.9,
    "And so the second joke goes like this.", 0.9, "Then a letter came from the city.", 0.9, "It ended well.",
]  # fmt: skip


@pytest.fixture
def seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    """A room in which a real cut was seen: the offline director's own of a person who tells jokes."""
    documents = played([talk("s1", JOKES), bed("s2")], "60 seconds, captions")

    def planned(scene: Scene) -> dict[str, Any]:
        return documents["plan"].body()

    def given(name: str) -> Task:
        def make(work: Work) -> Document:
            return documents[name]

        return Task(name, type(documents[name]), make)

    plan = Expert(name="edit.plan", document=EditPlan, prompt="edit/none_plan.j2", understudy=planned)
    steps = [Step("plan", plan, ("brief",)) if step.name == "plan" else step for step in rooms.EDIT.steps]
    made = [
        Step("footage", given("footage"), ("brief",)),
        Step("selects_dialogue", given("selects"), ("footage",), group="selects"),
    ]
    monkeypatch.setattr(rooms, "EDIT", Pipeline("edit", "A small edit", (steps[0], *made, *steps[1:])))
    built = Room(tmp_path)
    built.opened()
    yield built
    built.close()


def told(room: Room) -> list[str]:
    """Return what was told back, in order."""
    return [event.payload["text"] for event in room.events("said") if event.payload.get("echo")]


def test_a_spot_is_told_in_its_words_before_it_is_cut(seen: Room) -> None:
    seen.say("0:04 to 0:06 is slow")
    [text] = told(seen)
    assert text == 'I take that for 0:04 to 0:06 of preview v1: "…joke is about a duck."'
    order = [event.kind for event in seen.events() if event.payload.get("echo") or event.kind == "walk_begun"]
    assert order == ["walk_begun", "said", "walk_begun"]


def test_lines_that_are_to_go_are_told_with_their_times(seen: Room) -> None:
    seen.say("0:12 is slow, drop the second joke")
    [text] = told(seen)
    spot, line = text.splitlines()
    assert spot.startswith("I take that for 0:10 to 0:14 of preview v1: ")
    assert line == 'I take out 0:06 to 0:09 of preview v1: "And so the second joke goes like this."'


def test_what_was_told_is_what_goes() -> None:
    documents = played([talk("s1", JOKES), bed("s2")], "60 seconds, captions")
    plan = revised(documents, "0:12 is slow, drop the second joke", scope={"from": 10.5, "to": 13.5})
    said = " ".join(word.text for word in compile(plan).spoken)
    assert "second joke" not in said
    assert "first joke" in said


def test_a_line_that_nobody_says_is_asked_for(seen: Room) -> None:
    seen.say("drop the line about the elephant")
    assert told(seen) == ['Nothing in preview v1 answers to "the line about the elephant": say a few words of it.']


def test_where_nobody_speaks_that_is_said(seen: Room) -> None:
    heard = echo(seen.office, seen.job, "", 0.0, 0.01)
    assert heard == "I take that for 0:00 to 0:00 of preview v1: nobody speaks there"


def test_a_spot_behind_the_end_is_asked_about_and_nothing_is_cut(seen: Room) -> None:
    assert seen.say("2:00 is slow").startswith("The cut is over at 0:1")
    assert told(seen) == []
    assert seen.kept("plan").version == 1
    with pytest.raises(BadInput):
        echo(seen.office, seen.job, "", 200.0, None)


def test_a_wish_about_the_whole_is_not_told_back(seen: Room) -> None:
    seen.say("make it shorter")
    assert told(seen) == []


def test_the_second_of_two_cuts_is_the_one_that_was_seen(seen: Room) -> None:
    seen.say("make it shorter")
    seen.say("0:04 to 0:06 is slow")
    assert "of preview v2" in told(seen)[0] or "of preview v1" in told(seen)[0]


def test_a_plan_that_is_no_cut_has_no_spots(room: Room) -> None:
    job = room.opened()
    assert echo(room.office, job, "0:12 is slow", 12.0, 13.0) == ""
    room.say("0:12 is slow")
    assert told(room) == []
    assert room.kept("plan").version == 2


@pytest.mark.parametrize(("seconds", "shown"), [(0, "0:00"), (12.4, "0:12"), (59.6, "1:00"), (125, "2:05")])
def test_a_time_is_shown_as_a_player_does(seconds: float, shown: str) -> None:
    assert clock(seconds) == shown
