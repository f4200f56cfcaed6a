"""Failures: what went wrong in words that mean something to whoever asked for a video, and what would mend it."""

from __future__ import annotations

import re

from kernel.redact import redact

OURS = "I met a fault of my own; it has nothing to do with your footage."
UNKNOWN = "It ended without a word."
_OF_OURS = "fault of ours"
_PATH = re.compile(r"(?<![\w:/])(?:[A-Za-z]:)?(?:/[\w.@+~%=-]+)+/([\w.@+~%=-]+)/?")
_HEX = re.compile(r"\b[0-9a-f]{12,}\b")
_TECHNICAL = re.compile(r"`rushes |ffmpeg said|Traceback|rc \d+|exit(?:ed)? (?:code|status)", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")
MENDS = {
    "BadInput": "Drop another file here, or tell me to do without it.",
    "NotFound": "Drop the missing file here again, then press Try again.",
    "SetUp": "Something is missing on my machine: whoever looks after me has to see to it; then press Try again.",
    "Denied": "Whoever looks after me can allow it; then press Try again.",
    "Refused": "Whoever looks after me has to check the account of the model I think with; then press Try again.",
    "Busy": "The service I think with is busy: press Try again in a few minutes.",
    "Unreachable": "The service I think with did not answer: press Try again in a few minutes.",
    "BadReply": "The service I think with gave no usable answer: press Try again in a few minutes.",
    "TimedOut": "Press Try again, or ask for a shorter video.",
    "PlanError": "Press Change… and say what to do otherwise, for example without the effect that failed.",
    "WorkerError": "Press Try again; if it happens once more, press Change… and say what to do otherwise.",
    "lost": "Press Try again: I go on from where it stopped.",
}
"""What would help, by the class of the error."""
AGAIN = "Press Try again; if it happens once more, press Change… and say what to do otherwise."
BUDGET = "Whoever looks after me can raise the budget of this job; then press Try again."


def plain_why(error: str, kind: str) -> str:
    """Return why something failed without paths, commands and long ids; `kind` is the error's class."""
    if not error.strip():
        return UNKNOWN
    if _OF_OURS in error:
        return OURS
    said = [part for part in _SENTENCE.split(redact(error)) if part and not _TECHNICAL.search(part)]
    text = _HEX.sub("", _PATH.sub(r"\1", " ".join(said)))
    return _ended(" ".join(text.split())) or OURS


def mend_of(error: str, kind: str) -> str:
    """Return what would help against an error."""
    if "budget" in error.lower() and kind in ("Denied", "Refused", ""):
        return BUDGET
    return MENDS.get(kind, AGAIN)


def _ended(text: str) -> str:
    """Return a text as whole sentences: what was cut off in the middle ends with a full stop."""
    shorn = text.rstrip(" ;,:-")
    return shorn if not shorn or shorn.endswith((".", "!", "?")) else f"{shorn}."
