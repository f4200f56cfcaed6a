"""laid: the sound of a plan's sources where the plan lays it, so that a render can be held against it."""

from __future__ import annotations

import numpy as np

from kernel.evaluation.case import Case
from kernel.worker.probe import probe
from kernel.worker.samples import RATE as PROGRAMME
from kernel.worker.sound import RATE, Coded, Samples, floats, map_wav, take_sound
from kernel.worker.underscore import Bed

LONGEST = 2 * 3600.0
"""Seconds of a source that is still decoded to be compared with: a minute's work."""


def own_sound(case: Case, id: str) -> Coded | None:
    """Return the sound of a source, mono, 16 kHz, mapped; None where its file is not at hand, silent or too long."""
    path, known = case.media.get(id), case.sources.get(id)
    if path is None or not path.is_file():
        return None
    found = known.probe if known else probe(path, case.ffmpeg, case.work, case.cancelled)
    if not found.has_sound or found.duration > LONGEST:
        return None
    wav = case.work / f"own-{id}.wav"
    if not wav.is_file():
        take_sound(path, found, wav, case.ffmpeg, case.cancelled)
    return map_wav(wav)


def laid(case: Case, bed: Bed) -> Samples | None:
    """Return a bed of music as the plan lays it, without its gains; None where its source cannot be had."""
    own = own_sound(case, bed.source.id)
    if own is None:
        return None
    made = np.zeros(round((bed.end - bed.at) / PROGRAMME * RATE), dtype=np.float32)
    for run in bed.laid:
        at, first = round(run.at * RATE), round(run.first * RATE)
        part = floats(own[first : first + round(run.lasts * RATE)][: max(0, len(made) - at)])
        made[at : at + len(part)] = part
    return made
