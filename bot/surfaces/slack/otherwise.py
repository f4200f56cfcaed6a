"""Otherwise: how a row of the outbox is said where Slack does not take it as it is."""

from __future__ import annotations

from typing import Any

from bot.surfaces.slack.blocks.text import clip
from bot.surfaces.slack.trouble import Trouble
from kernel.store.records import Post

PLAIN = 2800
"""Characters of a message that is said again because Slack did not take it as it was."""


def way_of(row: Post) -> str:
    """Return in which way a row is sent: as its kind says, or in the place of that."""
    return str(row.body.get("as") or row.kind)


def otherwise(row: Post, trouble: Trouble) -> dict[str, Any] | None:
    """Return the body of a row that was refused, said in another way; None where there is none left."""
    return _anew(row, trouble) or _instead(row) or _shorter(row, trouble)


def _anew(row: Post, trouble: Trouble) -> dict[str, Any] | None:
    """Return the body of a new card in place of one that can no longer be changed."""
    gone = trouble.means == "gone" and way_of(row) == "update"
    return {**row.body, "as": "message"} if gone else None


def _instead(row: Post) -> dict[str, Any] | None:
    """Return what is said where a file cannot be put into the thread."""
    said = row.body.get("instead") if way_of(row) == "upload" else None
    return {"text": said, "as": "message"} if said else None


def _shorter(row: Post, trouble: Trouble) -> dict[str, Any] | None:
    """Return the words of a message alone, and fewer of them; None where that was tried already."""
    if trouble.means != "shorter" or row.body.get("plain") or "text" not in row.body:
        return None
    kept = {name: value for name, value in row.body.items() if name != "blocks"}
    return {**kept, "text": clip(row.body["text"], PLAIN), "plain": True}
