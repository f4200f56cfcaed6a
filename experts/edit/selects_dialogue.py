"""selects_dialogue: the cut on paper where people are seen speaking."""

from __future__ import annotations

from typing import Any

from experts.edit.brief import Brief
from experts.edit.covering import cover_all, cover_jumps
from experts.edit.footage import Footage
from experts.edit.log import Log
from experts.edit.output import output_of, pictures
from experts.edit.phrases import spoken
from experts.edit.selecting import selected
from experts.edit.selects import Covering, Select, Selects, tells
from experts.edit.selects_montage import montage
from experts.edit.speech import cut_speech
from experts.tools import LOOKING
from kernel.expert import Expert, Scene
from kernel.worker.media import Rate


def understudy(scene: Scene) -> dict[str, Any]:
    """Choose sentences by rules, in their order, to the length asked for."""
    return selected(scene, dialogue)


def dialogue(brief: Brief, footage: Footage, log: Log, only: frozenset[str] | None = None) -> Selects:
    """Return the cut of a talk; a montage where nobody says anything.

    Args:
        only: ids of the words to choose from; None for all.
    """
    reels = [reel for reel in spoken(footage) if reel.id not in log.b_roll] or spoken(footage)
    rate = output_of(brief, footage, [reel.id for reel in reels]).rate
    cut = cut_speech(reels, brief, log, rate, only)
    if cut is None:
        return montage(brief, footage, log)
    coverings = _coverings(cut.selects, brief, footage, log, rate)
    return Selects(confidence=max(0.1, cut.sure), selects=cut.selects, coverings=tuple(coverings), note=cut.note)


def _coverings(selects: tuple[Select, ...], brief: Brief, footage: Footage, log: Log, rate: Rate) -> list[Covering]:
    """Return b-roll over the jumps, and over all that has no picture of its own."""
    seen = [reel for reel in pictures(footage) if reel.id in log.b_roll]
    unseen = [i for i, s in enumerate(selects) if not footage.reel(s.source).inspection.probe.has_picture]
    if unseen:
        covers, _ = cover_all(selects, footage, seen or pictures(footage), brief.pace, rate)
        return [covering for covering in covers if covering.select in unseen]
    return cover_jumps(selects, footage, seen, rate) if seen else []


EXPERT = Expert(
    name="edit.selects_dialogue",
    document=Selects,
    prompt="edit/selects_dialogue.j2",
    understudy=understudy,
    tools=LOOKING,
    tells=tells,
)
