"""What a person wrote, in plain words: without Slack's escapes and marks."""

from __future__ import annotations

import html
import re

MARKED = re.compile(r"<([^<>]+)>")
"""A link, a mention of a person or a channel, a date: <what|how it is shown>."""
TO_SOMEBODY = re.compile(r"\s*(?:<@[UW][^<>]+>(?:\s+and\s+|\s*&\s*|,\s*(?=<@)|\s+)?)+(?:\s*[,:;]|[^\n.,!?]*\?\s*$)")
"""Words that begin with somebody's name as one speaks to them, or asks them; of whom one tells, no comma follows."""
EMOJI = re.compile(r":[a-z0-9_+'-]+:")
SHORT = 300
"""Characters of what people say to each other in passing."""
WORD = re.compile(r"\w")
AFTER_NAME = " \t,:;-"
"""What people put after a name that they speak to."""


def words(text: str, bot: str = "") -> str:
    """Return a message's text in plain words, without the mention of the bot.

    Links keep their address, since footage may be named by one; people stay <@U1>, since approvers are named so.
    `bot` is the bot's user id.
    """
    spoken = _without(text, bot) if bot else text
    return html.unescape(MARKED.sub(lambda match: _shown(match[1]), spoken)).strip()


def mentions(text: str, bot: str) -> bool:
    """Say whether a message speaks to the bot."""
    return bool(bot) and re.search(rf"<@{re.escape(bot)}(\|[^<>]*)?>", text) is not None


def is_aside(text: str) -> bool:
    """Say whether people talk among themselves: "<@U1>, can you look?", or a picture and no words."""
    if not text.strip() or len(text) > SHORT:
        return False
    return TO_SOMEBODY.match(text) is not None or not WORD.search(EMOJI.sub("", text))


def _without(text: str, bot: str) -> str:
    mention = rf"<@{re.escape(bot)}(?:\|[^<>]*)?>"
    begun = re.sub(rf"^\s*{mention}[{re.escape(AFTER_NAME)}]*", "", text)
    # The look behind keeps a long run of blanks from being read once for each of them.
    return re.sub(rf"(?<![ \t])[ \t]*{mention}", "", begun)


def _shown(mark: str) -> str:
    what, _, label = mark.partition("|")
    if what.startswith("@"):
        return f"<{what}>"
    if what.startswith("#"):
        return f"#{label or what[1:]}"
    if what.startswith("!"):
        return _special(what[1:], label)
    return _link(what.removeprefix("mailto:"), label)


def _special(what: str, label: str) -> str:
    """Return `@here`, the name of a group of people, or the words of a date."""
    if what.startswith("date^"):
        return label
    return f"@{(label or what).lstrip('@')}"


def _link(address: str, label: str) -> str:
    if not label or label == address:
        return address
    if address.rstrip("/").endswith(f"//{label.rstrip('/')}"):  # Slack put the scheme before what was written
        return label
    return f"{label} ({address})"
