"""Scripts: which way text runs, where it may break, how words join, how fast each is read. Pure; no font is opened.

Line breaks, clusters of characters and phrases are ICU's (with its dictionaries for Japanese, Chinese, Thai, Khmer and
Lao, and the rules for what may not begin or end a line); direction is the Unicode Bidirectional Algorithm.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from bidi import algorithm as bidi
from fontTools import unicodedata as scripts
from icu4py.breakers import CharacterBreaker, LineBreaker

PHRASES = "ja-u-lw-phrase"
"""ICU's locale for breaks between phrases: in Japanese, Chinese and Korean too, not between any two characters."""
KANA = frozenset({"Hira", "Kana"})
HAN = frozenset({"Hani", "Bopo", *KANA})
SPACELESS = HAN | {"Thai", "Laoo", "Khmr", "Mymr", "Tibt"}
"""Scripts that put no space between words."""
COMMON = frozenset({"Zyyy", "Zinh", "Zzzz"})
TALL = SPACELESS - HAN | {
    *("Arab", "Beng", "Deva", "Gujr", "Guru", "Knda", "Mlym", "Orya", "Sinh", "Syrc", "Taml", "Telu", "Thaa"),
}
"""Scripts that pile marks above and below their letters."""
JOINERS = "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}"
"""Characters without a shape that letters and emoji need between them."""
WIDE_MARKS = (range(0x3000, 0x3040), range(0xFF00, 0xFF66))
"""Marks as wide as a Chinese character: they bring their own space."""
RIGHT = frozenset({"R", "AL"})


class Reading(NamedTuple):
    """How a script is read: most characters in a line of a wide picture, characters a second."""

    characters: int
    speed: int


LETTERS = Reading(42, 20)
READINGS = {
    "kana": Reading(13, 7),
    "Hang": Reading(16, 12),
    "Hani": Reading(16, 9),
    "Thai": Reading(35, 17),
    "Deva": Reading(42, 22),
}
"""By Netflix's Timed Text Style Guides for each language, for adults; Japanese as for the deaf and hard of hearing,
since captions are verbatim (4 a second is for translations)."""


def plain(text: str) -> str:
    """Return text in one line, without what has no shape: control characters, direction overrides, odd spaces."""
    kept = "".join(c for c in text if c in JOINERS or unicodedata.category(c) not in {"Cf", "Cs"})
    spaced = "".join(" " if unicodedata.category(c) in {"Cc", "Zl", "Zp", "Zs"} else c for c in kept)
    return " ".join(unicodedata.normalize("NFC", spaced).split())


@lru_cache(maxsize=4096)
def script(character: str) -> str:
    """Return the ISO 15924 code of a character's script; `Zyyy` for what all scripts share."""
    return str(scripts.script(character))


def written_in(text: str) -> Counter[str]:
    """Count the characters of a text by script, without what all scripts share."""
    return Counter(found for found in map(script, text) if found not in COMMON)


@lru_cache(maxsize=4096)
def reading(text: str) -> Reading:
    """Return how text of this kind is read, by the script that most of it is in."""
    counted = written_in(text)
    if not counted:
        return LETTERS
    most = max(sorted(counted), key=counted.__getitem__)
    return READINGS["kana"] if most in HAN and counted.keys() & KANA else READINGS.get(most, LETTERS)


@lru_cache(maxsize=4096)
def breaks(text: str) -> tuple[int, ...]:
    """Return the places where a line of the text may end, by index, the end of the text last."""
    return tuple(end for _, end in LineBreaker(text, PHRASES).segments())


def clusters(text: str) -> list[str]:
    """Part a text into what readers take for characters: a letter with its marks, an emoji of several."""
    return list(CharacterBreaker(text, "und"))


def spaceless(character: str) -> bool:
    """Say whether a character stands beside its neighbours without a space."""
    return script(character) in SPACELESS or any(ord(character) in marks for marks in WIDE_MARKS)


def glued(left: str, right: str) -> bool:
    """Say whether two words of a transcript stand together without a space."""
    return bool(left and right) and _adjoin(left[-1], right[0])


@lru_cache(maxsize=65536)
def _adjoin(last: str, first: str) -> bool:
    wide = any(ord(c) in marks for c in (last, first) for marks in WIDE_MARKS)
    return wide or (spaceless(last) and (spaceless(first) or _mark(first)))


def _mark(character: str) -> bool:
    return unicodedata.category(character) in {"Po", "Pe", "Pf"}


def joined(words: Sequence[str]) -> str:
    """Return words as they are written one after another: with spaces where their script has them."""
    if all(map(str.isascii, words)):
        return " ".join(words)
    text = words[0]
    for left, right in pairwise(words):
        text += right if glued(left, right) else f" {right}"
    return text


def may_part(left: str, right: str) -> bool:
    """Say whether a line may end between two words: not before a closing mark, not after an opening one."""
    if not glued(left, right):
        return True
    return len(left) in breaks(left + right)


@lru_cache(maxsize=4096)
def rightward(text: str) -> bool:
    """Say whether a text as a whole runs from right to left: where most of its letters do."""
    counted = Counter(unicodedata.bidirectional(character) for character in text)
    return counted["R"] + counted["AL"] > counted["L"]


def levels(text: str, rtl: bool) -> list[int]:
    """Return the level of each character in a line whose base direction is given; odd ones run from right to left."""
    if not rtl and not any(unicodedata.bidirectional(c) in RIGHT or unicodedata.bidirectional(c) == "AN" for c in text):
        return [0] * len(text)
    # Characters without a shape take the level of what they follow: the algorithm leaves them out.
    shaped = [c not in JOINERS and unicodedata.bidirectional(c) != "BN" for c in text]
    found = iter(_resolved("".join(c for c, kept in zip(text, shaped, strict=True) if kept), rtl))
    resolved: list[int] = []
    for kept in shaped:
        resolved.append(next(found) if kept else (resolved[-1] if resolved else int(rtl)))
    return resolved


def _resolved(text: str, rtl: bool) -> Iterable[int]:
    storage = bidi.get_empty_storage()
    storage["base_level"], storage["base_dir"] = int(rtl), "R" if rtl else "L"
    bidi.get_embedding_levels(text, storage, False, False)
    bidi.explicit_embed_and_overrides(storage, False)
    bidi.resolve_weak_types(storage, False)
    bidi.resolve_neutral_types(storage, False)
    bidi.resolve_implicit_levels(storage, False)
    return [character["level"] for character in storage["chars"]]


def seen_order(levels: Sequence[int]) -> list[int]:
    """Return the indices of runs from left to right, given the level of each (rule L2)."""
    order = list(range(len(levels)))
    for level in range(max(levels, default=0), 0, -1):
        start = 0
        while start < len(order):
            end = start
            while end < len(order) and levels[order[end]] >= level:
                end += 1
            order[start:end] = reversed(order[start:end])
            start = max(end, start + 1)
    return order
