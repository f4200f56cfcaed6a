"""The elements of Block Kit that stand inside blocks, with Slack's limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.fakes.slack.shapes import (
    Check,
    address,
    anything,
    array,
    both,
    distinct,
    flag,
    kinds,
    one_of,
    plain,
    string,
    text,
    thing,
    whole,
)

KIND: dict[str, Check] = {"type": anything}
ID = string(255)
CONFIRM = thing(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)


def _option(words: Check) -> Check:
    return thing({"text": words, "value": string(150)}, {"description": plain(75)})


OPTION = _option(plain(75))
MENU_OPTION = thing({"text": plain(75), "value": string(150)}, {"description": plain(75), "url": address})
TICK_OPTION = thing({"text": text(75), "value": string(150)}, {"description": text(75)})
GROUP = thing({"label": plain(75), "options": both(array(OPTION, 1, 100), distinct("value"))})


def _action(takes: Mapping[str, Check], needs: Mapping[str, Check] | None = None, confirms: bool = True) -> Check:
    confirm = {"confirm": CONFIRM} if confirms else {}
    return thing({**KIND, **(needs or {})}, {"action_id": ID, **confirm, **takes})


def _select(takes: Mapping[str, Check]) -> Check:
    return _action({"placeholder": plain(150), "focus_on_load": flag, **takes})


def _listed(initial: Mapping[str, Check]) -> Check:
    lists = {
        "options": both(array(OPTION, 1, 100), distinct("value")),
        "option_groups": array(GROUP, 1, 100),
        **initial,
    }
    return both(_select(lists), _chosen)


def _chosen(value: Any, where: str) -> Iterator[str]:
    """A list has options or groups, not both, and what is chosen at first stands among them."""
    if ("options" in value) == ("option_groups" in value):
        yield f"{where}: must have options or option_groups"
        return
    groups = [group.get("options", []) for group in value.get("option_groups", [])]
    options = value.get("options") or [option for group in groups for option in group]
    first = [value["initial_option"]] if "initial_option" in value else value.get("initial_options", [])
    for option in first:
        if option not in options:
            yield f"{where}: what is chosen at first is none of the options"


def _input(takes: Mapping[str, Check]) -> Check:
    dispatch = thing({}, {"trigger_actions_on": array(one_of("on_enter_pressed", "on_character_entered"), 1, 2)})
    own = {"placeholder": plain(150), "focus_on_load": flag, "dispatch_action_config": dispatch}
    return _action({**own, **takes}, confirms=False)


BUTTON = _action(
    {
        "value": string(2000),
        "url": address,
        "style": one_of("primary", "danger"),
        "accessibility_label": string(75),
        "visible_to_user_ids": array(ID, 1, 10),
    },
    {"text": plain(75)},
)
_SLACK_FILE = thing({}, {"id": ID, "url": address})


def one_image(value: Any, where: str) -> Iterator[str]:
    """A picture comes from an address or from a file of Slack's: one of both."""
    if isinstance(value, Mapping) and ("image_url" in value) == ("slack_file" in value):
        yield f"{where}: must have image_url or slack_file"


PICTURE: dict[str, Check] = {"image_url": address, "slack_file": _SLACK_FILE}
IMAGE = both(thing({**KIND, "alt_text": string(2000)}, PICTURE), one_image)
_TICKS: dict[str, Check] = {"options": both(array(TICK_OPTION, 1, 10), distinct("value"))}
_FEEDBACK = thing({"text": plain(75), "value": string(2000)}, {"accessibility_label": string(75)})
_ICON = {"icon": one_of("trash"), "text": plain(75)}

FILTER = thing(
    {},
    {
        "include": array(one_of("im", "mpim", "private", "public"), 1, 4),
        "exclude_external_shared_channels": flag,
        "exclude_bot_users": flag,
    },
)
"""Which conversations may be chosen."""

SELECTS: dict[str, Check] = {
    "static_select": _listed({"initial_option": OPTION}),
    "users_select": _select({"initial_user": ID}),
    "conversations_select": _select(
        {
            "initial_conversation": ID,
            "default_to_current_conversation": flag,
            "response_url_enabled": flag,
            "filter": FILTER,
        }
    ),
    "channels_select": _select({"initial_channel": ID, "response_url_enabled": flag}),
}
_MOST_CHOSEN: dict[str, Check] = {"max_selected_items": whole(1, 100)}
MULTI: dict[str, Check] = {
    "multi_static_select": _listed({"initial_options": array(OPTION, 1, 100), **_MOST_CHOSEN}),
    "multi_users_select": _select({"initial_users": array(ID, 1, 100), **_MOST_CHOSEN}),
    "multi_conversations_select": _select({"initial_conversations": array(ID, 1, 100), **_MOST_CHOSEN}),
    "multi_channels_select": _select({"initial_channels": array(ID, 1, 100), **_MOST_CHOSEN}),
}
PICKERS: dict[str, Check] = {
    "checkboxes": both(_action({"initial_options": array(TICK_OPTION, 1, 10), "focus_on_load": flag}, _TICKS), _chosen),
    "radio_buttons": both(_action({"initial_option": TICK_OPTION, "focus_on_load": flag}, _TICKS), _chosen),
    "datepicker": _select({"initial_date": string(10)}),
    "timepicker": _select({"initial_time": string(5), "timezone": string(100)}),
}
INPUTS: dict[str, Check] = {
    "plain_text_input": _input(
        {"initial_value": string(3000), "multiline": flag, "min_length": whole(0, 3000), "max_length": whole(1, 3000)}
    ),
    "number_input": both(
        thing(
            {**KIND, "is_decimal_allowed": flag},
            {
                "action_id": ID,
                "initial_value": string(100),
                "min_value": string(100),
                "max_value": string(100),
                "focus_on_load": flag,
                "placeholder": plain(150),
            },
        )
    ),
    "email_text_input": _input({"initial_value": string(3000)}),
    "url_text_input": _input({"initial_value": string(3000)}),
    "file_input": thing(KIND, {"action_id": ID, "filetypes": array(string(20), 1, 100), "max_files": whole(1, 10)}),
}
OVERFLOW = _action({}, {"options": both(array(MENU_OPTION, 1, 5), distinct("value"))})
PUSHED: dict[str, Check] = {"button": BUTTON, "overflow": OVERFLOW}
ACTION = kinds({**PUSHED, **SELECTS, **PICKERS}, "element of an actions block")
ACCESSORY = kinds({**PUSHED, **SELECTS, **MULTI, **PICKERS, "image": IMAGE}, "accessory of a section")
ASKED = kinds({**SELECTS, **MULTI, **PICKERS, **INPUTS}, "element of an input block")
SMALL = kinds({"image": IMAGE, "plain_text": plain(3000), "mrkdwn": text(3000, "mrkdwn")}, "element of a context block")
LATER = kinds(
    {
        "feedback_buttons": _action({}, {"positive_button": _FEEDBACK, "negative_button": _FEEDBACK}, confirms=False),
        "icon_button": _action(
            {"value": string(2000), "accessibility_label": string(75), "visible_to_user_ids": array(ID, 1, 10)}, _ICON
        ),
    },
    "element of a context_actions block",
)
SOURCE = thing({"type": one_of("url"), "url": address, "text": string(300)})

_STYLE = thing({}, {"bold": flag, "italic": flag, "strike": flag, "code": flag, "underline": flag})
_SPAN = kinds(
    {
        "text": thing({**KIND, "text": string(12_000, least=0)}, {"style": _STYLE}),
        "link": thing({**KIND, "url": address}, {"text": string(3000), "style": _STYLE, "unsafe": flag}),
        "user": thing({**KIND, "user_id": ID}, {"style": _STYLE}),
        "channel": thing({**KIND, "channel_id": ID}, {"style": _STYLE}),
        "emoji": thing({**KIND, "name": string(100)}, {"unicode": anything, "style": _STYLE}),
        "date": thing(
            {**KIND, "timestamp": whole(0, 2**53), "format": string(200)}, {"url": address, "fallback": string(300)}
        ),
    },
    "part of rich text",
)
_SPANS = array(_SPAN, 0, 1000)
_SECTION = thing({**KIND, "elements": _SPANS})
RICH = kinds(
    {
        "rich_text_section": _SECTION,
        "rich_text_quote": thing({**KIND, "elements": _SPANS}, {"border": whole(0, 1)}),
        "rich_text_preformatted": thing({**KIND, "elements": _SPANS}, {"border": whole(0, 1), "language": string(30)}),
        "rich_text_list": thing(
            {**KIND, "style": one_of("bullet", "ordered"), "elements": array(_SECTION, 1, 200)},
            {"indent": whole(0, 8), "offset": whole(0, 100_000), "border": whole(0, 1)},
        ),
    },
    "element of rich text",
)
