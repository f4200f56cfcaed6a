"""Payloads become turns, and what is none of ours becomes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.surfaces.slack.intake import Own, Taken, row, stranger, taken

OWN = Own(bot="UBOT", data=Path("/data"))


def event(**changed: Any) -> dict[str, Any]:
    """Return a message of Ann's in a channel, as Slack sends it."""
    said = {"type": "message", "user": "U1", "channel": "C1", "ts": "10.1", "text": "<@UBOT> short", "team": "T1"}
    inner = {**said, **changed}
    return {"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": inner}


def click(action: str, value: str = "token", **changed: Any) -> dict[str, Any]:
    """Return a press of a button in a thread."""
    return {
        "type": "block_actions",
        "team": {"id": "T1"},
        "user": {"id": "U1", "team_id": "T1"},
        "channel": {"id": "C1"},
        "container": {"type": "message", "message_ts": "11.5", "channel_id": "C1", "thread_ts": "10.1"},
        "response_url": "https://hooks.slack.com/actions/1",
        "actions": [{"action_id": action, "value": value, "action_ts": "12.0"}],
        **changed,
    }


def read(body: dict[str, Any], own: Own = OWN) -> Taken:
    """Read what must be taken."""
    found = taken(body, own)
    assert found is not None
    return found


def test_a_mention_begins_a_conversation_at_its_own_message() -> None:
    found = read(event())
    assert found.opens
    assert found.place.address == "T1:C1:10.1"
    assert (found.turn.id, found.turn.author, found.turn.text) == ("slack:T1:C1:10.1", "U1", "short")
    assert found.turn.payload["place"] == {"team": "T1", "channel": "C1", "ts": "10.1", "thread_ts": "10.1"}


def test_the_two_events_of_a_mention_are_one_turn() -> None:
    assert read(event(type="app_mention")).turn.id == read(event(subtype="file_share")).turn.id


def test_a_reply_belongs_to_its_thread_and_begins_nothing() -> None:
    found = read(event(text="shorter", ts="10.9", thread_ts="10.1"))
    assert not found.opens
    assert found.place.address == "T1:C1:10.1"
    assert read(event(subtype="thread_broadcast", thread_ts="10.1", ts="10.9")).place.root == "10.1"


def test_a_direct_message_needs_no_mention() -> None:
    found = read(event(channel="D1", channel_type="im", text="short"))
    assert found.opens
    assert found.place.direct
    assert not read(event(channel="D1", channel_type="im", thread_ts="9.0")).place.direct


def test_who_calls_for_it_beneath_a_message_means_what_hangs_above_too() -> None:
    above = read(event(ts="10.9", thread_ts="10.1")).turn.payload["above"]
    assert (above["from"], above["team"], above["channel"], above["id"]) == ("slack", "T1", "C1", "10.1")
    assert "above" not in read(event()).turn.payload
    assert "above" not in read(event(text="shorter", ts="10.9", thread_ts="10.1")).turn.payload


def test_a_thread_of_our_own_is_known_before_it_is_kept() -> None:
    assert read(event(text="the footage", ts="10.9", thread_ts="10.1", parent_user_id="UBOT")).opens


def test_what_people_say_to_each_other_is_marked_but_not_what_they_say_to_us() -> None:
    aside = {"text": "<@U2>, can you look?", "ts": "10.9", "thread_ts": "10.1"}
    assert read(event(**aside)).turn.payload["aside"] is True
    assert "aside" not in read(event(**{**aside, "text": "<@U2>, <@UBOT> can do that"})).turn.payload
    assert "aside" not in read(event(**aside, files=[{"id": "F1", "name": "a.mp4"}])).turn.payload
    assert "aside" not in read(event(**aside, channel_type="im")).turn.payload


@pytest.mark.parametrize(
    "changed",
    [
        {"subtype": "message_changed"},
        {"subtype": "message_deleted"},
        {"subtype": "channel_join"},
        {"subtype": "bot_message", "bot_id": "B1"},
        {"bot_id": "B1"},
        {"user": "UBOT"},
        {"user": ""},
        {"user_team": "T2", "team": "T2"},
        {"user_profile": {"is_ultra_restricted": True}},
    ],
)
def test_what_is_none_of_ours_is_nothing(changed: dict[str, Any]) -> None:
    assert taken(event(**changed), OWN) is None


def test_people_of_a_workspace_that_was_let_in_are_heard() -> None:
    own = OWN.model_copy(update={"friends": ("T2",)})
    assert read(event(user_team="T2", team="T2"), own).place.team == "T1"
    assert stranger(click("plan.approve", user={"id": "U2", "team_id": "T2"}))
    assert not stranger(click("plan.approve", user={"id": "W2", "team_id": "E1"}, enterprise={"id": "E1"}))


def test_the_workspace_is_the_one_that_asks_us() -> None:
    body = {**event(team="T1"), "team_id": "T9", "authorizations": [{"team_id": "T1"}]}
    assert read(body).place.team == "T1"


def test_files_lie_where_they_were_decided_to_before_they_come() -> None:
    file = {"id": "F1", "name": "../../A take, 1.mp4", "size": 5, "mimetype": "video/mp4", "mode": "hosted"}
    [found] = read(event(files=[file])).turn.files
    assert found == {
        "name": "../../A take, 1.mp4",
        "size": 5,
        "mimetype": "video/mp4",
        "from": "slack",
        "id": "F1",
        "team": "T1",
        "path": "/data/incoming/slack/T1/F1/A take, 1.mp4",
        "mode": "hosted",
    }


def test_a_file_elsewhere_and_one_that_is_only_named_are_marked() -> None:
    assert row({"id": "F1", "name": "a.mp4", "is_external": True}, "T1", Path("/d"))["external"] is True
    only_named = row({"id": "F1", "file_access": "check_file_info"}, "T1", Path("/d"))
    assert (only_named["name"], only_named["unnamed"], only_named["mode"]) == ("A file", True, "check_file_info")


def test_a_press_is_a_command_with_what_its_card_carries() -> None:
    found = read(click("plan.approve"))
    assert found.turn.id == "slack:T1:C1:11.5:plan.approve:U1:12.0"
    assert found.turn.kind == "button"
    assert found.turn.payload["token"] == "token"
    assert found.turn.payload["command"]["name"] == "approve"
    assert found.turn.payload["place"] == {
        "channel": "C1",
        "message_ts": "11.5",
        "thread_ts": "10.1",
        "user": "U1",
        "response_url": "https://hooks.slack.com/actions/1",
    }
    assert not found.opens


def test_what_is_downloaded_stands_after_the_token() -> None:
    action = {"action_id": "review.download", "action_ts": "1", "selected_option": {"value": "to:ken:captions"}}
    payload = read(click("", actions=[action])).turn.payload
    assert (payload["token"], payload["command"]["text"]) == ("to:ken", "captions")


def test_what_somebody_thinks_of_the_video_is_read_from_its_button() -> None:
    payload = read(click("job.feedback", "bad")).turn.payload
    assert (payload["command"]["name"], payload["command"]["text"], payload["token"]) == ("feedback", "bad", "")


@pytest.mark.parametrize("action", ["plan.change", "plan.reject", "home.settings", "nobody.knows"])
def test_a_press_that_opens_a_form_is_no_turn_yet(action: str) -> None:
    assert taken(click(action), OWN) is None


def test_slacks_own_stop_button_pauses() -> None:
    stopped = {"type": "agent_session_stopped", "channel": "C1", "thread_ts": "10.1", "user": "U1"}
    found = read({"type": "event_callback", "team_id": "T1", "event_id": "Ev7", "event": stopped})
    assert (found.turn.id, found.turn.payload["command"]["name"]) == ("slack:Ev7", "pause")
    assert found.place.address == "T1:C1:10.1"


def test_somebodys_message_is_edited_for_whoever_chose_it() -> None:
    message = {"ts": "10.1", "user": "U2", "text": "raw takes", "files": [{"id": "F1", "name": "a.mp4"}]}
    body = {"type": "message_action", "callback_id": "job_from_message", "message": message}
    found = read({**body, "team": {"id": "T1"}, "channel": {"id": "C1"}, "user": {"id": "U1", "team_id": "T1"}})
    assert found.opens
    assert (found.turn.author, found.turn.text, len(found.turn.files)) == ("U1", "raw takes", 1)
    assert found.turn.id == "slack:T1:C1:10.1"


def test_a_message_of_our_own_is_no_footage_and_words_of_others_join_nothing() -> None:
    chosen = {
        "type": "message_action",
        "callback_id": "job_from_message",
        "channel": {"id": "C1"},
        "team": {"id": "T1"},
    }
    chosen["user"] = {"id": "U1", "team_id": "T1"}
    assert taken({**chosen, "message": {"ts": "10.1", "user": "UBOT", "text": "Preview v1 is ready"}}, OWN) is None
    assert not read({**chosen, "message": {"ts": "10.1", "user": "U2", "text": "approve"}}).joins
