"""words_kept: the words that are heard in a render against those that its plan keeps.

Both come from the same recogniser, but what it hears hangs on what lies round a word: on real talks and sentences
without sense ("lay blue at X4", heard as "LAB blue attacks 4"), with music and without, up to two words in a row came
out otherwise in a good render. So words are compared by their letters and by when they are said, and a passage counts
as missing by how many more of its words are missing than are heard; one that seems to be missing is listened to again
by itself before anybody is told.
"""

from __future__ import annotations

import unicodedata
import wave
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from kernel.document import Value
from kernel.evaluation.case import Case
from kernel.worker.media import Word
from kernel.worker.plan import EditPlan
from kernel.worker.runs import UNIT
from kernel.worker.sound import RATE, Coded
from kernel.worker.timing import ClipSpan, Timeline
from kernel.worker.transcribe import Heard
from kernel.worker.voices import heard as is_heard

NEAR = 0.9
"""Seconds by which a word may be heard beside its place; in good renders it was at most 0.58."""
FEW = 4
"""Words more missing than heard in a passage from which on it is missing: good renders had at most 2."""
GAP = 60
"""Words between two that are equal from which on they are compared in parts: letters are compared each with each."""
SLOWEST, FASTEST = 0.7, 1.5
"""Speeds between which speech is understood."""
PIECE = 2
"""Letters in a row that are alike by more than chance."""
AGAIN = 8
"""Passages that are listened to again."""
PAD = 0.4
"""Seconds round a passage that are listened to with it."""


class Passage(Value):
    """Words in a row, and when they are said, or should be, in seconds of the video."""

    start: float
    end: float
    text: str
    words: int


class WordsKept(Value):
    """What is heard of the words that a plan keeps."""

    planned: int
    """Words that the plan keeps where they can be heard."""
    heard: int
    """So many of them were heard in their places."""
    missing: tuple[Passage, ...] = ()
    """Passages that were not, the longest first."""
    added: tuple[Passage, ...] = ()
    """Passages of the footage that are heard where the plan does not have them, the longest first."""

    @property
    def share(self) -> float:
        """Share of the kept words that was heard, 0 to 1; 1 where there are none."""
        return self.heard / self.planned if self.planned else 1.0


class Said(NamedTuple):
    """A word of the video."""

    text: str
    letters: str
    """What it is compared by."""
    start: float
    end: float


def words_kept(case: Case, heard: Heard | None, samples: Coded) -> WordsKept | None:
    """Compare what is heard with what the plan keeps.

    Args:
        case: the video, its plan, and who listens again to what seems to be missing.
        heard: its words; None where nobody listened.
        samples: its sound, mono, 16 kHz.

    Returns:
        None without a plan or where nobody listened.
    """
    timeline = case.timeline
    if case.plan is None or timeline is None or heard is None:
        return None
    kept = planned(case.plan, timeline)
    found = sorted((_said(word) for word in heard.words), key=lambda word: word.start)
    met = matched(kept, found)
    for passage in passages(kept, met.kept)[: AGAIN if case.recogniser else 0]:
        again = _listened(passage, samples, case)
        met = Met(met.kept | matched(kept, again).kept, met.heard)
    return WordsKept(
        planned=len(kept),
        heard=len(met.kept),
        missing=tuple(passages(kept, met.kept)),
        added=tuple(_added(case.plan, found, met.heard)),
    )


def planned(plan: EditPlan, timeline: Timeline) -> list[Said]:
    """Return the words that the plan keeps and that can be understood, as their transcript has them."""
    own = {word.id: word.text for source in plan.sources for word in source.words}
    clear = [clip for clip in timeline.clips if is_heard(plan, clip) and _understood(clip)]
    rate = float(timeline.rate.fraction)
    return [
        Said(text, letters, word.first_frame / rate, word.last_frame / rate)
        for word in timeline.spoken
        if any(clip.first_frame <= word.first_frame < clip.end_frame for clip in clear)
        and (letters := _letters(text := own.get(word.id, word.text)))
    ]


def _understood(clip: ClipSpan) -> bool:
    speeds = [run.step / UNIT for run in clip.runs]
    return all(SLOWEST <= speed <= FASTEST for speed in speeds)


def _said(word: Word, later: float = 0.0) -> Said:
    return Said(word.text, _letters(word.text), word.start + later, word.end + later)


def _letters(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if letter.isalnum())


class Met(NamedTuple):
    """Which words met one of the other side, by their numbers."""

    kept: frozenset[int]
    heard: frozenset[int]


def matched(kept: Sequence[Said], heard: Sequence[Said]) -> Met:
    """Return which words of a plan are heard, in order and in their places, and which heard words are these."""
    pairs = _chain(kept, heard)
    for before, after in zip([(-1, -1), *pairs], [*pairs, (len(kept), len(heard))], strict=True):
        pairs = [*pairs, *_between(kept, heard, range(before[0] + 1, after[0]), range(before[1] + 1, after[1]))]
    return Met(frozenset(i for i, _ in pairs), frozenset(j for _, j in pairs))


def _chain(kept: Sequence[Said], heard: Sequence[Said]) -> list[tuple[int, int]]:
    """Return the longest chain of equal words, in order, each near its place (Hunt and Szymanski's way)."""
    ends: list[int] = []
    links: list[_Link] = []
    starts = [word.start for word in heard]
    for i, word in enumerate(kept):
        first, last = bisect_left(starts, word.start - NEAR), bisect_left(starts, word.start + NEAR)
        for j in reversed(range(first, last)):
            if heard[j].letters == word.letters:
                place = bisect_left(ends, j)
                link = _Link(i, j, links[place - 1] if place else None)
                ends[place : place + 1], links[place : place + 1] = [j], [link]
    return list(_followed(links[-1] if links else None))[::-1]


class _Link(NamedTuple):
    kept: int
    heard: int
    before: _Link | None


def _followed(link: _Link | None) -> Iterator[tuple[int, int]]:
    while link:
        yield link.kept, link.heard
        link = link.before


def _between(kept: Sequence[Said], heard: Sequence[Said], own: range, found: range) -> Iterator[tuple[int, int]]:
    """Yield the words between two that are equal which are alike by half of their letters: "F two" and "F2"."""
    if not own or not found:
        return
    if len(own) > GAP:
        middle = own[len(own) // 2]
        parted = bisect_left([heard[j].start for j in found], kept[middle].start) + found.start
        yield from _between(kept, heard, range(own.start, middle), range(found.start, parted))
        yield from _between(kept, heard, range(middle, own.stop), range(parted, found.stop))
        return
    left = [(letter, i) for i in own for letter in kept[i].letters]
    right = [(letter, j) for j in found for letter in heard[j].letters]
    blocks = SequenceMatcher(None, [a for a, _ in left], [b for b, _ in right], autojunk=False).get_matching_blocks()
    met: dict[int, list[int]] = {}
    for block in blocks:
        for step in range(block.size if block.size >= PIECE else 0):
            i, j = left[block.a + step][1], right[block.b + step][1]
            if abs(kept[i].start - heard[j].start) <= NEAR:
                met.setdefault(i, []).append(j)
    for i, those in met.items():
        if 2 * len(those) >= len(kept[i].letters):
            yield from ((i, j) for j in set(those))
    yield from _figures(kept, heard, own, found)


def _figures(kept: Sequence[Said], heard: Sequence[Said], own: range, found: range) -> Iterator[tuple[int, int]]:
    """Yield numbers that one side has in figures and the other in words, at the same time: "15th", "fifteenth"."""
    for i in own:
        for j in found:
            together = kept[i].start < heard[j].end and heard[j].start < kept[i].end
            if together and _has_figures(kept[i]) != _has_figures(heard[j]):
                yield i, j


def _has_figures(word: Said) -> bool:
    return any(letter.isdigit() for letter in word.letters)


def passages(words: Sequence[Said], met: frozenset[int]) -> list[Passage]:
    """Return the passages of which at least `FEW` words more are missing than met, the longest first."""
    found, left = [], [(0, len(words))]
    while left:
        low, high = left.pop()
        excess, first, last = _worst(low, high, met)
        if excess >= FEW:
            found.append(_passage(words[first:last]))
            left += [(low, first), (last, high)]
    return sorted(found, key=lambda passage: (-passage.words, passage.start))


def _worst(low: int, high: int, met: frozenset[int]) -> tuple[int, int, int]:
    """Return by how much, and where, the missing words outnumber the others the most."""
    best, run, begins = (0, low, low), 0, low
    for number in range(low, high):
        if run <= 0:
            run, begins = 0, number
        run += -1 if number in met else 1
        if run > best[0]:
            best = (run, begins, number + 1)
    return best


def _passage(words: Sequence[Said]) -> Passage:
    text = " ".join(word.text for word in words)
    return Passage(start=round(words[0].start, 3), end=round(words[-1].end, 3), text=text, words=len(words))


def _listened(passage: Passage, samples: Coded, case: Case) -> list[Said]:
    """Return what is heard of a passage by itself."""
    first = max(0.0, passage.start - PAD)
    with TemporaryDirectory(dir=case.work) as folder:
        wav = Path(folder) / "passage.wav"
        with wave.open(str(wav), "wb") as file:
            file.setparams((1, 2, RATE, 0, "NONE", ""))
            file.writeframes(samples[round(first * RATE) : round((passage.end + PAD) * RATE)].astype("<i2").tobytes())
        heard = case.recogniser.hear(wav, "v") if case.recogniser else Heard()
    return [_said(word, first) for word in heard.words]


def _added(plan: EditPlan, found: Sequence[Said], met: frozenset[int]) -> Iterator[Passage]:
    """Yield what is heard beyond the plan and is said like that in its footage: the rest is the recogniser's own."""
    known = {
        tuple(row[n : n + FEW])
        for source in plan.sources
        for row in [[_letters(word.text) for word in source.words]]
        for n in range(len(row) - FEW + 1)
    }
    for passage in passages(found, met):
        row = [_letters(word) for word in passage.text.split()]
        if any(tuple(row[n : n + FEW]) in known for n in range(len(row) - FEW + 1)):
            yield passage
