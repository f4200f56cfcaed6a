"""Selecting: what the three understudies of selects share: they choose, and apply the notes of a rerun."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from experts.edit.brief import Brief
from experts.edit.changes import Changes, amended, not_understood
from experts.edit.cures import Note, changes_of, notes_of, peoples
from experts.edit.footage import Footage
from experts.edit.inputs import needed
from experts.edit.log import Log
from experts.edit.output import output_of
from experts.edit.selects import Selects, length_of
from experts.edit.trim import shorter_ending, shorter_opening, trim
from kernel.expert import Scene

Make = Callable[[Brief, Footage, Log], Selects]


def selected(scene: Scene, make: Make) -> dict[str, Any]:
    """Return the selects of a scene: chosen to the brief with all notes in it, trimmed where a note names a place."""
    footage, log = needed(scene.documents, "footage", Footage), needed(scene.documents, "log", Log)
    notes = notes_of(scene)
    given = needed(scene.documents, "brief", Brief)
    changes = changes_of(notes, given)
    brief = amended(given, changes)
    made = make(brief, footage, log)
    made = _trimmed(made, _within_reason(made, notes, changes), brief, footage)
    note = " ".join(filter(None, (made.note, *not_understood(peoples(notes)))))
    return made.model_copy(update={"note": note}).body()


def _within_reason(selects: Selects, notes: Sequence[Note], changes: Sequence[Changes]) -> list[Changes]:
    """Return the changes without those that a failed score would buy with half of a lone picture.

    What comes before the second picture can go for a quicker opening; where there is no second one, nothing comes
    sooner by it, and only a person may have the cut shorter.
    """
    lone = len(selects.selects) == 1 and not selects.selects[0].first_word
    pairs = zip(notes, changes, strict=True)
    return [change._replace(opening=False) if lone and note.measured else change for note, change in pairs]


def _trimmed(selects: Selects, changes: Sequence[Changes], brief: Brief, footage: Footage) -> Selects:
    made = selects
    rate = output_of(brief, footage, [select.source for select in selects.selects]).rate
    for change in changes:
        for timed in change.timed:
            selects = trim(selects, timed, footage, rate).selects
        if change.opening:
            selects = shorter_opening(selects, footage, rate).selects
        if change.ending:
            selects = shorter_ending(selects, footage, rate).selects
    if selects == made:
        return made
    lasts = sum(length_of(select, footage.reel(select.source)) for select in selects.selects)
    still = (said for said in re.split(r"(?<=\.)\s", made.note) if not said.startswith("It lasts"))
    note = " ".join(filter(None, (*still, f"Trimmed as the notes ask; it lasts {lasts:.1f} s.")))
    return selects.model_copy(update={"note": note})
