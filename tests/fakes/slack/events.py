"""What people do beside talking, as the app is told of it, and text as Slack's composer sends it."""

from __future__ import annotations

import re
from typing import Any

from tests.fakes.slack.things import Json, Message

MARKUP = re.compile(r"<(?:[@#!][^<>]+|(?:https?|mailto)[^<>]+)>")
ADDRESS = re.compile(r"(?<![<|\w])https?://[^\s<>|]+")


def home_opened(user: str, channel: str, tab: str, view: Json | None = None) -> Json:
    """Somebody opened the app: `tab` is `home` or `messages`; the home tab carries the view shown there, if any."""
    shown = {"view": view} if view and tab == "home" else {}
    return {"type": "app_home_opened", "user": user, "channel": channel, "tab": tab, **shown}


def session_stopped(user: str, channel: str, thread_ts: str, streams: tuple[str, ...] = ()) -> Json:
    """Somebody pressed Stop on an agent session."""
    who = {"user": user, "channel": channel, "thread_ts": thread_ts}
    return {"type": "agent_session_stopped", **who, "streaming_message_ts": list(streams)}


def session_renamed(user: str, channel: str, thread_ts: str, title: str) -> Json:
    """Somebody gave an agent session another title."""
    return {
        "type": "agent_session_title_changed",
        "user": user,
        "channel": channel,
        "thread_ts": thread_ts,
        "title": title,
    }


def typed(text: str, bot: str) -> str:
    """Return what an app gets for what a person typed: `@Rushes` or `<@BOT>` mention the bot, addresses are linked.

    Markup that stands there already (`<@U1>`, `<https://...|words>`) is kept; other `&`, `<`, `>` are escaped.
    """
    text = re.sub(r"<@BOT>|@rushes\b", f"<@{bot}>", text, flags=re.IGNORECASE)
    parts, end = [], 0
    for found in MARKUP.finditer(text):
        parts += [_plain(text[end : found.start()]), found[0]]
        end = found.end()
    return "".join([*parts, _plain(text[end:])])


def _plain(text: str) -> str:
    pieces, end = [], 0
    for found in ADDRESS.finditer(text):
        pieces += [_escaped(text[end : found.start()]), f"<{_escaped(found[0])}>"]
        end = found.end()
    return "".join([*pieces, _escaped(text[end:])])


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def rich(text: str) -> list[Json]:
    """Return the block that Slack's composer puts beside a person's text."""
    elements: list[Any] = []
    for part in re.split(r"(<[^<>]+>)", text):
        if part:
            elements.append(_element(part))
    section = {"type": "rich_text_section", "elements": elements}
    return [{"type": "rich_text", "block_id": "typed", "elements": [section]}] if elements else []


def _element(part: str) -> Json:
    inner = part[1:-1] if part.startswith("<") else ""
    if inner.startswith("@"):
        return {"type": "user", "user_id": inner[1:].partition("|")[0]}
    if inner.startswith("#"):
        return {"type": "channel", "channel_id": inner[1:].partition("|")[0]}
    if inner.startswith(("http", "mailto")):
        return {"type": "link", "url": inner.partition("|")[0]}
    plain = part.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return {"type": "text", "text": plain}


def root_of(message: Message) -> Json:
    """What a reply that was also sent to the channel carries of its root."""
    return {"subtype": "thread_broadcast", "thread_ts": message.root}
