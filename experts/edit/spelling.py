"""Spelling: how names are written in every caption, whatever was heard.

What a person says about it is read in `naming`, and laid on what was heard in `respelling`: both by rules, so that no
model has to remember it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Annotated

from pydantic import BeforeValidator, Field

from experts.edit.takes import SMALL, bare
from kernel.document import Value
from kernel.worker.media import Word

LONGEST = 60
"""Characters of a name."""
MOST = 20
"""Wrong forms of one name that are kept."""
NEAR = 0.75
"""From which likeness on a heard word is taken for a name that is spelt: Kubernetties for Kubernetes has 0.86."""
_COMMON = (
    "will mark bill bob rob jack nick rose grace hope faith joy dawn eve ivy lily daisy ruby pearl amber jade gene "
    "ray art pat sue drew grant chase hunter mason miles dean earl duke king prince frank rich clay cliff glen heath "
    "brook river sky summer autumn winter spring april june august march may penny crystal holly olive basil sage "
    "ginger candy cherry angel christian robin jay wren finch fox wolf bear buck colt lance pierce wade skip chip "
    "chuck rusty sandy charity mercy patience honor honour guy gay don harry carol melody harmony iris violet heather "
    "hazel laurel reed rush stone rock ford banks bush brown black white green gray grey young long short strong "
    "small little wise noble sharp swift cook baker miller smith carter potter fisher bishop pope page knight west "
    "north day moon star bell ball hall wall wood woods hill field lake pond rivers lane street park church house "
    "rice bean berry apple lemon pepper salt love lord price cash rank case chance chess clue sun son pen kit max win "
    "wills marks jeans seen here hear there their where were wear one won two too for four new knew know now no so "
    "see sea say said like just go going get make made come came time good well back how what when who why right left "
    "up down out over only also then than because people work meta slack teams word rust java notion linear square "
    "stripe target gap visa shell total orange"
)
COMMON = SMALL | frozenset(_COMMON.split())
"""Words that a sentence may have without anybody being meant: such a name is one where it has its capital."""


def _tidy(text: object) -> object:
    """Return a name on one line, without what cannot be seen."""
    if not isinstance(text, str):
        return text
    return " ".join("".join(c if c.isprintable() else " " for c in unicodedata.normalize("NFC", text)).split())


Name = Annotated[str, BeforeValidator(_tidy), Field(min_length=1, max_length=LONGEST)]


class Spelling(Value):
    """A name as it is to be written."""

    right: Name
    wrong: tuple[Name, ...] = Field(default=(), max_length=MOST)
    """As it was heard or written; empty where only its letters' case can be wrong."""

    @property
    def line(self) -> str:
        """Say it in words in which `naming.spellings_in` finds it again, whatever the name is made of."""
        instead = [f', not "{wrong}"' for wrong in self.wrong] or [""]
        return " ".join(f'Spell it "{self.right}"{wrong}.' for wrong in instead)


def merged(known: Sequence[Spelling], new: Sequence[Spelling]) -> tuple[Spelling, ...]:
    """Return known spellings with newer ones: of one name one entry, and no word both right and wrong."""
    by_name = {spelling.right.casefold(): spelling for spelling in known}
    for spelling in new:
        before = by_name.pop(spelling.right.casefold(), None)
        earlier = [w for wrong in spelling.wrong if (o := by_name.pop(wrong.casefold(), None)) for w in o.wrong]
        wrong = tuple(dict.fromkeys([*(before.wrong if before else ()), *earlier, *spelling.wrong]))
        wrong = tuple(w for w in wrong if w != spelling.right)
        by_name = {name: _without(other, {spelling.right, *wrong}) for name, other in by_name.items()}
        by_name[spelling.right.casefold()] = spelling.model_copy(update={"wrong": wrong[-MOST:]})
    return tuple(by_name.values())


def near(right: str, words: Sequence[Word], others: Iterable[str] = ()) -> tuple[str, ...]:
    """Return what was heard in place of a name: the words, or pairs of words, that sound nearly like it; each once.

    Args:
        others: names that are written so and no otherwise: who is called Mario is not a misheard Maria.
    """
    wanted, known = plain(right), COMMON | {plain(name) for name in others}
    texts = ["".join(bare(word.text)).removesuffix("'s") for word in words]
    alone = {text for text in texts if plain(text) == wanted or _is_near(plain(text), wanted)}
    pairs = [f"{a} {b}" for a, b in pairwise(texts) if a not in alone and b not in alone]
    found = [text for text in dict.fromkeys((*texts, *pairs)) if _is_near(plain(text), wanted)]
    return tuple(text for text in found if plain(text) not in known)[:5]


def plain(text: str) -> str:
    """Return the bare letters of a text, without accents."""
    parted = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in parted if letter.isalpha())


def alike(one: str, other: str) -> float:
    """Return how alike two names are, from 0 to 1."""
    return SequenceMatcher(None, plain(one), plain(other), autojunk=False).ratio()


def _is_near(heard: str, wanted: str) -> bool:
    if heard == wanted or not heard or (heard[0] != wanted[0] and len(wanted) < 6):
        return False
    return abs(len(heard) - len(wanted)) <= 3 and SequenceMatcher(None, heard, wanted, autojunk=False).ratio() >= NEAR


def _without(spelling: Spelling, names: set[str]) -> Spelling:
    gone = {name.casefold() for name in names}
    return spelling.model_copy(update={"wrong": tuple(w for w in spelling.wrong if w.casefold() not in gone)})
