"""titles: words on the picture that nobody speaks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from pydantic import Field

from experts.edit.brief import Brief
from experts.edit.captions import spellings_of
from experts.edit.changes import amended, not_understood
from experts.edit.cures import notes_of, peoples
from experts.edit.footage import Footage
from experts.edit.inputs import needed
from experts.edit.respelling import respelt_text
from experts.edit.selects import Selects, length_of
from experts.tools import LOOKING
from kernel.document import Document, ExpertDocument, Value
from kernel.expert import Expert, Scene
from kernel.worker.ops.title import Style
from kernel.worker.titles import time_to_read


class TitleCard(Value):
    """One title over a select."""

    text: str = Field(min_length=1, max_length=160)
    select: int = Field(ge=0)
    """Index of the select it stands over, from 0."""
    offset: float = Field(default=0.0, ge=0)
    """Seconds after the select begins."""
    length: float = Field(default=3.0, gt=0)
    """Seconds that it stands."""
    style: Style = "title"
    """As the operation `title` has them."""


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

    def problems(self, documents: Mapping[str, Document]) -> list[str]:
        """Say which titles stand over selects that there are not."""
        selects = documents.get("selects")
        if not isinstance(selects, Selects):
            return []
        last = len(selects.selects) - 1
        return [
            f"A title stands over select {t.select}; the last one is {last}." for t in self.titles if t.select > last
        ]


LENGTH = 3.0
"""Seconds of a title; less in a cut that is hardly longer."""


def understudy(scene: Scene) -> dict[str, Any]:
    """Show the title that the brief gives over the opening, and fade out at the end."""
    brief, footage = needed(scene.documents, "brief", Brief), needed(scene.documents, "footage", Footage)
    selects = needed(scene.documents, "selects", Selects)
    changes = peoples(notes_of(scene))
    sheet = sheet_of(amended(brief, changes), footage, selects)
    return sheet.model_copy(update={"why": " ".join([sheet.why, *not_understood(changes)])}).body()


def sheet_of(brief: Brief, footage: Footage, selects: Selects) -> TitleSheet:
    """Return the titles: the one that was asked for, or none."""
    total = sum(length_of(select, footage.reel(select.source)) for select in selects.selects)
    fade = round(min(0.5, total / 4), 2)
    if brief.title is None:
        return TitleSheet(confidence=0.85, titles=(), fade_end=fade, why="no title was asked for")
    needs = time_to_read(brief.title)
    if needs > total:
        return TitleSheet(
            confidence=0.6, titles=(), fade_end=fade, why="the title takes longer to read than the cut lasts"
        )
    length = max(0.5, min(LENGTH, 0.4 * total), min(needs + 0.3, total))
    card = TitleCard(text=brief.title, select=0, length=round(length, 2))
    return TitleSheet(confidence=0.85, titles=(card,), fade_end=fade, why="the title that was asked for")


def finished(sheet: TitleSheet, documents: Mapping[str, Document], instructions: Sequence[str]) -> TitleSheet:
    """Return the titles with every name as the channel and the notes spell it."""
    names = spellings_of(documents, instructions)
    cards = (card.model_copy(update={"text": respelt_text(card.text, names)[:160]}) for card in sheet.titles)
    return sheet.model_copy(update={"titles": tuple(cards)})


EXPERT = Expert(
    name="edit.titles",
    document=TitleSheet,
    prompt="edit/titles.j2",
    understudy=understudy,
    tools=LOOKING,
    tier="small",
    finishes=finished,
)
