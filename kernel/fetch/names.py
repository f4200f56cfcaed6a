"""names: what a file is called on our disk. A name that came from outside is never a path."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 120
"""Bytes of a name: with all that is put behind it, it stays below the 255 that file systems take."""
ODD = re.compile(r"[^\w .,()+&@=#-]")
NOTHING = "file"


def safe_name(name: str) -> str:
    """Return a name that is safe as the last part of a path, as like the given one as can be."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rstrip("/").rpartition("/")[2]
    plain = " ".join(ODD.sub("_", last).split()).lstrip(". -")
    stem, dot, end = plain.rpartition(".")
    if not dot or len(end) > 10:
        stem, end = plain, ""
    return _cut(stem, LONGEST - len(f".{end}".encode())).rstrip(". ") + (f".{end}" if end else "") or NOTHING


def _cut(text: str, most: int) -> str:
    return text.encode()[:most].decode(errors="ignore")
