"""What the stand-in's people type, and what their forms hold."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.slack import elements, events
from tests.fakes.slack.server import FakeSlack


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("<@BOT> cut it", "<@U1> cut it"),
        ("@Rushes a < b & c", "<@U1> a &lt; b &amp; c"),
        ("see https://x.org/?a=1&b=2 now", "see <https://x.org/?a=1&amp;b=2> now"),
        ("<https://x.org|words> by <@U7>", "<https://x.org|words> by <@U7>"),
        ("<!channel> is text here", "<!channel> is text here"),
    ],
)
def test_the_composer_sends_text_as_slack_does(typed: str, sent: str) -> None:
    assert events.typed(typed, "U1") == sent


def test_what_is_typed_comes_with_rich_text_too() -> None:
    parts = events.rich("<@U1> a &amp; <https://x.org>")[0]["elements"][0]["elements"]
    assert [part["type"] for part in parts] == ["user", "text", "link"]
    assert parts[1]["text"] == " a & "


@pytest.mark.parametrize(
    ("kind", "more", "chosen", "held"),
    [
        ("plain_text_input", {}, "words", {"value": "words"}),
        ("multi_users_select", {}, ["U1"], {"selected_users": ["U1"]}),
        ("datepicker", {}, "2026-01-02", {"selected_date": "2026-01-02"}),
        ("conversations_select", {}, "C1", {"selected_conversation": "C1"}),
    ],
)
def test_an_element_holds_what_was_chosen(kind: str, more: Any, chosen: Any, held: Any) -> None:
    element = {"type": kind, "action_id": "a", **more}
    assert elements.holding(element, chosen) == {"type": kind, **held}


def test_options_are_chosen_by_value_or_label() -> None:
    option = {"text": {"type": "plain_text", "text": "Warm"}, "value": "warm"}
    select = {"type": "static_select", "action_id": "a", "options": [option]}
    assert elements.holding(select, "Warm")["selected_option"] == option
    assert elements.holding({**select, "type": "checkboxes"}, ["warm"])["selected_options"] == [option]
    with pytest.raises(LookupError, match="no option 'cold'"):
        elements.holding(select, "cold")


def test_of_several_buttons_of_one_name_the_value_says_which() -> None:
    label = {"type": "plain_text", "text": "Open"}
    rows = [
        {"type": "section", "accessory": {"type": "button", "action_id": "open", "value": job, "text": label}}
        for job in ("one", "two")
    ]
    assert elements.find(rows, "open", "two")[1]["value"] == "two"
    assert elements.find(rows, "open")[1]["value"] == "one"


def test_people_edit_delete_and_answer_to_the_channel_too() -> None:
    with FakeSlack() as slack:
        ann = slack.person("ann")
        videos = slack.channel("videos", members=[ann])
        brief = ann.says(videos, "hello")
        ann.edits(brief, "hello & more")
        loud = ann.replies(brief, "for all", broadcast=True)
        ann.deletes(loud)
        told = [d.payload["event"] for d in slack.world.deliveries]
    assert [event.get("subtype") for event in told] == [
        None,
        "message_changed",
        "thread_broadcast",
        "message_deleted",
    ]
    assert told[1]["message"]["text"] == "hello &amp; more"


def test_it_runs_by_hand_and_says_how_to_start_a_bot(root: Path) -> None:
    command = [sys.executable, "-u", "-m", "tests.fakes.slack", "--port", "0"]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True, env={**os.environ}) as running:
        assert running.stdout is not None
        said = "".join(iter(running.stdout.readline, "and then:  .venv/bin/rushes slack\n"))
        running.send_signal(signal.SIGTERM)
    assert re.search(r"The page:  http://127\.0\.0\.1:\d+/", said)
    assert "export RUSHES_SLACK_APP_TOKEN='xapp-" in said
    assert running.returncode == 0
