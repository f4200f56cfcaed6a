"""Wording: what a person's sentence says about length, shape, captions, pace, ... Pure functions from text to values.

English, as people type it in a chat. What is not understood is left alone, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

NUMBERS = {
    word: number
    for number, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ]
    )
} | {"a": 1, "an": 1, "thirty": 30, "forty": 40, "forty-five": 45, "fifty": 50, "sixty": 60, "ninety": 90}
_COUNT = r"(?P<count>\d+(?:[.,]\d+)?|" + "|".join(sorted(NUMBERS, key=len, reverse=True)) + r")"
_UNIT = r"(?P<unit>hours?|hrs?|minutes?|mins?|seconds?|secs?|s|m)"
CLOCK = re.compile(r"(?<![\d:.])(?P<minutes>\d{1,3}):(?P<seconds>[0-5]\d)(?P<tenths>\.\d+)?(?![\d:])")
RANGE = re.compile(
    r"\b(\d+(?:\.\d+)?)\s*(?:-|–|to|and)\s*(\d+(?:\.\d+)?)\s*-?(s|secs?|seconds?|m|mins?|minutes?)\b", re.IGNORECASE
)
SPELT = re.compile(
    rf"(?<![\w:.-]){_COUNT}[\s-]?{_UNIT}(?=\d|\b)(?P<half>\s+and\s+a\s+half)?(?:\s*(?:and\s*)?(?P<rest>\d+)\s*(?:s|secs?|seconds?)?\b(?!\s*[:x]))?",
    re.IGNORECASE,
)
HALF = re.compile(
    r"\bhalf\s+an?\s+(minute|hour)\b|\b(three)\s+quarters\s+of\s+a\s+minute\b|\ba\s+(quarter)\s+of\s+a\s+minute\b",
    re.IGNORECASE,
)
_NOT_A_LENGTH = re.compile(
    r"(?:\b(?:first|last|opening|final|next|every|each|per|over|fade\w*(?: (?:in|out))?(?: of| over)?|title for|within|after|before|about the"
    r"|wait|delay|hold for|than the)|@)\s*(?:the\s+)?$",
    re.IGNORECASE,
)
_NOT_A_LENGTH_AFTER = re.compile(
    r"^\s*(?:per\b|each\b|a shot|shots?\b|in\b(?! (?:length|total|all))|fade|title|card|intro\b|pauses?|silences?|of (?:silence|black)"
    r"|(?:is|are|was|feels?|looks?|seems?|drags?)\b)",
    re.IGNORECASE,
)
_AT_A_TIME = re.compile(
    r"\b(?:at|from|around|to|until|till|and|between|after|before|near|drop|lose|remove|delete|@)\s*$|[-–]\s*$",
    re.IGNORECASE,
)
_TO_A_TIME = re.compile(r"^\s*(?:to|-|–|and|until|till)\s*\d{1,3}:\d", re.IGNORECASE)
_EXACT = re.compile(r"\b(?:exactly|precisely|to the (?:second|frame)|on the dot|sharp)\b", re.IGNORECASE)
_AT_MOST = re.compile(
    r"\b(?:under|at most|no (?:longer|more) than|max(?:imum)?(?: of)?|up to|less than|below|not (?:longer|more) than|within)\s*(?:a\s+)?$",
    re.IGNORECASE,
)
MARGIN = 0.95
"""Of a length that is a limit: the cut stays under it."""

SHAPES: Mapping[str, str] = {
    "9:16": r"\b(?:vertical(?:ly)?|portrait|9\s?[:x×]\s?16|reels?|tik\s?tok|(?:youtube\s+)?shorts|stor(?:y|ies) format|upright)\b",
    "16:9": r"\b(?:landscape|horizontal(?:ly)?|wide\s?screen|16\s?[:x×]\s?9)\b",
    "1:1": r"\b(?:square|1\s?[:x×]\s?1)\b",
    "4:5": r"\b(?:4\s?[:x×]\s?5)\b",
}
PLATFORMS: Mapping[str, str] = {
    "shorts": r"\b(?:youtube\s+)?shorts\b",
    "reels": r"\breels?\b|\binstagram\b",
    "tiktok": r"\btik\s?tok\b",
    "youtube": r"\byou\s?tube\b(?!\s+shorts)",
    "linkedin": r"\blinked\s?in\b",
    "slack": r"\b(?:for|on|in)\s+slack\b",
    "web": r"\b(?:for|on)\s+(?:the|our)\s+(?:web|website|site)\b",
}
PLATFORM_SHAPES = {"shorts": "9:16", "reels": "9:16", "tiktok": "9:16", "youtube": "16:9"}
_CAPTION = r"(?:captions?|captioned|captioning|subtitles?|subtitled|subs)"
NO_CAPTIONS = re.compile(
    rf"\b(?:no|without|drop|remove|lose|skip|turn off|don'?t (?:want|need|add|use)|kill)\s+(?:the\s+|any\s+|all\s+)?(?:\w+\s+)?{_CAPTION}\b|\buncaptioned\b|{_CAPTION}\s*(?:off\b|: ?(?:no|none|off)\b)",
    re.IGNORECASE,
)
SOME_CAPTIONS = re.compile(rf"\b{_CAPTION}\b", re.IGNORECASE)
_SOUND = r"(?:music|soundtrack|song|(?:music(?:al)?\s+)?(?:bed|score))"
NO_MUSIC = re.compile(
    rf"\b(?:no|without|drop|remove|lose|skip|turn off|don'?t (?:want|need|add|use)|kill|cut)\s+(?:the\s+|any\s+|all\s+)?(?:\w+\s+)?{_SOUND}\b|{_SOUND}\s*(?:off\b|: ?(?:no|none|off)\b)",
    re.IGNORECASE,
)
SOME_MUSIC = re.compile(rf"\b{_SOUND}\b", re.IGNORECASE)
FAST = re.compile(
    r"\b(?:fast(?:er)?(?:[- ]paced)?|snapp(?:y|ier)|quick(?:er)?(?:[- ]paced)?|punch(?:y|ier)|tight(?:er)?|tighten|energetic|dynamic|speed (?:it )?up|too slow|drags?|slow(?=\s*[,;.]?\s*(?:tighten|speed)))\b",
    re.IGNORECASE,
)
SLOW = re.compile(
    r"\b(?:slow(?:er)?(?:[- ]paced)?|calm(?:er)?|relaxed|gentle|gently|unhurried|let it breathe|breathing room|don'?t rush|too fast|leisurely)\b",
    re.IGNORECASE,
)
NORMAL = re.compile(r"\bnormal pace\b", re.IGNORECASE)
HOOK = re.compile(
    r"\bhooks?\b|\b(?:strongest|best|punchiest|most (?:interesting|surprising|striking))\s+(?:line|sentence|bit|part|moment|quote|thing)?\s*(?:comes?\s+)?(?:first|upfront|up front|at the (?:start|beginning|top))|\b(?:start|open|begin|lead)s?\s+(?:it\s+|off\s+)?with\b|\bgrab\w*\s+(?:the\s+|their\s+)?attention\b",
    re.IGNORECASE,
)
NO_HOOK = re.compile(r"\bno hook\b|\bwithout a hook\b|\bin order\b|\bchronological", re.IGNORECASE)
OPENING = re.compile(r"\b(?:start|open|begin|lead)s?\s+(?:it\s+|off\s+)?with\s+(?P<what>[^,.;\n]+)", re.IGNORECASE)
BEST = re.compile(r"\b(?:strongest|best|punchiest|hook|most \w+)\b", re.IGNORECASE)
KINDS: Mapping[str, str] = {
    "montage": r"\bmontage\b|\bmusic video\b|\bcut (?:it |them )?(?:to|on) (?:the )?(?:beat|music)\b",
    "narration": r"\b(?:narration|narrated|voice[- ]?over|voiceover)\b",
    "dialogue": r"\b(?:interview|dialogue|talking heads?|conversation|vlog)\b",
}
LANGUAGES = dict(
    english="en", german="de", french="fr", spanish="es", italian="it", portuguese="pt", dutch="nl", polish="pl", russian="ru",
    ukrainian="uk", turkish="tr", japanese="ja", chinese="zh", mandarin="zh", korean="ko", arabic="ar", hindi="hi", swedish="sv",
    norwegian="no", danish="da", finnish="fi", czech="cs", greek="el", hebrew="he", hungarian="hu", romanian="ro",
)  # fmt: skip
LANGUAGE = re.compile(
    rf"\b(?:in|speaks?|speaking|spoken in|language(?: is|:)?)\s+({'|'.join(LANGUAGES)})\b", re.IGNORECASE
)
_QUOTED = r"[\"“‘']\s*(?P<quoted>[^\"”\n]+?)\s*[\"”’'](?=[\s,.;!)]|$)"
TITLE = re.compile(
    rf"\b(?:titled?(?:\s+(?:card|it))?(?:\s*:|\s+is|\s+should (?:be|say|read)|\s+saying|\s+says|\s+reading)?|call(?:ed)?(?:\s+it)?|named?\s+it|to)\s*{_QUOTED}"
    r"|\btitle\s*:\s*(?P<plain>[^,.;\n]+)|\btitled\s+(?P<named>[A-Z][^,.;\n]*)|\bcall it\s+(?P<called>[A-Z][^,.;\n]*)",
    re.IGNORECASE,
)
NO_TITLE = re.compile(r"\b(?:no|without|drop|remove|lose|skip|cut)\s+(?:the\s+|a\s+|any\s+)?titles?\b", re.IGNORECASE)


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


def shapes(text: str) -> list[str]:
    """Return the shapes that the text names: by word, else by the platform."""
    named = [shape for shape, pattern in SHAPES.items() if re.search(pattern, text, re.IGNORECASE)]
    by_platform = PLATFORM_SHAPES.get(platform(text) or "")
    return named or ([by_platform] if by_platform else [])


def platform(text: str) -> str | None:
    """Return the platform that the text names."""
    return next((name for name, pattern in PLATFORMS.items() if re.search(pattern, text, re.IGNORECASE)), None)


def captions(text: str) -> bool | None:
    """Say whether captions are wanted; None where the text does not say."""
    return _wanted(text, NO_CAPTIONS, SOME_CAPTIONS)


def music(text: str) -> bool | None:
    """Say whether music is wanted; None where the text does not say."""
    return _wanted(text, NO_MUSIC, SOME_MUSIC)


def _wanted(text: str, no: re.Pattern[str], some: re.Pattern[str]) -> bool | None:
    if no.search(text):
        return False
    return True if some.search(text) else None


def caption_wishes(text: str) -> str:
    """Return the clauses that say how captions should look, in the person's words."""
    clauses = [clause.strip() for clause in re.split(r"[,.;\n]|\bbut\b", text)]
    said = [clause for clause in clauses if SOME_CAPTIONS.search(clause) and not NO_CAPTIONS.search(clause)]
    return ", ".join(clause for clause in said if caption_style(clause) or caption_steps(clause))


COLOURS = dict(
    yellow="#ffd400", white="#ffffff", red="#ff3b30", green="#34c759", blue="#4aa3ff", orange="#ff9f0a", pink="#ff6bb5",
    black="#000000", cyan="#32d4ff", purple="#c18cff", gold="#ffc83d",
)  # fmt: skip
_STYLE: tuple[tuple[str, str, str], ...] = (
    (r"\b(?:at the |on |to the )?top\b", "position", "top"),
    (r"\b(?:in the |at the )?(?:middle|cent(?:er|re))\b", "position", "middle"),
    (r"\b(?:at the |to the )?bottom\b|\blower\b(?! ?case)", "position", "bottom"),
    (r"\bupper[- ]?case\b|\ball caps\b|\bcapitals?\b|\bcapital letters\b|\bshout", "case", "upper"),
    (r"\blower[- ]?case\b", "case", "lower"),
    (r"\bkaraoke\b|\bword[- ]by[- ]word\b|\bhighlight\w*\b", "style", "karaoke"),
    (r"\bbold\b|\bheavy\b|\bboxed?\b", "style", "bold"),
    (r"\bclean\b|\bsimple\b|\bplain\b|\bminimal\b|\bsubtle\b", "style", "clean"),
    (r"\bhuge\b|\bgiant\b|\benormous\b", "size", "huge"),
    (r"\b(?:big|large)\b", "size", "large"),
    (r"\b(?:small|tiny)\b", "size", "small"),
)


def caption_style(text: str) -> dict[str, str]:
    """Return the look that a text about captions asks for, by field of the operation `captions`."""
    found = {field: value for pattern, field, value in _STYLE if re.search(pattern, text, re.IGNORECASE)}
    hexed = re.search(r"#[0-9a-fA-F]{6}\b", text)
    named = next((name for name in COLOURS if re.search(rf"\b{name}\b", text, re.IGNORECASE)), None)
    colour = hexed.group(0) if hexed else COLOURS.get(named or "")
    if colour:
        found["highlight" if found.get("style") == "karaoke" else "colour"] = colour
    return found


def caption_steps(text: str) -> int:
    """Return by how many sizes captions should grow (or shrink, below 0)."""
    grow = len(re.findall(r"\b(?:bigger|larger)\b", text, re.IGNORECASE))
    much = 1 if re.search(r"\b(?:much|way|a lot) (?:bigger|larger|smaller)\b", text, re.IGNORECASE) else 0
    shrink = len(re.findall(r"\bsmaller\b", text, re.IGNORECASE))
    return (grow + much * bool(grow)) - (shrink + much * bool(shrink))


def pace(text: str) -> Literal["slow", "normal", "fast"] | None:
    """Return the pace asked for; how the music or one place of the cut should be is none."""
    clauses = [c for c in re.split(r"[,.;\n]", text) if not SOME_MUSIC.search(c) and not CLOCK.search(c)]
    plain = ", ".join(clauses)
    if re.search(r"\btoo slow\b", plain, re.IGNORECASE):
        return "fast"
    if re.search(r"\btoo fast\b", plain, re.IGNORECASE):
        return "slow"
    if NORMAL.search(plain):
        return "normal"
    return "fast" if FAST.search(plain) else "slow" if SLOW.search(plain) else None


def hook(text: str) -> bool | None:
    """Say whether the strongest line should come first; None where the text does not say."""
    return _wanted(text, NO_HOOK, HOOK)


def opening_wish(text: str) -> str:
    """Return what the video should open with, where the text names a line; empty where it says "the best one"."""
    match = OPENING.search(text)
    return match["what"].strip() if match and not BEST.search(match["what"]) else ""


def kind(text: str) -> str | None:
    """Return the kind of edit that the text names."""
    return next((name for name, pattern in KINDS.items() if re.search(pattern, text, re.IGNORECASE)), None)


def language(text: str) -> str | None:
    """Return the language that is spoken, as two letters, where the text says so."""
    match = LANGUAGE.search(text)
    return LANGUAGES[match[1].casefold()] if match else None


def title(text: str) -> str | None:
    """Return the title that the text gives."""
    match = TITLE.search(text)
    if match is None:
        return None
    said = next((part for part in match.groups() if part), "").strip().strip("\"“”‘’'")
    return said[:120] or None


KEEP = re.compile(
    r"^(?:please |and |also |but |then |definitely |absolutely |always )*(?:keep(?: in)?|include|leave in|make sure (?:to keep|you keep|to include)|(?:do not|don'?t|never) (?:drop|cut|lose|remove|touch)|must have|hold on to)\s+(?P<what>.+)$",
    re.IGNORECASE,
)
DROP = re.compile(
    r"^(?:please |and |also |but |then |just )*(?:drop|cut out|cut|lose|remove|without|leave out|skip|take out|get rid of|delete|omit|trim|no)\s+(?:out )?(?P<what>.+)$",
    re.IGNORECASE,
)
_LATE_DROP = re.compile(r"\b(?:without|dropping|leaving out|minus|but not)\s+(?P<what>.+)$", re.IGNORECASE)
_NO_WISH = re.compile(
    rf"^(?:(?:it|this|that|them|everything|the (?:video|cut|edit|talk|clip|footage|whole thing))\s+(?:\w+\s+)?(?:to|down|under|at|on|short|tight|snappy|simple|calm|vertical|square|fast"
    rf"|slow|moving|real|clean|in|all|for)\b.*|(?:to|down|on|the pace|the rhythm|under|below|shadow|longer than|more than|in order|hook|titles?)\b.*"
    rf"|.*\b(?:to|under|below|at) (?:exactly |about |around )?(?:\d|half a|a minute).*|(?:\w+ )?{_CAPTION}\b.*|(?:the |any )?(?:\w+ )?{_SOUND}\b.*|(?:an? )?\d+[\s-]?(?:s|sec\w*|min\w*)\b.*|it|everything|all)$",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"[;\n]|(?<!\b(?-i:[A-Z]))[.!?](?=\s|$)|,|\b(?:and|but|then)\b(?=\s+(?:please\s+)?(?:keep|drop|cut|lose|remove|skip|without|leave|take out|get rid|delete|omit|include|don'?t|do not|no|make)\b)", re.IGNORECASE)  # fmt: skip
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


def contradictions(text: str) -> list[str]:
    """Say where one message asks for two things that cannot both be."""
    return [sentence for part in re.split(r"\n\s*\n", text) for sentence in _contradictions(part)]


def _contradictions(text: str) -> Iterator[str]:
    asked = sorted({length.seconds for length in lengths(text)})
    if len(asked) > 1:
        yield f"The brief asks for {' and for '.join(f'{seconds:g} s' for seconds in asked)}: ask the person which length it should be."
    named = [shape for shape, pattern in SHAPES.items() if re.search(pattern, text, re.IGNORECASE)]
    if len(named) > 1:
        yield f"The brief names the shapes {' and '.join(named)}: ask the person which one it should be."
    for what, no, some in (("captions", NO_CAPTIONS, SOME_CAPTIONS), ("music", NO_MUSIC, SOME_MUSIC)):
        if no.search(text) and some.search(no.sub("", text)):
            yield f"The brief asks for {what} and for none: ask the person which of the two."


_IMPOSSIBLE = re.compile(
    r"(?<![\w.])(?:-\s?\d+(?:\.\d+)?|0(?:\.0+)?|zero|no)[\s-]?(?:seconds?|secs?|minutes?|mins?|s)\b(?!\s+(?:of|pause|silence))",
    re.IGNORECASE,
)
LONGEST = 4 * 3600
"""Seconds: no cut is longer."""


def impossible(text: str) -> list[str]:
    """Say which wishes no cut can meet."""
    found = [
        f'The brief asks for "{m.group(0).strip()}", which is no length: ask the person.'
        for m in _IMPOSSIBLE.finditer(text)
    ]
    long = [length.seconds for length in lengths(text) if length.seconds > LONGEST]
    return [
        *found,
        *(f"The brief asks for {s / 3600:g} hours; four is the most: ask the person for less." for s in long),
    ]
