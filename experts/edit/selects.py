"""selects: what goes into the cut, in its order. Three experts make it, one per kind of footage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from pydantic import Field

from experts.edit.brief import Brief
from experts.edit.footage import Footage, Reel
from kernel.document import Document, ExpertDocument, Value


class Select(Value):
    """One stretch of a source that goes into the cut: by words where there is speech, else by seconds."""

    source: str
    first_word: str | None = None
    last_word: str | None = None
    start: float | None = None
    """Seconds of the source, where it goes by seconds; null where it goes by words."""
    end: float | None = None
    """Seconds of the source, as `start`."""
    why: str


class Covering(Value):
    """A picture laid over a select."""

    select: int = Field(ge=0)
    """Index of the select it lies over, from 0."""
    offset: float = Field(default=0.0, ge=0)
    """Seconds into that select."""
    length: float | None = None
    """Seconds; null for up to the select's end."""
    source: str
    start: float = 0.0
    """Seconds of the source where its picture begins."""
    why: str


class Selects(ExpertDocument):
    """The cut on paper: which stretches, in which order, and what covers them."""

    SCHEMA: ClassVar[str] = "Selects"
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "confidence": 0.8,
        "selects": [
            {
                "source": "s1",
                "first_word": "s1w1",
                "last_word": "s1w9",
                "start": None,
                "end": None,
                "why": "the launch",
            },
        ],
        "coverings": [],
        "note": "",
    }

    selects: tuple[Select, ...] = Field(min_length=1)
    coverings: tuple[Covering, ...] = ()
    note: str = ""
    """What the person should know: why it is shorter than asked, what was left out."""

    def problems(self, documents: Mapping[str, Document]) -> list[str]:
        """Say what the worker could not make of it, and where it is not what the brief asks for."""
        footage, brief = documents.get("footage"), documents.get("brief")
        if not isinstance(footage, Footage):
            return []
        reels = {reel.id: reel for reel in footage.reels}
        found = [*_wrong(self, reels), *_wrong_covers(self, reels)]
        if found or not isinstance(brief, Brief):
            return found
        return [*_unseen(self, reels), *_off(self, brief, reels)]


def _wrong(selects: Selects, reels: Mapping[str, Reel]) -> Iterator[str]:
    """Say which selects name what is not there."""
    for index, select in enumerate(selects.selects):
        reel = reels.get(select.source)
        if reel is None:
            yield f"Select {index} takes from {select.source}; the sources are {', '.join(reels)}."
            continue
        if reel.role == "lut":
            yield f"Select {index} takes from {select.source}, which is a LUT: there is nothing to see in it."
            continue
        words = [word.id for word in reel.inspection.words]
        if select.first_word is not None or select.last_word is not None:
            yield from _wrong_words(index, select, words)
        else:
            yield from _wrong_seconds(index, select, reel)


def _wrong_words(index: int, select: Select, words: list[str]) -> Iterator[str]:
    if select.first_word not in words or select.last_word not in words:
        has = f"the words {words[0]} to {words[-1]}" if words else "no words"
        yield f"Select {index} goes from {select.first_word} to {select.last_word}, but {select.source} has {has}."
    elif words.index(select.first_word) > words.index(select.last_word):
        yield f"Select {index} ends with {select.last_word}, which is spoken before {select.first_word}."
    elif select.start is not None or select.end is not None:
        yield f"Select {index} is given by words and by seconds: leave start and end null."


def _wrong_seconds(index: int, select: Select, reel: Reel) -> Iterator[str]:
    probe = reel.inspection.probe
    if select.start is None or select.end is None or select.end - select.start < 0.1:
        yield f"Select {index} needs first_word and last_word, or a start and an end at least 0.1 s after it."
    elif probe.kind != "still" and select.end > probe.duration + 0.05:
        yield f"Select {index} ends at {select.end:.2f} s, but {select.source} lasts {probe.duration:.2f} s."


def _wrong_covers(selects: Selects, reels: Mapping[str, Reel]) -> Iterator[str]:
    """Say which coverings lie over nothing, or show what is not there."""
    for index, cover in enumerate(selects.coverings):
        reel = reels.get(cover.source)
        if cover.select >= len(selects.selects):
            yield f"Covering {index} lies over select {cover.select}; the last one is {len(selects.selects) - 1}."
        elif reel is None or not reel.inspection.probe.has_picture:
            yield f"Covering {index} shows {cover.source}, which is no source with a picture."
        elif (
            reel.inspection.probe.kind == "video"
            and cover.start + (cover.length or 0) > reel.inspection.probe.duration + 0.1
        ):
            yield f"Covering {index} runs past the end of {cover.source} at {reel.inspection.probe.duration:.2f} s."


def _unseen(selects: Selects, reels: Mapping[str, Reel]) -> Iterator[str]:
    """Say which selects show nothing: sound alone, not covered from the first frame to the last."""
    for index, select in enumerate(selects.selects):
        if reels[select.source].inspection.probe.has_picture:
            continue
        at, end = 0.0, length_of(select, reels[select.source])
        for cover in sorted((c for c in selects.coverings if c.select == index), key=lambda c: c.offset):
            if cover.offset > at + 0.1:
                break
            at = end if cover.length is None else max(at, cover.offset + cover.length)
        if at < end - 0.1:
            yield f"Select {index} is sound alone and shows nothing from {at:.2f} s on: cover it from start to end."


def _off(selects: Selects, brief: Brief, reels: Mapping[str, Reel]) -> Iterator[str]:
    """Say whether the length is not the one asked for, unless the note says why."""
    total = sum(length_of(select, reels[select.source]) for select in selects.selects)
    if brief.length and not selects.note and abs(total - brief.length) > 0.05 * brief.length + 0.2:
        yield (
            f"The selects last {total:.1f} s, but the brief asks for {brief.length:g} s (5 % more or less):"
            " choose more or less, or say in the note why that cannot be."
        )


def length_of(select: Select, reel: Reel) -> float:
    """Return how long a select is, in seconds."""
    words = {word.id: word for word in reel.inspection.words}
    if select.first_word in words and select.last_word in words:
        return words[select.last_word].cut_out - words[select.first_word].cut_in
    return (select.end or 0.0) - (select.start or 0.0)


def tells(selects: Selects, documents: Mapping[str, Document]) -> str:
    """Return how long the selects are, and how long they should be."""
    footage = documents.get("footage")
    reels = {reel.id: reel for reel in footage.reels} if isinstance(footage, Footage) else {}
    if any(select.source not in reels for select in selects.selects):
        return ""
    return lasts(sum(length_of(select, reels[select.source]) for select in selects.selects), documents)


def lasts(seconds: float, documents: Mapping[str, Document]) -> str:
    """Return a length beside the one that the brief asks for."""
    brief = documents.get("brief")
    asked = f"; the brief asks for {brief.length:g} s" if isinstance(brief, Brief) and brief.length else ""
    return f"It lasts {seconds:.1f} s{asked}."
