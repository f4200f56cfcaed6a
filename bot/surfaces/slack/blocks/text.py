"""Text: words of people and models made harmless and short enough, and the few marks that only we may make.

A text that anybody else wrote goes through `prose` (several lines) or `line` (a name, a title); both escape it, so that
it can mention nobody, link nowhere and call no channel. `mention`, `channel`, `link` and `date` make what is left.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

SECTION = 2900
"""Characters of one section's text; Slack takes 3,000."""
TEXT = 3800
"""Characters of a message's text; an update with more than 4,000 is refused."""
LINE = 150
"""Characters of a name or a title within a text."""
ROWS = 12
"""Lines of a quotation."""
NEAR = 40
"""How far back from where a text has to end it is cut between two words."""
_UNSEEN = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
"""Control characters, marks that turn the direction of writing, halves of characters, and what takes no room."""
_ESCAPES = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"))
_USER = re.compile(r"^[UW][A-Z0-9]{1,40}$")
_CHANNEL = re.compile(r"^[CGD][A-Z0-9]{1,40}$")
_JOINER = "\u200d"
_JOINED = (_JOINER, "\ufe0f")
"""What holds an emoji of several parts together."""


def clean(text: str) -> str:
    """Return a text without what cannot be seen, and with plain line ends."""
    return _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def escape(text: str) -> str:
    """Return a text in which nothing is a mention, a link or a command of Slack's."""
    for plain, safe in _ESCAPES:
        text = text.replace(plain, safe)
    return text


def size(text: str) -> int:
    """Return how long a text is as Slack's clients count: an emoji takes two."""
    return len(text) + sum(character > "\uffff" for character in text)


def clip(text: str, limit: int) -> str:
    """Return a text that is no longer than a limit, cut between words where one is near, with an ellipsis."""
    if size(text) <= limit:
        return text
    return f"{_begun(text, limit - 1, size)}…"


def prose(text: str, limit: int = SECTION) -> str:
    """Return somebody's words, harmless, over several lines, no longer than a limit once they are escaped."""
    said = clean(text).strip()
    if _weight(said) <= limit:
        return escape(said)
    return escape(_begun(said, limit - 1, _weight)) + "…"


def line(text: str, limit: int = LINE) -> str:
    """Return a name or a title, harmless, on one line; one that is written from right to left stays in its place."""
    return _held(prose(" ".join(clean(text).split()), limit))


def plain(text: str, limit: int = LINE) -> str:
    """Return a name or a title for where Slack reads no marks, on one line; it needs no escapes there."""
    return _held(clip(" ".join(clean(text).split()), limit))


def quote(text: str, limit: int = SECTION) -> str:
    """Return somebody's words, harmless, as a quotation of a few lines."""
    rows = prose(text, limit - ROWS).split("\n")
    shown = rows if len(rows) <= ROWS else [*rows[: ROWS - 1], "…"]
    return "\n".join(f">{row}" for row in shown)


def pieces(text: str, limit: int = SECTION, most: int = 4) -> list[str]:
    """Return a long text, harmless, in several pieces: cut between paragraphs, lines or words, the last one clipped."""
    left, found = clean(text).strip(), list[str]()
    while left and len(found) < most - 1 and _weight(left) > limit:
        begun = _paragraphs(left, limit)
        found.append(escape(begun.rstrip()))
        left = left[len(begun) :].lstrip("\n ")
    return [*found, prose(left, limit)] if left else found


def mention(user: str) -> str:
    """Return a mention, which tells a person; the one place where one is made. Nobody is mentioned by a broken id."""
    return f"<@{user}>" if _USER.match(user) else line(user, 40) or "somebody"


def mentions(users: Iterable[str], word: str = "and") -> str:
    """Return several mentions as a person lists them."""
    return listed([mention(user) for user in users], word)


def channel(id: str) -> str:
    """Return a link to a channel."""
    return f"<#{id}>" if _CHANNEL.match(id) else line(id, 40)


def link(address: str, label: str) -> str:
    """Return a link of our own; an address that is none gives its label alone."""
    return f"<{escape(address)}|{line(label).replace('|', '/')}>" if is_address(address) else line(label)


def is_address(text: str) -> bool:
    """Say whether a text is an address of the web that can stand in a link."""
    return text.startswith(("https://", "http://")) and not re.search(r"[\s<>|]", text)


def date(when: datetime) -> str:
    """Return a moment as each reader's own clock shows it; in UTC where it cannot be read."""
    moment = when.astimezone(UTC)
    fallback = f"{moment.day} {moment:%b %Y at %H:%M} UTC"
    return f"<!date^{int(moment.timestamp())}^{{date_short_pretty}} at {{time}}|{fallback}>"


def spoken_date(when: datetime) -> str:
    """Return a moment for a text that is read aloud."""
    moment = when.astimezone(UTC)
    return f"{moment.day} {moment:%B at %H:%M} UTC"


def listed(items: Sequence[str], word: str = "and") -> str:
    """Return items as a person lists them: a, b and c."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {word} {items[-1]}"


def counted(number: int, thing: str, things: str = "") -> str:
    """Return a number of things: 1 shot, 7 shots."""
    return f"{number} {thing if number == 1 else things or thing + 's'}"


def money(usd: float) -> str:
    """Return an amount in USD; what is less than a cent is not nothing."""
    return "under $0.01" if 0 < usd < 0.01 else f"${usd:,.2f}"


def percent(share: float) -> int:
    """Return a score or a share of 0 to 1 as 0 to 100; only what is whole is 100."""
    return min(round(share * 100), 99) if share < 1 else 100


def bytes_of(size: int) -> str:
    """Return a file's size as people say it."""
    for unit, step in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= step:
            return f"{size / step:.1f} {unit}" if size < 10 * step else f"{size / step:.0f} {unit}"
    return counted(size, "byte")


def clock(seconds: float) -> str:
    """Return a length as a player shows it: 0:32, 1:02:05."""
    whole = round(seconds)
    hours = f"{whole // 3600}:{whole // 60 % 60:02}" if whole >= 3600 else str(whole // 60)
    return f"{hours}:{whole % 60:02}"


def _weight(text: str) -> int:
    """Return how long a text is once it is escaped, in JSON too: all blocks of a message have a limit as JSON."""
    marks = sum(text.count(mark) for mark in '"\\\n\t')
    return size(text) + marks + 4 * text.count("&") + 3 * (text.count("<") + text.count(">"))


def _begun(text: str, limit: int, measure: Callable[[str], int]) -> str:
    """Return the longest beginning of a text that fits, without a torn word where one ends near, or a torn emoji."""
    fits = bisect_right(range(1, len(text) + 1), limit, key=lambda length: measure(text[:length]))
    return _untorn(text, fits).rstrip()


def _untorn(text: str, end: int) -> str:
    while 0 < end < len(text) and (
        unicodedata.combining(text[end]) or text[end] in _JOINED or text[end - 1] in _JOINED
    ):
        end -= 1
    if end == len(text) or text[end].isspace():
        return text[:end]
    word = max(text.rfind(" ", 0, end), text.rfind("\n", 0, end))
    return text[:word] if word >= max(1, end - NEAR) else text[:end]


def _together(before: str, after: str) -> bool:
    return bool(unicodedata.combining(after)) or after in _JOINED or before == _JOINER


def _paragraphs(text: str, limit: int) -> str:
    """Return the beginning of a text up to the last end of a paragraph, a line or a sentence that fits."""
    begun = _begun(text, limit, _weight)
    for mark in ("\n\n", "\n", ". "):
        if (found := begun.rfind(mark)) >= len(begun) // 2:
            return begun[: found + 1]
    return begun or text[:1]


def _held(text: str) -> str:
    """Return a name in which writing from right to left does not turn what stands beside it."""
    turned = any(unicodedata.bidirectional(character) in ("R", "AL") for character in text)
    return f"\u2068{text}\u2069" if turned else text
