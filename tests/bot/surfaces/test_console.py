"""The terminal: what of each event a person sees."""

from __future__ import annotations

from typing import Any

from bot.wording import NAMES
from experts.pipelines import PIPELINES
from kernel.pipeline import Conversed
from kernel.store.records import Event
from tests.bot.room import Room


def event(kind: str, step: str = "", **payload: Any) -> Event:
    """Return an event."""
    return Event(kind=kind, step=step, payload=payload)


def test_words_are_printed_as_they_are(room: Room) -> None:
    console, out = room.console()
    console.show(event("said", text="[red]not markup[/red] :smile:", turn="t"))
    assert out.getvalue() == "[red]not markup[/red] :smile:\n"


def test_a_step_has_a_bar_from_its_start_to_its_end(room: Room) -> None:
    console, out = room.console()
    console.show(event("step_started", "plan"))
    console.show(event("progressed", "plan", share=0.5, doing="frame 7"))
    console.show(event("step_done", "plan", version=3))
    console.close()
    [line] = [line for line in out.getvalue().splitlines() if line.strip()]
    assert "writing the edit plan" in line
    assert "100%" in line
    assert "v3" in line


def test_a_step_that_began_before_the_terminal_was_opened_has_a_bar_too(room: Room) -> None:
    console, out = room.console()
    console.show(event("progressed", "master", share=0.25, doing="piece 2 of 8"))
    console.close()
    assert "rendering the final" in out.getvalue()
    assert "25%" in out.getvalue()


def test_a_failure_is_told_with_its_reason_and_who_mends_it(room: Room) -> None:
    console, out = room.console()
    console.show(event("step_started", "master"))
    console.show(event("step_failed", "master", why="The clip c1 is too short.", sent_back_to="plan"))
    assert "master: The clip c1 is too short." in out.getvalue()
    assert "I hand this to plan" in out.getvalue()
    console.show(event("step_failed", "log", why="No key.", sent_back_to=""))
    assert out.getvalue().count("I hand this") == 1


def test_a_file_that_did_not_come_is_told_with_the_reason(room: Room) -> None:
    console, out = room.console()
    console.show(event("file_refused", name="a.docx", why="a.docx is of no kind that I can use."))
    assert out.getvalue() == "a.docx is of no kind that I can use.\n"


def test_what_became_stale_is_named(room: Room) -> None:
    console, out = room.console()
    console.show(event("stale_found", "plan", because="plan v2", steps=["preview", "master"]))
    assert out.getvalue() == "plan v2 makes these stale: preview, master.\n"


def test_kinds_that_say_nothing_to_a_person_are_passed_over(room: Room) -> None:
    console, out = room.console()
    for kind in ("walk_begun", "walk_ended", "approved", "paused", "something new"):
        console.show(event(kind, end="gate"))
    assert out.getvalue() == ""


def test_a_gate_shows_what_waits_and_where_to_watch_it_once(room: Room) -> None:
    room.opened()
    console, out = room.console()
    [gate] = room.events("gate_opened")
    console.show(gate)
    console.show(gate)
    assert out.getvalue().count("Preview v1: 30.0 s, 7 clips, 12 captions, final in 1080x1920") == 1
    video = room.kept("preview").body["video"]
    assert str(room.app.services.studio.path(video, room.job.id)) in out.getvalue()
    assert "It is a small one." in out.getvalue()


def test_the_scorecard_is_shown_with_the_final(room: Room) -> None:
    room.opened()
    room.say("approve")
    console, out = room.console()
    console.show(room.events("gate_opened")[-1])
    assert "Final v1: " in out.getvalue()
    assert "As loud" in out.getvalue() or "as loud" in out.getvalue()


def test_a_gate_whose_document_is_gone_says_nothing(room: Room) -> None:
    console, out = room.console()
    console.show(event("gate_opened", "preview", hash="0" * 64))
    assert out.getvalue() == ""


def test_every_step_that_runs_has_a_name_for_people() -> None:
    steps = {s.name for p in PIPELINES for s in p.steps if not isinstance(s.made_by, Conversed)}
    assert steps == set(NAMES)
