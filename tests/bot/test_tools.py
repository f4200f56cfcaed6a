"""What the orchestrator may do, and what it is told when it asks for what cannot be."""

from __future__ import annotations

import json

import pytest

from bot.house_rules import rules_of
from bot.tools import TOOLS, Desk
from experts.edit.brief import Brief
from experts.edit.spelling import Spelling
from kernel.errors import BadCall, BadDocument
from kernel.tool import pick
from tests.bot.room import WISH, Room


def call(room: Room, name: str, turn: str = "t1", **arguments: object) -> str:
    """Call a tool as the model would, and let all that comes of it happen."""
    tool = pick(TOOLS, name)
    answer = tool.run(tool.read(json.dumps(arguments)), {}, Desk(room.office, room.here, turn, "ann"))
    room.drain()
    return answer.text


def drop(room: Room) -> None:
    """Drop footage without a word."""
    room.store.turns.keep(room.turn("", [room.footage]))


def body(**more: object) -> dict[str, object]:
    """Return a brief's body as a model writes it."""
    return {**Brief.read({"text": WISH}).body(), **more}


def test_there_is_no_tool_that_approves() -> None:
    assert not {tool.name for tool in TOOLS} & {"approve", "answer", "accept", "reject"}


def test_a_brief_and_then_run_all_bring_the_job_to_its_gate(room: Room) -> None:
    drop(room)
    assert call(room, "hand_in", brief=body()) == "brief v1 is kept; the files so far: a talk.mp4."
    assert call(room, "run_all").startswith("Started.")
    assert room.states()["preview"] == "awaiting approval"


def test_a_call_that_is_played_again_does_nothing_twice(room: Room) -> None:
    drop(room)
    for _ in range(2):
        call(room, "hand_in", brief=body())
    call(room, "run_all")
    call(room, "rerun_step", step="plan", instructions="shorter", from_seconds=None, to_seconds=None, refresh=True)
    call(room, "rerun_step", step="plan", instructions="shorter", from_seconds=None, to_seconds=None, refresh=True)
    assert (room.kept("brief").version, room.kept("plan").version) == (1, 2)
    assert [i.text for i in room.store.instructions.list(room.job.id, "plan")] == ["shorter"]


def test_two_wishes_for_one_step_in_one_message_are_both_kept(room: Room) -> None:
    room.opened()
    call(room, "rerun_step", step="plan", instructions="slow here", from_seconds=10, to_seconds=15, refresh=True)
    call(room, "rerun_step", step="plan", instructions="slower there", from_seconds=4, to_seconds=6, refresh=True)
    kept = room.store.instructions.list(room.job.id, "plan")
    assert [(i.text, i.scope and i.scope["from"]) for i in kept] == [("slow here", 10.0), ("slower there", 4.0)]


def test_run_all_where_nothing_is_ready_begins_no_walk_that_would_end_at_once(room: Room) -> None:
    room.opened()
    walks = len(room.events("walk_begun"))
    with pytest.raises(BadCall, match="nothing to begin: preview waits for a person"):
        call(room, "run_all")
    room.say("reject")
    with pytest.raises(BadCall, match="nothing to begin: preview waits for a person"):
        call(room, "run_all")
    assert len(room.events("walk_begun")) == walks


def test_one_step_can_be_run_alone(room: Room) -> None:
    drop(room)
    call(room, "hand_in", brief=body())
    assert call(room, "run_step", step="plan", fresh=False).startswith("plan started.")
    assert (room.states()["plan"], room.states()["captions"]) == ("done", "ready")


def test_a_fresh_run_makes_it_anew_from_the_same(room: Room) -> None:
    room.opened()
    call(room, "run_step", step="plan", fresh=False)
    assert room.kept("plan").version == 1
    call(room, "run_step", step="plan", turn="t2", fresh=True)
    assert [run.status for run in room.store.runs.list(room.job.id, "plan")].count("done") == 2


def test_a_timed_note_is_kept_with_its_span(room: Room) -> None:
    room.opened()
    call(room, "rerun_step", step="plan", instructions="slow here", from_seconds=10, to_seconds=15, refresh=True)
    [instruction] = room.store.instructions.list(room.job.id, "plan")
    assert instruction.scope == {"from": 10.0, "to": 15.0, "fields": []}


def test_a_rerun_without_a_refresh_leaves_what_follows_stale(room: Room) -> None:
    room.opened()
    text = call(
        room, "rerun_step", step="plan", instructions="shorter", from_seconds=None, to_seconds=None, refresh=False
    )
    assert text == "plan is being made anew. It makes stale: preview."
    assert room.states()["preview"] == "stale"


def test_a_step_before_its_needs_is_told_what_it_waits_for(room: Room) -> None:
    room.opened()
    with pytest.raises(BadCall, match=r"master cannot be made yet: it needs preview \(awaiting approval\) first"):
        call(room, "run_step", step="master", fresh=False)


def test_an_unknown_step_is_told_the_names_there_are(room: Room) -> None:
    room.opened()
    with pytest.raises(BadCall, match="There is no step 'colours'; the steps are: brief, plan"):
        call(room, "run_step", step="colours", fresh=False)


def test_a_brief_that_contradicts_itself_goes_back_to_the_model(room: Room) -> None:
    drop(room)
    with pytest.raises(BadDocument, match="both keeps and drops"):
        call(room, "hand_in", brief=body(keep=["x"], drop=["x"]))


def test_a_call_without_a_job_is_told_what_is_missing(room: Room) -> None:
    for name in ("run_all", "pause", "cancel"):
        with pytest.raises(BadCall, match="There is no job yet"):
            call(room, name)
    with pytest.raises(BadCall, match="There is no footage yet"):
        call(room, "hand_in", brief=body())
    assert call(room, "status").startswith("No job yet.")


def test_arguments_that_do_not_fit_are_named() -> None:
    with pytest.raises(BadCall, match=r"run_step do not fit: .*fresh.*colour"):
        pick(TOOLS, "run_step").read('{"step": "plan", "colour": "red"}')


def test_status_and_show_tell_how_it_stands(room: Room) -> None:
    room.opened()
    assert "awaiting approval" in call(room, "status")
    assert json.loads(call(room, "show", step="plan"))["document"]["words"] == WISH


def test_pause_and_cancel_are_decisions(room: Room) -> None:
    room.opened()
    assert call(room, "pause") == "Paused."
    assert room.office.jobs.status(room.job) == "paused"
    with pytest.raises(BadCall, match="paused"):
        call(room, "rerun_step", step="plan", instructions="x", from_seconds=None, to_seconds=None, refresh=True)
    assert call(room, "cancel") == "Cancelled."
    assert room.office.jobs.status(room.job) == "cancelled"


def test_a_name_that_is_corrected_is_kept_for_the_channel_once(thread: Room) -> None:
    thread.opened()
    for _ in range(2):
        answer = call(thread, "spell", right="Siân", wrong=["Sean"])
    assert answer.startswith('From now on it is "Siân", not "Sean"')
    assert rules_of(thread.store, thread.here).glossary == (Spelling(right="Siân", wrong=("Sean",)),)
    assert thread.kept("captions").version == 2
    with pytest.raises(BadCall, match="This is no name"):
        call(thread, "spell", right="x" * 61, wrong=[])


def test_a_model_ends_no_job_for_somebody_who_may_not(thread: Room) -> None:
    thread.opened()
    tool = pick(TOOLS, "cancel")
    with pytest.raises(BadCall, match="Only @ann can cancel this job"):
        tool.run(tool.read("{}"), {}, Desk(thread.office, thread.here, "t1", "dan"))
    assert thread.job.decision is None
