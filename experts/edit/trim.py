"""Trim: small changes of a cut that is there already: a stretch made tighter or dropped, a shorter opening or ending.

What is not named stays as it was, pictures over a voice included: they keep their place against the words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from experts.edit.changes import Timed
from experts.edit.covering import Stretch, stretches
from experts.edit.footage import Footage
from experts.edit.phrases import Phrase, of_reel
from experts.edit.selects import Covering, Select, Selects
from experts.edit.wishes import meant
from kernel.worker.media import Rate

REST = 0.25
"""Seconds of rest from which a tightened stretch is cut (practice: 0.4 s elsewhere)."""
SHORTEST = 0.5
"""Seconds that are left of a tightened shot."""


class Trimmed(NamedTuple):
    """A changed cut, and where each select of the old one went: the new index, or None where it is gone."""

    selects: Selects
    places: tuple[int | None, ...]


def trim(selects: Selects, timed: Timed, footage: Footage, rate: Rate) -> Trimmed:
    """Make the selects under a stretch of the cut tighter, or drop what is heard or seen there."""
    change: dict[int, list[Select]] = {}
    for stretch in stretches(selects.selects, footage, rate):
        start, end = stretch.first / float(rate.fraction), stretch.after / float(rate.fraction)
        if start < timed.end and timed.start < end:
            change[stretch.index] = _trimmed(selects.selects[stretch.index], timed, (start, end), footage)
    changed = _replaced(selects, change, footage, rate)
    if timed.wish == "tighten" and changed.selects.selects == selects.selects:
        change = _weakest(selects, timed, footage, rate)
        changed = _replaced(selects, change, footage, rate)
    return changed


def drop_said(selects: Selects, wishes: Sequence[str], footage: Footage, rate: Rate) -> Trimmed:
    """Drop the phrases that some wishes name, and leave all else as it is."""
    found = {index: phrases_of(select, footage) for index, select in enumerate(selects.selects)}
    flat = [(index, phrase) for index, group in found.items() for phrase in group]
    gone = {id(flat[i][1]) for i in meant(wishes, [phrase for _, phrase in flat]).indices}
    change = {
        index: _runs(selects.selects[index], [None if id(phrase) in gone else phrase for phrase in group])
        for index, group in found.items()
        if any(id(phrase) in gone for phrase in group)
    }
    return _replaced(selects, change, footage, rate)


def shorter_opening(selects: Selects, footage: Footage, rate: Rate) -> Trimmed:
    """Begin later: with the next sentence or clause of the first select, or with the second select."""
    return _shorter(selects, 0, footage, rate)


def shorter_ending(selects: Selects, footage: Footage, rate: Rate) -> Trimmed:
    """End earlier, on the sentence before the last one."""
    last = max((i for i, select in enumerate(selects.selects) if select.first_word), default=len(selects.selects) - 1)
    return _shorter(selects, last, footage, rate)


def _shorter(selects: Selects, index: int, footage: Footage, rate: Rate) -> Trimmed:
    select, opening = selects.selects[index], index == 0
    found = phrases_of(select, footage)
    change: dict[int, list[Select]] = {}
    if len(found) > 1:
        cuts = [i for i in range(1, len(found)) if found[i].opens] or ([1] if opening else [])
        at = (cuts[0] if opening else cuts[-1]) if cuts else 0
        change[index] = [_joined(select, found[at:] if opening else found[:at])] if at else []
    elif not select.first_word and (select.end or 0) - (select.start or 0) >= 2 * SHORTEST:
        middle = round(((select.start or 0.0) + (select.end or 0.0)) / 2, 6)
        change[index] = [select.model_copy(update={"start": middle} if opening else {"end": middle})]
    else:
        change[index] = []
    if not opening:
        change.update({later: [] for later in range(index + 1, len(selects.selects))})
    return _replaced(selects, change, footage, rate)


def phrases_of(select: Select, footage: Footage) -> list[Phrase]:
    """Return the phrases that lie wholly in a select; none where it is given by seconds."""
    words = [word.id for word in footage.reel(select.source).inspection.words]
    if select.first_word not in words or select.last_word not in words:
        return []
    kept = set(words[words.index(select.first_word) : words.index(select.last_word) + 1])
    return [p for p in of_reel(footage.reel(select.source)) if all(word.id in kept for word in p.words)]


def _trimmed(select: Select, timed: Timed, heard: tuple[float, float], footage: Footage) -> list[Select]:
    """Return what is left of one select under a note."""
    found = phrases_of(select, footage)
    if not found:
        return _shot(select, timed, heard)
    since = heard[0] - found[0].start
    named = [_named(phrase.start + since, phrase.end + since, timed) for phrase in found]
    if timed.wish == "drop":
        return _runs(select, [None if hit else phrase for phrase, hit in zip(found, named, strict=True)])
    parts: list[Phrase | None] = []
    for index, phrase in enumerate(found):
        parts.append(phrase)
        near = named[index] or (index + 1 < len(found) and named[index + 1])
        if near and phrase.rest >= REST and phrase.gap > 0.05:
            parts.append(None)
    return _runs(select, parts)


def _named(start: float, end: float, timed: Timed) -> bool:
    """Say whether a note is about a phrase: what is dropped must mostly lie there, what is tightened may touch it."""
    if timed.wish == "tighten":
        return timed.start < end and start < timed.end
    middle = (timed.start + timed.end) / 2
    return timed.start <= (start + end) / 2 < timed.end or start <= middle < end


def _shot(select: Select, timed: Timed, heard: tuple[float, float]) -> list[Select]:
    """Return what is left of a shot: nothing, or its first half."""
    covered = min(timed.end, heard[1]) - max(timed.start, heard[0])
    if timed.wish == "drop":
        return [] if covered >= 0.5 * (heard[1] - heard[0]) else [select]
    half = (heard[1] - heard[0]) / 2
    if half < SHORTEST or select.first_word:
        return [select]
    return [select.model_copy(update={"end": round((select.start or 0.0) + half, 6)})]


def _runs(select: Select, parts: Sequence[Phrase | None]) -> list[Select]:
    """Return the stretches between the gaps."""
    found, run = list[Select](), list[Phrase]()
    for part in (*parts, None):
        if part is not None:
            run.append(part)
        elif run:
            found.append(_joined(select, run))
            run = []
    return found


def _joined(select: Select, run: Sequence[Phrase]) -> Select:
    return select.model_copy(update={"first_word": run[0].words[0].id, "last_word": run[-1].words[-1].id})


def _weakest(selects: Selects, timed: Timed, footage: Footage, rate: Rate) -> dict[int, list[Select]]:
    """Return the cut without the shortest phrase of a stretch that has no pause to lose."""
    options: list[tuple[float, int, list[Select]]] = []
    for stretch in stretches(selects.selects, footage, rate):
        found = phrases_of(selects.selects[stretch.index], footage)
        since = stretch.first / float(rate.fraction) - (found[0].start if found else 0.0)
        for index, phrase in enumerate(found if len(found) > 1 else ()):
            if (
                timed.start < phrase.end + since
                and phrase.start + since < timed.end
                and phrase.ends == "sentence" == found[index - 1].ends
            ):
                rest = [None if other is phrase else other for other in found]
                options.append((phrase.seconds, stretch.index, _runs(selects.selects[stretch.index], rest)))
    if not options:
        return {}
    _, index, left = min(options, key=lambda option: option[:2])
    return {index: left}


def _replaced(selects: Selects, change: Mapping[int, list[Select]], footage: Footage, rate: Rate) -> Trimmed:
    """Put other selects in the place of some; nothing is changed where nothing would be left."""
    for index, select in enumerate(selects.selects):
        # A breath to end on belongs to the words before it.
        if index and select.why.startswith("a breath") and change.get(index - 1) == []:
            change = {**change, index: []}
    kept = [change.get(index, [select]) for index, select in enumerate(selects.selects)]
    flat = [(old, new) for old, group in enumerate(kept) for new in group]
    if not flat:
        return Trimmed(selects, tuple(range(len(selects.selects))))
    made = tuple(new for _, new in flat)
    places = tuple(next((at for at, (o, _) in enumerate(flat) if o == old), None) for old in range(len(kept)))
    before = stretches(selects.selects, footage, rate)
    after = stretches(made, footage, rate)
    coverings = [
        covering
        for at, (old, new) in enumerate(flat)
        for covering in _moved(selects, before[old], new, after[at], footage, rate)
    ]
    return Trimmed(selects.model_copy(update={"selects": made, "coverings": tuple(coverings)}), places)


def _moved(
    selects: Selects, before: Stretch, new: Select, after: Stretch, footage: Footage, rate: Rate
) -> list[Covering]:
    """Return the pictures over what is left of a select: at the same words as before."""
    mine = [covering for covering in selects.coverings if covering.select == before.index]
    old = selects.selects[before.index]
    if old == new:
        return [covering.model_copy(update={"select": after.index}) for covering in mine]
    second = float(rate.fraction)
    since = _start(new, footage) - _start(old, footage)
    lasts, whole = (after.after - after.first) / second, (before.after - before.first) / second
    found = []
    for covering in mine:
        end = min((covering.offset + covering.length if covering.length else whole) - since, lasts)
        start = max(covering.offset - since, 0.0)
        if end - start > 0.02:
            shown = covering.start + max(0.0, since - covering.offset)
            length = None if lasts - end < 0.05 else round(end - start, 5)
            update = {"select": after.index, "offset": round(start, 5), "length": length, "start": round(shown, 5)}
            found.append(covering.model_copy(update=update))
    return found


def _start(select: Select, footage: Footage) -> float:
    words = {word.id: word for word in footage.reel(select.source).inspection.words}
    return words[select.first_word].cut_in if select.first_word in words else select.start or 0.0
