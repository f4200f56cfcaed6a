"""joints: where speech is cut, and whether a sentence or a clause ends there, or the speaker rests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kernel.evaluation.base import Seen
from kernel.worker.media import Inspection, Rate, Source, Word
from kernel.worker.timing import ClipSpan, seconds
from kernel.worker.voices import heard

REST = 0.3
"""Seconds between two words that are a rest: a cut there breaks nothing off (silences of 0.4 s are cut in talk)."""
TRIM = 4
"""Words that may be taken out inside a sentence: a filler, a false start."""
MARKS = (".", "!", "?", ",", ";", ":", "–", "—", "…", "。", "！", "？", "，", "、", "।")


class Joint(NamedTuple):
    """An edge of a spoken clip."""

    at: float
    """Seconds of the video."""
    broken: bool
    what: str
    """In a few words: after "and the"."""


def joints(seen: Seen) -> tuple[Joint, ...]:
    """Return every edge of the clips in which somebody speaks; none without a plan, or where nobody does."""
    if seen.plan is None or seen.timeline is None:
        return ()
    spoken = [clip for clip in seen.timeline.clips if clip.words and heard(seen.plan, clip)]
    sides = [_Side(clip, seen.plan.source(clip.source), seen.sources.get(clip.source)) for clip in spoken]
    return tuple(sorted({*_edges(seen.timeline.rate, sides)}))


class _Side(NamedTuple):
    """A clip, and what is known of its source."""

    clip: ClipSpan
    source: Source
    facts: Inspection | None

    @property
    def first(self) -> int:
        """Which word of its source it begins with."""
        return [word.id for word in self.source.words].index(self.clip.words[0])

    @property
    def last(self) -> int:
        """Which word of its source it ends with."""
        return [word.id for word in self.source.words].index(self.clip.words[-1])

    def parts(self, index: int) -> bool:
        """Say whether its source may be cut before a word: by a mark there, or by a rest of the speaker."""
        words = self.source.words
        if not 0 < index < len(words):
            return True
        last, following = words[index - 1], words[index]
        middles = (last.start + last.end) / 2, (following.start + following.end) / 2
        silences = self.facts.silences if self.facts else ()
        quiet = any(middles[0] < silence.start and silence.end < middles[1] for silence in silences)
        marked = last.text.rstrip("\"'”’) ").endswith(MARKS)
        return marked or quiet or following.cut_in - last.cut_out >= REST


def _edges(rate: Rate, sides: Sequence[_Side]) -> Iterator[Joint]:
    last: _Side | None = None
    for side in sides:
        trimmed = last is not None and last.source == side.source and 0 < side.first - last.last <= TRIM + 1
        if last and not trimmed:
            yield _end(rate, last)
        if not trimmed:
            yield _start(rate, side)
        last = side
    if last:
        yield _end(rate, last)


def _end(rate: Rate, side: _Side) -> Joint:
    said = side.source.words[max(0, side.last - 2) : side.last + 1]
    return Joint(seconds(side.clip.end_frame, rate), not side.parts(side.last + 1), f'after "{_said(said)}"')


def _start(rate: Rate, side: _Side) -> Joint:
    said = side.source.words[side.first : side.first + 3]
    return Joint(seconds(side.clip.first_frame, rate), not side.parts(side.first), f'before "{_said(said)}"')


def _said(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)
