"""Spelling: how names are written in every caption, whatever was heard: read from a person's words, and laid on words.

"It's Siân, not Sean" is understood by rules, without a model, and holds by rules: no model has to remember it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from functools import partial
from itertools import pairwise

from pydantic import Field

from experts.edit.takes import bare
from kernel.document import Value
from kernel.worker.media import Word
from kernel.worker.ops.captions import Correction

LONGEST = 60
"""Characters of a name."""
MOST_WORDS = 4
ALIKE = 0.4
"""From which likeness on "it's X, not Y" may be about how a name is written: Nguyen and Wynn have 0.4."""
NEAR = 0.75
"""From which likeness on a heard word is taken for a name that is spelt: Kubernetties for Kubernetes has 0.86."""
NOT_NAMES = frozenset(
    [
        *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
        *("january", "february", "march", "april", "may", "june", "july"),
        *("august", "september", "october", "november", "december"),
    ]
)
"""Who corrects one of these corrects what is said, not how it is written."""
HOW = re.compile(r"\d:\d|\bit\b|^(?:with|without|like|in|wrong|wrongly|the same)\b", re.IGNORECASE)
"""What tells that something says how, and is no name."""
_NAME = r"[\"“”'‘]?(?P<{}>[^\W\d_][^,;:!?\"“”\n]{{0,58}}?)[\"“”'’]?"
_NOT = rf"\s*[,;–—-]?\s*\(?(?:and\s+)?(?:not|instead of|rather than)\s+{_NAME.format('wrong')}\)?"
_END = r"\s*[.!]*\s*$"
_SPELT = r"(?:spelt|spelled)"
EXPLICIT = (
    rf"^(?:please\s+)?spell\s+(?:it\s+(?:as\s+|like\s+)?|(?:the|her|his|their|my)\s+name\s+(?:as\s+)?)?"
    rf"{_NAME.format('right')}(?:{_NOT})?{_END}",
    rf"^(?:it'?s|it\s+is|that'?s|(?:the|her|his|their|my)\s+name\s+is)\s+{_SPELT}\s+{_NAME.format('right')}(?:{_NOT})?{_END}",
    rf"^{_NAME.format('right')}\s+is\s+{_SPELT}\s+{_NAME.format('letters')}(?:{_NOT})?{_END}",
)
PLAIN = (
    rf"^(?:no[,.]?\s+|sorry[,.]?\s+|actually[,.]?\s+)?(?:it'?s|it’s|it\s+is|that'?s|that’s|that\s+is|(?:the|her|his|"
    rf"their|my)\s+name\s+is|(?:her|his|their|my)\s+name'?s)\s+{_NAME.format('right')}{_NOT}{_END}"
)
_PARTS = re.compile(r"(?<=[.!\n])\s+|,?\s+(?:and|also|but)\s+(?!(?:not|also)\b)|;\s*")
_ENDS = re.compile(r"^(\W*)(.*?)(['’][sS]|['’])?(\W*)$", re.DOTALL)


class Spelling(Value):
    """A name as it is to be written."""

    right: str = Field(min_length=1, max_length=LONGEST)
    wrong: tuple[str, ...] = Field(default=(), max_length=20)
    """As it was heard or written; empty where only its letters' case can be wrong."""

    @property
    def line(self) -> str:
        """Say it in words that `read_spelling` understands."""
        return f"Spell it {self.right}" + (f", not {self.wrong[0]}." if self.wrong else ".")


def read_spelling(text: str) -> Spelling | None:
    """Return the spelling that a message asks for and nothing else; None where it may be another wish."""
    said = " ".join(text.split())
    for pattern in EXPLICIT:
        if match := re.match(pattern, said, re.IGNORECASE):
            return _read(match.groupdict())
    match = re.match(PLAIN, said, re.IGNORECASE)
    found = _read(match.groupdict()) if match else None
    return found if found is not None and _is_name(found) else None


def spellings_in(texts: Iterable[str]) -> tuple[Spelling, ...]:
    """Return the spellings that some instructions ask for, oldest first."""
    found = [read_spelling(sentence) for text in texts for sentence in _sentences(text)]
    return tuple(spelling for spelling in found if spelling is not None)


def without_spellings(text: str) -> str:
    """Return a text without the sentences that say how a name is spelt."""
    parts = re.split(f"({_PARTS.pattern})", text)
    sentences, marks = parts[::2], ["", *parts[1::2]]
    kept = [(m, s) for m, s in zip(marks, sentences, strict=True) if read_spelling(s) is None]
    return "".join(f"{mark if number else ''}{said}" for number, (mark, said) in enumerate(kept)).strip()


def merged(known: Sequence[Spelling], new: Sequence[Spelling]) -> tuple[Spelling, ...]:
    """Return known spellings with newer ones: of one name one entry, and no word both right and wrong."""
    by_name = {spelling.right.casefold(): spelling for spelling in known}
    for spelling in new:
        before = by_name.pop(spelling.right.casefold(), None)
        earlier = [w for wrong in spelling.wrong if (o := by_name.pop(wrong.casefold(), None)) for w in o.wrong]
        wrong = tuple(dict.fromkeys([*(before.wrong if before else ()), *earlier, *spelling.wrong]))
        wrong = tuple(w for w in wrong if w != spelling.right)
        by_name = {name: _without(other, {spelling.right, *wrong}) for name, other in by_name.items()}
        by_name[spelling.right.casefold()] = spelling.model_copy(update={"wrong": wrong[-20:]})
    return tuple(by_name.values())


def near(right: str, words: Sequence[Word]) -> tuple[str, ...]:
    """Return what was heard in place of a name: the words, or pairs of words, that sound nearly like it; each once."""
    wanted = _plain(right)
    texts = ["".join(bare(word.text)) for word in words]
    pairs = [f"{a} {b}" for a, b in pairwise(texts)]
    found = [text for text in (*texts, *pairs) if _is_near(_plain(text), wanted)]
    return tuple(dict.fromkeys(found))[:5]


def respelt(words: Sequence[Word], spellings: Sequence[Spelling], known: Mapping[str, str]) -> tuple[Correction, ...]:
    """Return the corrections of some words, each once: what was known before, and the names as they are spelt.

    A name of several words takes the place of the first one, and the others are left out; times stay as they were.

    Args:
        words: of one source, in their order.
        known: what is written for a word already, by its id.
    """
    written = {word.id: known.get(word.id, word.text) for word in words}
    changed = {id: text for id, text in known.items() if id in written}
    for spelling in spellings:
        for wrong in _forms(spelling):
            for first, *others in _places([(word.id, written[word.id]) for word in words], bare(wrong)):
                ending = written[others[-1] if others else first]
                made = {first: _in_place(written[first], ending, spelling.right, wrong), **dict.fromkeys(others, "")}
                changed |= {id: text for id, text in made.items() if written[id] != text}
                written |= made
    return tuple(Correction(word=id, text=text) for id, text in changed.items())


def respelt_text(text: str, spellings: Sequence[Spelling]) -> str:
    """Return a text with the names as they are spelt: a title."""
    for spelling in spellings:
        for wrong in _forms(spelling):
            pattern = r"(?<!\w)" + r"\s+".join(map(re.escape, wrong.split())) + r"(?!\w)"
            made = partial(_recased, right=spelling.right, wrong=wrong)
            text = re.sub(pattern, made, text, flags=re.IGNORECASE)
    return text


def _recased(found: re.Match[str], right: str, wrong: str) -> str:
    return _cased(found[0], right, wrong)


def _read(found: Mapping[str, str | None]) -> Spelling | None:
    right, letters = (found.get("right") or "").strip(" .'’"), (found.get("letters") or "").strip(" .")
    if letters:
        right = _joined(letters) or letters
    wrong = (found.get("wrong") or "").strip(" .'’\"")
    if not _fits(right) or (wrong and not _fits(wrong)) or right == wrong:
        return None
    if not wrong and right.isascii() and right.islower():
        return None  # "spell it right" names nothing
    return Spelling(right=right, wrong=(wrong,) if wrong else ())


def _fits(name: str) -> bool:
    return 0 < len(name) <= LONGEST and len(name.split()) <= MOST_WORDS and not HOW.search(name)


def _joined(letters: str) -> str:
    """Return a name that was spelt letter by letter (S-i-â-n); empty where it was not."""
    parts = re.split(r"[-\s.]+", letters)
    return "".join(parts) if len(parts) > 1 and all(len(part) == 1 for part in parts) else ""


def _is_name(found: Spelling) -> bool:
    """Say whether a plain "it's X, not Y" is about how a name is written: not a day, not another place to post."""
    wrong = found.wrong[0] if found.wrong else ""
    named = all(part[:1].isupper() or not part[:1].islower() for part in (found.right, wrong))
    words = {*bare(found.right), *bare(wrong)}
    return named and not words & NOT_NAMES and _alike(found.right, wrong) >= ALIKE


def _plain(text: str) -> str:
    """Return the bare letters of a text, without accents."""
    parted = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in parted if letter.isalpha())


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, _plain(one), _plain(other), autojunk=False).ratio()


def _is_near(heard: str, wanted: str) -> bool:
    if heard == wanted or not heard or (heard[0] != wanted[0] and len(wanted) < 6):
        return False
    return abs(len(heard) - len(wanted)) <= 3 and SequenceMatcher(None, heard, wanted, autojunk=False).ratio() >= NEAR


def _sentences(text: str) -> list[str]:
    return [part for part in _PARTS.split(text) if part.strip()]


def _without(spelling: Spelling, names: set[str]) -> Spelling:
    gone = {name.casefold() for name in names}
    return spelling.model_copy(update={"wrong": tuple(w for w in spelling.wrong if w.casefold() not in gone)})


def _forms(spelling: Spelling) -> tuple[str, ...]:
    """Return all that a name stands for: what was heard, and itself in another case or without its accents."""
    letters = unicodedata.normalize("NFKD", spelling.right)
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return tuple(dict.fromkeys([*spelling.wrong, spelling.right, plain]))


def _places(words: Sequence[tuple[str, str]], wanted: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield the ids of each run of words that says what is wanted; words that are left out are passed over."""
    heard = [(id, bare(_unowned(text))) for id, text in words if text]
    flat = [(id, part) for id, parts in heard for part in parts]
    at = 0
    while wanted and at + len(wanted) <= len(flat):
        run = flat[at : at + len(wanted)]
        if [part for _, part in run] == list(wanted):
            yield tuple(dict.fromkeys(id for id, _ in run))
            at += len(wanted)
        else:
            at += 1


def _unowned(text: str) -> str:
    """Return a word without the 's of whoever owns something."""
    return re.sub(r"['’][sS]?(\W*)$", r"\1", text)


def _in_place(first: str, last: str, right: str, wrong: str) -> str:
    """Return a name with the marks, the 's and the case of what it stands for."""
    before, start = _ENDS.match(first), _ENDS.match(last)
    if before is None or start is None:
        return right
    core = before[2] if first == last else first.strip()
    return f"{before[1]}{_cased(core, right, wrong)}{start[3] or ''}{start[4]}"


def _cased(heard: str, right: str, wrong: str) -> str:
    letters = [letter for letter in heard if letter.isalpha()]
    if len(letters) > 1 and heard.isupper() and not wrong.isupper() and not right.isupper():
        return right.upper()
    if right.islower() and wrong.islower() and heard[:1].isupper():
        return right[0].upper() + right[1:]
    return right
