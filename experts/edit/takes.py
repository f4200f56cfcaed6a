"""Takes: which sentences are said again, broken off, or were never meant to be heard."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from experts.edit.phrases import Phrase

ALIKE = 0.8
"""Share of words in the same order from which two sentences may be takes of each other."""
SAME = 0.85
"""Share of the weighty words that both must have: "the best of times" is no take of "the worst of times"."""
MORE = 0.75
"""Likewise, of the one that says a word more."""
NEAR = 6
"""So many sentences later a retake begins at the latest."""
FALSE_START = 3
"""Words that a false start must share with what follows; fewer are a figure of speech."""
LONG = 8
"""Words from which the same sentence in two files counts as takes; shorter ones may be two speakers' set phrases."""
SMALL = frozenset(
    [
        "a",
        "an",
        "the",
        "this",
        "that",
        "these",
        "those",
        "and",
        "or",
        "but",
        "so",
        "if",
        "then",
        "than",
        "of",
        "to",
        "in",
        "on",
        "at",
        "by",
        "for",
        "from",
        "with",
        "as",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "am",
        "do",
        "does",
        "did",
        "have",
        "has",
        "had",
        "will",
        "would",
        "can",
        "could",
        "should",
        "may",
        "might",
        "must",
        "i",
        "you",
        "he",
        "she",
        "it",
        "we",
        "they",
        "me",
        "him",
        "her",
        "us",
        "them",
        "my",
        "your",
        "his",
        "its",
        "our",
        "their",
        "not",
        "no",
        "yes",
        "um",
        "uh",
        "er",
        "erm",
        "well",
        "just",
        "also",
        "there",
        "here",
        "what",
        "which",
        "who",
    ]
)
"""English words that carry little meaning of their own."""
COUNTS = frozenset(
    {
        *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
        *("first", "second", "third", "fourth", "fifth", "last", "next"),
    }
)
FILLERS = frozenset(
    ["um", "uh", "er", "erm", "hmm", "mm", "ah", "oh", "okay", "ok", "so", "well", "right", "yeah", "like"]
)
ASIDES = re.compile(
    r"\b(let me (start|try|do|say) (that |it |this )?(again|over)|start(ing)? (over|again)|one more time"
    r"|take (two|three|four|\d+)|sorry|scratch that|try that again|are we (rolling|recording)"
    r"|is (this|it) (on|recording)|can we cut|oops)\b",
    re.IGNORECASE,
)


def bare(text: str) -> list[str]:
    """Return the words of a text without case and marks."""
    return re.findall(r"[^\W_]+(?:['’][^\W_]+)*", text.casefold().replace("’", "'"))


def weighty(words: Sequence[str]) -> list[str]:
    """Return the words that carry meaning; all of them where none does."""
    return [word for word in words if word not in SMALL] or list(words)


def alike(one: str, other: str) -> float:
    """Return how alike two words are, from 0 to 1: a plural, a verb's form or a mishearing stays near 1."""
    return 1.0 if one == other else SequenceMatcher(None, one, other, autojunk=False).ratio()


def is_aside(text: str) -> bool:
    """Say whether a sentence is talk between takes, or only noises of thinking."""
    words = bare(text)
    return not words or all(word in FILLERS for word in words) or (len(words) <= 9 and bool(ASIDES.search(text)))


def is_false_start(earlier: str, later: str, broken: bool) -> bool:
    """Say whether the earlier text is the later one begun and given up.

    Args:
        broken: whether the earlier one lacks an end of its own; a finished sentence is no false start.
    """
    first, second = bare(earlier), bare(later)
    shared = len(first) - (not _begun(first, second))
    return broken and FALSE_START <= shared < len(second) and first[:shared] == second[:shared]


def _begun(first: Sequence[str], second: Sequence[str]) -> bool:
    """Say whether the last word of a text is the same in the other; False where it was cut short: go for going."""
    last = len(first) - 1
    return not (0 < last < len(second) and second[last] != first[last] and second[last].startswith(first[last]))


def is_retake(earlier: str, later: str) -> bool:
    """Say whether two texts are the same thing said twice."""
    first, second = bare(earlier), bare(later)
    if min(len(first), len(second)) < FALSE_START or _counted(first) != _counted(second):
        return False
    ratio = SequenceMatcher(None, first, second, autojunk=False).ratio()
    shared = _covered(first, second), _covered(second, first)
    return ratio >= ALIKE and max(shared) >= SAME and min(shared) >= MORE


def _counted(words: Sequence[str]) -> set[str]:
    """Return the numbers among some words: "step one" is no take of "step two"."""
    return {word for word in words if word.isdigit() or word in COUNTS}


def _covered(one: Sequence[str], other: Sequence[str]) -> float:
    """Return the share of the weighty words of one that the other has too, allowing for mishearings."""
    words, others = weighty(one), weighty(other)
    return sum(any(alike(word, o) >= 0.75 for o in others) for word in words) / len(words)


def given_up(groups: Sequence[Sequence[Phrase]]) -> dict[int, int]:
    """Return which sentence each given-up one is said again by: indices of the earlier to the later.

    A retake comes in the same source and soon; in another file only a long sentence that is nearly the same counts.
    """
    texts = [" ".join(phrase.text for phrase in group) for group in groups]
    words = [bare(text) for text in texts]
    found: dict[int, int] = {}
    for index, group in enumerate(groups):
        near = range(index + 1, min(index + 1 + NEAR, len(groups)))
        same = (
            i
            for i in near
            if groups[i][0].source == group[0].source and _again(texts[index], texts[i], group, i - index)
        )
        far = (i for i in range(index + 1, len(groups)) if groups[i][0].source != group[0].source)
        later = next(same, None)
        later = next((i for i in far if _is_copy(words[index], words[i])), None) if later is None else later
        if later is not None:
            found[index] = later
    return found


def _again(text: str, later: str, group: Sequence[Phrase], steps: int) -> bool:
    """Say whether a sentence is said again, so many sentences later in its source."""
    broken = group[-1].ends in ("broken", "thought", "clause")
    return is_retake(text, later) or (steps <= 2 and is_false_start(text, later, broken))


def _is_copy(words: Sequence[str], others: Sequence[str]) -> bool:
    """Say whether two long sentences of two files are the same but for a word."""
    if min(len(words), len(others)) < LONG or len(set(words) ^ set(others)) > 2:
        return False
    return SequenceMatcher(None, words, others, autojunk=False).ratio() > 0.95


def best_of(group: Sequence[int], groups: Sequence[Sequence[Phrase]]) -> int:
    """Return the best take of a group of retakes: whole, clearly said, else the last."""

    def merit(index: int) -> tuple[bool, float, int]:
        words = [word for phrase in groups[index] for word in phrase.words]
        clear = sum(word.probability for word in words) / len(words)
        return groups[index][-1].ends == "sentence", round(clear, 1), index

    return max(group, key=merit)


def families(again: dict[int, int]) -> list[list[int]]:
    """Return the groups of takes of the same sentence, each in order."""
    found: list[list[int]] = []
    for earlier, later in sorted(again.items()):
        home = next((family for family in found if earlier in family or later in family), None)
        if home is None:
            found.append([earlier, later])
        else:
            home += [index for index in (earlier, later) if index not in home]
    return [sorted(family) for family in found]
