"""Bed: which music plays, and where its beats fall in the finished cut."""

from __future__ import annotations

import re
from itertools import pairwise

from experts.edit.brief import Brief
from experts.edit.footage import Footage, Reel

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
    """Return the times of the beats in the cut, in seconds; a short bed begins anew, and so do its beats."""
    length, beats = bed.inspection.probe.duration, list(bed.inspection.beats)
    if len(beats) < 2 or length <= 0:
        return []
    once = _filled(beats, length)
    rounds = int(seconds // length) + 1 if length < seconds else 1
    return [beat + turn * length for turn in range(rounds) for beat in once if beat + turn * length <= seconds]


def _filled(beats: list[float], length: float) -> list[float]:
    """Return a round of beats without holes at its ends, where trackers often miss some."""
    steps = sorted(b - a for a, b in pairwise(beats))
    step = steps[len(steps) // 2]
    before = [beats[0] - n * step for n in range(int(beats[0] / step + 0.1), 0, -1)]
    after = [beats[-1] + n * step for n in range(1, int((length - beats[-1]) / step - 0.5) + 1)]
    return [max(0.0, beat) for beat in before] + beats + after
