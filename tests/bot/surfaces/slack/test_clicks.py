"""Buttons and forms: what they become, and what is said to whoever may not or comes too late."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.surfaces.slack import clicks, forms, intake, listeners, manifest
from bot.surfaces.slack.roots import Roots
from tests.bot.surfaces.slack.quiet import Quiet
from tests.fakes.slack.things import Posted


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Quiet]:
    """A room for all tests here, with a job at its first gate; nobody works on what they ask for."""
    with Quiet(tmp_path_factory.mktemp("room")) as room:
        room.begun()
        yield room
    assert room.slack.problems == []


@pytest.fixture(scope="module")
def card(quiet: Quiet) -> Posted:
    """The card of the gate."""
    return quiet.gate(quiet.brief)


@pytest.mark.parametrize(
    ("button", "values", "command"),
    [
        ("plan.change", {"words": "start with the launch", "step": "captions"}, ("rerun", "captions")),
        ("plan.next", {"words": "as webm too", "step": "delivery"}, ("rerun", "delivery")),
        ("plan.reject", {"words": "too slow"}, ("reject", "")),
        ("plan.reject", {}, ("reject", "")),
    ],
)
def test_a_form_becomes_a_command_in_its_thread(
    quiet: Quiet, card: Posted, button: str, values: dict[str, str], command: tuple[str, str]
) -> None:
    view = quiet.ann.opens(card, button)
    quiet.ann.submits(view, values)
    assert view.closed
    [turn] = quiet.news(1)
    told = turn.payload["command"]
    assert (told["name"], told["step"], told["text"]) == (*command, values.get("words", ""))
    assert turn.payload["place"]["message_ts"] == card.ts
    assert (turn.payload["token"] != "") == (command[0] == "reject") or command[0] == "rerun"


def test_words_that_are_left_to_the_editor_are_said_in_the_thread(quiet: Quiet, card: Posted) -> None:
    view = quiet.ann.opens(card, "plan.change")
    quiet.ann.submits(view, {"words": "start with the launch"})
    [turn] = quiet.news(1)
    assert (turn.kind, turn.text) == ("message", "start with the launch")
    assert turn.payload["place"]["thread_ts"] == turn.payload["place"]["thread_ts"]


def test_a_form_with_too_few_words_stays_open(quiet: Quiet, card: Posted) -> None:
    view = quiet.ann.opens(card, "plan.change")
    quiet.ann.submits(view, {"words": "   \n  "})
    assert not view.closed
    assert "few words" in view.errors["words"]
    assert quiet.news(0) == []


def test_a_press_in_a_thread_that_is_none_of_ours_is_answered_to_that_person_alone(quiet: Quiet, card: Posted) -> None:
    own, message = card.thread_ts, quiet.slack.message(card)
    message.thread_ts = quiet.bob.says(quiet.videos, "another thread").ts
    before = message.text
    for button in ("plan.approve", "plan.change"):
        quiet.bob.clicks(card, button)
    view = quiet.bob.sees_view()
    quiet.bob.submits(view, {"words": "take this one"})
    assert "another thread" in view.errors["words"]
    told = quiet.wait(lambda: [seen for seen in quiet.slack.private(quiet.bob) if "another thread" in seen.text])
    assert told
    assert message.text == before
    message.thread_ts = own
    assert quiet.news(0) == []


def test_a_button_that_nobody_knows_any_more_is_answered(quiet: Quiet, card: Posted) -> None:
    row = next(block for block in card.blocks if block["type"] == "actions")
    row["elements"][0]["action_id"] = "plan.publish"
    quiet.ann.clicks(card, "plan.publish")
    quiet.wait(lambda: [seen for seen in quiet.slack.private(quiet.ann) if "do not know this button" in seen.text])


def test_the_rules_of_a_channel_are_set_in_app_home(quiet: Quiet) -> None:
    quiet.ann.opens_home()
    home = quiet.wait(lambda: quiet.ann.home)
    view = quiet.ann.opens(home, "home.settings", quiet.videos.id)
    quiet.ann.submits(view, {"who": "named"})
    assert "at least one approver" in view.errors["who"]
    quiet.ann.submits(view, {"approvers": [quiet.bob.id], "glossary": "Siân: Sean", "platform": "reels"})
    assert view.closed
    kept = quiet.store.house_rules.of("slack", f"{quiet.ann.team}:{quiet.videos.id}")
    assert kept is not None
    assert (kept.body["approvers"], kept.body["platform"], kept.by) == ([quiet.bob.id], "reels", quiet.ann.id)
    quiet.wait(lambda: [seen for seen in quiet.slack.private(quiet.ann) if "Siân" in seen.text])
    again = quiet.ann.opens(home, "home.settings", quiet.videos.id)
    quiet.ann.submits(again, {"platform": "tiktok"})
    assert "can change these" in next(iter(again.errors.values()))


def test_slacks_own_stop_stops_at_once(quiet: Quiet) -> None:
    quiet.slack.world.emit(
        {
            "type": "agent_session_stopped",
            "user": quiet.ann.id,
            "channel": quiet.videos.id,
            "thread_ts": quiet.brief.ts,
            "streaming_message_ts": [],
            "event_ts": quiet.brief.ts,
        },
        quiet.ann.team,
    )
    quiet.wait(lambda: quiet.job.decision == "paused")


def test_people_of_another_workspace_are_not_heard(quiet: Quiet) -> None:
    event = intake.Own(bot="B", data=Path("/d"))
    card = {"type": "block_actions", "team": {"id": "T1"}, "user": {"id": "U9", "team_id": "T9"}}
    assert intake.taken({**card, "actions": [{"action_id": "plan.approve"}]}, event) is None


def test_the_manifest_names_what_is_listened_to_and_nothing_else(quiet: Quiet) -> None:
    desk = quiet.surface.serving.desk
    heard = {name.partition(".")[0] for name in manifest.EVENTS}
    assert set(listeners.events(desk)) == heard
    assert set(clicks.actions(desk)) == set(manifest.ACTIONS)
    assert set(clicks.views(desk, Roots(desk))) == set(manifest.VIEWS)
    assert set(listeners.shortcuts(desk)) == set(manifest.SHORTCUTS)
    assert set(intake.COMMANDS).isdisjoint(forms.OPENERS)
