"""sound: loudness, music, and the levels of the clips."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from experts.edit.bed import bed_of
from experts.edit.brief import Brief
from experts.edit.changes import Changes, amended, not_understood
from experts.edit.cures import cured_loudness, cured_music, cures, notes_of, peoples
from experts.edit.footage import Footage
from experts.edit.inputs import needed
from experts.edit.selects import Selects
from experts.tools import LOOKING
from kernel.document import Document, ExpertDocument
from kernel.expert import Expert, Scene
from kernel.worker.ops.loudness import Loudness
from kernel.worker.ops.music import Music
from kernel.worker.presets import WEB_LUFS, preset_of


class SoundSheet(ExpertDocument):
    """The mix on paper."""

    SCHEMA: ClassVar[str] = "SoundSheet"
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "confidence": 0.9,
        "loudness": {"type": "loudness"},
        "music": {"type": "music", "source": "s3"},
        "keep_clip_sound": True,
        "why": "a calm bed under the voice",
    }

    loudness: Loudness
    music: Music | None
    """Null for none."""
    keep_clip_sound: bool = True
    """Whether the clips' own sound is heard; false for a montage on music."""
    why: str

    def problems(self, documents: Mapping[str, Document]) -> list[str]:
        """Say whether the music is there, and whether the brief wants none."""
        footage, brief = documents.get("footage"), documents.get("brief")
        if self.music is None or not isinstance(footage, Footage):
            return []
        heard = [reel.id for reel in footage.reels if reel.inspection.probe.has_sound]
        found = [f"The music is {self.music.source}; the sources with sound are {', '.join(heard)}."]
        unwanted = isinstance(brief, Brief) and brief.music is False
        return [
            *(found if self.music.source not in heard else []),
            *(["The brief wants no music."] if unwanted else []),
        ]


PODCAST, BROADCAST = (
    re.compile(r"\bpodcast\b", re.IGNORECASE),
    re.compile(r"\b(?:broadcast|r\s?128|television)\b", re.IGNORECASE),
)
STEP = 4.0
"""Decibels by which music gets louder or softer when somebody asks for it."""


def understudy(scene: Scene) -> dict[str, Any]:
    """Bring the sound to -14 LUFS; lay music under it when it is asked for, sent along, or the cut is a montage."""
    brief, footage = needed(scene.documents, "brief", Brief), needed(scene.documents, "footage", Footage)
    selects = needed(scene.documents, "selects", Selects)
    notes = notes_of(scene)
    changes, failed = peoples(notes), cures(notes)
    sheet = sheet_of(amended(brief, changes), footage, selects, changes)
    mended = {"music": cured_music(sheet.music, failed, changes), "loudness": cured_loudness(sheet.loudness, failed)}
    return sheet.model_copy(update={**mended, "why": " ".join([sheet.why, *not_understood(changes)])}).body()


def sheet_of(brief: Brief, footage: Footage, selects: Selects, changes: Iterable[Changes] = ()) -> SoundSheet:
    """Return the mix: loudness by where it will be heard, a bed or none, and whether the clips are heard."""
    montage = not any(select.first_word for select in selects.selects)
    bed = bed_of(brief, footage, montage)
    steps = sum(change.louder for change in changes)
    level = min(0.0, max(-40.0, -20.0 + STEP * steps))
    why = "no music" if bed is None else f"{'the bundled bed' if bed.bundled else 'the music that was sent'} {bed.name}"
    return SoundSheet(
        confidence=0.8 if bed is None or not bed.bundled else 0.7,
        loudness=Loudness(lufs=_lufs(brief)),
        music=Music(source=bed.id, level_db=level) if bed else None,
        keep_clip_sound=not (montage and bed),
        why=why,
    )


def _lufs(brief: Brief) -> float:
    """Return the loudness: -16 LUFS for podcasts, -23 for broadcast, else what the place takes, or the web's -14."""
    if BROADCAST.search(brief.text):
        return -23.0
    return -16.0 if PODCAST.search(brief.text) else preset_of(brief.platform).lufs or WEB_LUFS


EXPERT = Expert(
    name="edit.sound", document=SoundSheet, prompt="edit/sound.j2", understudy=understudy, tools=LOOKING, tier="small"
)
