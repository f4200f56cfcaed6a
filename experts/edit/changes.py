"""Changes: what an instruction for a rerun asks for, by rules, and a brief or a caption style with it applied."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from experts.edit import grading, tempo, wording
from experts.edit.brief import Brief
from experts.edit.directives import DROP, KEEP
from experts.edit.grading import Wish
from experts.edit.lengths import lengths
from experts.edit.naming import spellings_in, without_spellings
from experts.edit.reading import read_brief
from experts.edit.spelling import Spelling
from experts.edit.takes import SMALL, bare
from experts.edit.tempo import Moment
from kernel.worker.ops.captions import Captions

SIZES = ("small", "medium", "large", "huge")
STEP = 0.8
"""A cut that should be "shorter" gets so much of its length; "longer" the inverse."""
TIMED = re.compile(
    r"(?:\b(?:at|around|near|from|between|@)\s*)?(?P<from>\d{1,3}:[0-5]\d(?:\.\d+)?)"
    r"(?:\s*(?:-|–|to|and|until|till)\s*(?P<to>\d{1,3}:[0-5]\d(?:\.\d+)?))?",
    re.IGNORECASE,
)
_SECOND = re.compile(r"\b(?:at|around|near)\s+(?P<from>\d+(?:\.\d+)?)\s*(?:s|secs?|seconds?)\b", re.IGNORECASE)
_GO = re.compile(r"\b(?:drop|cut|remove|lose|delete|skip|take out|get rid of|leave out|omit|without)\b", re.IGNORECASE)
_SLACK = re.compile(
    r"\b(?:slow|drags?|dragging|long|shorter|shorten|tighten|tighter|trim|boring|pauses?|gap|dead air|faster|speed)\b",
    re.IGNORECASE,
)
_OPENING = r"(?:opening|intro|introduction|start|beginning|first (?:clip|shot|part|line|sentence|bit)|hook)"
_ENDING = r"(?:ending|outro|end|last (?:clip|shot|part|line|sentence|bit))"
_LESS = r"(?:shorter|tighter|quicker|faster|snappier)"
PLACES = re.compile(rf"\b(?:{_OPENING}|{_ENDING})\b", re.IGNORECASE)
HERE = frozenset({"line", "part", "bit", "section", "clip", "shot", "sentence", "phrase", "thing", "bits", "parts"})
"""Words that mean the place that a note is about."""
AROUND = 1.5
"""Seconds before and after a time that is named alone."""


class Timed(NamedTuple):
    """A note about a stretch of the cut that was seen, in its seconds."""

    start: float
    end: float
    wish: Literal["tighten", "drop"]


class Changes(NamedTuple):
    """What an instruction asks for."""

    text: str
    brief: str
    """What of it speaks of the whole cut, as a message that adds to the brief."""
    factor: float = 1.0
    """Of the length, where it says shorter or longer without a number."""
    opening: bool = False
    """Whether the opening should be shorter."""
    ending: bool = False
    """Whether the ending should be shorter."""
    timed: tuple[Timed, ...] = ()
    no_title: bool = False
    style: tuple[tuple[str, str], ...] = ()
    """Fields of the captions and their new values."""
    steps: int = 0
    """Sizes by which the captions grow."""
    time: tuple[Moment, ...] = ()
    """What it asks of speeds, held frames and joins."""
    picture: tuple[Wish, ...] = ()
    """What it asks of colours, zooms, shaking and grain."""
    spells: tuple[Spelling, ...] = ()
    """Names and how they are spelt."""
    louder: int = 0
    """Steps of 4 dB by which the music gets louder, below 0 softer."""

    @property
    def understood(self) -> bool:
        """Whether anything in it was understood."""
        plain = read_brief("x")
        asked = read_brief(self.brief or "x").model_copy(update={"text": "x"})
        quiet = self._replace(text="", brief="") == Changes("", "")
        return not quiet or asked != plain


def read_change(text: str, scope: object = None) -> Changes:
    """Return what an instruction asks for.

    Args:
        scope: `{"from": s, "to": s}` in seconds of the cut that was seen, where the note is about a stretch of it.
    """
    spells = spellings_in([text])
    if spells:
        rest = without_spellings(text)
        change = read_change(rest, scope) if rest else Changes(text, "")
        return change._replace(text=text, spells=spells)
    timed = _timed(text, scope)
    time = tempo.moments(text, (timed[0].start, timed[0].end) if timed else None)
    rest = tempo.without(text) if time else text
    change = _read_change(rest, scope) if rest else Changes(text, "")
    return change._replace(text=text, time=time)


def _read_change(text: str, scope: object) -> Changes:
    timed = () if grading.about_picture(text) and not _GO.search(text) else _timed(text, scope)
    rest = TIMED.sub(" ", _SECOND.sub(" ", text)) if timed else text
    part = _part(rest)
    plain = "" if timed or part != (False, False) else text
    captioned = wording.captions(text) is not False
    return Changes(
        text=text,
        brief=plain or _kept_brief(rest),
        factor=1.0 if timed or part != (False, False) or lengths(text) else _factor(text),
        opening=part[0],
        ending=part[1],
        timed=timed,
        no_title=bool(wording.NO_TITLE.search(text)),
        style=tuple(sorted(wording.caption_style(_about_captions(rest)).items())) if captioned else (),
        steps=wording.caption_steps(_about_captions(rest)),
        picture=_pictured(text, scope),
        louder=_louder(text),
    )


def _pictured(text: str, scope: object) -> tuple[Wish, ...]:
    """Return what a note asks of the picture, of the stretch that it names where it names one."""
    timed = _timed(text, scope)
    return grading.wishes(text, (timed[0].start, timed[0].end) if timed else None)


def _kept_brief(text: str) -> str:
    """Return the clauses of a note about one place that speak of the whole all the same."""
    clauses = [clause.strip() for clause in re.split(r"[,;.\n]|\band\b", text)]
    whole = (
        clause
        for clause in clauses
        if _names_something(clause) or lengths(clause) or wording.shapes(clause) or wording.title(clause)
    )
    return ", ".join(clause for clause in whole if not PLACES.search(clause))


def _names_something(clause: str) -> bool:
    """Say whether a clause keeps or drops something by name: not "drop that", which means the place of the note."""
    match = DROP.search(clause) or KEEP.search(clause)
    return bool(match) and any(word not in SMALL and word not in HERE for word in bare(match["what"] if match else ""))


def _timed(text: str, scope: object) -> tuple[Timed, ...]:
    wish: Literal["tighten", "drop"] = "drop" if _GO.search(text) and not _SLACK.search(text) else "tighten"
    if isinstance(scope, Mapping) and scope.get("from") is not None:
        start = float(scope["from"])
        return (Timed(start, max(float(scope.get("to") or start), start + 0.001), wish),)
    found = [match for match in TIMED.finditer(text) if not _is_length(text, match.group("from"))]
    marks = [(m["from"], m["to"]) for m in found] or [(m["from"], None) for m in _SECOND.finditer(text)]
    return tuple(_stretch(start, end, wish) for start, end in marks)


def _is_length(text: str, clock: str) -> bool:
    return bool(lengths(text)) or clock in ("9:16", "16:9")


def _stretch(start: str, end: str | None, wish: Literal["tighten", "drop"]) -> Timed:
    first = _seconds(start)
    return Timed(first, _seconds(end), wish) if end else Timed(max(0.0, first - AROUND), first + AROUND, wish)


def _seconds(clock: str) -> float:
    minutes, _, seconds = clock.rpartition(":")
    return 60 * float(minutes or 0) + float(seconds)


def _part(text: str) -> tuple[bool, bool]:
    """Say whether the opening or the ending should be shorter."""
    before = rf"\b{{}}\b[^,.;]*\b(?:{_LESS}|too long|too slow|slow|drags|long|shorten)\b"
    after = rf"\b(?:shorten|tighten|trim|{_LESS}|less)\b[^,.;]*\b{{}}\b"
    first, last = (
        any(re.search(pattern.format(which), text, re.IGNORECASE) for pattern in (before, after))
        for which in (_OPENING, _ENDING)
    )
    return bool(first), bool(last)


def _factor(text: str) -> float:
    if re.search(r"\bshorter\b|\bshorten\b|\btoo long\b", text, re.IGNORECASE):
        return STEP
    return 1 / STEP if re.search(r"\blonger\b|\btoo short\b", text, re.IGNORECASE) else 1.0


def _about_captions(text: str) -> str:
    """Return the clauses that may be about captions: not those about titles, music or a line."""
    other = re.compile(r"\btitles?\b|\bmusic\b|\blogo\b|\bpicture\b|\bzoom\b", re.IGNORECASE)
    clauses = [clause.strip() for clause in re.split(r"[,.;\n]", text)]
    plain = [c for c in clauses if not other.search(c) and not grading.about_picture(c)]
    return ", ".join(c for c in plain if not DROP.search(c) and not KEEP.search(c))


def _louder(text: str) -> int:
    clauses = [clause for clause in re.split(r"[,.;\n]", text) if wording.SOME_MUSIC.search(clause)]
    said = " ".join(clauses)
    up = bool(re.search(r"\blouder\b|\bturn(?: the \w+)? up\b|\bmore\b|\btoo (?:quiet|soft)\b", said, re.IGNORECASE))
    down = bool(
        re.search(r"\b(?:quieter|softer|lower)\b|\bturn(?: the \w+)? down\b|\bless\b|\btoo loud\b", said, re.IGNORECASE)
    )
    return up - down


def amended(brief: Brief, changes: Iterable[Changes]) -> Brief:
    """Return the brief with all changes applied, oldest first."""
    for change in changes:
        if change.brief:
            asked = read_brief(change.brief, brief)
            brief = asked.model_copy(update={"caption_wishes": brief.caption_wishes, "text": brief.text})
        if change.no_title:
            brief = brief.model_copy(update={"title": None})
        if change.factor != 1.0 and brief.length:
            brief = brief.model_copy(
                update={"length": round(brief.length * change.factor, 2), "length_is_exact": False}
            )
    return brief


def restyled(captions: Captions, change: Changes) -> Captions:
    """Return the captions with one change applied."""
    size = SIZES[min(max(SIZES.index(captions.size) + change.steps, 0), len(SIZES) - 1)]
    return captions.model_copy(update={"size": size, **dict(change.style)})


def not_understood(changes: Iterable[Changes]) -> list[str]:
    """Say which instructions the rules made nothing of."""
    return [
        f'The offline director did not understand "{c.text}": nothing was changed for it.'
        for c in changes
        if not c.understood
    ]
