"""Respelling: names laid on what was heard, in every form that they have there; times and marks stay as they were."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from experts.edit.spelling import COMMON, Spelling
from kernel.worker.media import Word
from kernel.worker.ops.captions import Correction

_FOLLOWS = (
    "i you he she it we they me him us them this that these those there the a an my your his her its our their not "
    "some any all every each no anybody anyone somebody someone everybody everyone "
)
FOLLOWS = frozenset(_FOLLOWS.split())
"""What comes after a verb that begins a sentence, and not after a name: "Will you", "May I", "Mark the date"."""
_SIGNS = r"\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
"""Scripts without spaces, in which each sign is a part of its own."""
_PART = re.compile(rf"[{_SIGNS}]|[^\W_{_SIGNS}]+(?:['’][^\W_{_SIGNS}]+)*")
_OWNER = re.compile(r"['’]s?$", re.IGNORECASE)
_ENDS = re.compile(r"[.!?…][\"'”’)\]]*\s*$")
Texts = Mapping[str, str]
"""What is written for each word, by its id, in their order; empty where it is left out."""


class Part(NamedTuple):
    """A piece of a word that may be a name, or a part of one."""

    id: str
    start: int
    end: int
    said: str
    """Folded, so that it can be compared."""
    owner: int
    """Letters at its end that only say that something is somebody's: 2 of "Sean's"."""

    @property
    def bare(self) -> str:
        """The same without those."""
        return self.said[: len(self.said) - self.owner]


def respelt(words: Sequence[Word], spellings: Sequence[Spelling], known: Mapping[str, str]) -> tuple[Correction, ...]:
    """Return the corrections of some words, each once: what was known before, and the names as they are spelt.

    A name of several words takes the place of the first one, and the others are left out; times stay as they were.

    Args:
        words: of one source, in their order.
        known: what is written for a word already, by its id.
    """
    before = {word.id: known.get(word.id, word.text) for word in words}
    after = laid_on(before, spellings)
    changed = {id: text for id, text in known.items() if id in before}
    changed |= {id: text for id, text in after.items() if text != before[id]}
    return tuple(Correction(word=id, text=text) for id, text in changed.items())


def respelt_text(text: str, spellings: Sequence[Spelling]) -> str:
    """Return a text with the names as they are spelt: a title."""
    pieces = ["", *re.split(r"(\s+)", text)]
    gaps, words = pieces[::2], pieces[1::2]
    written = laid_on({str(place): word for place, word in enumerate(words)}, spellings).values()
    found = zip(gaps, words, written, strict=True)
    return "".join(f"{gap}{made}" for gap, word, made in found if made or not word)


def laid_on(texts: Texts, spellings: Sequence[Spelling]) -> dict[str, str]:
    """Return what is written with the names as they are spelt."""
    written = dict(texts)
    talk = _Talk(written)
    for spelling in spellings:
        for form in forms(spelling):
            runs = list(talk.runs(form))
            for run in reversed(runs):  # from the end, so that what is before stays where it was
                written |= _written(written, run, spelling.right, form)
            talk = _Talk(written) if runs and written != talk.texts else talk
    return written


def forms(spelling: Spelling) -> tuple[str, ...]:
    """Return all that a name stands for: what was heard, and itself in another case, without its accents or marks."""
    letters = unicodedata.normalize("NFKD", spelling.right)
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    unmarked = [re.sub(r"(?<=\w)['’-](?=\w)", mark, plain) for mark in ("", " ")]
    return tuple(dict.fromkeys([*spelling.wrong, spelling.right, plain, *unmarked]))


class _Talk:
    """What is written, in parts that can be found."""

    def __init__(self, texts: Texts) -> None:
        self.texts = dict(texts)
        self.parts = [part for id, text in texts.items() for part in _parts(id, text)]
        self._places: dict[str, list[int]] = {}
        for place, part in enumerate(self.parts):
            for said in {part.said, part.bare}:
                self._places.setdefault(said, []).append(place)

    def runs(self, form: str) -> Iterator[tuple[Part, ...]]:
        """Yield each run of parts that says a form, one after the other."""
        wanted = _parts("", form)
        is_common = len(wanted) == 1 and wanted[0].said in COMMON and form[:1].isupper()
        free = 0
        for place in self._places.get(wanted[0].said, ()) if wanted else ():
            run = tuple(self.parts[place : place + len(wanted)])
            if place >= free and self._says(run, wanted) and (not is_common or self._is_name(place)):
                free = place + len(wanted)
                yield (*run[:-1], _owned(run[-1], wanted[-1]))

    def _says(self, run: Sequence[Part], wanted: Sequence[Part]) -> bool:
        if [part.said for part in run[:-1]] != [part.said for part in wanted[:-1]] or len(run) != len(wanted):
            return False
        last = run[-1].said if wanted[-1].owner else run[-1].bare
        return last == wanted[-1].said and self._is_whole(run)

    def _is_whole(self, run: Sequence[Part]) -> bool:
        """Say whether a run is no part of another name (Jean of Jean-Luc) or word (a sign of several)."""
        before, after = self.texts[run[0].id][: run[0].start], self.texts[run[-1].id][run[-1].end :]
        if re.match(rf"[{_SIGNS}]$", run[0].said) and len(run) == 1:
            return not re.search(r"\w", before + after)
        return not re.match(r"-[^\W\d_]", after) or not after[1:2].isupper()

    def _is_name(self, place: int) -> bool:
        """Say whether a word that many sentences have is a name here: Will, not will."""
        part = self.parts[place]
        if not self.texts[part.id][part.start].isupper():
            return False
        follows = self.parts[place + 1].said if place + 1 < len(self.parts) else ""
        return not self._begins(place) or follows not in FOLLOWS

    def _begins(self, place: int) -> bool:
        return place == 0 or bool(_ENDS.search(self.texts[self.parts[place - 1].id]))


def _parts(id: str, text: str) -> list[Part]:
    found = []
    for match in _PART.finditer(text):
        owner = _OWNER.search(match[0])
        said = unicodedata.normalize("NFC", match[0].replace("’", "'")).casefold()
        found.append(Part(id, match.start(), match.end(), said, len(owner[0]) if owner else 0))
    return found


def _owned(part: Part, wanted: Part) -> Part:
    """Return the last part of a run without what only says that something is somebody's."""
    return part if wanted.owner else part._replace(end=part.end - part.owner)


def _written(texts: Texts, run: Sequence[Part], right: str, form: str) -> dict[str, str]:
    """Return what is written for the words of a run: the name in the first one, with all that stands round it."""
    first, last = run[0], run[-1]
    text = texts[first.id]
    heard = text[first.start : last.end if first.id == last.id else len(text)]
    made = f"{text[: first.start]}{_cased(heard, right, form)}{texts[last.id][last.end :]}"
    return {**{part.id: "" for part in run}, first.id: made}


def _cased(heard: str, right: str, wrong: str) -> str:
    letters = [letter for letter in heard if letter.isalpha()]
    if len(letters) > 1 and heard.isupper() and not wrong.isupper() and not right.isupper():
        return right.upper()
    if right.islower() and wrong.islower() and heard[:1].isupper():
        return right[0].upper() + right[1:]
    return right
