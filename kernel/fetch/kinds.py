"""kinds: what is taken in, by the end of its name or by what a server says of it; its content is probed later."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from kernel.errors import BadInput
from kernel.worker.timelines.files import OTHER_NAMES, READ

VIDEO = ("mp4", "mov", "m4v", "mkv", "webm", "avi", "mts", "m2ts", "ts", "mpg", "mpeg", "mxf", "wmv", "3gp", "ogv")
SOUND = ("wav", "mp3", "m4a", "aac", "flac", "aif", "aiff", "ogg", "oga", "opus", "wma")
PICTURES = ("jpg", "jpeg", "png", "webp", "gif", "tif", "tiff", "bmp", "heic", "heif", "avif")
TIMELINES = (*READ, *OTHER_NAMES)
FONTS = ("ttf", "otf", "ttc")
KITS = ("json",)
"""Brand kits."""
MEDIA = (*VIDEO, *SOUND, *PICTURES)
TAKEN = (*MEDIA, *TIMELINES, *FONTS, *KITS)
MIMETYPE = re.compile(r"(video|audio)/|image/(jpeg|png|webp|gif|tiff|bmp|hei[cf]|avif)\b")
"""Kinds of content that are media, for files whose names do not say what they are."""
WEB_PAGE = re.compile(rb"\s*(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body|script)\b", re.IGNORECASE | re.DOTALL)
FORMATS = (
    "videos (mp4, mov, mkv, ...), sound (wav, mp3, ...), pictures (png, jpg, ...) and timelines (otio, fcpxml, edl)"
)


def end_of(name: str) -> str:
    """Return the end of a file's name, in small letters and without its dot."""
    return PurePosixPath(name).suffix.lower().lstrip(".")


def is_media(name: str) -> bool:
    """Say whether a file is footage, by the end of its name."""
    return end_of(name) in MEDIA


def is_footage(name: str) -> bool:
    """Say whether a dropped file is to be edited: all is but timelines and what belongs to a brand."""
    return end_of(name) not in (*TIMELINES, *FONTS, *KITS)


def is_usable(name: str, mimetype: str = "") -> bool:
    """Say whether a file that nobody dropped for us is footage: what is none is left alone, and nobody told."""
    try:
        check_kind(name, mimetype)
    except BadInput:
        return False
    return is_footage(name)


def check_kind(name: str, mimetype: str = "") -> None:
    """Refuse a file of a kind that nothing can be made of.

    Raises:
        BadInput: says which kinds are taken.
    """
    end = end_of(name)
    if end not in TAKEN and not (end not in REFUSED and MIMETYPE.match(mimetype)):
        hint = REFUSED.get(end, "")
        raise BadInput(f"{name} is of no kind that I can use: I take {FORMATS}.{hint}")


REFUSED = {
    "zip": " Unpack it and drop the files in it.",
    "rar": " Unpack it and drop the files in it.",
    "7z": " Unpack it and drop the files in it.",
    "svg": " Save the picture as a PNG.",
    "prproj": " Export its timeline as FCPXML or EDL.",
    "drp": " Export its timeline as OTIO or EDL.",
    "m3u8": " It only names other files: drop those.",
    "mpd": " It only names other files: drop those.",
}
"""What people drop all the same, and what to do in place of it."""


def is_web_page(mimetype: str, first: bytes) -> bool:
    """Say whether a server answered with a web page in place of a file, by its word or by the first bytes."""
    said = mimetype.startswith(("text/html", "application/xhtml"))
    return said or WEB_PAGE.match(first.removeprefix(b"\xef\xbb\xbf")) is not None
