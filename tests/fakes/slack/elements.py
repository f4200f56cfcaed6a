"""Buttons, selects and inputs of blocks: finding them, and what they hold once a person touched them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tests.fakes.slack.things import Json

STATELESS = frozenset({"button", "overflow", "image", "feedback_buttons", "icon_button", "workflow_button"})
FIELDS = {
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "overflow": "selected_option",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "checkboxes": "selected_options",
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "conversations_select": "selected_conversation",
    "multi_conversations_select": "selected_conversations",
    "channels_select": "selected_channel",
    "multi_channels_select": "selected_channels",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "file_input": "files",
    "rich_text_input": "rich_text_value",
}
"""Where an element of a type holds what was chosen; all others hold it in `value`."""
BEGIN = {
    "selected_option": "initial_option",
    "selected_options": "initial_options",
    "selected_user": "initial_user",
    "selected_users": "initial_users",
    "selected_conversation": "initial_conversation",
    "selected_conversations": "initial_conversations",
    "selected_channel": "initial_channel",
    "selected_channels": "initial_channels",
    "selected_date": "initial_date",
    "selected_time": "initial_time",
    "selected_date_time": "initial_date_time",
}
"""What an element holds before anybody touched it."""


def named(blocks: Sequence[Json]) -> Sequence[Json]:
    """Give each block without a `block_id` one, as Slack does."""
    for index, block in enumerate(blocks):
        block.setdefault("block_id", f"b{index}")
    return blocks


def elements(blocks: Sequence[Json]) -> Iterator[tuple[Json, Json]]:
    """Yield each element that can be touched, behind its block."""
    for block in named(blocks):
        kind = block["type"]
        if kind in ("actions", "context_actions"):
            yield from ((block, element) for element in block["elements"])
        elif kind == "section" and block.get("accessory", {}).get("action_id"):
            yield block, block["accessory"]
        elif kind == "input":
            yield block, block["element"]


def find(blocks: Sequence[Json], name: str, value: object = None) -> tuple[Json, Json]:
    """Return the element that has this `action_id`, or stands alone in the block of this `block_id`.

    Of several buttons of one name, `value` says which: by the button's value, its label or its block's id.

    Raises:
        LookupError: there is none; says what there is.
    """
    there = [*elements(blocks)]
    same = [(block, element) for block, element in there if name == element.get("action_id")]
    for block, element in same:
        if value in (block["block_id"], element.get("value"), element.get("text", {}).get("text")):
            return block, element
    if same:
        return same[0]
    alone = [(block, element) for block, element in there if block["block_id"] == name]
    if len(alone) == 1:
        return alone[0]
    raise LookupError(f"There is no {name!r} to press here, only {[e.get('action_id') for _, e in there]}")


def option(element: Json, wanted: str) -> Json:
    """Return the option of this value, or of this label.

    Raises:
        LookupError: there is none; says what there is.
    """
    groups = element.get("option_groups") or []
    there = [*element.get("options", []), *(o for group in groups for o in group["options"])]
    for each in there:
        if wanted in (each["value"], each["text"]["text"]):
            found: Json = each
            return found
    raise LookupError(f"There is no option {wanted!r}, only {[o['value'] for o in there]}")


def holding(element: Json, value: Any) -> Json:
    """Return what an element holds once a person chose or wrote `value` (for options: the value or the label)."""
    field = FIELDS.get(element["type"], "value")
    if field == "selected_option":
        value = option(element, value) if isinstance(value, str) else value
    elif field == "selected_options":
        value = [option(element, each) for each in value or []]
    return {"type": element["type"], field: value}


def beginning(element: Json) -> Json:
    """Return what an element holds before anybody touched it."""
    field = FIELDS.get(element["type"], "value")
    empty: Any = [] if field.endswith("s") and field != "files" else None
    return {"type": element["type"], field: element.get(BEGIN.get(field, "initial_value"), empty)}


def state(blocks: Sequence[Json], held: Json) -> Json:
    """Return the state of all elements that hold something: what is in `held`, else how they begin."""
    values: Json = {}
    for block, element in elements(blocks):
        if element["type"] not in STATELESS:
            id_, name = block["block_id"], element["action_id"]
            values.setdefault(id_, {})[name] = held.get(id_, {}).get(name) or beginning(element)
    return values


def unfilled(blocks: Sequence[Json], values: Json) -> Json:
    """Return what Slack itself says beside fields that must be filled, by block; empty if all may be sent off."""
    wrong: Json = {}
    for block, element in elements(blocks):
        if block["type"] == "input":
            held = values[block["block_id"]][element["action_id"]]
            said = _unfilled(block, element, held[FIELDS.get(element["type"], "value")])
            wrong |= {block["block_id"]: said} if said else {}
    return wrong


def _unfilled(block: Json, element: Json, value: Any) -> str:
    if value in (None, "", []):
        return "" if block.get("optional") else "Please complete this required field."
    if len(str(value)) < element.get("min_length", 0):
        return f"This entry is too short (minimum is {element['min_length']} characters)."
    if len(str(value)) > element.get("max_length", 3000) and isinstance(value, str):
        return f"This entry is too long (maximum is {element.get('max_length', 3000)} characters)."
    return ""
