"""Bed: which music plays, and where its beats fall in the finished cut."""

from __future__ import annotations

import re

from experts.edit.brief import Brief
from experts.edit.footage import Footage, Reel
from kernel.worker.beds import beats_in, runs

CALM = re.compile(r"\b(?:calm|quiet|soft|gentle|ambient|slow|sad|peaceful|dreamy)\b", re.IGNORECASE)
LIVELY = re.compile(r"\b(?:upbeat|energetic|driving|fast|punchy|happy|dynamic|electronic)\b", re.IGNORECASE)
UNDER_SPEECH, ON_ITS_OWN = 90.0, 120.0
"""Beats per minute that suit a bed under a voice, and a montage (practice)."""


def bed_of(brief: Brief, footage: Footage, montage: bool) -> Reel | None:
    """Return the music: the person's own first, else the bundled bed that fits best; None for none.

    Music plays when it is asked for, when the person sent some, and under a montage, unless they want none.
    """
    own = [reel for reel in footage.reels if is_music(reel) and not reel.bundled]
    bundled = [reel for reel in footage.reels if reel.bundled and reel.inspection.probe.has_sound]
    wanted = brief.music if brief.music is not None else montage or bool(own)
    if not wanted:
        return None
    return own[0] if own else _fitting(brief, bundled, montage)


def is_music(reel: Reel) -> bool:
    """Say whether a source is music: named so, or sound alone with a beat and without words."""
    seen = reel.inspection
    return reel.role == "music" or (seen.probe.kind == "audio" and not seen.words and seen.tempo > 0)


def _fitting(brief: Brief, beds: list[Reel], montage: bool) -> Reel | None:
    steady = [reel for reel in beds if reel.inspection.beats]
    wish = ON_ITS_OWN if montage else UNDER_SPEECH
    if CALM.search(brief.text) and not montage:
        beds = [reel for reel in beds if not reel.inspection.beats] or beds
    else:
        beds = steady or beds
    if LIVELY.search(brief.text) or (montage and brief.pace == "fast"):
        wish = 140.0
    if montage and (brief.pace == "slow" or CALM.search(brief.text)):
        wish = UNDER_SPEECH
    return min(beds, key=lambda reel: (abs(reel.inspection.tempo - wish), reel.id), default=None)


def grid(bed: Reel, seconds: float) -> list[float]:
    """Return the times of the beats in the cut, in seconds, as the worker lays the bed: a short one goes back."""
    length, beats = bed.inspection.probe.duration, bed.inspection.beats
    if len(beats) < 2 or length <= 0:
        return []
    return list(beats_in(runs(length, 0.0, beats, seconds), length, beats))
