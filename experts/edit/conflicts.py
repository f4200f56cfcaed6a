"""Conflicts: wishes of one message that cannot both be met, or not at all. They are asked about, not guessed at."""

from __future__ import annotations

import re
from collections.abc import Iterator

from experts.edit.lengths import lengths
from experts.edit.wording import NO_CAPTIONS, NO_MUSIC, SHAPES, SOME_CAPTIONS, SOME_MUSIC

LONGEST = 4 * 3600
"""Seconds: no cut is longer."""
_NOTHING = re.compile(
    r"(?<![\w.])(?:-\s?\d+(?:\.\d+)?|0(?:\.0+)?|zero|no)[\s-]?(?:seconds?|secs?|minutes?|mins?|s)\b(?!\s+(?:of|pause))",
    re.IGNORECASE,
)


def conflicts(text: str) -> list[str]:
    """Say what the last message of a brief asks for that cannot be; an answer in a message of its own settles it."""
    last = re.split(r"\n\s*\n", text.strip())[-1]
    return [*_both(last), *_impossible(last)]


def _both(text: str) -> Iterator[str]:
    asked = sorted({length.seconds for length in lengths(text)})
    if len(asked) > 1:
        yield f"The brief asks for {' and for '.join(f'{s:g} s' for s in asked)}: which length should it be?"
    named = [shape for shape, pattern in SHAPES.items() if re.search(pattern, text, re.IGNORECASE)]
    if len(named) > 1:
        yield f"The brief names the shapes {' and '.join(named)}: which one should it be?"
    for what, no, some in (("captions", NO_CAPTIONS, SOME_CAPTIONS), ("music", NO_MUSIC, SOME_MUSIC)):
        if no.search(text) and some.search(no.sub("", text)):
            yield f"The brief asks for {what} and for none: which of the two?"


def _impossible(text: str) -> Iterator[str]:
    for match in _NOTHING.finditer(text):
        yield f'The brief asks for "{match.group(0).strip()}", which is no length: how long should it be?'
    for length in lengths(text):
        if length.seconds > LONGEST:
            yield f"The brief asks for {length.seconds / 3600:g} hours, but four are the most: how long should it be?"
