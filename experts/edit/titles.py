"""titles: words on the picture that nobody speaks."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from kernel.document import ExpertDocument, Value


class TitleCard(Value):
    """One title over a select."""

    text: str = Field(min_length=1, max_length=120)
    select: int = Field(ge=0)
    """Index of the select it stands over, from 0."""
    offset: float = Field(default=0.0, ge=0)
    length: float = Field(default=3.0, gt=0)
    style: Literal["title", "lower_third"] = "title"


class TitleSheet(ExpertDocument):
    """The titles and how the video begins and ends; no titles where none were asked for and none help."""

    SCHEMA: ClassVar[str] = "TitleSheet"
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "confidence": 0.9,
        "titles": [{"text": "Two cities", "select": 0, "offset": 0.0, "length": 3.0, "style": "title"}],
        "fade_start": 0.0,
        "fade_end": 0.5,
        "why": "the title that was asked for",
    }

    titles: tuple[TitleCard, ...] = ()
    fade_start: float = Field(default=0.0, ge=0, le=5)
    fade_end: float = Field(default=0.5, ge=0, le=5)
    why: str
