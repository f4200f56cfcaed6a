"""Wishes: which phrases somebody means by "the line about the launch" or "the first 10 seconds"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from experts.edit.phrases import Phrase, sentences
from experts.edit.takes import SMALL, alike, bare

CLOSE = 0.8
"""How alike a wish's word and a spoken word must be: launch, launched; but not lunch."""
SHORT_ENOUGH = 12.0
"""Seconds up to which a wish takes the whole sentence; of a longer one it takes the phrases that name it."""
ENOUGH = 0.6
"""Share of a wish's words that a sentence must hold."""
POINTERS = frozenset(
    [
        "line",
        "lines",
        "sentence",
        "sentences",
        "part",
        "parts",
        "bit",
        "bits",
        "section",
        "piece",
        "clip",
        "clips",
        "shot",
        "shots",
        "joke",
        "quote",
        "words",
        "word",
        "phrase",
        "about",
        "where",
        "says",
        "said",
        "saying",
        "say",
        "talk",
        "talks",
        "talking",
        "speaks",
        "speaking",
        "mention",
        "mentions",
        "story",
        "whole",
        "thing",
        "when",
        "first",
        "last",
        "second",
        "third",
        "opening",
        "ending",
        "intro",
        "outro",
        "beginning",
        "end",
        "start",
        "please",
        "any",
        "anything",
        "all",
        "every",
        "really",
        "stuff",
    ]
)
"""Words that point at something said without being in it."""
SPOKEN_OF = frozenset(["joke", "quote", "story"])
"""Pointers that people also say when they come to the thing itself."""
ALWAYS = re.compile(
    r"\b(ums?|uhs?|ers?|filler\w*|silences?|pauses?|dead air|gaps?|retakes?|repeat\w*|repetitions?|false starts?|"
    r"mistakes?|"
    r"stumbl\w*|flubs?|bloopers?|boring (?:bits?|parts?))\b",
    re.IGNORECASE,
)
"""What goes without being asked for."""
ORDINALS = {"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "last": -1, "final": -1}
EDGE_SPAN = re.compile(r"\b(first|opening|last|final)\s+(\d+(?:\.\d+)?)\s*(?:s\b|sec\w*)", re.IGNORECASE)
NTH = re.compile(r"\b(first|second|third|fourth|fifth|last|final)\s+(?:line|sentence|take)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Found:
    """What a list of wishes means."""

    indices: frozenset[int]
    """Of the phrases."""
    missing: tuple[str, ...]
    """The wishes that nothing said answers to."""


def meant(wishes: Sequence[str], phrases: Sequence[Phrase]) -> Found:
    """Return the phrases that the wishes name."""
    indices: set[int] = set()
    missing: list[str] = []
    for wish in wishes:
        if ALWAYS.search(wish) and not _about(wish):
            continue
        found = one(wish, phrases)
        indices |= found
        if not found:
            missing.append(wish)
    return Found(frozenset(indices), tuple(missing))


def one(wish: str, phrases: Sequence[Phrase]) -> set[int]:
    """Return the indices of the phrases that one wish names; none where it names nothing that is said."""
    edge = EDGE_SPAN.search(wish)
    if edge:
        return _at_the_edge(edge[1].casefold(), float(edge[2]), phrases)
    wanted = _about(wish)
    if wanted:
        return _named(wanted, phrases, every=wish.casefold().split()[:1] in (["every"], ["all"], ["any"], ["anything"]))
    nth = NTH.search(wish)
    return _nth(ORDINALS[nth[1].casefold()], phrases) if nth else _literal(wish, phrases)


def _literal(wish: str, phrases: Sequence[Phrase]) -> set[int]:
    """Return the first sentence that says a pointing wish word for word: "so the second joke goes like this"."""
    words = [word for word in bare(wish) if word not in SMALL]
    if len(words) < 2 or not SPOKEN_OF & set(words):
        return set()
    for group in _indexed(phrases):
        if f" {' '.join(words)} " in f" {' '.join(word for i in group for word in bare(phrases[i].text))} ":
            return set(group)
    return set()


def _about(wish: str) -> list[str]:
    """Return the words of a wish that must be said."""
    always = set(bare(" ".join(m.group(0) for m in ALWAYS.finditer(wish))))
    return [word for word in bare(wish) if word not in SMALL and word not in POINTERS and word not in always]


def _at_the_edge(which: str, seconds: float, phrases: Sequence[Phrase]) -> set[int]:
    """Return the phrases that mostly lie in the first or last seconds of the footage."""
    lengths = [phrase.seconds for phrase in phrases]
    order = range(len(phrases)) if which in ("first", "opening") else range(len(phrases) - 1, -1, -1)
    found, at = set[int](), 0.0
    for index in order:
        if at + lengths[index] / 2 > seconds:
            break
        found.add(index)
        at += lengths[index] + phrases[index].gap
    return found


def _nth(which: int, phrases: Sequence[Phrase]) -> set[int]:
    groups = _indexed(phrases)
    return set(groups[which]) if -len(groups) <= which < len(groups) else set()


def _named(wanted: Sequence[str], phrases: Sequence[Phrase], every: bool) -> set[int]:
    """Return the sentence that says most of the wanted words, or all that say enough of them."""
    scored = [(_share(wanted, [phrases[i] for i in group]), group) for group in _indexed(phrases)]
    best = max((share for share, _ in scored), default=0.0)
    if best < ENOUGH:
        return set()
    hits = [group for share, group in scored if share >= (ENOUGH if every else best)]
    return {index for group in (hits if every else hits[:1]) for index in _within(wanted, group, phrases)}


def _within(wanted: Sequence[str], group: Sequence[int], phrases: Sequence[Phrase]) -> list[int]:
    """Return the whole sentence, or of a very long one the phrases that name what is wanted."""
    if sum(phrases[index].seconds for index in group) <= SHORT_ENOUGH:
        return list(group)
    return [index for index in group if _share(wanted, [phrases[index]])] or list(group)


def _share(wanted: Sequence[str], group: Sequence[Phrase]) -> float:
    said = [word for phrase in group for word in bare(phrase.text)]
    return sum(any(_same(word, other) for other in said) for word in wanted) / len(wanted)


def _same(word: str, other: str) -> bool:
    """Say whether two words are one, give or take an ending."""
    if min(len(word), len(other)) < 4:
        return word == other
    return word[:4] == other[:4] and (alike(word, other) >= CLOSE or other.startswith(word) or word.startswith(other))


def _indexed(phrases: Sequence[Phrase]) -> list[list[int]]:
    """Return the sentences as lists of indices."""
    found, at = list[list[int]](), 0
    for group in sentences(phrases):
        found.append(list(range(at, at + len(group))))
        at += len(group)
    return found
