"""Covering: pictures over a voice. They change where a phrase ends, two to five seconds apart by the pace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from experts.edit.footage import Footage, Reel
from experts.edit.phrases import of_reel
from experts.edit.selects import Covering, Select
from experts.edit.strips import Shelf, Taken, strips
from kernel.worker.media import Rate, Word

LENGTHS = {"slow": 4.5, "normal": 3.2, "fast": 2.2}
"""Seconds of a picture by pace (social video 1 to 3 s, calm ones 3 to 6: practice)."""
LEAST, MOST = 0.55, 1.6
"""Of that length: no picture is shorter or longer where the phrases allow it."""


@dataclass(frozen=True)
class Stretch:
    """One select in whole frames of the cut, and the frames in it at which a phrase ends."""

    index: int
    first: int
    after: int
    turns: tuple[int, ...] = ()


@dataclass(frozen=True)
class _Part:
    """A picture on the timeline, in frames."""

    first: int
    after: int
    taken: Taken


def stretches(selects: Sequence[Select], footage: Footage, rate: Rate) -> list[Stretch]:
    """Lay selects out one after another in whole frames, as the worker does."""
    reels = {id: footage.reel(id) for id in {select.source for select in selects}}
    words = {id: {word.id: word for word in reel.inspection.words} for id, reel in reels.items()}
    turns = {id: [phrase.frames(rate)[1] for phrase in of_reel(reel)] for id, reel in reels.items()}
    found: list[Stretch] = []
    at, came_from, begun = 0, ("", -1.0), 0
    for index, select in enumerate(selects):
        start, end, first, after = _frames(select, words[select.source], rate)
        if came_from[0] == select.source and abs(came_from[1] - start) * float(rate.fraction) < 1:
            # One frame is the edge of both: the nearest to where the words end.
            first = max(round(came_from[1] * float(rate.fraction)), begun + 1)
            at = found[-1].first + first - begun
            found[-1] = replace(found[-1], after=at)
        frames = max(1, after - first)
        inside = (at + turn - first for turn in turns[select.source] if first < turn < after and select.first_word)
        found.append(Stretch(index, at, at + frames, tuple(inside)))
        at, came_from, begun = at + frames, (select.source, end), first
    return found


def _frames(select: Select, words: Mapping[str, Word], rate: Rate) -> tuple[float, float, int, int]:
    """Return a select's seconds of its source, and its first frame and the one after its last, as the worker counts."""
    second = float(rate.fraction)
    if select.first_word is None or select.last_word is None:
        start, end = select.start or 0.0, select.end or 0.0
        return start, end, round(start * second), round(end * second)
    start, end = words[select.first_word].cut_in, words[select.last_word].cut_out
    return start, end, int(start * second + 1e-6), -int(-(end * second - 1e-6) // 1)


def cover_all(
    selects: Sequence[Select], footage: Footage, reels: Sequence[Reel], pace: str, rate: Rate
) -> tuple[list[Covering], int]:
    """Return pictures over every frame of the selects, and how many rounds through all pictures it took."""
    laid = stretches(selects, footage, rate)
    marks = _changes(laid, pace, rate)
    shelf = Shelf.of(strips(reels))
    parts: list[_Part] = []
    for first, after in pairwise(marks):
        while first < after:
            taken, shelf = shelf.take((after - first) / float(rate.fraction), LEAST * LENGTHS[pace])
            frames = _whole(taken, after - first, round(LEAST * LENGTHS[pace] * float(rate.fraction)), rate)
            parts.append(_Part(first, first + frames, taken))
            first += frames
    return [covering for part in parts for covering in _over(part, laid, rate)], shelf.rounds


def _whole(taken: Taken, left: int, least: int, rate: Rate) -> int:
    """Return how many frames a picture stands: what is left after it is nothing, or enough for another one."""
    frames = max(1, int(taken.seconds * float(rate.fraction) + 1e-6))
    if left - frames <= 2:
        return left
    return frames if left - frames >= least else max(min(frames, left - least), frames // 2, 1)


def _changes(laid: Sequence[Stretch], pace: str, rate: Rate) -> list[int]:
    """Return the frames at which the picture changes, both ends of the cut with them."""
    ideal = LENGTHS[pace] * float(rate.fraction)
    turns = sorted({turn for stretch in laid for turn in (*stretch.turns, stretch.after)})
    marks, end = [0], laid[-1].after
    while end - marks[-1] > MOST * ideal:
        near = [t for t in turns if LEAST * ideal <= t - marks[-1] <= MOST * ideal and end - t >= LEAST * ideal]
        wish = marks[-1] + ideal
        marks.append(min(near, key=lambda turn: abs(turn - wish)) if near else round(wish))
    return [*marks, end] if end > marks[-1] else marks


def _over(part: _Part, laid: Sequence[Stretch], rate: Rate) -> list[Covering]:
    """Part a picture where the selects under it change: it runs on over the cut in the voice."""
    second = float(rate.fraction)
    found = []
    for stretch in laid:
        first, after = max(part.first, stretch.first), min(part.after, stretch.after)
        if first < after:
            found.append(
                Covering(
                    select=stretch.index,
                    offset=round((first - stretch.first) / second, 5),
                    length=None if after == stretch.after else round((after - first) / second, 5),
                    source=part.taken.source,
                    start=round((round(part.taken.start * second) + first - part.first) / second, 5),
                    why="a picture for the voice",
                )
            )
    return found


def cover_jumps(selects: Sequence[Select], footage: Footage, reels: Sequence[Reel], rate: Rate) -> list[Covering]:
    """Return pictures over the jumps between two stretches of the same shot, two seconds each, never two in a row."""
    laid = stretches(selects, footage, rate)
    shelf, found, last = Shelf.of(strips(reels)), list[Covering](), 0
    for before, stretch in pairwise(laid):
        long_enough = stretch.after - stretch.first >= 3 * float(rate.fraction)
        jumps = selects[before.index].source == selects[stretch.index].source
        if jumps and long_enough and stretch.first - last >= 5 * float(rate.fraction):
            taken, shelf = shelf.take(2.0, 1.0)
            if shelf.rounds > 1 or taken.seconds < 1.0:
                break
            last = stretch.first
            found.append(_jump(stretch, taken))
    return found


def _jump(stretch: Stretch, taken: Taken) -> Covering:
    length = round(taken.seconds - 0.04, 4)
    return Covering(select=stretch.index, length=length, source=taken.source, start=taken.start, why="hides a jump")
