"""The fonts that come along: how wide words are in them, and which characters they have.

Sizes are pixels per em. libass counts a font's size otherwise, from its Windows ascent to its descent; `Font.ass_size`
translates, so that what is measured here is what is drawn there.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from functools import cache, cached_property
from pathlib import Path

from PIL import ImageFont

FOLDER = Path(__file__).parent / "fonts"
TEXT = "Inter-SemiBold.otf"
HEAVY = "Inter-Bold.otf"
UNIT = 200
"""Pixels per em at which widths are measured before they are scaled."""


class Font:
    """One font file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._measure = ImageFont.truetype(str(path), UNIT, layout_engine=ImageFont.Layout.BASIC)
        self._data = path.read_bytes()

    @cached_property
    def family(self) -> str:
        """The family by which libass finds it; fonts with PostScript outlines are not found by their full name."""
        return str(self._measure.getname()[0])

    @cached_property
    def bold(self) -> bool:
        """Whether it is its family's bold one."""
        return self._measure.getname()[1] == "Bold"

    @cached_property
    def _metrics(self) -> tuple[int, int, int]:
        head, os2 = self._table(b"head"), self._table(b"OS/2")
        (em,) = struct.unpack_from(">H", self._data, head + 18)
        up, down = struct.unpack_from(">HH", self._data, os2 + 74)
        return em, up, down

    def ass_size(self, size: float) -> float:
        """Return the font size to write into an ASS style for so many pixels per em."""
        em, up, down = self._metrics
        return size * (up + down) / em

    def width(self, text: str, size: float) -> float:
        """Return how many pixels wide a text is."""
        return self._width(text) * size / UNIT

    def missing(self, text: str) -> str:
        """Return the characters of a text that the font cannot draw, each once."""
        return "".join(dict.fromkeys(c for c in text if not c.isspace() and ord(c) not in self._characters))

    @cached_property
    def _width(self) -> Callable[[str], float]:
        return cache(self._measure.getlength)

    @cached_property
    def _characters(self) -> frozenset[int]:
        cmap = self._table(b"cmap")
        (count,) = struct.unpack_from(">H", self._data, cmap + 2)
        offsets = {struct.unpack_from(">I", self._data, cmap + 8 + 8 * i)[0] for i in range(count)}
        return frozenset(c for offset in offsets for c in self._subtable(cmap + offset))

    def _subtable(self, at: int) -> Iterator[int]:
        (form,) = struct.unpack_from(">H", self._data, at)
        if form == 4:
            yield from self._segments(at)
        if form == 12:
            (groups,) = struct.unpack_from(">I", self._data, at + 12)
            for index in range(groups):
                first, last, _ = struct.unpack_from(">III", self._data, at + 16 + 12 * index)
                yield from range(first, last + 1)

    def _segments(self, at: int) -> Iterator[int]:
        (twice,) = struct.unpack_from(">H", self._data, at + 6)
        for index in range(0, twice, 2):
            (last,) = struct.unpack_from(">H", self._data, at + 14 + index)
            (first,) = struct.unpack_from(">H", self._data, at + 16 + twice + index)
            yield from (c for c in range(first, last + 1) if c != 0xFFFF)

    def _table(self, tag: bytes) -> int:
        (count,) = struct.unpack_from(">H", self._data, 4)
        for index in range(count):
            name, _, offset, _ = struct.unpack_from(">4sIII", self._data, 12 + 16 * index)
            if name == tag:
                return int(offset)
        raise ValueError(f"{self.path.name} has no table {tag.decode()}")


@cache
def text() -> Font:
    """Return the font of captions and of quiet lines."""
    return Font(FOLDER / TEXT)


@cache
def heavy() -> Font:
    """Return the font of titles and of captions that shout."""
    return Font(FOLDER / HEAVY)
