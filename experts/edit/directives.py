"""Directives: what a person wants kept and dropped, in their words, read from a message that says other things too."""

from __future__ import annotations

import re
from typing import NamedTuple

from experts.edit.grading import about_picture
from experts.edit.lengths import lengths
from experts.edit.wording import CAPTION, SOME_CAPTIONS, SOME_MUSIC, SOUND, shapes

_POLITE = r"^(?:(?:please|and|also|but|then|just|definitely|absolutely|always) )*"
_KEEP = "|".join(
    [
        r"keep(?: in)?",
        r"include",
        r"leave in",
        r"make sure (?:to keep|you keep|to include)",
        r"(?:do not|don'?t|never) (?:drop|cut|lose|remove|touch)",
        r"must have",
        r"hold on to",
    ]
)
_DROP = "drop|cut out|cut|lose|remove|without|leave out|skip|take out|get rid of|delete|omit|trim|no"
KEEP = re.compile(rf"{_POLITE}(?:{_KEEP})\s+(?P<what>.+)$", re.IGNORECASE)
DROP = re.compile(rf"{_POLITE}(?:{_DROP})\s+(?:out )?(?P<what>.+)$", re.IGNORECASE)
_LATE_DROP = re.compile(r"\b(?:without|dropping|leaving out|minus|but not)\s+(?P<what>.+)$", re.IGNORECASE)
_WHOLE = r"(?:it|this|that|them|everything|the (?:video|cut|edit|talk|clip|footage|whole thing))"
_HOW = (
    r"(?:to|down|under|at|on|short|tight|snappy|simple|calm|vertical|square|fast|slow|moving|real|clean|in|all|for)\b.*"
)
_NO_WISH = re.compile(
    "^(?:"
    + "|".join(
        [
            rf"{_WHOLE}\s+(?:\w+\s+)?{_HOW}",
            r"(?:to|down|on|the pace|the rhythm|under|below|shadow|longer than|more than|in order|hook|titles?)\b.*",
            r".*\b(?:to|under|below|at) (?:exactly |about |around )?(?:\d|half a|a minute).*",
            rf"(?:\w+ )?{CAPTION}\b.*",
            rf"(?:the |any )?(?:\w+ )?{SOUND}\b.*",
            r"(?:an? )?\d+[\s-]?(?:s|sec\w*|min\w*)\b.*",
            r"it|everything|all",
        ]
    )
    + ")$",
    re.IGNORECASE,
)
"""What looks like a wish but speaks of the whole: cut it to 30 seconds, keep it snappy, no music."""
_VERBS = "keep|drop|cut|lose|remove|skip|without|leave|take out|get rid|delete|omit|include|don'?t|do not|no|make"
_SPLIT = re.compile(
    r"[;\n]|(?<!\b(?-i:[A-Z]))[.!?](?=\s|$)|,|" + rf"\b(?:and|but|then)\b(?=\s+(?:please\s+)?(?:{_VERBS})\b)",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"^(?:and\s+)?(?:the|that|this|my|his|her|their|our|where|what|when|every|all|any|[\"“‘'])\b|^[\"“‘']",
    re.IGNORECASE,
)


class Wishes(NamedTuple):
    """What must stay and what must go, in the person's words."""

    keep: tuple[str, ...]
    drop: tuple[str, ...]


def wishes(text: str) -> Wishes:
    """Return what the text wants kept and dropped."""
    found: dict[str, list[str]] = {"keep": [], "drop": []}
    last = ""
    for clause in (part.strip() for part in _clauses(text)):
        which, what = _directive(clause)
        if which:
            last = which if what else ""
        elif last and _GOES_ON.search(clause) and not _says_else(clause):
            which, what = last, clause
        else:
            last = ""
        if which and what:
            found[which] += _listed(what)
    return Wishes(tuple(dict.fromkeys(found["keep"])), tuple(dict.fromkeys(found["drop"])))


def _clauses(text: str) -> list[str]:
    """Part a text where a new wish begins, never inside quotation marks."""
    quotes = [match.span() for match in re.finditer(r"[\"“][^\"”\n]*[\"”]", text)]
    marks = [m for m in _SPLIT.finditer(text) if not any(a < m.start() < b for a, b in quotes)]
    edges = [0, *(edge for mark in marks for edge in mark.span()), len(text)]
    return [text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _directive(clause: str) -> tuple[str, str]:
    """Return which list a clause speaks of, and what it names; empty words where it speaks of something else."""
    if about_picture(clause):
        return "", ""
    for which, pattern in (("keep", KEEP), ("drop", DROP)):
        match = pattern.search(clause)
        if match:
            return which, "" if _NO_WISH.search(match["what"].strip()) else match["what"]
    late = _LATE_DROP.search(clause)
    if late and not _NO_WISH.search(late["what"].strip()):
        return "drop", late["what"]
    return "", ""


def _says_else(clause: str) -> bool:
    return bool(lengths(clause) or shapes(clause) or SOME_CAPTIONS.search(clause) or SOME_MUSIC.search(clause))


def _listed(what: str) -> list[str]:
    """Part "the launch and the price", but not "cats and dogs"."""
    parts = re.split(
        r"\s+and\s+(?=(?:the|that|my|his|her|their|our|every|all|any|[\"“])\b)", what.strip(), flags=re.IGNORECASE
    )
    return [part.strip().strip('"“”').strip(" .,!") for part in parts if part.strip(' .,!"“”')]
