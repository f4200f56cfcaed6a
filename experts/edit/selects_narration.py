"""selects_narration: the cut on paper where a voice without a face is covered with pictures."""

from __future__ import annotations

from typing import Any

from experts.edit.brief import Brief
from experts.edit.covering import cover_all
from experts.edit.footage import Footage
from experts.edit.log import Log
from experts.edit.output import output_of, pictures
from experts.edit.phrases import spoken
from experts.edit.selecting import selected
from experts.edit.selects import Selects, tells
from experts.edit.selects_montage import montage
from experts.edit.speech import cut_speech
from experts.tools import LOOKING
from kernel.expert import Expert, Scene


def understudy(scene: Scene) -> dict[str, Any]:
    """Choose sentences of the voice by rules and lay pictures over every frame of them."""
    return selected(scene, narration)


def narration(brief: Brief, footage: Footage, log: Log, only: frozenset[str] | None = None) -> Selects:
    """Return the cut of a narration; a montage where nobody says anything.

    Args:
        only: ids of the words to choose from; None for all.
    """
    voices = [reel for reel in spoken(footage) if not reel.inspection.probe.has_picture] or spoken(footage)
    seen = [reel for reel in pictures(footage) if reel.id in log.b_roll] or pictures(footage)
    rate = output_of(brief, footage, [reel.id for reel in seen]).rate
    cut = cut_speech(voices, brief, log, rate, only)
    if cut is None:
        return montage(brief, footage, log)
    coverings, rounds = cover_all(cut.selects, footage, seen, brief.pace, rate)
    repeats = "The pictures are fewer than the voice is long, so some come twice." if rounds > 1 else ""
    sure = max(0.1, round(cut.sure - 0.1 * (rounds > 1), 2))
    note = " ".join(filter(None, (cut.note, repeats)))
    return Selects(confidence=sure, selects=cut.selects, coverings=tuple(coverings), note=note)


EXPERT = Expert(
    name="edit.selects_narration",
    document=Selects,
    prompt="edit/selects_narration.j2",
    understudy=understudy,
    tools=LOOKING,
    tells=tells,
)
