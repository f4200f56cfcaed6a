"""Tempo: what a person's sentence says about speeds, held frames and how shots give way, and the operations for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kernel.worker.ops import Operation
from kernel.worker.ops.cut import Cut
from kernel.worker.ops.freeze import Freeze
from kernel.worker.ops.speed import Speed
from kernel.worker.ops.split import Split
from kernel.worker.ops.transition import Transition

LENGTHS = {"whip": 0.3}
"""Seconds of a kind of transition; of all others `PASSES`."""
PASSES, LEADS, HOLDS = 0.5, 0.3, 1.5
"""Seconds of a transition, of a split, of a held frame for which no other length was asked."""
_NO = r"(?:no|without(?: the| any)?|drop the|remove the|lose the|fewer)"
_JOINS = r"(?:transitions?|dissolves?|wipes?|whips?|whip[- ]?pans?|cross[- ]?fades?)"
PATTERNS: tuple[tuple[str, str, str], ...] = (
    (rf"\b{_NO} {_JOINS}\b|\b(?:plain|hard|straight) cuts\b", "join", ""),
    (r"\bwhip(?:[- ]?pan)?s?\b", "join", "whip"),
    (r"\bwipes?\b", "join", "wipe"),
    (r"\bslid(?:e|ing) transitions?\b", "join", "slide"),
    (r"\bpush(?:ing)? transitions?\b", "join", "push"),
    (r"\b(?:cross[- ]?)?dissolves?\b|\bcross[- ]?fades?\b", "join", "dissolve"),
    (r"\b(?:dips?|flash(?:es)?|fades?) (?:to|through) white\b", "join", "white"),
    (r"\bdips? (?:to|through) black\b", "join", "black"),
    (r"\b[jJ][- ]?cuts?\b", "split", "J"),
    (r"\b[lL][- ]?cuts?\b|\bsplit edits?\b", "split", "L"),
    (r"\b(?:freez\w+|hold(?:s|ing)?) (?:on |at )?(?:the )?(?:last|final|end)\b"
     r"|\bfreeze[- ]?frame\b.*\bend\b|\bend\w* (?:on|with|in) a freeze\b", "freeze", ""),
    (r"\bbackwards\b|\bin reverse\b|\breversed\b", "speed", "reverse"),
    (r"\bslow[- ]?mo(?:tion)?\b|\bhalf (?:the )?speed\b", "speed", "0.5"),
    (r"\btime[- ]?lapse\b", "speed", "8"),
    (r"\bfast[- ]?forward\b", "speed", "4"),
    (r"\bdouble (?:the )?speed\b|\btwice as fast\b", "speed", "2"),
)  # fmt: skip
"""What is asked for, the kind of operation, and which of it."""
_TIMES = re.compile(
    r"\b(?P<times>\d{1,2}(?:\.\d+)?) ?(?:x|times)\b(?: (?:the )?(?:speed|as fast|faster))?", re.IGNORECASE
)
_CLIP = re.compile(
    r"\b(?:c|clip |shot )(?P<number>\d{1,3})\b|\b(?P<edge>first|last|final) (?:clip|shot)\b", re.IGNORECASE
)
_MORE, _LESS = (
    re.compile(r"\bfaster\b|\bspeed up\b", re.IGNORECASE),
    re.compile(r"\bslower\b|\bslow down\b", re.IGNORECASE),
)
_WAY = re.compile(r"\bto the (?P<way>left|right)\b|\b(?P<tall>up|down)wards\b", re.IGNORECASE)
_SECONDS = re.compile(r"\b(?P<seconds>\d{1,2}(?:\.\d+)?) ?(?:s|secs?|seconds?)\b", re.IGNORECASE)
_OTHER = re.compile(
    r"\b(?:captions?|subtitles?|titles?|logo|music|song|sound ?track|pace"
    r"|part|lines?|sentences?|words?|where|says?|said|about|keep|include|who|when)\b",
    re.IGNORECASE,
)
_CLAUSES = re.compile(r"([,;\n]|(?<!\d)\.|\.(?!\d)|\bbut\b|\band\b)", re.IGNORECASE)
_CRUMBS = re.compile(r"^(?:[\s,;.]|\b(?:and|but|please)\b)+|(?:[\s,;.]|\b(?:and|but|please)\b)+$", re.IGNORECASE)


class Moment(NamedTuple):
    """One wish about time or joins."""

    kind: str
    """join, split, freeze or speed."""
    value: str
    """Of a join its kind, or nothing for a plain cut; of a split J or L; of a speed its factor, or `reverse`."""
    clip: str = ""
    """Which clip: its id, `first`, `last`, or nothing for all."""
    way: str = "left"
    seconds: float | None = None
    span: tuple[float, float] | None = None
    """Seconds of the cut that it is about; None for the whole."""


def moments(text: str, span: tuple[float, float] | None = None) -> tuple[Moment, ...]:
    """Return what a text wants of speeds, held frames and joins."""
    return tuple(found._replace(span=span) for clause in _CLAUSES.split(text) for found in _moments(clause))


def without(text: str) -> str:
    """Return a text without the clauses that are about that."""
    if not moments(text):
        return text
    kept = "".join(part for part in _CLAUSES.split(text) if not _moments(part))
    return _CRUMBS.sub("", kept)


def _moments(clause: str) -> list[Moment]:
    if _OTHER.search(clause):
        return []
    found = next(((kind, value) for pattern, kind, value in PATTERNS if re.search(pattern, clause, re.I)), None)
    clip, way, lasts = _CLIP.search(clause), _WAY.search(clause), _SECONDS.search(clause)
    found = found or _faster(clause, clip is not None)
    if found is None:
        return []
    which = (
        ""
        if clip is None
        else f"c{clip['number']}"
        if clip["number"]
        else clip["edge"].lower().replace("final", "last")
    )
    direction = (way["way"] or way["tall"]).lower() if way else "left"
    return [Moment(*found, which, direction, float(lasts["seconds"]) if lasts else None)]


def _faster(clause: str, named: bool) -> tuple[str, str] | None:
    """Return the speed that a clause asks for by a number, or for a clip that it names."""
    times = _TIMES.search(clause)
    if times and (named or re.search(r"\bspeed|\bfast", clause, re.IGNORECASE)):
        return "speed", times["times"]
    if named and _MORE.search(clause):
        return "speed", "1.5"
    return ("speed", "0.75") if named and _LESS.search(clause) else None


def timed(asked: Sequence[Moment], cuts: Sequence[Cut], lengths: Sequence[float]) -> list[Operation]:
    """Return the operations that do what was asked, the latest wish winning.

    Args:
        lengths: seconds of each cut.
    """
    found: dict[tuple[str, str], Operation] = {}
    for moment in asked:
        for cut in _meant(moment, cuts, lengths):
            made = _operation(moment, cut)
            key = (moment.kind, cut.id)
            found.pop(key, None)
            found |= {key: made} if made else {}
    return list(found.values())


def _meant(moment: Moment, cuts: Sequence[Cut], lengths: Sequence[float]) -> Iterator[Cut]:
    """Yield the cuts that a wish is about; of a join the one before it."""
    at = 0.0
    for index, (cut, length) in enumerate(zip(cuts, lengths, strict=True)):
        start, at = at, at + length
        last = index == len(cuts) - 1
        named = {"": True, "first": index == 0, "last": last}.get(moment.clip, moment.clip == cut.id)
        if moment.kind == "freeze":
            named = last
        if moment.kind in ("join", "split"):
            named = named and not last
            start = at
        if named and (moment.span is None or (start <= moment.span[1] and moment.span[0] <= at)):
            yield cut


def _operation(moment: Moment, cut: Cut) -> Operation | None:
    if moment.kind == "freeze":
        return Freeze(clip=cut.id, length=min(max(moment.seconds or HOLDS, 0.1), 30))
    if moment.kind == "split":
        return Split(after=cut.id, kind="J" if moment.value == "J" else "L", length=LEADS)
    if moment.kind == "speed":
        factor = 1.0 if moment.value == "reverse" else min(max(float(moment.value), 0.1), 20)
        return Speed(of=cut.id, factor=factor, reverse=moment.value == "reverse", smooth=factor < 1)
    return _transition(moment, cut) if moment.value else None


def _transition(moment: Moment, cut: Cut) -> Transition:
    dips = moment.value in ("black", "white")
    look = {"kind": "dip", "colour": moment.value} if dips else {"kind": moment.value, "direction": moment.way}
    length = min(max(moment.seconds or LENGTHS.get(moment.value, PASSES), 0.1), 2.0)
    return Transition.model_validate({"after": cut.id, "length": length, **look})
