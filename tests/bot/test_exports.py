"""Files that somebody asks for beside the video."""

from __future__ import annotations

import json
from pathlib import Path

from tests.bot.room import Room


def test_the_plan_and_the_log_are_written_for_whoever_asks(room: Room) -> None:
    room.opened()
    for kind in ("plan", "log"):
        turn = room.turn("", kind="button", payload={"command": {"name": "download", "text": kind}, "place": {}})
        room.app.conversations.receive(turn)
        room.drain()
    plan, log = (Path(event.payload["path"]) for event in room.events("exported"))
    assert json.loads(plan.read_text()) == room.kept("plan").body
    assert plan.name == f"rushes-{room.job.id[:8]}-plan-v1.json"
    assert "preview v1: awaiting approval" in log.read_text()
    assert room.events("said")[-1].payload["text"] != "Here it is."  # the file itself is the answer


def test_the_page_of_scores_is_given_once_there_are_some(room: Room) -> None:
    room.opened()
    scored(room)
    assert "There are no scores yet" in room.events("said")[-1].payload["text"]
    room.say("approve")
    kept = room.kept("scorecard")
    page = room.app.services.studio.folder(room.job.id, "pictures") / f"scorecard-{kept.hash[:12]}.html"
    page.write_text("<h1>Scores</h1>")
    scored(room)
    [event] = room.events("exported")
    assert event.payload["name"] == f"rushes-{room.job.id[:8]}-scores-v1.html"
    assert Path(event.payload["path"]).read_text() == "<h1>Scores</h1>"


def scored(room: Room) -> None:
    """Ask for the page of scores."""
    turn = room.turn("", kind="button", payload={"command": {"name": "download", "text": "scores"}, "place": {}})
    room.app.conversations.receive(turn)
    room.drain()


def test_what_cannot_be_written_is_said_to_whoever_asked(room: Room) -> None:
    room.opened()
    for kind in ("captions", "a pony"):
        turn = room.turn("", kind="button", payload={"command": {"name": "download", "text": kind}, "place": {}})
        room.app.conversations.receive(turn)
        room.drain()
    no_plan, unknown = room.events("said")[-2:]
    assert "There is no plan yet" in no_plan.payload["text"]
    assert "choose from plan, captions" in unknown.payload["text"]
    assert unknown.payload["private"]
    assert room.events("exported") == []


def test_a_disk_that_takes_no_file_is_told_to_whoever_asked(room: Room) -> None:
    room.opened()
    (room.settings.data / "exports").write_text("no folder")
    turn = room.turn("", kind="button", payload={"command": {"name": "download", "text": "plan"}, "place": {}})
    room.app.conversations.receive(turn)
    room.drain()
    assert "I cannot write it to my disk" in room.events("said")[-1].payload["text"]
