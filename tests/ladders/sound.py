"""Ladders of the sound: loudness, clicks at the cuts, lip sync, music over the voice."""

from __future__ import annotations

from kernel.worker.compile import compile
from tests.ladders.ladder import Ladder, Rung
from tests.ladders.stage import BED, Stage, narration

QUIETER = (0.0, -1.5, -2.5, -4.0, -6.0, -9.0)
"""Decibels."""
CLICKS = (0.0, 0.05, 0.1, 0.2, 0.4, 0.8)
"""Height of a click of a few samples at each cut, of full scale."""
LATE = (0, 60, 100, 160, 240, 400)
"""Milliseconds by which the sound comes after the picture."""
MUSIC = (-20.0, -14.0, -10.0, -6.0, -3.0, 0.0)
"""Loudness of the bed against the voice, in LU; it no longer ducks."""


def _good(stage: Stage) -> Rung:
    plan = stage.plan(*narration())
    return Rung(stage.render(plan), plan)


def loudness(stage: Stage, step: int) -> Rung:
    """Turn the whole down."""
    good = _good(stage)
    return Rung(stage.spoilt(good.video, "null", f"volume={QUIETER[step]}dB"), good.plan)


def clicks(stage: Stage, step: int) -> Rung:
    """Put a click at every cut of the sound."""
    good, high = _good(stage), CLICKS[step]
    timeline = compile(good.plan)
    cuts = [clip.first_frame / float(timeline.rate.fraction) for clip in timeline.clips[1:]]
    at = "+".join(f"between(t,{cut:.4f},{cut + 0.0003:.4f})" for cut in cuts)
    return Rung(
        stage.spoilt(good.video, "null", f"aeval='val(ch)+{high}*({at})':c=same" if step else "anull"), good.plan
    )


def lip_sync(stage: Stage, step: int) -> Rung:
    """Delay the sound."""
    good, late = _good(stage), LATE[step]
    moved = f"adelay={late}:all=1,atrim=end=999" if step else "anull"
    return Rung(stage.spoilt(good.video, "null", moved, "-shortest"), good.plan)


def music(stage: Stage, step: int) -> Rung:
    """Let the bed play over the voice, as planned."""
    bed = {**BED, "level_db": MUSIC[step], "duck_db": 8.0 if not step else 0.0}
    plan = stage.plan(*[bed if row is BED else row for row in narration()])
    return Rung(stage.render(plan), plan)


LADDERS = (
    Ladder("loudness", "watchability", loudness),
    Ladder("clicks at cuts", "watchability", clicks),
    Ladder("lip sync", "watchability", lip_sync),
    Ladder("music over the voice", "watchability", music),
)
