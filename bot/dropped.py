"""Dropped: which files of a message are for the channel's brand, by its words: a logo, a kit, a look to follow."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from experts.edit.branding import NO_LOGO
from kernel.brand import Corner
from kernel.fetch.kinds import FONTS, end_of

File = Mapping[str, Any]
PICTURES = frozenset([".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".heic", ".heif", ".avif"])
VIDEOS = frozenset([".mp4", ".mov", ".m4v", ".webm", ".mkv", ".avi"])
LOGO = re.compile(r"\b(?:logo|watermark)\b", re.IGNORECASE)
_BRAND = r"(?:brand(?:\s+(?:look|style|kit|reference|guide(?:lines?)?|colou?rs|palette))?|look|style|colou?rs|palette)"
LOOK = re.compile(
    rf"\b(?:this|that|here|these|those)(?:['’]?s|\s+is|\s+are)\s+(?:what\s+)?our\s+{_BRAND}\b"
    rf"|\bour\s+{_BRAND}\s+(?:looks|is)\s+(?:like\s+)?(?:this|here|attached)\b"
    rf"|\b(?:learn|take|read|guess)\s+our\s+{_BRAND}\s+from\b|\b(?:brand|style)\s+reference\b|^our\s+{_BRAND}\W*$",
    re.IGNORECASE,
)
"""Words by which a video is no footage but shows how videos should look."""
CORNER = re.compile(r"\b(?P<row>top|upper|bottom|lower)[\s-]*(?P<side>left|right)\b", re.IGNORECASE)
_SMALL = re.compile(
    r"\b(?:here(?:['’]?s| is| are)|this is|use|add|put|and|with|please|always|our|the|my|a|in|on|at|to|it|corner|logo"
    r"|watermark|file|brand|kit|colou?rs|palette|fonts?|typeface|are|these|this"
    r"|as|is|hi|hello|hey|thanks|thank you)\b|<@\w+(?:\|[^>]*)?>",
    re.IGNORECASE,
)


class Brand(NamedTuple):
    """What of a message is for the brand."""

    logo: File | None = None
    kit: File | None = None
    reference: File | None = None
    corner: Corner | None = None
    whole: bool = False
    """Whether the message says and brings nothing else."""
    fonts: tuple[File, ...] = ()
    """Letters, which nothing is written in yet."""

    @property
    def files(self) -> tuple[File, ...]:
        """The files that are no footage."""
        return (*(file for file in (self.logo, self.kit, self.reference) if file is not None), *self.fonts)


def brand_in(text: str, files: Sequence[File]) -> Brand:
    """Return what of a message is for the brand; nothing of it where its words do not say so."""
    kit = next((file for file in files if _end(file) == ".json"), None)
    logo = _logo(text, files, kit)
    fonts = tuple(file for file in files if end_of(str(file["name"])) in FONTS)
    others = [file for file in files if file not in (kit, logo, *fonts)]
    is_look = len(others) == 1 and _end(others[0]) in (VIDEOS | PICTURES) and LOOK.search(text)
    found = Brand(logo, kit, others[0] if is_look else None, _corner(text), fonts=fonts)
    nothing_else = len(found.files) == len(files) and not _rest(text)
    return found._replace(whole=nothing_else) if found.files else Brand()


def _logo(text: str, files: Sequence[File], kit: File | None) -> File | None:
    """Return the picture that is a logo: one that is called so, or the only one, where the words speak of a logo."""
    if NO_LOGO.search(text) or not (LOGO.search(text) or kit):
        return None
    pictures = [file for file in files if _end(file) in PICTURES]
    called = [file for file in pictures if "logo" in str(file["name"]).casefold()]
    return next(iter(called or (pictures if len(pictures) == 1 else ())), None)


def _corner(text: str) -> Corner | None:
    match = CORNER.search(text)
    if match is None:
        return None
    row = "top" if match["row"].lower() in ("top", "upper") else "bottom"
    corner: dict[tuple[str, str], Corner] = {
        ("top", "left"): "top_left",
        ("top", "right"): "top_right",
        ("bottom", "left"): "bottom_left",
        ("bottom", "right"): "bottom_right",
    }
    return corner[(row, match["side"].lower())]


def _rest(text: str) -> str:
    """Return what words say besides naming a logo, a brand and a corner."""
    return re.sub(r"[\W_]+", "", _SMALL.sub(" ", CORNER.sub(" ", LOOK.sub(" ", text))))


def _end(file: File) -> str:
    return Path(str(file["name"])).suffix.lower()
