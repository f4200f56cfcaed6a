"""selects: what goes into the cut, in its order. Three experts make it, one per kind of footage."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from kernel.document import ExpertDocument, Value


class Select(Value):
    """One stretch of a source that goes into the cut: by words where there is speech, else by seconds."""

    source: str
    first_word: str | None = None
    last_word: str | None = None
    start: float | None = None
    end: float | None = None
    why: str


class Covering(Value):
    """A picture laid over a select."""

    select: int = Field(ge=0)
    """Index of the select it lies over, from 0."""
    offset: float = Field(default=0.0, ge=0)
    """Seconds into that select."""
    length: float | None = None
    """Seconds; null for up to the select's end."""
    source: str
    start: float = 0.0
    """Seconds of the source where its picture begins."""
    why: str


class Selects(ExpertDocument):
    """The cut on paper: which stretches, in which order, and what covers them."""

    SCHEMA: ClassVar[str] = "Selects"
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "confidence": 0.8,
        "selects": [
            {"source": "s1", "first_word": "s1w1", "last_word": "s1w9", "start": None, "end": None, "why": "the launch"},
        ],
        "coverings": [],
        "note": "",
    }

    selects: tuple[Select, ...] = Field(min_length=1)
    coverings: tuple[Covering, ...] = ()
    note: str = ""
    """What the person should know: why it is shorter than asked, what was left out."""
