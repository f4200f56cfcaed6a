"""The orchestrator: what it is shown, how it ends, how it is led back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.orchestrator import ending, scene
from bot.replies import SILENT
from experts.edit.brief import Brief
from kernel.messages import Message, Reply, ToolResult
from kernel.providers.scripted import USAGE, Line, Scripted, calls, says
from kernel.store.records import Event
from tests.bot.room import MODEL, WISH, Room

HAND_IN = ("hand_in", {"brief": Brief.read({"text": WISH}).body()})


class Stage:
    """Rooms in which a script plays the orchestrator."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rooms: list[Room] = []

    def __call__(self, *lines: Line) -> tuple[Room, Scripted]:
        """Return a room and its script; experts would ask the same script, so no walk is begun in it."""
        model = Scripted(lines)
        self.rooms.append(Room(self.folder, providers={"openai": model}, model=MODEL))
        return self.rooms[-1], model


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """A stage that is cleared afterwards."""
    built = Stage(tmp_path)
    yield built
    for room in built.rooms:
        room.close()


def results(model: Scripted, number: int) -> list[ToolResult]:
    """Return the tool results that a request ends with."""
    return [part for part in model.requests[number].messages[-1].parts if isinstance(part, ToolResult)]


def test_a_turn_is_answered_through_tools_and_ends_with_words(stage: Stage) -> None:
    room, model = stage(calls(HAND_IN, ("status", {})), says("I have your footage and begin."))
    assert room.say(WISH, [room.footage]) == "I have your footage and begin."
    assert [result.text.splitlines()[0] for result in results(model, 1)] == [
        "brief v1 is kept; the files so far: a talk.mp4.",
        f"{WISH} (a talk.mp4) ({room.job.id[:8]}): pending",
    ]


def test_it_is_shown_the_footage_the_status_and_the_tools(stage: Stage) -> None:
    room, model = stage(says("What shall I make of it?"))
    room.say("", [room.footage])
    [request] = model.requests
    assert "Footage dropped: a talk.mp4" in request.system
    assert request.messages[-1].text == "[file dropped] a talk.mp4"
    assert {"hand_in", "run_all", "rerun_step"} <= {tool.name for tool in request.tools}


def test_an_unknown_tool_and_wrong_arguments_are_led_back(stage: Stage) -> None:
    room, model = stage(
        calls(("approve_everything", {})), calls(("run_step", {"step": 5})), says("I cannot do that for you.")
    )
    assert room.say("approve it for me", [room.footage]) == "I cannot do that for you."
    [first], [second] = results(model, 1), results(model, 2)
    assert first.is_error
    assert first.text.startswith("There is no tool 'approve_everything'; there are: hand_in")
    assert second.text.startswith("The arguments of run_step do not fit")


def test_silence_is_nudged(stage: Stage) -> None:
    silent = Reply(message=Message(role="assistant", parts=()), stop="end", usage=USAGE, model="scripted")
    room, model = stage(silent, says("Here I am."))
    assert room.say("hello") == "Here I am."
    assert model.requests[1].messages[-1].text.endswith("Answer the person in a sentence or two.")


def test_a_model_that_never_ends_is_stopped_and_the_person_told(stage: Stage) -> None:
    room, model = stage(*[calls(("status", {}))] * 40)
    assert "within 12 turns" in room.say("hello")
    assert len(model.requests) == 12


def test_words_that_were_cut_off_are_no_end() -> None:
    cut = says("I be").model_copy(update={"stop": "length"})
    assert ending(cut, {}) is not None
    assert ending(says("I begin."), {}) is None
    assert ending(calls(("status", {}), text="Now."), {}) is not None


def test_what_needs_no_answer_gets_none_but_an_event_is_told(stage: Stage) -> None:
    room, _ = stage(says(SILENT))
    room.app.conversations.receive(room.turn("thanks!"))
    room.drain()
    assert room.events("said") == []
    assert room.store.turns.pending(room.here) == []
    assert ending(says(SILENT), {}, may_be_silent=False) is not None


def test_who_speaks_is_said_where_several_do(stage: Stage) -> None:
    room, model = stage(says("Hello."), says("Hello you too."), says("I hear you."))
    room.say("hello")
    assert "Only the owner" not in model.requests[0].system
    room.say("hello there", author="bob")
    room.say("and now?")
    texts = [message.text for message in model.requests[2].messages]
    assert texts == [
        "[from @ann]\nhello", "Hello.", "[from @bob]\nhello there", "Hello you too.", "[from @ann]\nand now?",
    ]  # fmt: skip
    assert "Only the owner, @ann" in model.requests[2].system


def test_the_brief_is_shown_without_what_is_put_into_it_by_itself(stage: Stage) -> None:
    room, model = stage(calls(HAND_IN), says("Begun."), says("All right."))
    room.say(WISH, [room.footage])
    room.say("and?")
    shown = model.requests[-1].system.split("The brief as it stands (data):")[1]
    assert json.loads(shown) == {
        name: value for name, value in HAND_IN[1]["brief"].items() if name not in ("brand", "spellings")
    }


def test_what_was_said_long_ago_is_remembered_however_much_happened_since(stage: Stage) -> None:
    room, _ = stage(says("Good morning."))
    room.say("hello")
    for number in range(1_200):
        room.store.events.append(Event(id=f"noise {number}", conversation="another", kind="progressed"))
    room.store.events.append(Event(conversation=room.here, kind="said", payload={"text": "Late.", "turn": "x"}))
    history = scene(room.office, room.turn("and now?"))["history"]
    assert history == [["user", "hello"], ["assistant", "Good morning."], ["assistant", "Late."]]


def test_neighbours_of_one_role_become_one_message_and_the_first_is_the_persons(stage: Stage) -> None:
    room, model = stage(says("All right."))
    for words in ("One.", "Two."):
        room.store.events.append(Event(conversation=room.here, kind="said", payload={"text": words, "turn": "x"}))
    room.say("three")
    assert [(m.role, m.text) for m in model.requests[0].messages] == [
        ("user", "[the conversation begins]"),
        ("assistant", "One.\nTwo."),
        ("user", "three"),
    ]


def test_every_call_is_charged_to_the_job_as_soon_as_there_is_one(stage: Stage) -> None:
    room, _ = stage(calls(HAND_IN), says("I begin."))
    room.say(WISH, [room.footage])
    [charge] = room.store.ledger.list(room.job.id)
    assert (charge.step, charge.prompt_tokens, charge.completion_tokens) == ("orchestrator", 100, 20)


def test_what_was_said_since_is_no_history_of_a_turn(room: Room) -> None:
    first, second = room.turn("one clip more"), room.turn(WISH)
    for turn in (first, second):
        room.app.services.store.turns.keep(turn)
    assert scene(room.office, first)["history"] == []
    assert scene(room.office, second)["history"] == [["user", "one clip more"]]
