"""log: an assistant editor's log of the footage."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from kernel.document import ExpertDocument, Value


class Take(Value):
    """One sentence or thought as it was said once."""

    id: str = Field(pattern=r"^k\d+$")
    """k1, k2, ..."""
    source: str
    first_word: str
    last_word: str
    text: str
    grade: Literal["best", "good", "weak", "unusable"]
    """`unusable`: broken off, a false start, off-topic talk between takes."""
    retake_of: str | None = None
    """Id of the earlier take that this one says again; only the best of them is used."""
    why: str = ""
    """A few words: strongest line, stumbles, cut off at the end, ..."""


class Name(Value):
    """A name or term that the recogniser may have misspelt."""

    heard: str
    spelt: str


class Log(ExpertDocument):
    """What there is to edit with: what kind of footage it is, its takes, its retakes, its best lines."""

    SCHEMA: ClassVar[str] = "Log"
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "confidence": 0.8,
        "kind": "dialogue",
        "summary": "One speaker to camera about the launch; two false starts.",
        "takes": [
            {"id": "k1", "source": "s1", "first_word": "s1w1", "last_word": "s1w9", "text": "We launch on Monday.",
             "grade": "best", "retake_of": None, "why": "says it all"},
        ],
        "hook": "k1",
        "names": [{"heard": "Sean", "spelt": "Siân"}],
        "b_roll": ["s2"],
    }

    kind: Literal["dialogue", "narration", "montage"]
    """`dialogue`: people are seen speaking; `narration`: a voice without a face, to be covered with pictures; `montage`:
    pictures without speech that matters."""
    summary: str
    takes: tuple[Take, ...] = ()
    hook: str | None = None
    """Id of the strongest take to open with."""
    names: tuple[Name, ...] = ()
    b_roll: tuple[str, ...] = ()
    """Ids of the sources that are pictures to lay over speech."""
