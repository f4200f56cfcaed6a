"""What the stand-in tells the app looks as Slack's own payloads do, with the fields that those leave out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.fakes.slack import interactions
from tests.fakes.slack.carry import Carrier
from tests.fakes.slack.delivery import Delivery
from tests.fakes.slack.things import Message, View
from tests.fakes.slack_samples import MANIFEST
from tests.fakes.test_slack_world import Room

COMMAND = {"command": "/rushes", "description": "Edits", "should_escape": True}


@pytest.fixture
def room() -> Room:
    return Room()


def dropped(room: Room, tmp_path: Path) -> dict[str, Any]:
    """Return the event of a message with a file."""
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"0")
    file = room.world.add_file(room.ann.id, path)
    room.world.say(room.ann.id, room.videos.id, "Hello", files=[file.id])
    return room.events()[-1]


def test_a_message_names_its_workspace_and_one_with_a_file_does_not(room: Room, tmp_path: Path) -> None:
    room.world.say(room.ann.id, room.videos.id, "Hello")
    with_file = dropped(room, tmp_path)
    assert room.events()[0]["team"] == room.team.id
    assert "team" not in with_file
    assert (with_file["subtype"], with_file["channel_type"]) == ("file_share", "channel")
    assert "client_msg_id" in with_file


def test_a_file_of_the_bots_own_names_its_user_alone(room: Room, tmp_path: Path) -> None:
    path = tmp_path / "cut.mp4"
    path.write_bytes(b"0")
    file = room.world.add_file(room.team.bot, path)
    said = Message(room.world.clock.ts(), room.team.id, room.videos.id, room.team.bot, "", files=[file.id])
    said.subtype, said.bot_id = "file_share", room.team.bot_id
    room.world.keep(said)
    told = room.events()[-1]
    assert (told["user"], told["upload"], "bot_id" in told) == (room.team.bot, True, False)


def test_a_reply_names_whose_message_it_answers_and_a_broadcast_brings_it_along(room: Room) -> None:
    root = room.world.say(room.ann.id, room.videos.id, "Hello")
    room.world.say(room.ann.id, room.videos.id, "more", thread_ts=root.ts)
    room.world.say(room.ann.id, room.videos.id, "for all", thread_ts=root.ts, subtype="thread_broadcast")
    _, reply, loud = room.events()
    assert (reply["thread_ts"], reply["parent_user_id"]) == (root.ts, room.ann.id)
    assert (loud["root"]["text"], "team" in loud) == ("Hello", False)


def test_somebody_of_another_workspace_comes_with_their_profile(room: Room) -> None:
    other = room.world.add_team("globex", installed=False)
    eve = room.world.add_user("eve", other.id, guest=True)
    room.videos.members.add(eve.id)
    room.videos.shared_with.add(other.id)
    room.world.say(eve.id, room.videos.id, "Hello")
    told = room.events()[0]
    assert (told["user_profile"]["team"], told["user_profile"]["is_restricted"]) == (other.id, True)


def test_of_a_message_with_a_thread_a_tombstone_is_left(room: Room) -> None:
    root = room.world.say(room.ann.id, room.videos.id, "Hello")
    room.world.say(room.ann.id, room.videos.id, "more", thread_ts=root.ts)
    room.world.delete(root)
    told = room.events()[-1]
    assert (told["subtype"], told["message"]["subtype"]) == ("message_changed", "tombstone")
    assert told["previous_message"]["text"] == "Hello"
    assert [m.text for m in room.world.thread(room.videos.id, root.ts)] == ["more"]


def test_where_an_organisation_installed_the_app_no_workspace_is_named_beside_it(room: Room) -> None:
    room.team.enterprise, room.team.by_org = "E1", True
    room.world.say(room.ann.id, room.videos.id, "Hello")
    event = room.sent[0].payload
    assert event["authorizations"][0]["team_id"] is None
    assert (event["team_id"], event["authorizations"][0]["enterprise_id"]) == (room.team.id, "E1")
    pressed = room.world.interact(interactions.shortcut(room.world, room.ann, "new"), room.team.id).payload
    assert pressed["team"] is None
    assert pressed["user"] == {"id": room.ann.id, "username": "ann", "team_id": room.team.id}


def test_what_is_private_is_not_called_by_its_name(room: Room) -> None:
    secret = room.world.add_channel("secret", room.team.id, {room.ann.id, room.team.bot}, "group")
    said = room.world.say(room.ann.id, secret.id, "Hello")
    direct = room.world.im(room.ann.id)
    pressed = interactions.in_message(room.world, room.ann, said, [], {})
    typed = interactions.command(room.world, room.ann, "/rushes status", direct.id)
    assert pressed["channel"] == {"id": secret.id, "name": "privategroup"}
    assert typed["channel_name"] == "directmessage"


@pytest.mark.parametrize(("known", "text"), [([COMMAND], "ask <@{0}|ann>"), ([], "ask @ann")])
def test_people_in_a_command_come_as_the_manifest_asks(room: Room, known: list[Any], text: str) -> None:
    room.world.manifest = {**MANIFEST, "features": {"slash_commands": known}}
    typed = interactions.command(room.world, room.ann, f"/rushes ask <@{room.ann.id}>", room.videos.id)
    assert typed["text"] == text.format(room.ann.id)


def test_a_whisper_into_a_thread_is_seen_once_the_thread_is_there(room: Room) -> None:
    root = room.world.say(room.ann.id, room.videos.id, "Hello")
    room.world.whisper(room.videos.id, room.ann.id, "early", [], thread_ts=root.ts)
    room.world.say(room.ann.id, room.videos.id, "more", thread_ts=root.ts)
    room.world.whisper(room.videos.id, room.ann.id, "now", [], thread_ts=root.ts)
    assert [m.text for m in room.world.ephemerals] == ["now"]
    assert len(room.world.problems) == 1


@pytest.mark.parametrize(
    ("kind", "type_", "accepts"),
    [
        ("slash_commands", "", True),
        ("interactive", "view_submission", True),
        ("interactive", "block_actions", False),
        ("interactive", "shortcut", False),
        ("events_api", "event_callback", False),
    ],
)
def test_only_forms_and_commands_are_acknowledged_with_an_answer(kind: Any, type_: str, accepts: bool) -> None:
    assert Delivery(kind, {"type": type_}, "T1").accepts_answer is accepts


def test_an_answer_to_what_takes_none_raises_the_alarm(room: Room) -> None:
    carrier = Carrier(room.world)
    carrier.taken(Delivery("interactive", {"type": "block_actions"}, room.team.id), None)
    assert room.world.problems == []
    carrier.taken(Delivery("interactive", {"type": "block_actions"}, room.team.id), {"text": "Done"})
    assert "does not read" in room.world.problems[0]


@pytest.mark.parametrize(
    ("looking", "asks", "chosen"),
    [
        ("videos", {}, True),
        ("", {}, False),
        ("videos", {"initial_conversation": "C9"}, False),
        ("direct", {}, True),
        ("direct", {"filter": {"exclude_bot_users": True}}, False),
    ],
)
def test_a_form_may_begin_with_the_channel_that_its_person_looks_at(
    room: Room, looking: str, asks: dict[str, Any], chosen: bool
) -> None:
    places = {"videos": room.videos.id, "direct": room.world.im(room.ann.id).id, "": ""}
    where = {"type": "conversations_select", "action_id": "where", "default_to_current_conversation": True, **asks}
    form = {"type": "modal", "blocks": [{"type": "input", "block_id": "where", "element": where}]}
    view = room.world.show_view(room.team.id, room.ann.id, form)
    assert isinstance(view, View)
    room.world.prefill(view, places[looking])
    held = view.state["values"].get("where", {}).get("where", {})
    assert held.get("selected_conversation") == (places[looking] if chosen else None)
