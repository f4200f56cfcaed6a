"""kept: what was found out about a file, kept by its content, so that the same bytes are looked at once.

One folder for each content, one file for each part. A part is written under another name and then renamed, so that a
process that is killed leaves a whole part or none; one that cannot be read, or that an older Rushes wrote in another
shape, is made anew. Two that make the same part at a time both make it: the same.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

from pydantic import ValidationError

from kernel.document import Value, digest

Part = TypeVar("Part", bound=Value)

VERSION = "4"
"""Raised when an analysis would come out differently; what older versions kept is made anew."""


class Kept:
    """What is known of one content.

    Args:
        folder: where it is kept; None keeps nothing.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    @classmethod
    def of(cls, cache: Path, content: str) -> Kept:
        """Return what is known of the file with this hash, in a cache that all jobs share."""
        return cls(cache / "analyses" / digest([VERSION, content]))

    def once(self, kind: type[Part], make: Callable[[], Part], *by: object) -> Part:
        """Return the kept part of this kind; make and keep it where there is none.

        Args:
            kind: what it is.
            make: makes it.
            by: what it depends on besides the content, as JSON values.
        """
        place = self._place(kind, by)
        found = _read(kind, place) if place else None
        if found is None:
            found = make()
            _write(found, place)
        return found

    def known(self, kind: type[Part], *by: object) -> Part | None:
        """Return the kept part of this kind; None where there is none."""
        place = self._place(kind, by)
        return _read(kind, place) if place else None

    def _place(self, kind: type[Value], by: tuple[object, ...]) -> Path | None:
        name = f"{kind.__name__.lower()}-{digest(by)[:16]}" if by else kind.__name__.lower()
        return self._folder / f"{name}.json" if self._folder else None


def _read(kind: type[Part], place: Path) -> Part | None:
    try:
        return kind.model_validate_json(place.read_bytes())
    except (OSError, ValidationError):
        return None


def _write(part: Value, place: Path | None) -> None:
    if place is None:
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    half = place.with_suffix(f".{uuid4().hex}")
    half.write_text(part.model_dump_json())
    half.replace(place)
