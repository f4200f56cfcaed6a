"""Wording: what a person's sentence says about shape, captions, pace, music, ... Pure functions from text to values.

English, as people type it in a chat. What is not understood is left alone, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from experts.edit.grading import about_picture
from experts.edit.lengths import CLOCK

SHAPES: Mapping[str, str] = {
    "9:16": r"\b(?:vertical(?:ly)?|portrait|upright|9\s?[:x×]\s?16|reels?|tik\s?tok|(?:youtube\s+)?shorts)\b",
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
CAPTION = r"(?:captions?|captioned|captioning|subtitles?|subtitled|subs)"
SOUND = r"(?:music|soundtrack|song|(?:music(?:al)?\s+)?(?:bed|score))"
_NONE = (
    r"\b(?:no|without|drop|remove|lose|skip|cut|kill|turn off|don'?t (?:want|need|add|use))\s+"
    r"(?:the\s+|any\s+|all\s+)?(?:\w+\s+)?"
)
_OFF = r"\s*(?:off\b|: ?(?:no|none|off)\b)"
NO_CAPTIONS = re.compile(rf"{_NONE}{CAPTION}\b|\buncaptioned\b|{CAPTION}{_OFF}", re.IGNORECASE)
SOME_CAPTIONS = re.compile(rf"\b{CAPTION}\b", re.IGNORECASE)
NO_MUSIC = re.compile(rf"{_NONE}{SOUND}\b|{SOUND}{_OFF}", re.IGNORECASE)
SOME_MUSIC = re.compile(rf"\b{SOUND}\b", re.IGNORECASE)
FAST = re.compile(
    r"\b(?:(?:fast|quick)(?:er)?(?:[- ]paced)?|snapp(?:y|ier)|punch(?:y|ier)|tight(?:er)?|tighten|energetic|dynamic"
    r"|speed (?:it )?up|drags?)\b",
    re.IGNORECASE,
)
SLOW = re.compile(
    r"\b(?:slow(?:er)?(?:[- ]paced)?|calm(?:er)?|relaxed|gentle|gently|unhurried|leisurely|let it breathe"
    r"|breathing room|don'?t rush)\b",
    re.IGNORECASE,
)
NORMAL = re.compile(r"\bnormal pace\b", re.IGNORECASE)
HOOK = re.compile(
    r"\bhooks?\b"
    r"|\b(?:strongest|best|punchiest|most (?:interesting|surprising|striking))\s+"
    r"(?:line|sentence|bit|part|moment|quote|thing)?\s*(?:comes?\s+)?"
    r"(?:first|up ?front|at the (?:start|beginning|top))"
    r"|\b(?:start|open|begin|lead)s?\s+(?:it\s+|off\s+)?with\b"
    r"|\bgrab\w*\s+(?:the\s+|their\s+)?attention\b",
    re.IGNORECASE,
)
NO_HOOK = re.compile(r"\bno hook\b|\bwithout a hook\b|\bin order\b|\bchronological", re.IGNORECASE)
OPENING = re.compile(r"\b(?:start|open|begin|lead)s?\s+(?:it\s+|off\s+)?with\s+(?P<what>[^,.;\n]+)", re.IGNORECASE)
BEST = re.compile(r"\b(?:strongest|best|punchiest|hook|most \w+)\b", re.IGNORECASE)
KINDS: Mapping[str, str] = {
    "montage": r"\bmontage\b|\bmusic video\b|\bcut (?:it |them )?(?:to|on) (?:the )?(?:beat|music)\b",
    "narration": r"\b(?:narration|narrated|voice[- ]?over)\b",
    "dialogue": r"\b(?:interview|dialogue|talking heads?|conversation|vlog)\b",
}
LANGUAGES = {
    "english": "en", "german": "de", "french": "fr", "spanish": "es", "italian": "it", "portuguese": "pt",
    "dutch": "nl", "polish": "pl", "russian": "ru", "ukrainian": "uk", "turkish": "tr", "japanese": "ja",
    "chinese": "zh", "mandarin": "zh", "korean": "ko", "arabic": "ar", "hindi": "hi", "swedish": "sv",
    "norwegian": "no", "danish": "da", "finnish": "fi",
    "czech": "cs", "greek": "el", "hebrew": "he", "hungarian": "hu", "romanian": "ro",
}  # fmt: skip
LANGUAGE = re.compile(
    rf"\b(?:in|speaks?|speaking|spoken in|language(?: is|:)?)\s+({'|'.join(LANGUAGES)})\b", re.IGNORECASE
)
_QUOTED = r"[\"“‘']\s*(?P<quoted>[^\"”\n]+?)\s*[\"”’'](?=[\s,.;!)]|$)"
_TITLED = "|".join(
    [
        r"titles?(?:\s+card)?(?:\s*:|\s+(?:is|to|says?|saying|reading|should (?:be|say|read)))?",
        r"titled(?:\s+it)?",
        r"call(?:ed)?(?:\s+it)?",
        r"named?\s+it",
    ]
)
TITLE = re.compile(
    rf"\b(?:{_TITLED})\s*{_QUOTED}"
    r"|\btitle\s*:\s*(?P<plain>[^,.;\n]+)"
    r"|\b(?:titled|call it)\s+(?P<named>(?-i:[A-Z])[^,.;\n]*)",
    re.IGNORECASE,
)
NO_TITLE = re.compile(r"\b(?:no|without|drop|remove|lose|skip|cut)\s+(?:the\s+|a\s+|any\s+)?titles?\b", re.IGNORECASE)


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


COLOURS = {
    "yellow": "#ffd400", "white": "#ffffff", "red": "#ff3b30", "green": "#34c759", "blue": "#4aa3ff",
    "orange": "#ff9f0a", "pink": "#ff6bb5", "black": "#000000", "cyan": "#32d4ff", "purple": "#c18cff",
    "gold": "#ffc83d",
}  # fmt: skip
_STYLE: tuple[tuple[str, str, str], ...] = (
    (r"\b(?:at the |on |to the )?top\b", "position", "top"),
    (r"\b(?:in the |at the )?(?:middle|cent(?:er|re))\b", "position", "middle"),
    (r"\b(?:at the |to the )?bottom\b|\blower\b(?! ?case)", "position", "bottom"),
    (r"\bupper[- ]?case\b|\ball caps\b|\bcapitals?\b|\bcapital letters\b|\bshout", "case", "upper"),
    (r"\blower[- ]?case\b", "case", "lower"),
    (r"\bkaraoke\b|\bword[- ]by[- ]word\b|\bhighlight\w*\b", "style", "karaoke"),
    (r"\bbold\b|\bheavy\b|\bbox\b", "style", "bold"),
    (r"\bclean\b|\bsimple\b|\bplain\b|\bminimal\b", "style", "clean"),
    (r"\bsubtle\b|\bdiscreet\b|\bunobtrusive\b|\bcinematic\b", "style", "subtle"),
    (r"\bboxed\b|\bboxes\b|\b(?:on|in) (?:a )?white box\b", "style", "boxed"),
    (r"\bmarker\b|\bmarked\b|\bhighlighter\b", "style", "marker"),
    (r"\bpop(?:s|ping)?\b|\b(?:one|few) (?:big )?words? at a time\b", "style", "pop"),
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
        found["highlight" if found.get("style") in {"karaoke", "marker", "pop"} else "colour"] = colour
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
    clauses = [c for c in clauses if not about_picture(c)]
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
