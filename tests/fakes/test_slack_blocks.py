"""tests/fakes/slack/blockcheck: what Slack takes is taken, what it refuses is refused, limit by limit."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.slack.blockcheck import message, slack_files, text_problems, view

Block = dict[str, Any]


def plain(words: str) -> Block:
    return {"type": "plain_text", "text": words}


def markup(words: str) -> Block:
    return {"type": "mrkdwn", "text": words}


def section(words: str = "Hello", **more: Any) -> Block:
    return {"type": "section", "text": markup(words), **more}


def button(words: str = "Go", action_id: str = "go", **more: Any) -> Block:
    return {"type": "button", "text": plain(words), "action_id": action_id, "value": "1", **more}


def actions(*elements: Block, **more: Any) -> Block:
    return {"type": "actions", "elements": list(elements), **more}


def option(value: str = "a", words: str = "A", **more: Any) -> Block:
    return {"text": plain(words), "value": value, **more}


def select(*options: Block, **more: Any) -> Block:
    return {"type": "static_select", "action_id": "step", "options": list(options), **more}


def task(id_: str = "plan", **more: Any) -> Block:
    return {"type": "task_card", "task_id": id_, "title": "Plan", "status": "complete", **more}


def plan(*tasks: Block) -> Block:
    return {"type": "plan", "title": "Your video", "tasks": list(tasks)}


def ask(element: Block, **more: Any) -> Block:
    return {"type": "input", "block_id": "words", "label": plain("What?"), "element": element, **more}


def modal(*blocks: Block, **more: Any) -> Block:
    return {"type": "modal", "title": plain("Change"), "submit": plain("Send"), "blocks": list(blocks), **more}


def confirm(**more: Any) -> Block:
    return {"title": plain("Sure?"), "text": plain("It is lost."), "confirm": plain("Yes"), "deny": plain("No"), **more}


RICH: Block = {
    "type": "rich_text",
    "elements": [
        {
            "type": "rich_text_section",
            "elements": [
                {"type": "text", "text": "Bold", "style": {"bold": True}},
                {"type": "user", "user_id": "U1"},
                {"type": "link", "url": "https://example.com", "text": "here"},
            ],
        },
        {"type": "rich_text_list", "style": "bullet", "elements": [{"type": "rich_text_section", "elements": []}]},
    ],
}
ONE_RICH = {**RICH, "elements": RICH["elements"][:1]}
PICTURE = {"type": "image", "slack_file": {"id": "F1"}, "alt_text": "The storyboard"}
TEXT_INPUT = {"type": "plain_text_input", "action_id": "words", "multiline": True, "min_length": 3}
WHERE = {"type": "conversations_select", "action_id": "where", "default_to_current_conversation": True}
PEOPLE = {"type": "multi_users_select", "action_id": "who", "initial_users": ["U1"], "placeholder": plain("Who?")}
GOOD = [
    {"type": "header", "text": plain("Plan")},
    section(fields=[markup("*Length*"), plain("30 s")]),
    section(accessory={"type": "overflow", "action_id": "more", "options": [option(), option("b", "B")]}),
    section(accessory=select(option(), initial_option=option())),
    {"type": "section", "fields": [markup("no text")]},
    {"type": "divider"},
    {"type": "context", "elements": [markup("Step 3 of 6"), PICTURE]},
    {**PICTURE, "title": plain("Storyboard"), "block_id": "picture"},
    actions(button(style="primary"), button("No", "no", style="danger", confirm=confirm(style="danger"))),
    plan(task(), task("cut", status="in_progress", details=ONE_RICH), task("render", status="pending")),
    task(output=ONE_RICH, sources=[{"type": "url", "url": "https://example.com", "text": "Source"}]),
    {"type": "markdown", "text": "**Bold**"},
    RICH,
    {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "feedback",
                "positive_button": {"text": plain("Good"), "value": "good"},
                "negative_button": {"text": plain("Bad"), "value": "bad"},
            }
        ],
    },
    {"type": "table", "rows": [[{"type": "raw_text", "text": "Sound"}, {"type": "raw_text", "text": "0.9"}]]},
]
BAD = {
    "unknown key 'colour'": section(colour="red"),
    "'video' is no block of a message": {"type": "video"},
    "'alert' is no block of a message": {"type": "alert", "text": plain("Look")},
    "'input' is no block of a message": ask(TEXT_INPUT),
    "must not be empty": section(""),
    "must have text or fields": {"type": "section"},
    "no more than 3000 characters": section("x" * 3001),
    "no more than 2000 characters": section(fields=[plain("x" * 2001)]),
    "1 to 10 items, has 11": section(fields=[plain("x")] * 11),
    "must be plain_text, is 'mrkdwn'": {"type": "header", "text": markup("Plan")},
    "no more than 150 characters": {"type": "header", "text": plain("x" * 151)},
    "text: must be plain_text": actions({**button(), "text": markup("Go")}),
    "no more than 75 characters": actions(button("x" * 76)),
    "no more than 2000 characters, has 2001": actions(button(value="x" * 2001)),
    "must be one of primary, danger": actions(button(style="green")),
    "action_id 'go' stands twice": actions(button(), button("Once more")),
    "1 to 25 items, has 0": actions(),
    "1 to 25 items, has 26": actions(*(button(action_id=str(n)) for n in range(26))),
    "is no element of an actions block": actions(PICTURE),
    "'plain_text_input' is no accessory": section(accessory=TEXT_INPUT),
    "'mrkdwn' is no accessory": section(accessory=markup("x")),
    "is no element of a context block": {"type": "context", "elements": [button()]},
    "1 to 10 items": {"type": "context", "elements": [plain("x")] * 11},
    "confirm/title/text: must be no more than 100": actions(button(confirm=confirm(title=plain("x" * 101)))),
    "confirm/text/text: must be no more than 300": actions(button(confirm=confirm(text=plain("x" * 301)))),
    "confirm/deny/text: must be no more than 30": actions(button(confirm=confirm(deny=plain("x" * 31)))),
    "deny is missing": actions(button(confirm={k: v for k, v in confirm().items() if k != "deny"})),
    "must have options or option_groups": section(accessory={"type": "static_select", "action_id": "step"}),
    "value 'a' stands twice": section(accessory=select(option(), option())),
    "chosen at first is none of the options": section(accessory=select(option(), initial_option=option("b", "B"))),
    "1 to 5 items, has 6": section(
        accessory={"type": "overflow", "action_id": "more", "options": [option(str(n)) for n in range(6)]}
    ),
    "no more than 150 characters, has 151": section(accessory=select(option("x" * 151))),
    "must have image_url or slack_file": {"type": "image", "alt_text": "x"},
    "alt_text is missing": {"type": "image", "slack_file": {"id": "F1"}},
    "must be a URL": {"type": "image", "image_url": "/tmp/x.png", "alt_text": "x"},
    "must be one of task_card": plan(section()),
    "status: must be one of pending": plan(task(status="done")),
    "details/elements: must have 1 to 1 items": task(details=RICH),
    "task_id 'plan' stands twice": plan(task(), task()),
    "1 to 50 items, has 51": plan(*(task(str(n)) for n in range(51))),
    "title is missing": {"type": "plan", "tasks": [task()]},
    "is no element of rich text": {"type": "rich_text", "elements": [{"type": "text", "text": "x"}]},
    "it calls everyone": section("<!channel> look"),
    "a < that was not escaped": section("1 < 2"),
    "an & that was not escaped": section("Tom & Jerry"),
    "no more than 12000 characters": {"type": "markdown", "text": "x" * 12_001},
    "must not be null": section(accessory=None),
    "must be true or false": section(expand="yes"),
    "no more than 255 characters": section(block_id="x" * 256),
}


@pytest.mark.parametrize("block", GOOD)
def test_a_good_block_is_taken(block: Block) -> None:
    assert message([block]) == []


@pytest.mark.parametrize(("complaint", "block"), list(BAD.items()))
def test_a_bad_block_is_refused(complaint: str, block: Block) -> None:
    told = message([block])
    assert any(complaint in one for one in told), told


@pytest.mark.parametrize(
    ("complaint", "blocks"),
    [
        ("0 to 50 items, has 51", [section()] * 51),
        ("block_id 'x' stands twice", [section(block_id="x"), section(block_id="x")]),
        ("markdown blocks: 14000", [{"type": "markdown", "text": "x" * 7000}] * 2),
        ("only one table", [GOOD[-1]] * 2),
        ("must be an object", ["Hello"]),
    ],
)
def test_blocks_that_do_not_go_together_are_refused(complaint: str, blocks: list[Any]) -> None:
    told = message(blocks)
    assert any(complaint in one or "is no block" in one for one in told), told


@pytest.mark.parametrize(
    "given",
    [
        modal(ask(TEXT_INPUT), ask(select(option()), block_id="step", optional=True, hint=plain("Any"))),
        modal(ask(PEOPLE), private_metadata='{"job": "1"}', callback_id="settings", notify_on_close=True),
        modal(ask({"type": "radio_buttons", "action_id": "rule", "options": [option()], "initial_option": option()})),
        modal(ask({**WHERE, "filter": {"include": ["public", "private"], "exclude_bot_users": True}})),
        {"type": "modal", "title": plain("Only to read"), "blocks": [section()]},
        {"type": "home", "blocks": [section(), actions(button())], "callback_id": "home"},
    ],
)
def test_a_good_view_is_taken(given: Block) -> None:
    assert view(given) == []


@pytest.mark.parametrize(
    ("complaint", "given"),
    [
        ("title/text: must be no more than 24", modal(title=plain("x" * 25))),
        ("submit/text: must be no more than 24", modal(submit=plain("x" * 25))),
        ("private_metadata: must be no more than 3000", modal(private_metadata="x" * 3001)),
        ("needs submit", {"type": "modal", "title": plain("Change"), "blocks": [ask(TEXT_INPUT)]}),
        ("'plan' is no block of a modal", modal(plan(task()))),
        ("'task_card' is no block of a home", {"type": "home", "blocks": [task()]}),
        ("unknown key 'title'", {"type": "home", "title": plain("Home"), "blocks": []}),
        ("include/0: must be one of im", modal(ask({**WHERE, "filter": {"include": ["channels"]}}))),
        ("unknown key 'text'", modal(text="x")),
        ("'button' is no element of an input block", modal(ask(button()))),
        ("label: must be plain_text", modal({**ask(TEXT_INPUT), "label": markup("What?")})),
        ("unknown key 'confirm'", modal(ask({**TEXT_INPUT, "confirm": confirm()}))),
        ("0 to 100 items, has 101", modal(*[section()] * 101)),
        (
            "only one element may have the focus",
            modal(*[ask({**TEXT_INPUT, "focus_on_load": True}, block_id=b) for b in "ab"]),
        ),
        ("'popup' is no kind of view", {"type": "popup"}),
        ("None is no kind of view", None),
    ],
)
def test_a_bad_view_is_refused(complaint: str, given: Any) -> None:
    told = view(given)
    assert any(complaint in one for one in told), told


def test_pictures_name_their_files_wherever_they_stand() -> None:
    assert slack_files([PICTURE, {"type": "context", "elements": [{**PICTURE, "slack_file": {"id": "F2"}}]}]) == [
        "F1",
        "F2",
    ]


def test_dates_people_channels_and_links_are_no_markup_gone_wrong() -> None:
    assert text_problems("<@U1> <#C1|videos> <!date^1^{time}|14:03> <https://a.b/c?d=1&amp;e=2|f> a &lt; b") == []
