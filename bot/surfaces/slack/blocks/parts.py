"""Parts: the blocks and elements that Slack knows, as plain dicts. Texts come in harmless; `verbatim` leaves bare
addresses and names as they are, so that nobody's words become a link by themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from bot.surfaces.slack.blocks.text import SECTION, TEXT, clip, plain

Dict = dict[str, Any]
Look = Literal["primary", "danger"]
MOST = 50
"""Blocks of one message."""


def message(text: str, blocks: Iterable[Dict]) -> Dict:
    """Return a message: what is read aloud and shown in a notification, and what is seen.

    Args:
        text: harmless already.
    """
    return {"text": clip(text, TEXT), "blocks": list(blocks)[:MOST]}


def words(text: str) -> Dict:
    """Return a text of ours, with harmless words of others in it."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def label(text: str, limit: int = 75) -> Dict:
    """Return a text in which Slack reads no marks."""
    return {"type": "plain_text", "text": plain(text, limit) or "-", "emoji": False}


def header(text: str) -> Dict:
    """Return a headline."""
    return {"type": "header", "text": label(text, 150)}


def section(text: str, accessory: Dict | None = None) -> Dict:
    """Return a paragraph."""
    return {"type": "section", "text": words(clip(text, SECTION)), **({"accessory": accessory} if accessory else {})}


def context(*texts: str) -> Dict:
    """Return a small line."""
    return {"type": "context", "elements": [words(clip(text, 2000)) for text in texts[:10]]}


def divider() -> Dict:
    """Return a line across."""
    return {"type": "divider"}


def actions(block_id: str, *elements: Dict) -> Dict:
    """Return a row of what can be pressed."""
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def button(action: str, text: str, value: str, look: Look | None = None, asks: Dict | None = None) -> Dict:
    """Return a button.

    Args:
        asks: a `confirm`, which a person answers first.
    """
    return {
        "type": "button",
        "action_id": action,
        "text": label(text),
        "value": value,
        **({"style": look} if look else {}),
        **({"confirm": asks} if asks else {}),
    }


def confirm(title: str, text: str, yes: str, no: str, look: Look | None = None) -> Dict:
    """Return a question that is asked before something is done."""
    return {
        "title": label(title, 100),
        "text": label(text, 300),
        "confirm": label(yes, 30),
        "deny": label(no, 30),
        **({"style": look} if look else {}),
    }


def option(text: str, value: str, hint: str = "") -> Dict:
    """Return one of several things to choose from."""
    return {"text": label(text), "value": value, **({"description": label(hint)} if hint else {})}


def task(id: str, title: str, status: str, note: str = "") -> Dict:
    """Return a step of a plan."""
    details = {"details": rich(note)} if note else {}
    return {"type": "task_card", "task_id": id, "title": plain(title) or "-", "status": status, **details}


def rich(text: str) -> Dict:
    """Return a text that has no marks at all: nothing in it is read as anything but words."""
    row = {"type": "rich_text_section", "elements": [{"type": "text", "text": plain(text, 300) or "-"}]}
    return {"type": "rich_text", "elements": [row]}


def modal(callback: str, title: str, submit: str, blocks: Iterable[Dict], ids: str = "") -> Dict:
    """Return a form.

    Args:
        ids: what its answer is about, for whoever takes it in; ids only.
    """
    return {
        "type": "modal",
        "callback_id": callback,
        "title": label(title, 24),
        "submit": label(submit, 24),
        "close": label("Cancel", 24),
        "private_metadata": ids,
        "blocks": list(blocks),
    }


def feedback(action: str) -> Dict:
    """Return a row in which people say whether something is good."""
    ways = {"positive_button": ("Good", "good"), "negative_button": ("Not good", "bad")}
    buttons = {way: {"text": label(text), "value": value} for way, (text, value) in ways.items()}
    return {
        "type": "context_actions",
        "elements": [{"type": "feedback_buttons", "action_id": action, **buttons}],
    }


def field(name: str, title: str, element: Mapping[str, Any], hint: str = "", optional: bool = False) -> Dict:
    """Return a field of a form; its block and its element are known by the same name."""
    return {
        "type": "input",
        "block_id": name,
        "label": label(title, 150),
        "element": {**element, "action_id": name},
        "optional": optional,
        **({"hint": label(hint, 150)} if hint else {}),
    }


def typed(begun: str = "", shadow: str = "", rows: bool = False, least: int = 0, most: int = 3000) -> Dict:
    """Return an element to write in."""
    return {
        "type": "plain_text_input",
        "multiline": rows,
        "max_length": most,
        **({"min_length": least} if least else {}),
        **({"initial_value": begun[:most]} if begun else {}),
        **({"placeholder": label(shadow, 150)} if shadow else {}),
    }


def chosen(options: Iterable[Dict], begun: str | None = None, shadow: str = "") -> Dict:
    """Return an element to choose one of several in."""
    known = list(options)
    found = next((one for one in known if one["value"] == begun), None)
    return {
        "type": "static_select",
        "options": known[:100],
        **({"initial_option": found} if found else {}),
        **({"placeholder": label(shadow, 150)} if shadow else {}),
    }
