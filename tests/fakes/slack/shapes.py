"""Small checks that larger ones are made of: each takes a value and where it stands, and yields its complaints."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

Check = Callable[[Any, str], Iterator[str]]

SHOUTS = ("<!channel", "<!here", "<!everyone", "<!subteam")
_TOKEN = re.compile(
    r"<(@[UW][A-Z0-9]+(\|[^>]*)?|#[CG][A-Z0-9]+(\|[^>]*)?|!date\^\d+\^[^>]+\|[^>]+"
    r"|(https?|mailto|slack)://?[^<>|\s]*(\|[^<>]*)?|mailto:[^<>|\s]+(\|[^<>]*)?)>"
)
_SHOUT = re.compile(r"<!(channel|here|everyone|subteam)[^>]*>")
_ENTITY = re.compile(r"&(amp|lt|gt);")


def formatted(text: str) -> Iterator[str]:
    """What is wrong with text that Slack reads as its own markup: shouting, and what was not escaped."""
    for shout in SHOUTS:
        if shout in text:
            yield f"it calls everyone ({shout}>)"
    rest = _TOKEN.sub("", _SHOUT.sub("", text))
    if "<" in rest:
        yield f"a < that was not escaped: {_around(rest, '<')}"
    if "&" in _ENTITY.sub("", rest):
        yield f"an & that was not escaped: {_around(_ENTITY.sub('', rest), '&')}"


def _around(text: str, what: str) -> str:
    at = text.index(what)
    return repr(text[max(0, at - 10) : at + 15])


def string(most: int, least: int = 1) -> Check:
    """A string of `least` to `most` characters, not of blanks alone."""

    def check(value: Any, where: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield f"{where}: must be a string"
        elif len(value) > most:
            yield f"{where}: must be no more than {most} characters, has {len(value)}"
        elif len(value.strip()) < least:
            yield f"{where}: must not be empty"

    return check


def text(most: int, *kinds: str) -> Check:
    """A text object of one of these kinds (`plain_text`, `mrkdwn`)."""
    allowed = kinds or ("plain_text", "mrkdwn")

    def check(value: Any, where: str) -> Iterator[str]:
        if not isinstance(value, Mapping):
            yield f"{where}: must be a text object"
            return
        if value.get("type") not in allowed:
            yield f"{where}: must be {' or '.join(allowed)}, is {value.get('type')!r}"
        own = "emoji" if value.get("type") == "plain_text" else "verbatim"
        yield from _unknown(value, {"type", "text", own}, where)
        yield from string(most)(value.get("text"), f"{where}/text")
        if value.get("type") == "mrkdwn" and isinstance(value.get("text"), str):
            yield from (f"{where}/text: {wrong}" for wrong in formatted(value["text"]))

    return check


def plain(most: int) -> Check:
    """A text object without markup."""
    return text(most, "plain_text")


def whole(lowest: int, highest: int) -> Check:
    """A whole number between two."""

    def check(value: Any, where: str) -> Iterator[str]:
        if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
            yield f"{where}: must be a whole number from {lowest} to {highest}"

    return check


def flag(value: Any, where: str) -> Iterator[str]:
    """True or false."""
    if not isinstance(value, bool):
        yield f"{where}: must be true or false"


def anything(value: Any, where: str) -> Iterator[str]:
    """Whatever it is, Slack takes it."""
    return iter(())


def one_of(*allowed: str) -> Check:
    """One of these words."""

    def check(value: Any, where: str) -> Iterator[str]:
        if value not in allowed:
            yield f"{where}: must be one of {', '.join(allowed)}, is {value!r}"

    return check


def address(value: Any, where: str) -> Iterator[str]:
    """An address of the web."""
    if not isinstance(value, str) or urlsplit(value).scheme not in ("http", "https", "mailto", "slack"):
        yield f"{where}: must be a URL"
    elif len(value) > 3000:
        yield f"{where}: must be no more than 3000 characters"


def array(item: Check, least: int, most: int) -> Check:
    """A list of `least` to `most` items."""

    def check(value: Any, where: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield f"{where}: must be an array"
            return
        if not least <= len(value) <= most:
            yield f"{where}: must have {least} to {most} items, has {len(value)}"
        for number, one in enumerate(value):
            yield from item(one, f"{where}/{number}")

    return check


def thing(needs: Mapping[str, Check], takes: Mapping[str, Check] | None = None) -> Check:
    """An object with these keys and no others."""
    known = {**needs, **(takes or {})}

    def check(value: Any, where: str) -> Iterator[str]:
        if not isinstance(value, Mapping):
            yield f"{where}: must be an object"
            return
        yield from _unknown(value, known, where)
        yield from (f"{where}: {key} is missing" for key in needs if value.get(key) is None)
        for key, one in known.items():
            if value.get(key) is not None:
                yield from one(value[key], f"{where}/{key}")
            elif key in value and key not in needs:
                yield f"{where}/{key}: must not be null"

    return check


def kinds(table: Mapping[str, Check], what: str) -> Check:
    """An object whose `type` says which of these it is."""

    def check(value: Any, where: str) -> Iterator[str]:
        kind = value.get("type") if isinstance(value, Mapping) else None
        if kind not in table:
            yield f"{where}: {kind!r} is no {what}"
        else:
            yield from table[str(kind)](value, where)

    return check


def both(*checks: Check) -> Check:
    """All of these."""

    def check(value: Any, where: str) -> Iterator[str]:
        for one in checks:
            yield from one(value, where)

    return check


def distinct(key: str) -> Check:
    """A list in which no two objects have the same value of `key`, where they have one."""

    def check(value: Any, where: str) -> Iterator[str]:
        held = [one[key] for one in value if isinstance(one, Mapping) and key in one] if isinstance(value, list) else []
        for twice in sorted({str(one) for one in held if held.count(one) > 1}):
            yield f"{where}: {key} {twice!r} stands twice"

    return check


def _unknown(value: Mapping[str, Any], known: Collection[str], where: str) -> Iterator[str]:
    for key in value:
        if key not in known:
            yield f"{where}: unknown key {key!r}"
