"""Turns: kept, handled in order, answered once; commands that never pass through a model."""

from __future__ import annotations

import re
import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot import doubts
from bot.commands import Command
from bot.conversation import HELP
from kernel.engine import InlineEngine
from kernel.errors import Refused
from kernel.messages import Request
from kernel.providers.scripted import Scripted, says
from kernel.store.records import Instruction
from tests.bot.room import MODEL, WISH, Room

GATE = {"plan": "done", "captions": "done", "preview": "awaiting approval", "master": "blocked"}


def press(room: Room, command: Command, hash_: str = "", **more: Any) -> str:
    """Press a button."""
    payload = {"command": command.model_dump(mode="json"), **({"hash": hash_} if hash_ else {}), **more}
    return room.say("", kind="button", payload=payload)


def away_for_a_moment(room: Room) -> None:
    """Have what happens neither kept nor read for a moment."""

    def rename(old: str, new: str) -> None:
        with closing(sqlite3.connect(room.settings.database_url.removeprefix("sqlite:///"), timeout=10)) as own:
            own.execute(f"ALTER TABLE {old} RENAME TO {new}")

    rename("events", "away")
    threading.Timer(0.1, rename, ("away", "events")).start()


def test_an_answer_is_told_though_the_database_was_away_for_a_moment(room: Room) -> None:
    away_for_a_moment(room)
    assert press(room, Command(name="help")) == HELP
    assert room.store.turns.pending(room.here) == []


def test_where_the_database_is_away_nobody_is_told_of_files_and_addresses(room: Room) -> None:
    away_for_a_moment(room)
    assert room.say("status") == "I could not reach my own records for a moment. Nothing is lost: say it once more."


def test_footage_and_a_wish_open_a_job_that_runs_up_to_its_gate(room: Room) -> None:
    answer = room.say(WISH, [room.footage])
    assert "12 seconds, 9:16" in answer
    assert GATE.items() <= room.states().items()
    assert room.kept("brief").body["length"] == 12
    [said] = [e for e in room.events("said") if str(e.payload["turn"]).startswith("event-")]
    assert (
        said.payload["text"]
        == "The preview is ready and waits for you: watch it, then approve it or say what to change."
    )


def test_a_turn_that_comes_twice_is_handled_once(room: Room) -> None:
    turn = room.turn(WISH, [room.footage])
    assert room.app.conversations.receive(turn)
    room.drain()
    assert not room.app.conversations.receive(turn)
    room.drain()
    assert len(room.store.jobs.list()) == 1
    assert [e.payload["turn"] for e in room.events("said")].count(turn.id) == 1
    assert room.store.turns.pending(room.here) == []


def test_footage_and_words_may_come_one_after_the_other(room: Room) -> None:
    assert "What shall I make of it?" in room.say("", [room.footage])
    room.say(WISH)
    assert room.states()["preview"] == "awaiting approval"


def test_words_without_footage_open_nothing(room: Room) -> None:
    assert "Drop the footage here" in room.say(WISH)
    assert room.store.jobs.list() == []


def test_an_approval_lets_the_job_go_on_to_its_end(room: Room) -> None:
    room.opened()
    assert room.say("approve") == "Preview v1 is approved: I render the final now."
    assert room.say("Yes!") == "Final v1 is accepted: I deliver it now."
    assert room.office.jobs.status(room.job) == "completed"
    [first, second] = room.store.approvals.list(room.job.id)
    assert {first.how, second.how} == {"typed"}
    assert {first.by, second.by} == {"ann"}


def test_an_approval_is_never_shown_to_a_model(tmp_path: Path) -> None:
    model = Scripted([])
    room = Room(tmp_path, providers={"openai": model})
    room.opened()
    room.say("approve")
    assert model.requests == []
    room.close()


def test_a_rerun_makes_a_new_version_and_what_follows_stale(room: Room) -> None:
    room.opened()
    answer = room.say("rerun plan: make it 10 seconds")
    assert answer == "I make plan anew: make it 10 seconds. These become stale by it: preview."
    assert (room.kept("plan").version, room.kept("preview").version) == (2, 2)
    assert room.kept("plan").body["words"] == "make it 10 seconds"
    assert room.states()["preview"] == "awaiting approval"


def test_a_change_is_a_rerun_of_the_plan_and_wishes_add_up(room: Room) -> None:
    room.opened()
    room.say("change: shorter")
    room.say("change: and louder")
    assert room.kept("plan").body["words"] == "shorter then and louder"


def test_an_approval_of_an_older_version_counts_for_nothing(room: Room) -> None:
    room.opened()
    room.say("change: shorter")
    answer = room.say("approve preview v1")
    assert answer == "This is preview v1; v2 is current: look at that one."
    assert room.store.approvals.list(room.job.id) == []
    assert room.say("approve preview v2") == "Preview v2 is approved: I render the final now."


def test_a_version_that_never_was_cannot_be_approved(room: Room) -> None:
    room.opened()
    assert "preview" in room.say("approve preview v7")
    assert room.store.approvals.list(room.job.id) == []


def test_a_step_without_a_gate_cannot_be_approved(room: Room) -> None:
    room.opened()
    assert room.say("approve plan").startswith("There is nothing to approve in plan")


def test_an_approval_when_nothing_waits_says_so_and_changes_nothing(room: Room) -> None:
    room.finished()
    assert room.say("approve").startswith("Nothing waits for an approval")
    assert room.kept("plan").version == 1


def test_a_bare_yes_when_nothing_waits_is_talk(room: Room) -> None:
    room.finished()
    assert 'do not understand "yes"' in room.say("yes")
    assert room.kept("plan").version == 1


def test_a_rejection_waits_for_words(room: Room) -> None:
    room.opened()
    assert room.say("reject: the colours are off").startswith("Preview v1 is rejected. Tell me what to change")
    assert room.states()["preview"] == "rejected"
    assert room.store.approvals.list(room.job.id)[0].note == "the colours are off"
    room.say("change: warmer")
    assert room.states()["preview"] == "awaiting approval"


def test_a_button_approves_the_version_it_was_shown_with(room: Room) -> None:
    room.opened()
    shown = room.kept("preview").hash
    assert (
        press(room, Command(name="approve", step="preview"), shown) == "Preview v1 is approved: I render the final now."
    )
    assert room.store.approvals.list(room.job.id)[0].how == "button"


def test_an_old_button_answers_which_version_is_current(room: Room) -> None:
    room.opened()
    shown = room.kept("preview").hash
    room.say("change: shorter")
    assert "v2 is current" in press(room, Command(name="approve", step="preview"), shown)
    assert room.store.approvals.list(room.job.id) == []


def test_a_button_pressed_twice_approves_once(room: Room) -> None:
    room.opened()
    shown = room.kept("preview").hash
    press(room, Command(name="approve", step="preview"), shown)
    assert "was approved already" in press(room, Command(name="approve", step="preview"), shown)


def test_a_stale_step_can_be_kept(room: Room) -> None:
    room.opened()
    room.store.instructions.add(room_wish(room))
    assert room.states()["plan"] == "stale"
    assert room.say("keep plan") == "plan v1 stays as it is."
    assert room.states()["plan"] == "done"


def test_refresh_brings_what_is_stale_up_to_date(room: Room) -> None:
    room.opened()
    room.store.instructions.add(room_wish(room))
    assert room.say("refresh") == "I go on."
    assert room.kept("plan").version == 2
    assert room.states()["preview"] == "awaiting approval"


def room_wish(room: Room) -> Instruction:
    """Return an instruction that nobody has acted on yet."""
    return Instruction(job=room.job.id, step="plan", text="calmer", by="ann")


def test_stop_is_heard_before_the_turn_is_handled(room: Room) -> None:
    turn = room.turn(WISH, [room.footage])
    room.app.conversations.receive(turn)
    room.app.services.engine.wait(f"turn-{turn.id}", 10)
    room.app.conversations.receive(room.turn("stop"))
    assert room.job.decision == "paused"


def test_a_paused_job_begins_nothing_until_it_is_resumed(room: Room) -> None:
    room.opened()
    assert room.say("stop").startswith("Stopped.")
    assert "paused" in room.say("approve")
    assert room.office.jobs.status(room.job) == "paused"
    assert room.say("resume") == "I go on."
    assert room.say("approve") == "Preview v1 is approved: I render the final now."


def test_a_cancelled_job_is_not_taken_up_again_and_another_may_begin(room: Room) -> None:
    first = room.opened()
    assert room.say("cancel").startswith("Cancelled for good;")
    assert "cancelled for good" in room.say("resume")
    room.say("10 seconds", [room.footage])
    assert room.job.id != first.id
    assert room.states()["preview"] == "awaiting approval"


def test_after_a_cancellation_words_alone_begin_anew_with_the_footage_that_is_here(room: Room) -> None:
    first = room.opened()
    room.say("cancel")
    assert "say what to make instead" in room.say("thanks")
    assert room.job.id == first.id
    room.say("10 seconds, square")
    assert room.job.id != first.id
    assert room.kept("brief").body["text"] == "10 seconds, square"
    assert room.states()["preview"] == "awaiting approval"


@pytest.mark.parametrize(("words", "brief"), [("start over", WISH), ("start over: 10 seconds", "10 seconds")])
def test_starting_over_ends_the_job_and_takes_its_footage_up_anew(room: Room, words: str, brief: str) -> None:
    first = room.opened()
    room.say("reject: too slow")
    room.say(words)
    assert room.store.jobs.get(first.id).decision == "cancelled"
    assert room.job.id != first.id
    assert room.kept("brief").body["text"] == brief
    assert "a talk.mp4" in {asset.name for asset in room.store.assets.list(room.job.id)}
    assert room.states()["preview"] == "awaiting approval"


@pytest.mark.parametrize("words", ["cancel", "resume", "refresh", "start over", "stop"])
def test_what_is_finished_stays_as_it_is_and_is_delivered_once(room: Room, words: str) -> None:
    room.finished()
    before = room.events()
    assert "finished" in room.say(words)
    assert [event.kind for event in room.events()[len(before) :]] == ["said"]
    assert room.office.jobs.status(room.job) == "completed"


def test_what_undoes_more_than_one_yes_is_asked_about_once(room: Room) -> None:
    room.finished()
    for words in ("rerun captions: bigger", "bigger captions"):
        assert room.say(words).startswith("That undoes preview v1 and final v1, which were approved. Write `yes`")
        assert room.kept("captions").version == 1
        assert room.say("no") == "All stays as it is."
        assert 'do not understand "yes"' in room.say("yes")
    room.say("rerun captions: bigger")
    assert room.say("yes").startswith("I make captions anew: bigger. These become stale by it: preview")
    assert room.kept("captions").version == 2
    assert room.states()["preview"] == "awaiting approval"
    assert room.say("rerun plan: shorter").startswith("I make plan anew")


def test_a_question_that_was_asked_in_a_turn_that_died_is_asked_again_as_it_comes_back(room: Room) -> None:
    room.finished()
    wish = doubts.Wish(step="captions", text="bigger")
    assert doubts.doubt(room.office, room.job, wish, "t1") == doubts.doubt(room.office, room.job, wish, "t1") != ""
    assert doubts.doubt(room.office, room.job, wish, "t2") == ""
    assert doubts.asked_in(room.office, room.job) == "t1"
    assert doubts.wishes_of(room.office, room.job, "t1") == (wish,)


def test_what_people_say_to_each_other_is_kept_and_not_answered(room: Room) -> None:
    room.opened()
    turn = room.turn("<@U2>, can you look?", payload={"aside": True})
    room.app.conversations.receive(turn)
    room.drain()
    assert [event for event in room.events("said") if event.payload["turn"] == turn.id] == []
    assert room.store.turns.pending(room.here) == []


@pytest.mark.parametrize(("verdict", "words"), [("good", "Thank you."), ("bad", "Write here what should be different")])
def test_what_somebody_thinks_of_the_video_is_kept_and_answered_to_them_alone(
    room: Room, verdict: str, words: str
) -> None:
    room.finished()
    turn = room.clicked(Command(name="feedback", text=verdict), "")
    room.app.conversations.receive(turn)
    room.drain()
    [kept] = room.events("feedback")
    assert kept.payload == {"by": "ann", "verdict": verdict}
    [told] = [event for event in room.events("said") if event.payload["turn"] == turn.id]
    assert words in told.payload["text"]
    assert told.payload["private"] is True
    assert room.office.jobs.status(room.job) == "completed"


def test_status_and_help_are_answered_at_any_time(room: Room) -> None:
    assert room.say("help") == HELP
    assert room.say("status") == "No job yet. Footage dropped so far: none."
    room.say("", [room.footage])
    assert room.say("status") == "No job yet. Footage dropped so far: a talk.mp4."
    room.say(WISH)
    assert "preview v1: awaiting approval" in room.say("status")
    assert len(room.store.jobs.list()) == 1


@pytest.mark.parametrize("command", ["approve", "stop", "resume", "rerun plan: shorter", "yes"])
def test_a_command_before_there_is_a_job_says_so(room: Room, command: str) -> None:
    room.say("", [room.footage])
    answer = room.say(command)
    assert "job yet" in answer or "What shall I make of it?" in answer
    assert room.store.jobs.list() == []


def test_a_failure_is_told_with_its_reason_and_the_job_can_go_on(room: Room) -> None:
    room.opened()
    room.say("change: something impossible")
    [failed] = room.events("step_failed")
    assert failed.payload["why"] == "That cannot be: say something else."
    assert room.office.jobs.status(room.job) == "failed"
    assert "Writing the edit plan failed" in room.events("said")[-1].payload["text"]


def test_a_step_that_is_not_there_is_refused_with_the_names_there_are(room: Room) -> None:
    room.opened()
    answer = room.say("rerun colours: warmer")
    assert answer.startswith("There is no step 'colours'; the steps are: brief, plan")
    assert room.kept("plan").version == 1


def test_a_fault_of_ours_is_told_in_a_sentence_and_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    def broken(request: Request) -> Any:
        raise ZeroDivisionError("secret detail")

    room = Room(tmp_path, providers={"openai": Scripted([broken])}, model=MODEL)
    answer = room.say("hello")
    assert answer.startswith("I met a fault of my own")
    [id] = re.findall(r"\(error ([0-9a-f]{8})\)", answer)
    assert f"error {id}" in caplog.text
    assert "secret detail" not in answer
    assert "secret detail" in caplog.text
    room.close()


def test_a_model_that_refuses_is_told_in_its_own_sentence(tmp_path: Path) -> None:
    room = Room(tmp_path, providers={"openai": Scripted([Refused("The key is not valid: set another.")])}, model=MODEL)
    assert "The key is not valid" in room.say("hello")
    assert room.store.turns.pending(room.here) == []
    room.close()


def test_a_conversation_is_busy_until_its_last_word_is_said(room: Room) -> None:
    busy = room.app.conversations.busy
    assert not busy(room.here)
    room.app.conversations.receive(room.turn(WISH, [room.footage]))
    seen = set()
    engine = room.engine
    assert isinstance(engine, InlineEngine)
    while work := engine._take():
        seen.add(busy(room.here))
        engine._run(work)
    assert seen == {True}
    assert not busy(room.here)


def test_turns_of_one_conversation_are_answered_in_their_order(lively: Room) -> None:
    turns = [lively.turn(text) for text in ("help", "status", "hello", "help")]
    for turn in turns:
        lively.app.conversations.receive(turn)
    for turn in turns:
        lively.engine.wait(f"turn-{turn.id}", 10)
    assert [e.payload["turn"] for e in lively.events("said")] == [turn.id for turn in turns]


def test_an_answer_that_a_model_gave_is_kept_for_the_next_turn(tmp_path: Path) -> None:
    model = Scripted([says("Good morning."), says("You said hello before.")])
    room = Room(tmp_path, providers={"openai": model}, model=MODEL)
    room.say("hello")
    room.say("what did I say?")
    texts = [(message.role, message.text) for message in model.requests[1].messages]
    assert texts == [("user", "hello"), ("assistant", "Good morning."), ("user", "what did I say?")]
    room.close()
