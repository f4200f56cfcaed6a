"""Lengths: how long a person wants the video, read from their words. Times of the cut, and shapes, are no lengths."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

NUMBERS = {
    "zero": 0, "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "forty-five": 45,
    "fifty": 50, "sixty": 60, "ninety": 90,
}  # fmt: skip
_COUNT = r"(?P<count>\d+(?:[.,]\d+)?|" + "|".join(sorted(NUMBERS, key=len, reverse=True)) + r")"
_UNIT = r"(?P<unit>hours?|hrs?|minutes?|mins?|seconds?|secs?|s|m)"
_REST = r"(?:\s*(?:and\s*)?(?P<rest>\d+)\s*(?:s|secs?|seconds?)?\b(?!\s*[:x]))?"
CLOCK = re.compile(r"(?<![\d:.])(?P<minutes>\d{1,3}):(?P<seconds>[0-5]\d)(?P<tenths>\.\d+)?(?![\d:])")
RANGE = re.compile(
    r"\b(\d+(?:\.\d+)?)\s*(?:-|–|to|and)\s*(\d+(?:\.\d+)?)\s*-?(s|secs?|seconds?|m|mins?|minutes?)\b", re.IGNORECASE
)
# A number in letters stands apart from its unit: "as" is no second.
_APART = r"(?:(?<=\d)[\s-]?|[\s-])"
SPELT = re.compile(rf"(?<![\w:.-]){_COUNT}{_APART}{_UNIT}(?=\d|\b)(?P<half>\s+and\s+a\s+half)?{_REST}", re.IGNORECASE)
HALF = re.compile(
    r"\bhalf\s+an?\s+(minute|hour)\b|\b(three)\s+quarters\s+of\s+a\s+minute\b"
    r"|\ba\s+(quarter)\s+of\s+a\s+minute\b",
    re.IGNORECASE,
)
_NOT_A_LENGTH = re.compile(
    r"(?:\b(?:first|last|opening|final|next|every|each|per|over|after|before|within|wait|delay|hold for|than the"
    r"|about the|title for|fade\w*(?: (?:in|out))?(?: of| over)?)|@)\s*(?:the\s+)?$",
    re.IGNORECASE,
)
_NOT_A_LENGTH_AFTER = re.compile(
    r"^\s*(?:per\b|each\b|a shot|shots?\b|in\b(?! (?:length|total|all))|fade|title|card|intro\b|pauses?|silences?|gaps?"
    r"|of (?:silence|black)|(?:is|are|was|feels?|looks?|seems?|drags?)\b)",
    re.IGNORECASE,
)
_AT_A_TIME = re.compile(
    r"\b(?:at|from|around|to|until|till|and|between|after|before|near|drop|lose|remove|delete|@)\s*$|[-–]\s*$",
    re.IGNORECASE,
)
_TO_A_TIME = re.compile(r"^\s*(?:to|-|–|and|until|till)\s*\d{1,3}:\d", re.IGNORECASE)
_EXACT = re.compile(r"\b(?:exactly|precisely|to the (?:second|frame)|on the dot|sharp)\b", re.IGNORECASE)
_AT_MOST = re.compile(
    r"\b(?:under|at most|(?:no|not) (?:longer|more) than|max(?:imum)?(?: of)?|up to|less than|below|within)"
    r"\s*(?:a\s+)?$",
    re.IGNORECASE,
)
MARGIN = 0.95
"""Of a length that is a limit: the cut stays under it."""


class Length(NamedTuple):
    """A length that somebody asked for."""

    seconds: float
    exact: bool


def lengths(text: str) -> list[Length]:
    """Return every length that the text asks for, in its order; times of the cut are none."""
    found = [*_spelt(text), *_clocks(text)]
    return [length for _, length in sorted(found, key=lambda pair: pair[0]) if length.seconds > 0]


def _spelt(text: str) -> Iterator[tuple[int, Length]]:
    ranges = [match for match in RANGE.finditer(text) if _is_length(text, match)]
    for match in ranges:
        middle = (float(match[1]) + float(match[2])) / 2
        yield match.start(), Length(middle * _unit(match[3]), False)
    for match in HALF.finditer(text):
        part = 45.0 if match[2] else 15.0 if match[3] else 1800.0 if match[1].casefold() == "hour" else 30.0
        yield match.start(), _limited(text, match.start(), part)
    for match in SPELT.finditer(text):
        taken = any(other.start() <= match.start() < other.end() for other in (*ranges, *HALF.finditer(text)))
        if not taken and _is_length(text, match):
            yield match.start(), _limited(text, match.start(), _amount(match))


def _amount(match: re.Match[str]) -> float:
    count = match["count"].casefold().replace(",", ".")
    number = float(NUMBERS[count]) if count in NUMBERS else float(count)
    rest = float(match["rest"]) if match["rest"] and _unit(match["unit"]) > 1 else 0.0
    return (number + 0.5 * bool(match["half"])) * _unit(match["unit"]) + rest


def _unit(unit: str) -> float:
    return {"h": 3600.0, "m": 60.0, "s": 1.0}[unit[0].casefold()]


def _clocks(text: str) -> Iterator[tuple[int, Length]]:
    for match in CLOCK.finditer(text):
        if _is_length(text, match) and not _is_a_time(text, match):
            seconds = 60 * int(match["minutes"]) + int(match["seconds"]) + float(match["tenths"] or 0)
            yield match.start(), _limited(text, match.start(), seconds)


def _is_a_time(text: str, match: re.Match[str]) -> bool:
    """Say whether a clock is a time of the cut, or a shape: "at 0:12", "0:03 to 0:05", "drop 0:07", "9:16"."""
    before = re.sub(r"\b(?:it|this|that) to $", "it ", text[: match.start()])
    ranged = _TO_A_TIME.search(text[match.end() :]) or _AT_A_TIME.search(before)
    return bool(ranged) or match.group(0) in ("9:16", "16:9", "1:1", "4:5")


def _is_length(text: str, match: re.Match[str]) -> bool:
    before, after = text[: match.start()], text[match.end() :]
    return not _NOT_A_LENGTH.search(before) and not _NOT_A_LENGTH_AFTER.search(after)


def _limited(text: str, at: int, seconds: float) -> Length:
    clause = re.split(r"[,.;\n]", text[:at])[-1]
    after = re.split(r"[,.;\n]", text[at:])[0]
    if _AT_MOST.search(clause):
        return Length(round(seconds * MARGIN, 3), False)
    return Length(seconds, bool(_EXACT.search(clause) or _EXACT.search(after)))
