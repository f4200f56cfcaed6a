"""How far what was read is from what is written: edits, as a share of the characters (the character error rate)."""

from __future__ import annotations

from collections.abc import Sequence

from kernel.worker.analysis.texts import bare

ALIKE = str.maketrans("i1|0", "lllo")
"""Letters that many typefaces draw alike, and no reader, man or machine, can tell without the word round them."""


def folded(text: str) -> str:
    """Return text as it is compared: no case, no marks, no spaces, no punctuation, and what looks alike made alike."""
    return bare(text.casefold().translate(ALIKE))


def error_rate(written: str, read: str) -> float:
    """Return the share of the characters of a text that are wrong or missing in what was read, 0 to 1.

    What stands before and after it in what was read counts for nothing: it may be a sign in the picture.
    """
    wanted, found = folded(written), folded(read)
    return round(edits(wanted, found) / len(wanted), 4) if wanted else 0.0


def edits(wanted: Sequence[str], found: Sequence[str]) -> int:
    """Return how many items are to be changed, left out or put in to find one sequence somewhere in another."""
    row = [0] * (len(found) + 1)
    for number, item in enumerate(wanted, 1):
        last, row[0] = row[0], number
        for place, other in enumerate(found, 1):
            last, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, last + (item != other))
    return min(row)
