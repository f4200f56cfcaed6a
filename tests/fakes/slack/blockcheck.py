"""Block Kit as Slack checks it, and a little stricter: unknown keys are complained about, not dropped in silence.

Limits are those of Slack's reference. Each check hands over its complaints, one sentence each; none is a good card.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from tests.fakes.slack.parts import (
    ACCESSORY,
    ACTION,
    ASKED,
    ID,
    KIND,
    LATER,
    PICTURE,
    RICH,
    SMALL,
    SOURCE,
    one_image,
)
from tests.fakes.slack.shapes import (
    Check,
    anything,
    array,
    both,
    distinct,
    flag,
    formatted,
    kinds,
    one_of,
    plain,
    string,
    text,
    thing,
)

Surface = Literal["message", "modal", "home"]

MOST_OF_A_MESSAGE = 50
MOST_OF_A_VIEW = 100
MOST_MARKDOWN = 12_000
"""Characters of all markdown blocks of a message together."""
MOST_PRIVATE = 3_000
MOST_OF_A_VIEWS_JSON = 250_000


def _block(needs: Mapping[str, Check], takes: Mapping[str, Check] | None = None) -> Check:
    return thing({**KIND, **needs}, {"block_id": ID, **(takes or {})})


def _some_text(value: Any, where: str) -> Iterator[str]:
    if "text" not in value and "fields" not in value:
        yield f"{where}: must have text or fields"


RICH_TEXT = _block({"elements": array(RICH, 1, 1000)})
ONE_RICH = _block({"elements": array(RICH, 1, 1)})
"""What a task has to say: one rich text entity (reference of the task card block)."""
TASK = thing(
    {
        "type": one_of("task_card"),
        "task_id": string(255),
        "title": string(300),
        "status": one_of("pending", "in_progress", "complete", "error"),
    },
    {"block_id": ID, "details": ONE_RICH, "output": ONE_RICH, "sources": array(SOURCE, 1, 50)},
)
_CELL = kinds(
    {
        "raw_text": thing({**KIND, "text": string(3000, least=0)}),
        "raw_number": thing({**KIND, "value": anything}, {"text": string(300)}),
        "rich_text": RICH_TEXT,
    },
    "cell of a table",
)
_COLUMN = thing({}, {"align": one_of("left", "center", "right"), "is_wrapped": flag})

COMMON: dict[str, Check] = {
    "actions": both(_block({"elements": both(array(ACTION, 1, 25), distinct("action_id"))})),
    "context": _block({"elements": array(SMALL, 1, 10)}),
    "divider": _block({}),
    "header": _block({"text": plain(150)}),
    "image": both(_block({"alt_text": string(2000)}, {"title": plain(2000), **PICTURE}), one_image),
    "rich_text": RICH_TEXT,
    "section": both(
        _block({}, {"text": text(3000), "fields": array(text(2000), 1, 10), "accessory": ACCESSORY, "expand": flag}),
        _some_text,
    ),
}
ASKING = _block(
    {"label": plain(2000), "element": ASKED}, {"hint": plain(2000), "optional": flag, "dispatch_action": flag}
)
IN_MESSAGES: dict[str, Check] = {
    "context_actions": _block({"elements": array(LATER, 1, 5)}),
    "markdown": _block({"text": string(MOST_MARKDOWN)}),
    "plan": _block({"title": string(300)}, {"tasks": both(array(TASK, 1, 50), distinct("task_id"))}),
    "table": _block({"rows": array(array(_CELL, 1, 20), 1, 100)}, {"column_settings": array(_COLUMN, 1, 20)}),
    "task_card": TASK,
}
BLOCKS: dict[Surface, dict[str, Check]] = {
    "message": {**COMMON, **IN_MESSAGES},
    "modal": {**COMMON, "input": ASKING},
    "home": {**COMMON, "input": ASKING},
}
"""Surface -> the blocks that may stand on it. `video` and `alert` are left out on purpose: both are known trouble."""

_SHARED: dict[str, Check] = {"private_metadata": string(MOST_PRIVATE, least=0), "callback_id": ID, "external_id": ID}
MODAL = thing(
    {**KIND, "title": plain(24), "blocks": anything},
    {
        **_SHARED,
        "submit": plain(24),
        "close": plain(24),
        "clear_on_close": flag,
        "notify_on_close": flag,
        "submit_disabled": flag,
    },
)
HOME = thing({**KIND, "blocks": anything}, _SHARED)


def message(blocks: Sequence[Any]) -> list[str]:
    """What Slack would refuse in a message's blocks."""
    markdown = sum(
        len(str(b.get("text", ""))) for b in blocks if isinstance(b, Mapping) and b.get("type") == "markdown"
    )
    long = [f"markdown blocks: {markdown} characters, {MOST_MARKDOWN} is the most"] if markdown > MOST_MARKDOWN else []
    tables = sum(isinstance(b, Mapping) and b.get("type") == "table" for b in blocks)
    several = ["blocks: only one table is allowed"] if tables > 1 else []
    return [*_blocks(blocks, "message", MOST_OF_A_MESSAGE), *long, *several]


def view(given: Any) -> list[str]:
    """What Slack would refuse in a modal or a home tab."""
    kind = given.get("type") if isinstance(given, Mapping) else None
    if kind not in ("modal", "home"):
        return [f"view: {kind!r} is no kind of view"]
    surface: Surface = "modal" if kind == "modal" else "home"
    blocks = given.get("blocks") or []
    asks = any(isinstance(b, Mapping) and b.get("type") == "input" for b in blocks)
    unsent = (
        ["view: a modal with an input needs submit"] if surface == "modal" and asks and not given.get("submit") else []
    )
    own = (MODAL if surface == "modal" else HOME)(given, "view")
    return [*own, *unsent, *_blocks(blocks, surface, MOST_OF_A_VIEW)]


def view_too_large(given: Any) -> bool:
    """Whether a view's JSON is longer than Slack takes."""
    return len(json.dumps(given).encode()) > MOST_OF_A_VIEWS_JSON


def text_problems(words: str) -> list[str]:
    """What is wrong with a message's `text`, which Slack reads as markup too."""
    return list(formatted(words))


def slack_files(part: Any) -> list[str]:
    """The ids of Slack's own files that pictures anywhere inside name."""
    if isinstance(part, Mapping):
        own = part.get("slack_file")
        here = [str(own["id"])] if isinstance(own, Mapping) and "id" in own else []
        return here + [id_ for value in part.values() for id_ in slack_files(value)]
    if isinstance(part, list):
        return [id_ for value in part for id_ in slack_files(value)]
    return []


def _blocks(blocks: Sequence[Any], surface: Surface, most: int) -> list[str]:
    known = kinds(BLOCKS[surface], f"block of a {surface}")
    found = list(both(array(known, 0, most), distinct("block_id"))(list(blocks), "blocks"))
    return [*found, *_focus(blocks)]


def _focus(blocks: Sequence[Any]) -> Iterator[str]:
    if json.dumps(list(blocks)).count('"focus_on_load": true') > 1:
        yield "blocks: only one element may have the focus"
