"""Material: all that a plan is put together from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from experts.edit import captions as captioning
from experts.edit import sound as sounding
from experts.edit import titles as titling
from experts.edit.brief import Brief
from experts.edit.captions import CaptionSheet
from experts.edit.footage import Footage
from experts.edit.grading import Wish, wishes
from experts.edit.inputs import needed
from experts.edit.log import Log
from experts.edit.selects import Selects, length_of
from experts.edit.sound import SoundSheet
from experts.edit.tempo import Moment
from experts.edit.titles import TitleSheet
from kernel.document import Document


@dataclass(frozen=True)
class Material:
    """All that a plan is put together from."""

    brief: Brief
    footage: Footage
    log: Log
    selects: Selects
    captions: CaptionSheet
    sound: SoundSheet
    titles: TitleSheet
    picture: tuple[Wish, ...] = ()
    """What was asked of colours, zooms, shaking and grain, oldest first."""
    time: tuple[Moment, ...] = ()
    """What notes asked of speeds, held frames and joins, oldest first."""
    said: tuple[str, ...] = ()
    """Sentences for the note."""

    def saying(self, *sentences: str) -> Material:
        """Return it with more to say."""
        return replace(self, said=(*self.said, *sentences))

    @property
    def seconds(self) -> float:
        """How long the cut is."""
        return sum(length_of(select, self.footage.reel(select.source)) for select in self.selects.selects)


def material(documents: Mapping[str, Document]) -> Material:
    """Return the input documents as values; what is not there is made by the understudies' rules."""
    brief, footage = needed(documents, "brief", Brief), needed(documents, "footage", Footage)
    selects = needed(documents, "selects", Selects)
    log, captions = documents.get("log"), documents.get("captions")
    sound, titles = documents.get("sound"), documents.get("titles")
    return Material(
        brief,
        footage,
        log if isinstance(log, Log) else Log(confidence=0.3, kind=_kind(selects), summary=""),
        selects,
        captions if isinstance(captions, CaptionSheet) else captioning.sheet_of(brief, footage, selects, log),
        sound if isinstance(sound, SoundSheet) else sounding.sheet_of(brief, footage, selects),
        titles if isinstance(titles, TitleSheet) else titling.sheet_of(brief, footage, selects),
        wishes(brief.text),
    )


def _kind(selects: Selects) -> Literal["dialogue", "narration", "montage"]:
    if not any(select.first_word for select in selects.selects):
        return "montage"
    return "narration" if selects.coverings else "dialogue"
