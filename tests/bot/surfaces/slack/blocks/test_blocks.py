"""Every card in every state, held against Slack's rules, with words that want to do harm."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.house_rules import Rules, read_settings
from bot.surfaces.slack import manifest
from bot.surfaces.slack.blocks import answers, gates, home, modals
from bot.surfaces.slack.blocks.status_card import WORDS, status_card
from bot.surfaces.slack.views import GateState, HomeView, JobView
from kernel.document import Value
from tests.bot.surfaces.slack.blocks import cards
from tests.bot.surfaces.slack.blocks.test_text import HOSTILE
from tests.fakes.slack import blockcheck

WHOLE = 13_200
"""Characters of a message's blocks as JSON, above which Slack refuses it."""
LONG = 4_000
AGREED = Path(__file__).with_name("agreed.txt")
"""What every card reads like."""
Message = dict[str, Any]
RULES = read_settings(
    {
        "approvers": ["U1", "U2"],
        "platform": "reels",
        "glossary": "Siân: Sean, Shaun\nKubernetes",
        "colours": "#0b3d91 #ff6b35",
        "caption_font": "Inter",
        "title_font": "",
        "self_approval": "no",
    }
)
MESSAGES: dict[str, Message] = {
    **{f"card {name}": status_card(view) for name, view in cards.JOBS.items()},
    **{f"lines {name}": status_card(view, plain=True) for name, view in cards.JOBS.items()},
    **{f"gate {name}": gates.gate_card(view) for name, view in cards.GATES.items()},
    "gate with votes": gates.gate_card(cards.VOTED),
    "failure": answers.failure_card(cards.FAILURE),
    "delivered": answers.delivered(cards.DELIVERY),
    "help": answers.help_text(),
    "answer": answers.answer("Done."),
    "nothing": answers.answer(""),
    "long answer": answers.answer("word " * 9000),
    "reminder": answers.reminder(("U1", "U2"), "the preview v2", 2),
}
VIEWS: dict[str, Message] = {
    "change": modals.change_modal("{}"),
    "rerun": modals.rerun_modal("{}"),
    "next": modals.next_modal("{}"),
    "reject": modals.reject_modal("{}"),
    "job": modals.job_modal(),
    "job of a channel": modals.job_modal("{}", "C1", "30 seconds"),
    "settings": modals.settings_modal("{}", Rules()),
    "settings, filled in": modals.settings_modal("{}", RULES, "C1"),
    "home": home.home(cards.HOME),
    "empty home": home.home(HomeView(user="U1")),
}


def wrong_with(message: Message) -> list[str]:
    """Return what a Slack would refuse, or a person be harmed by, in a message."""
    text, blocks = message["text"], message["blocks"]
    long = len(json.dumps(blocks, ensure_ascii=False, separators=(",", ":"))) > WHOLE or len(text) > LONG
    return [*blockcheck.text_problems(text), *blockcheck.message(blocks), *(["too long"] if long else [])]


def actions_of(message: Message) -> list[str]:
    """Return the ids of all that can be pressed."""
    held = [(*block.get("elements", ()), block.get("accessory", {})) for block in message["blocks"]]
    return [element["action_id"] for elements in held for element in elements if "action_id" in element]


@pytest.mark.parametrize("name", MESSAGES)
def test_slack_takes_every_message(name: str) -> None:
    assert wrong_with(MESSAGES[name]) == []
    assert MESSAGES[name]["text"].strip()


@pytest.mark.parametrize("name", VIEWS)
def test_slack_takes_every_form_and_home(name: str) -> None:
    assert blockcheck.view(VIEWS[name]) == []


def test_all_that_can_be_pressed_is_known_to_the_manifest() -> None:
    shown = {action for message in (*MESSAGES.values(), VIEWS["home"]) for action in actions_of(message)}
    assert shown == set(manifest.ACTIONS)


def test_all_forms_are_known_to_the_manifest() -> None:
    assert {view["callback_id"] for view in VIEWS.values() if view["type"] == "modal"} == set(manifest.VIEWS)


@pytest.mark.parametrize("state", [s for s in cards.ENDINGS if s != "open"])
@pytest.mark.parametrize("view", [cards.PREVIEW, cards.REVIEW, cards.GENERAL])
def test_what_is_decided_has_no_buttons(view: Any, state: GateState) -> None:
    card = gates.gate_card(view.model_copy(update={"state": state}))
    assert actions_of(card) == []


def test_every_button_of_a_gate_carries_its_token_and_nothing_that_can_be_read() -> None:
    for view in (cards.PREVIEW, cards.REVIEW, cards.GENERAL):
        [row] = [block for block in gates.gate_card(view)["blocks"] if block["type"] == "actions"]
        values = [e.get("value") or e["options"][0]["value"].split(":")[0] for e in row["elements"]]
        assert set(values) == {view.token}
        assert row["block_id"] == f"job:{view.job}:{view.step}:{view.version}"


def test_no_status_is_said_by_colour_or_picture_alone() -> None:
    assert set(WORDS) == set(cards.JOBS) - {"new", "fetching"}
    for status, word in WORDS.items():
        assert word in json.dumps(status_card(cards.JOBS[status]), ensure_ascii=False)


def test_all_texts_that_slack_reads_marks_in_leave_bare_addresses_alone() -> None:
    for message in (*MESSAGES.values(), *VIEWS.values()):
        found = re.findall(r'\{"type": "mrkdwn", "text": [^{}]*\}', json.dumps(message))
        assert all('"verbatim": true' in text for text in found)


def _filled(view: Value, said: str) -> Any:
    """Return a view with the same words in all its fields for words."""
    words = {name: said for name, value in view if isinstance(value, str) and name not in KEPT}
    several = {name: (said,) * 3 for name, value in view if name in LISTS and isinstance(value, tuple)}
    inner = {
        name: tuple(_filled(item, said) for item in value) * (1 if name == "steps" else 4)
        for name, value in view
        if isinstance(value, tuple) and value and isinstance(value[0], Value)
    }
    return view.model_copy(update={**words, **several, **inner})


LISTS = ("facts", "kept", "others", "left")
KEPT = ("job", "token", "state", "status", "step", "owner", "by", "user", "link", "verdict", "name")
DRAWN: list[tuple[Callable[[Any], Message], Value]] = [
    *((status_card, view) for view in cards.JOBS.values()),
    *((lambda view: status_card(view, plain=True), view) for view in cards.JOBS.values()),
    *((gates.gate_card, view) for view in cards.GATES.values()),
    (gates.gate_card, cards.VOTED),
    (answers.failure_card, cards.FAILURE),
    (answers.delivered, cards.DELIVERY),
]


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(HOSTILE, st.sampled_from(range(len(DRAWN))))
def test_no_words_in_a_card_do_harm(said: str, which: int) -> None:
    draw, view = DRAWN[which]
    message = draw(_filled(view, said))
    assert wrong_with(message) == []
    assert _ids(message) <= {"U1", "U2", "U3"}


@pytest.mark.parametrize("which", range(len(DRAWN)))
@pytest.mark.parametrize(
    "said", ["<!channel> <@U9> & " * 400, '"\\\n' * 3000, "👩\u200d👩\u200d👧" * 900, "", " ", "\x00\u202e"]
)
def test_no_length_or_emptiness_breaks_a_card(said: str, which: int) -> None:
    draw, view = DRAWN[which]
    assert wrong_with(draw(_filled(view, said))) == []


@settings(max_examples=60, deadline=None)
@given(HOSTILE, st.sets(st.sampled_from(["U1", "U2", "nobody", "<!here>"])))
def test_an_answer_mentions_those_alone_whom_we_name(said: str, people: set[str]) -> None:
    message = answers.answer(said, tuple(people))
    assert wrong_with(message) == []
    assert _ids(message) <= people


def _ids(message: Message) -> set[str]:
    return set(re.findall(r"<@([^>|]+)", json.dumps(message)))


@pytest.mark.parametrize(
    "said", ['"' * 20_000, "\n" * 20_000 + "a", "<&>" * 9000, "漢字" * 9000, "https://a.example " * 900]
)
def test_the_longest_answer_is_taken(said: str) -> None:
    assert wrong_with(answers.answer(said)) == []


@settings(max_examples=30, deadline=None)
@given(HOSTILE)
def test_no_words_break_home_or_a_form(said: str) -> None:
    assert blockcheck.view(home.home(_filled(cards.HOME, said))) == []
    assert blockcheck.view(modals.job_modal("", "C1", said)) == []


def test_a_card_has_no_more_steps_than_there_is_room_for() -> None:
    many = cards.JOB.model_copy(update={"steps": cards.STEPS * 5})
    [plan] = [block for block in status_card(many)["blocks"] if block["type"] == "plan"]
    assert len(plan["tasks"]) == 8


def test_many_files_are_counted_not_listed() -> None:
    files = tuple(cards.JOBS["fetching"].files[1].model_copy(update={"name": f"{n}.mp4"}) for n in range(30))
    card = status_card(JobView(title="A new video", status="pending", files=files))
    assert "and 20 files more" in cards.readable(card)


def test_the_cards_read_as_they_were_agreed_on() -> None:
    assert agreed() == AGREED.read_text(encoding="utf-8")


def agreed() -> str:
    """Return every message and form as plain lines; running this module keeps it, once it was read aloud."""
    known = {**MESSAGES, **{f"form {name}": view for name, view in VIEWS.items()}}
    del known["long answer"]
    return "\n\n".join(f"== {name}\n{cards.readable(message)}" for name, message in known.items()) + "\n"


if __name__ == "__main__":
    AGREED.write_text(agreed(), encoding="utf-8")


def test_a_card_that_nobody_can_approve_says_so() -> None:
    card = gates.gate_card(cards.GATES["preview open"].model_copy(update={"people": ("U1",), "barred": "U1"}))
    assert "Nobody can approve it yet: <@U1> approves no work of their own" in json.dumps(card)
