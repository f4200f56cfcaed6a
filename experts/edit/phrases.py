"""Phrases: the smallest pieces of speech that may stand alone between two cuts.

A transcript is parted where a sentence ends, and at clauses and pauses: nobody is cut off in the middle of a breath.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from experts.edit.footage import Footage, Reel
from kernel.worker.media import Rate, Span, Word

BREATH = 0.15
"""Seconds of rest that a comma needs to be a place for a cut."""
PAUSE = 0.5
"""Seconds of rest that are a place for a cut without any mark (practice: silences of 0.4 s and more are cut)."""
THOUGHT = 0.7
"""Seconds of rest after which a listener takes a thought as finished, whatever the mark."""
AIR = 0.2
"""Seconds of quiet that clips keep beside their words round a pause (0.24 where there is room)."""
HAIR = 0.02
"""Seconds: a smaller gap between two clips is no pause."""
EDGE = 0.08
"""Seconds: speech that sounds so near to its file's end was broken off there."""
OVERLAP = 0.08
"""Seconds by which the clips of two words that run together may both hold the same instant."""
SHORTEST = 0.25
"""Seconds of the shortest phrase."""
JOINING = frozenset(["and", "but", "so", "or", "then"])
"""English words with which another thought is added to a finished one."""
ABBREVIATIONS = frozenset(
    [
        "mr.",
        "mrs.",
        "ms.",
        "dr.",
        "st.",
        "vs.",
        "etc.",
        "e.g.",
        "i.e.",
        "no.",
        "prof.",
        "sr.",
        "jr.",
        "u.s.",
        "a.m.",
        "p.m.",
    ]
)

End = Literal["sentence", "thought", "clause", "broken"]


@dataclass(frozen=True)
class Phrase:
    """A stretch of one source's words."""

    source: str
    words: tuple[Word, ...]
    ends: End
    """`thought`: no full stop, but a rest that sounds like one; `broken`: the speaker or the file stops short."""
    begins: End
    """What ended before it: after a `clause` it begins in the middle of a sentence."""
    rest: float
    """Seconds of quiet after it, measured in the samples."""
    gap: float
    """Seconds between its last word's `cut_out` and the next word's `cut_in`: what cutting there takes out."""

    @property
    def opens(self) -> bool:
        """Whether a sentence or a thought begins with it."""
        return self.begins != "clause"

    @property
    def start(self) -> float:
        """Second of the source where a clip of it begins."""
        return self.words[0].cut_in

    @property
    def end(self) -> float:
        """Second of the source where a clip of it ends."""
        return self.words[-1].cut_out

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.end - self.start

    @property
    def text(self) -> str:
        """What is said."""
        return " ".join(word.text for word in self.words)

    def frames(self, rate: Rate) -> tuple[int, int]:
        """Return its first frame and the one after its last, counted in the output's rate as the worker counts."""
        hair = 1e-6
        return (
            math.floor(self.start * float(rate.fraction) + hair),
            math.ceil(self.end * float(rate.fraction) - hair),
        )


def spoken(footage: Footage) -> list[Reel]:
    """Return the person's own sources in which anybody speaks, in their order."""
    return [reel for reel in footage.reels if reel.inspection.words and reel.role != "music"]


def phrases(reels: Iterable[Reel]) -> list[Phrase]:
    """Return all that is said, phrase by phrase, source after source."""
    return [phrase for reel in reels for phrase in of_reel(reel)]


def of_reel(reel: Reel) -> list[Phrase]:
    """Part one source's transcript."""
    words, found = reel.inspection.words, list[Phrase]()
    marked = any(_stops(word.text) for word in words)
    first = 0
    begins: End = "sentence"
    for index, word in enumerate(words):
        following = words[index + 1] if index + 1 < len(words) else None
        rest, gap = _rest(word, following, reel)
        end = _end(word, following, rest, marked) if following else _last(word, reel, marked)
        if end is None or (following and _blink(words[first], word, following)):
            continue
        found.append(Phrase(reel.id, words[first : index + 1], end, begins, rest, gap))
        first, begins = index + 1, end
    return found


def sentences(found: Sequence[Phrase]) -> list[list[Phrase]]:
    """Return the phrases in groups that open and end together."""
    groups: list[list[Phrase]] = []
    for phrase in found:
        if phrase.opens or not groups or groups[-1][-1].source != phrase.source:
            groups.append([])
        groups[-1].append(phrase)
    return groups


def _rest(word: Word, following: Word | None, reel: Reel) -> tuple[float, float]:
    """Return the quiet after a word and what a cut there takes out, in seconds."""
    until = following.cut_in if following else reel.inspection.probe.duration
    gap = max(0.0, until - word.cut_out)
    middle = (following.start + following.end) / 2 if following else reel.inspection.probe.duration
    quiet = _quiet((word.start + word.end) / 2, middle, reel.inspection.silences)
    return max(gap + AIR if gap > HAIR else gap, quiet), gap


def _quiet(start: float, end: float, silences: Sequence[Span]) -> float:
    """Return the longest silence that overlaps a stretch; the silences are in their order."""
    first = bisect_right(silences, start, key=_ending)
    after = bisect_left(silences, end, key=_beginning)
    return max((s.end - s.start for s in silences[first:after]), default=0.0)


def _beginning(span: Span) -> float:
    return span.start


def _ending(span: Span) -> float:
    return span.end


def _end(word: Word, following: Word, rest: float, marked: bool) -> End | None:
    """Say what ends with a word that another one follows; None for nothing."""
    if _breaks_off(word.text) and rest >= BREATH:
        return "broken"
    if _stops(word.text):
        return "sentence"
    if rest >= THOUGHT and not (marked and _leans_on(following)):
        return "thought" if marked else "sentence"
    clause = word.text.rstrip("\"'”’)").endswith((",", ";", ":", "–", "—"))
    return "clause" if rest >= PAUSE or (clause and rest >= BREATH) else None


def _leans_on(following: Word) -> bool:
    """Say whether the speaker rests in the middle of a sentence: what follows neither begins one nor adds another."""
    start = following.text.casefold().strip(",")
    return following.text[:1].islower() and start not in JOINING


def _blink(first: Word, last: Word, following: Word) -> bool:
    """Say whether a piece is too short to be cut out, or the points for a cut after it are not in order."""
    return last.cut_out - first.cut_in < SHORTEST or following.cut_in < last.cut_out - OVERLAP


def _last(word: Word, reel: Reel, marked: bool) -> End:
    """Say how a source's last word ends: a file that stops under a voice breaks it off."""
    duration = reel.inspection.probe.duration
    sounds_on = word.cut_out > duration - EDGE and not _quiet(word.end - 0.3, duration, reel.inspection.silences)
    if _breaks_off(word.text) or (marked and not _stops(word.text)):
        return "broken"
    return "broken" if sounds_on and reel.inspection.silences else "sentence"


def _stops(text: str) -> bool:
    bare = text.strip().rstrip("\"'”’)")
    if bare.casefold() in ABBREVIATIONS or _breaks_off(bare):
        return False
    return bare.endswith((".", "!", "?", "。", "！", "？", "।"))


def _breaks_off(text: str) -> bool:
    return bool(re.search(r"(\.\.\.|…|--|—|-)[\"'”’)]*$", text.strip()))
