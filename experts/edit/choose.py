"""Choose: which phrases make a cut of the length asked for. A knapsack over the phrases in their order.

What is weighed: seconds of good speech against breaks in a sentence, jumps, and pauses that are kept; the cut ends on a
finished sentence where there is one. Of all cuts in the window the one with the best sum wins.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from experts.edit.phrases import End, Phrase
from kernel.worker.media import Rate

JUMP = 0.3
"""What a jump over something costs, in seconds of good speech."""
BREAK = 3.0
"""What a sentence costs that is begun in its middle or left before its end."""
LINK = 0.6
"""What it costs to begin with a word that leans on what was left out: and, but, so, this."""
KEPT_PAUSE = 0.4
"""What keeping a pause costs that the pace would trim."""
SCRAP = 4.0
"""What a word or two costs that end a sentence of which nothing else is heard."""
RUN_ON = 1.0
"""What a cut costs between words that run together."""
QUIET = 0.1
"""Seconds of rest from which words do not run together."""
MUST = 1000.0
"""What leaving out a wish costs."""
LONGEST_PAUSE = 1.2
"""Seconds: no pause that is longer stays in, however short the cut."""
ENDINGS: Mapping[End, float] = {"sentence": 0.0, "thought": 4.0, "clause": 45.0, "broken": 60.0}
"""What it costs to end the whole cut so: rather a quarter shorter than in the middle of a sentence."""
OFF = 20.0
"""What it costs to miss the window at all; each percent more costs one."""
NEAR = 1.5
"""What each second costs by which the length is not the very one asked for."""
MID_SENTENCE: Mapping[End, float] = {"sentence": 0.0, "thought": 1.0, "clause": BREAK, "broken": BREAK}
"""What it costs to stop after such an end where something is left out."""
BEGINNINGS: Mapping[End, float] = {"sentence": 0.0, "thought": 1.0, "clause": BREAK, "broken": 0.0}
"""What it costs to begin after such an end."""
STATES = 400
"""Lengths that are told apart: 0.25 % of the length asked for."""
LEANING = frozenset(
    [
        "and",
        "but",
        "so",
        "because",
        "then",
        "also",
        "it",
        "this",
        "that",
        "these",
        "those",
        "they",
        "he",
        "she",
        "which",
        "who",
        "or",
    ]
)

Mode = Literal["none", "in", "sentence", "thought", "clause", "broken"]


@dataclass(frozen=True)
class Wanted:
    """What the cut should be."""

    low: int
    high: int
    target: int
    """Frames."""
    rate: Rate
    pause: float
    """Seconds of rest from which the pace trims."""
    values: tuple[float, ...]
    """Of one second of each phrase; 1 is good speech."""
    must: frozenset[int] = frozenset()
    apart: frozenset[int] = field(default=frozenset())
    """Phrases before which something was taken out for good: no join, but no break either."""
    tail: float = 0.0
    """Seconds of quiet that may follow the last word."""


class Piece(NamedTuple):
    """A stretch of phrases without a cut: the first index and the index after the last one."""

    first: int
    after: int


class Chosen(NamedTuple):
    """The phrases of the cut."""

    pieces: tuple[Piece, ...]
    frames: int
    tail: int
    """Frames of quiet after the last word."""
    lands: bool
    """Whether the length lies within what was asked for."""
    ends: End


class _Node(NamedTuple):
    score: float
    frames: int
    parent: _Node | None
    at: int
    """The phrase that was taken last."""
    joins: bool


Table = dict[tuple[Mode, int], _Node]


def choose(phrases: Sequence[Phrase], wanted: Wanted) -> Chosen | None:
    """Return the best cut; None where there is nothing to choose from."""
    ends = _ends(phrases, wanted, wanted.high)
    return _chosen(max(ends, key=lambda end: _merit(end, wanted))) if ends else _shortest(phrases, wanted)


def everything(phrases: Sequence[Phrase], wanted: Wanted) -> Chosen | None:
    """Return all of it, with the pauses trimmed."""
    if not phrases:
        return None
    node = _taken(None, 0, phrases, wanted, joins=False)
    for index in range(1, len(phrases)):
        node = _taken(node, index, phrases, wanted, joins=_joins(phrases, index, wanted))
    return _chosen(_end(node, phrases, wanted))


class _End(NamedTuple):
    node: _Node
    ends: End
    tail: int
    off: float
    """How far from what was asked for, in seconds; 0 within the window."""
    near: float
    """How far from the very length, in seconds."""


def _merit(end: _End, wanted: Wanted) -> float:
    missed = OFF + 100 * end.off * float(wanted.rate.fraction) / wanted.target if end.off else 0.0
    return end.node.score - NEAR * end.near - missed - ENDINGS[end.ends]


def _ends(phrases: Sequence[Phrase], wanted: Wanted, limit: int) -> list[_End]:
    """Return every way in which the cut may end."""
    table: Table = {("none", 0): _Node(0.0, 0, None, -1, False)}
    for index in range(len(phrases)):
        table = _best(_moves(table, index, phrases, wanted, limit), max(1, limit // STATES))
    return [_end(node, phrases, wanted) for node in table.values() if node.at >= 0]


def _end(node: _Node, phrases: Sequence[Phrase], wanted: Wanted) -> _End:
    tail = _tail(phrases[node.at], node.frames, wanted)
    frames, second = node.frames + tail, float(wanted.rate.fraction)
    off = max(wanted.low - frames, frames - wanted.high, 0) / second
    return _End(node, phrases[node.at].ends, tail, off, abs(frames - wanted.target) / second)


def _best(moves: Iterator[tuple[Mode, _Node]], step: int) -> Table:
    """Keep the best way to each length."""
    table: Table = {}
    for mode, node in moves:
        key = (mode, node.frames // step)
        if key not in table or node.score > table[key].score:
            table[key] = node
    return table


def _moves(
    table: Table, index: int, phrases: Sequence[Phrase], wanted: Wanted, limit: int
) -> Iterator[tuple[Mode, _Node]]:
    """Yield what may become of each way so far: the phrase is left out, or taken, joined to the last one or not."""
    missed = MUST if index in wanted.must else 0.0
    for (mode, _), node in table.items():
        before: Mode = phrases[index - 1].ends if mode == "in" else mode
        left = MID_SENTENCE[phrases[index - 1].ends] + _run_on(phrases, index) if mode == "in" else 0.0
        yield before, node._replace(score=node.score - missed - left)
        for joins in _ways(phrases, index, wanted) if mode == "in" else (False,):
            taken = _taken(node, index, phrases, wanted, joins, follows=mode == "in")
            if taken.frames <= limit:
                yield "in", taken


def _ways(phrases: Sequence[Phrase], index: int, wanted: Wanted) -> tuple[bool, ...]:
    """Return whether a phrase may be joined to the one before it, cut apart from it, or both."""
    if _joins(phrases, index, wanted):
        return (True,)
    can = phrases[index].source == phrases[index - 1].source and index not in wanted.apart
    return (False, True) if can and phrases[index - 1].gap <= LONGEST_PAUSE else (False,)


def _joins(phrases: Sequence[Phrase], index: int, wanted: Wanted) -> bool:
    """Say whether a phrase goes on after the one before it without a cut."""
    if index == 0 or index in wanted.apart or phrases[index].source != phrases[index - 1].source:
        return False
    return phrases[index - 1].rest <= wanted.pause or phrases[index - 1].gap < 0.1


def _taken(
    node: _Node | None, index: int, phrases: Sequence[Phrase], wanted: Wanted, joins: bool, follows: bool = True
) -> _Node:
    """Return the way with one more phrase; `follows` says that the one before it in the footage is its last."""
    phrase = phrases[index]
    first, after = phrase.frames(wanted.rate)
    if joins:
        first = phrases[index - 1].frames(wanted.rate)[1]
    cost = 0.0
    if not follows:
        opens_the_cut = node is None or node.at < 0
        cost = JUMP + _start_cost(phrases, index, wanted) * (2 if opens_the_cut else 1)
    elif joins and phrases[index - 1].rest > wanted.pause:
        cost = KEPT_PAUSE + phrases[index - 1].gap
    score, frames = (node.score, node.frames) if node else (0.0, 0)
    gain = wanted.values[index] * phrase.seconds - cost
    parent = node if node and node.at >= 0 else None
    return _Node(score + gain, frames + after - first, parent, index, joins)


def _start_cost(phrases: Sequence[Phrase], index: int, wanted: Wanted) -> float:
    """Return what it costs that what comes before a phrase is not heard."""
    if index in wanted.apart:
        return 0.0
    leans = LINK if index and phrases[index].words[0].text.casefold().strip(",.") in LEANING else 0.0
    scrap = SCRAP if not phrases[index].opens and len(phrases[index].words) < 3 else 0.0
    return leans + scrap + BEGINNINGS[phrases[index].begins] + _run_on(phrases, index)


def _run_on(phrases: Sequence[Phrase], index: int) -> float:
    """Return what it costs to cut before a phrase, for how closely it follows."""
    return (
        RUN_ON
        if index and phrases[index - 1].rest < QUIET and phrases[index].source == phrases[index - 1].source
        else 0.0
    )


def _tail(phrase: Phrase, frames: int, wanted: Wanted) -> int:
    """Return the frames of quiet after the last word: half a second to end on, more or less to meet the length."""
    second = float(wanted.rate.fraction)
    quiet = phrase.end + min(phrase.gap, wanted.tail)
    most = max(0, int(quiet * second) - phrase.frames(wanted.rate)[1])
    missing = wanted.target - frames
    natural = min(most, round(0.5 * second), max(0, wanted.high - frames))
    tail = min(most, max(missing, natural))
    return tail if tail >= math.ceil(0.1 * second) else 0


def _chosen(end: _End) -> Chosen:
    """Read the pieces back from the last phrase to the first."""
    pieces: list[Piece] = []
    node: _Node | None = end.node
    after = 0
    while node is not None:
        after = after or node.at + 1
        if not node.joins:
            pieces.append(Piece(node.at, after))
            after = 0
        node = node.parent
    return Chosen(tuple(reversed(pieces)), end.node.frames, end.tail, end.off == 0, end.ends)


def _shortest(phrases: Sequence[Phrase], wanted: Wanted) -> Chosen | None:
    """Return the shortest phrase that may stand alone, where all are longer than what was asked for."""
    if not phrases:
        return None

    def merit(index: int) -> tuple[float, float]:
        return ENDINGS[phrases[index].ends] + BEGINNINGS[phrases[index].begins], phrases[index].seconds

    index = min(range(len(phrases)), key=merit)
    return _chosen(_end(_taken(None, index, phrases, wanted, joins=False), phrases, wanted))
