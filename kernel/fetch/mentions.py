"""mentions: the links, buckets and folders that a person names in a message, and which of them may be fetched from."""

from __future__ import annotations

import html
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote, urlsplit

from kernel.fetch import link, s3
from kernel.fetch.base import Row
from kernel.fetch.kinds import TAKEN, end_of
from kernel.fetch.names import safe_name
from kernel.fetch.words import not_allowed
from kernel.settings import Settings

ANGLED = re.compile(r"<((?:https?|s3|file)://[^<>|]+)(?:\|[^<>]*)?>", re.IGNORECASE)
"""A link as chats write it: <address|words>."""
BARE = re.compile(r"\b(?:https?|s3|file)://[^\s<>|\"“”`]+", re.IGNORECASE)
PATH = re.compile(r"[\"“`](/[^\"”`\n<>|]+/[^\"”`\n<>|]*)[\"”`]|(?<!\S)(/[^\s<>|\"“”`]+/[^\s<>|\"“”`]*)")
"""An absolute path with more than one part, in quotes where it has spaces."""
FOLDER = re.compile(r"\bfolder:?\s+(?:[\"“`]([^\"”`\n/][^\"”`\n]*)[\"”`]|(\w[\w./-]*))", re.IGNORECASE)
"""A folder by its name below one that an operator opened."""
ENDS = ".,;:!?)]}'"
HOSTS = re.compile(
    r"(.+\.)?(drive\.google\.com|docs\.google\.com|photos\.app\.goo\.gl|dropbox\.com|wetransfer\.com|we\.tl|youtube\.com"
    r"|youtu\.be|vimeo\.com|frame\.io|f\.io|1drv\.ms|sharepoint\.com|icloud\.com|box\.com|loom\.com|swisstransfer\.com)"
)
"""Where people keep footage; a link to another host means footage only when it ends like a file of it."""
ARCHIVES = ("zip", "rar", "7z")


@dataclass(frozen=True)
class Mention:
    """A place that somebody named."""

    kind: str
    """link, s3 or folder."""
    url: str
    """The address or path as they gave it."""


def mentions(text: str) -> list[Mention]:
    """Return the places that a message names, each once, whether they may be fetched from or not."""
    found = [_linked(html.unescape(match[1])) for match in ANGLED.finditer(text)]
    rest = ANGLED.sub(" ", text)
    found += [_linked(match[0].rstrip(ENDS)) for match in BARE.finditer(rest)]
    rest = BARE.sub(" ", rest)
    found += [Mention("folder", (match[1] or match[2].rstrip(ENDS))) for match in PATH.finditer(rest)]
    found += [Mention("folder", (match[1] or match[2].rstrip(ENDS))) for match in FOLDER.finditer(PATH.sub(" ", rest))]
    return list(dict.fromkeys(found))


def without_mentions(text: str) -> str:
    """Return a message without the places that it names: what is left are wishes."""
    for pattern in (ANGLED, BARE, PATH):
        text = pattern.sub(" ", text)
    return "\n".join(" ".join(line.split()) for line in text.splitlines()).strip()


def _linked(url: str) -> Mention:
    scheme = url.partition(":")[0].lower()
    if scheme == "file":
        return Mention("folder", unquote(urlsplit(url).path))
    return Mention("s3" if scheme == "s3" else "link", scheme + url[len(scheme) :])


def links_in(text: str, settings: Settings, key: str = "") -> list[Row]:
    """Return the files of the places that a message names, as rows of a turn.

    A row with `refused` may not be fetched; it says so in one sentence, and its `id` is the place's, so that this is
    said once for each place.

    Args:
        key: sets the same link in another message apart, whose file may be another one by then.
    """
    rows = (PLACES[mention.kind](mention, settings, key) for mention in mentions(text))
    return [row for row in rows if row is not None]


def _link(mention: Mention, settings: Settings, key: str) -> Row | None:
    url = urlsplit(mention.url)
    if link.allowed(mention.url, settings.footage_links):
        return _row(mention, unquote(url.path), settings, key)
    host = url.hostname or ""
    if end_of(url.path) in (*TAKEN, *ARCHIVES) or HOSTS.fullmatch(host):
        return _refused(mention, host)
    return None


def _s3(mention: Mention, settings: Settings, key: str) -> Row | None:
    if s3.allowed(mention.url, settings.footage_links):
        return _row(mention, mention.url, settings, key)
    return _refused(mention, "/".join(mention.url.split("/")[:3]))


def _folder(mention: Mention, settings: Settings, key: str) -> Row | None:
    opened = [Path(os.path.realpath(folder)) for folder in settings.footage_folders]
    if mention.url.startswith("/"):
        real = Path(os.path.realpath(mention.url))
        under = any(real.is_relative_to(folder) for folder in opened)
        return _row(mention, mention.url, settings, key) if under else _refused(mention, mention.url)
    there = (folder / mention.url for folder in opened)
    found = next((path for path in there if path.exists() and _inside(path, opened)), None)
    return _row(Mention("folder", str(found)), mention.url, settings, key) if found else None


def _inside(path: Path, opened: list[Path]) -> bool:
    return any(path.resolve().is_relative_to(folder) for folder in opened)


PLACES: Mapping[str, Callable[[Mention, Settings, str], Row | None]] = {"link": _link, "s3": _s3, "folder": _folder}


def _row(mention: Mention, path: str, settings: Settings, key: str) -> Row:
    hash_ = sha256(f"{key}\n{mention.url}".encode()).hexdigest()
    name = safe_name(path)
    place = settings.data / "incoming" / "link" / hash_[:32] / name
    return {
        "from": mention.kind,
        "id": hash_[:12],
        "name": name,
        "url": mention.url,
        "path": mention.url if mention.kind == "folder" else str(place),
    }


def _refused(mention: Mention, place: str) -> Row:
    return {
        "from": mention.kind,
        "id": sha256(place.encode()).hexdigest()[:12],
        "name": place,
        "refused": str(not_allowed(place)),
    }
