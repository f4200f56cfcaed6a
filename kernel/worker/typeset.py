"""Typesetting: text of any script becomes pieces, each of one word, one font, one direction, with its place in a line.

libass chooses fonts and orders directions by its own lights, anew between override tags; so nothing is left to it: each
piece is drawn by itself, at the place that was worked out here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from kernel.worker.fonts import FOLDERS, Font, NoFont, package, region_of, stand_in
from kernel.worker.writing import (
    COMMON,
    TALL,
    breaks,
    clusters,
    glued,
    joined,
    levels,
    rightward,
    script,
    seen_order,
)

LINE, TALL_LINE = 1.22, 1.5
"""Height of a line of text, in em; of scripts that pile up marks."""

SPACE = 0.27
"""Narrowest space between words, in em."""


class Piece(NamedTuple):
    """Part of a line that libass draws as it stands."""

    text: str
    font: Font
    rtl: bool
    word: int
    """Index of its word in the line."""
    x: float
    """Pixels from the line's left edge."""
    width: float


class Run(NamedTuple):
    """A stretch of text in one font."""

    text: str
    font: Font


class Type:
    """A font, with others of the machine standing in for the scripts that it does not have."""

    def __init__(self, font: Font, region: str = "SC", folders: tuple[Path, ...] = FOLDERS) -> None:
        self.font = font
        self.region = region
        self.folders = folders
        self._word = lru_cache(maxsize=8192)(self._measured)
        self._parted = lru_cache(maxsize=8192)(self._runs)

    def width(self, text: str, size: float) -> float:
        """Return how many pixels wide a line of text is."""
        words = text.split(" ")
        return (sum(map(self._word, words)) + (len(words) - 1) * self.space) * size

    @property
    def space(self) -> float:
        """Width of a space, in em: no narrower than `SPACE`, since outlines eat into it."""
        return max(self.font.width(" ", 1), SPACE)

    def missing(self, text: str) -> str:
        """Return the characters of a text that no font of the machine can draw, each once."""
        return "".join(dict.fromkeys(c for c in clusters(text) if not c.isspace() and self._font_of(c) is None))

    def line(self, text: str) -> float:
        """Return the height of a line that holds this text, in em."""
        return TALL_LINE if any(script(character) in TALL for character in text) else LINE

    def runs(self, text: str) -> tuple[Run, ...]:
        """Part a text by the fonts that draw it."""
        return self._parted(text)

    def _runs(self, text: str) -> tuple[Run, ...]:
        chosen: list[tuple[str, Font]] = []
        for cluster in clusters(text):
            found = self._font_of(cluster) or self.font
            before = chosen[-1] if chosen else None
            # A mark keeps the font of the letters before it.
            if before and script(cluster[0]) in COMMON and not before[0].isspace() and before[1].covers(cluster):
                found = before[1]
            chosen.append((cluster, found))
        grouped = groupby(chosen, key=lambda part: part[1])
        return tuple(Run("".join(cluster for cluster, _ in parts), font) for font, parts in grouped)

    def _font_of(self, cluster: str) -> Font | None:
        if self.font.covers(cluster):
            return self.font
        try:
            return stand_in(cluster, self.region, self.folders)
        except NoFont:
            return None

    def _measured(self, word: str) -> float:
        return sum(run.font.width(run.text, 1, rtl=rightward(run.text)) for run in self.runs(word))


@cache
def type_of(font: Font, region: str = "SC") -> Type:
    """Return a font with its stand-ins."""
    return Type(font, region)


def type_for(font: Font, text: str) -> Type:
    """Return a font with the stand-ins that a text asks for."""
    return type_of(font, region_of(text) if not font.covers(text.replace("\n", "")) else "SC")


def set_line(words: Sequence[str], type: Type, size: float, *, rtl: bool = False) -> tuple[Piece, ...]:
    """Return the pieces of a line, from left to right.

    Args:
        size: pixels per em.
        rtl: the line's base direction.
    """
    parts = _parts(words, type, rtl)
    at, found = 0.0, list[Piece]()
    for index in seen_order([level for _, level, _, _ in parts]):
        word, level, said, font = parts[index]
        odd = bool(level % 2)
        width = type.space * size * len(said) if word < 0 else font.width(said, size, rtl=odd)
        if word >= 0:
            found.append(Piece(said, font, odd, word, at, width))
        at += width
    return tuple(found)


def width_of(pieces: Sequence[Piece]) -> float:
    """Return how wide a line of pieces is."""
    return max((piece.x + piece.width for piece in pieces), default=0.0)


def _parts(words: Sequence[str], type: Type, rtl: bool) -> list[tuple[int, int, str, Font]]:
    """Part a line into word, level, text and font; the word of spaces is -1."""
    text, owners = joined(words), _owners(words)
    fonts = [run.font for word in _stretches(text) for run in type.runs(word) for _ in run.text]
    marks = list(zip(owners, levels(text, rtl), fonts, strict=True))
    parts, start = list[tuple[int, int, str, Font]](), 0
    for mark, same in groupby(marks):
        end = start + len(list(same))
        parts.append((mark[0], mark[1], text[start:end], mark[2]))
        start = end
    return parts


def _stretches(text: str) -> list[str]:
    """Part a text into words and the spaces between them, nothing lost."""
    return ["".join(part) for _, part in groupby(text, key=str.isspace)]


def _owners(words: Sequence[str]) -> list[int]:
    """Return the index of the word that each character of the joined words belongs to; -1 for spaces."""
    owners: list[int] = []
    for index, word in enumerate(words):
        if index and not glued(words[index - 1], word):
            owners.append(-1)
        owners += [-1 if character == " " else index for character in word]
    return owners


def wrap(text: str, type: Type, size: float, width: float, most: int = 2) -> list[str]:
    """Break a text into as few lines as hold it, of like width; [] where it takes more than `most`."""
    whole = type.width(text, size)
    for count in range(1, most + 1):
        for share in range(21):
            # From an even split to the full width: the first that works is the most even one.
            lines = _filled(text, type, size, min(width, whole / count + (width - whole / count) * share / 20))
            if len(lines) <= count and all(type.width(line, size) <= width for line in lines):
                return lines
    return []


def _filled(text: str, type: Type, size: float, width: float) -> list[str]:
    lines, start = [""], 0
    for end in breaks(text):
        part, start = text[start:end], end
        if lines[-1] and type.width((lines[-1] + part).rstrip(), size) > width:
            lines.append(part)
        else:
            lines[-1] += part
    return [line.strip() for line in lines]


def unwritable(what: str, said: str, type: Type) -> Iterator[str]:
    """Say which characters no font of this machine can draw, and what to install."""
    missing = type.missing(said)
    if missing:
        example = next((word for word in said.split() if missing[0] in word), said)
        named = package(missing)
        cure = f"install the Debian package {named} (or any font that has them), or leave them out" if named else ""
        yield (
            f"{what} cannot be written here: no font of this machine has {missing[:12]} (in {example[:24]!r});"
            f" {cure or 'leave them out'}."
        )
