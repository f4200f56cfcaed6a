"""Secrets are taken out of what is logged, traced or shown: in this one place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

MARK = "[secret]"
SECRET = re.compile(
    r"xox[a-z]-[\w-]+"  # Slack
    r"|xapp-[\w-]+"
    r"|(?<![A-Za-z0-9])sk-[\w-]{4,}"  # OpenAI, Anthropic
    r"|ya29\.[\w.-]+"  # Google
    r"|AIza[\w-]+"
    r"|(?<=bearer\s)\s*[\w.~+/=-]{8,}"
    r"|(?<=://)[^\s/:@]+:[^\s/@]+(?=@)",  # user:password@ in an address
    re.IGNORECASE,
)


def redact(text: str) -> str:
    """Return a text with every token, key and password in it replaced."""
    return SECRET.sub(MARK, text)


def redacted(value: Any) -> Any:
    """Return a JSON value with every text in it redacted."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        return {key: redacted(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [redacted(item) for item in value]
    return value
