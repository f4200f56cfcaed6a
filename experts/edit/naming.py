"""Naming: what a person's words say about how a name is written.

"It's Siân, not Sean" is understood by rules, without a model. What may be another wish is left alone, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from experts.edit.spelling import LONGEST, Spelling, alike
from experts.edit.takes import bare

MOST_WORDS = 4
"""Words of a name."""
ALIKE = 0.4
"""From which likeness on "it's X, not Y" may be about how a name is written: Nguyen and Wynn have 0.4."""
NOT_NAMES = frozenset(
    [
        *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
        *("january", "february", "march", "april", "may", "june", "july"),
        *("august", "september", "october", "november", "december"),
    ]
)
"""Who corrects one of these corrects what is said, not how it is written."""
_THINGS = (
    "scene scenes shot shots clip clips take takes part parts version intro outro title titles chapter section one "
    "two three four five six seven eight nine ten first second third last reels shorts stories "
)
THINGS = frozenset(_THINGS.split())
"""What an edit is made of: who changes one of these wants another one, and no other spelling."""
HOW = re.compile(r"\d:\d|\.\w{2,4}$|\b(?:it|with|without)\b|^(?:like|in|wrong|wrongly|the same)\b", re.IGNORECASE)
"""What tells that something says how, and is no name."""
_OUR_NAME = rf'(?:(?!", not "|"\. Spell it ")[^\n]){{1,{LONGEST}}}?'
OURS = re.compile(rf'Spell it "({_OUR_NAME})"(?:, not "({_OUR_NAME})")?\.(?=\s|$)')
"""How `Spelling.line` says it."""


def _name(group: str) -> str:
    return rf"[\"“”'‘]?(?P<{group}>[^\W\d_][^,;:!?\"“”\n]{{0,58}}?)[\"“”'’]?"


_NOT = rf"\s*[,;–—-]?\s*\(?(?:and\s+)?(?:not|instead of|rather than)\s+{_name('wrong')}\)?"
_TAIL = (
    r"(?:,?\s+(?:everywhere|throughout|always|please|too|after all|from now on"
    r"|(?:in|for)\s+(?:all|every|each|the|any)\s+(?:\w+\s+){0,2}?(?:captions?|subtitles?|videos?|titles?)))*\s*[.!]*\s*$"
)
_LEAD = re.compile(
    r"^(?:(?:hi|hey|hello|no|nope|sorry|actually|oh|oops|wait|please|and|also|but|well|thanks)\b[,.!:]?\s+)+",
    re.IGNORECASE,
)
_SPELT = r"(?:spel(?:t|led)|written)\s+(?:as\s+|like\s+)?"
_THE_NAME = r"(?:the|her|his|their|my)\s+name"
_IT_IS = (
    rf"(?:(?:it|that|this)(?:['’]?s|\s+is|\s+should\s+(?:be|say|read))|{_THE_NAME}(?:['’]s|\s+is|\s+should\s+be))\s+"
)
EXPLICIT = (
    rf"^spell\s+(?!it\b|{_THE_NAME}\b){_name('wrong')}\s+(?:as|like)\s+{_name('right')}{_TAIL}",
    rf"^spell\s+(?:it\s+(?:as\s+|like\s+)?|{_THE_NAME}\s+(?:as\s+)?)?{_name('right')}(?:{_NOT})?{_TAIL}",
    rf"^{_IT_IS}{_SPELT}{_name('right')}(?:{_NOT})?{_TAIL}",
    rf"^(?:{_THE_NAME}\s+)?{_name('heard')}\s+(?:is|should\s+be)\s+{_SPELT}{_name('right')}(?:{_NOT})?{_TAIL}",
)
"""Ways of saying it that can mean nothing else."""
ASKED = EXPLICIT[1:3]
"""Those among them that begin with nothing but the wish; what others begin with may be any words."""
PLAIN = (
    rf"^{_IT_IS}{_name('right')}(?:\s+everywhere)?{_NOT}{_TAIL}",
    rf"^(?:{_THE_NAME}\s+)?{_name('wrong')}\s+should\s+(?:be|say|read)\s+{_name('right')}{_TAIL}",
    rf"^(?:change|correct|replace|fix)\s+{_name('wrong')}\s+(?:to|with|by|into)\s+{_name('right')}{_TAIL}",
    rf"^{_name('wrong')}\s*(?:->|=>|→)\s*{_name('right')}{_TAIL}",
    rf"^(?:you\s+(?:wrote|have)|(?:it|the\s+captions?|the\s+subtitles?)\s+(?:says?|reads?))\s+{_name('wrong')}[,;]?\s+"
    rf"(?:but\s+)?{_IT_IS}(?:{_SPELT})?{_name('right')}{_TAIL}",
)
"""Ways of saying it that count where both sides are names, and alike."""
SHORT = rf"^{_name('right')}{_NOT}{_TAIL}"
BACK = (
    rf"^(?:it\s+(?:is|was)\s+|it['’]s\s+)?{_name('right')}\s+(?:was|is)\s+(?:right|correct|fine){_TAIL}",
    rf"^(?:it\s+(?:is|was)|it['’]?s)\s+{_name('right')}\s+after\s+all{_TAIL}",
)
"""Ways of taking it back: they count where the name was corrected before."""
_PARTS = re.compile(r"(?<=[.!\n])\s+|,?\s+(?:and|also|but)\s+(?!(?:not|also)\b)|;\s*")


def read_spelling(text: str) -> Spelling | None:
    """Return the spelling that a message asks for and nothing else; None where it may be another wish."""
    said = " ".join(text.split())
    if ours := OURS.fullmatch(said):
        return Spelling(right=ours[1], wrong=(ours[2],) if ours[2] else ())
    said = _LEAD.sub("", said)
    for pattern in EXPLICIT:
        if match := re.match(pattern, said, re.IGNORECASE):
            found = _read(match.groupdict())
            return found if found and (pattern in ASKED or (_is_alike(found) and not _has_phrase(found))) else None
    for pattern in PLAIN:
        if (match := re.match(pattern, said, re.IGNORECASE)) and (found := _read(match.groupdict())):
            return found if _is_name(found) else None
    match = re.match(SHORT, said, re.IGNORECASE)
    found = _read(match.groupdict()) if match else None
    return found if found is not None and _is_name(found) and _is_terse(found, said) else None


def taken_back(text: str, known: Sequence[Spelling]) -> Spelling | None:
    """Return the spelling by which an earlier one is taken back ("no, Sean was right"); None where none is."""
    said = _LEAD.sub("", " ".join(text.split()))
    matches = [match for pattern in BACK if (match := re.match(pattern, said, re.IGNORECASE))]
    names = {match["right"].strip().casefold() for match in matches}
    for spelling in reversed(known):
        for wrong in spelling.wrong:
            if wrong.casefold() in names:
                return Spelling(right=wrong, wrong=(spelling.right,))
    return None


def spellings_in(texts: Iterable[str]) -> tuple[Spelling, ...]:
    """Return the spellings that some instructions ask for, oldest first."""
    found = [read_spelling(sentence) for text in texts for sentence in _pieces(text)[::2]]
    return tuple(spelling for spelling in found if spelling is not None)


def without_spellings(text: str) -> str:
    """Return a text without the sentences that say how a name is spelt."""
    pieces = _pieces(text)
    kept = [(m, s) for m, s in zip(["", *pieces[1::2]], pieces[::2], strict=True) if read_spelling(s) is None]
    return "".join(f"{mark if number else ''}{said}" for number, (mark, said) in enumerate(kept)).strip()


def _pieces(text: str) -> list[str]:
    """Return the sentences of a text, with what stands between them."""
    if read_spelling(text):
        return [text]
    found: list[str] = []
    at = 0
    for ours in OURS.finditer(text):
        found += [*_split(text[at : ours.start()]), "", ours[0], ""]
        at = ours.end()
    return [*found, *_split(text[at:])]


def _split(text: str) -> list[str]:
    return re.split(f"({_PARTS.pattern})", text)


def _read(found: dict[str, str | None]) -> Spelling | None:
    right, heard = (found.get("right") or "").strip(" .'’"), (found.get("heard") or "").strip(" .'’")
    joined = _joined(right)
    right = joined or right
    wrong = [part.strip(" .'’\"") for part in re.split(r"\s+or\s+", found.get("wrong") or "") if part.strip(" .'’\"")]
    if heard and not joined and heard.casefold() != right.casefold():
        wrong = [heard, *wrong]
    if not all(map(_fits, (right, *wrong))) or right in wrong:
        return None
    if not wrong and right.isascii() and right.islower():
        return None  # "spell it right" names nothing
    return Spelling(right=right, wrong=tuple(wrong))


def _fits(name: str) -> bool:
    return 0 < len(name) <= LONGEST and len(name.split()) <= MOST_WORDS and not HOW.search(name)


def _has_phrase(found: Spelling) -> bool:
    """Say whether one side is a few plain words, and no name: "the numbers", "what you wrote"."""
    return any(len(name.split()) > 1 and name[:1].islower() for name in (found.right, *found.wrong))


def _joined(letters: str) -> str:
    """Return a name that was spelt letter by letter (S-i-â-n); empty where it was not."""
    parts = re.split(r"[-\s.]+", letters)
    return "".join(parts) if len(parts) > 1 and all(len(part) == 1 for part in parts) else ""


def _is_name(found: Spelling) -> bool:
    """Say whether a plain "it's X, not Y" is about how a name is written: not a day, not another place to post."""
    names = (found.right, *found.wrong)
    named = all(part[:1].isupper() or not part[:1].islower() for part in names)
    words = {word for name in names for word in bare(name)}
    return named and not words <= NOT_NAMES and not words & THINGS and _is_alike(found)


def _is_alike(found: Spelling) -> bool:
    return all(alike(found.right, wrong) >= ALIKE for wrong in found.wrong)


def _is_terse(found: Spelling, said: str) -> bool:
    """Say whether "X, not Y" alone is about writing: "Sunset, not Sunrise" and "Drop Siân, not Sean" may be wishes."""
    same = all(len(wrong.split()) == len(found.right.split()) for wrong in found.wrong)
    return same and ("(not " in said or not found.right.isascii())
