"""Ladders of the picture: blur, compression, upscaling, flicker, black holes, frozen stretches."""

from __future__ import annotations

from tests.ladders.ladder import Ladder, Rung
from tests.ladders.stage import Stage, narration

BLUR = (0.0, 0.4, 0.6, 0.8, 1.1, 1.6)
"""Sigma, in pixels of 720p."""
CRF = (12, 22, 25, 28, 31, 36)
SHRUNK = (1.0, 1.4, 1.8, 2.4, 3.2, 4.5)
"""Times smaller than 720p, and blown up again."""
FLASHES = (0.0, 1.5, 2.5, 3.5, 6.0, 10.0)
"""A second, through six seconds; 2.5 fails as extended flashes, 3.5 and more as general ones."""
HOLES = (0.0, 0.2, 0.4, 0.8, 1.4, 2.2)
"""Seconds of black in the middle of a shot."""
FROZEN = (0.0, 1.0, 1.5, 2.2, 3.0, 4.0)
"""Seconds for which the picture stands while the voice goes on."""
FIRST = 24
"""The frame that stands."""


def _good(stage: Stage) -> Rung:
    plan = stage.plan(*narration())
    return Rung(stage.render(plan), plan)


def _filtered(stage: Stage, picture: str, *more: str) -> Rung:
    good = _good(stage)
    return Rung(stage.spoilt(good.video, picture, "anull", *more), good.plan)


def blur(stage: Stage, step: int) -> Rung:
    """Soften the whole picture."""
    return _filtered(stage, f"gblur=sigma={BLUR[step]}" if step else "null")


def compression(stage: Stage, step: int) -> Rung:
    """Encode it again with fewer bits."""
    return _filtered(stage, "null", "-crf", str(CRF[step]))


def upscaling(stage: Stage, step: int) -> Rung:
    """Shrink it and blow it up again."""
    size = f"{round(1280 / SHRUNK[step] / 2) * 2}:{round(720 / SHRUNK[step] / 2) * 2}"
    return _filtered(stage, f"scale={size}:flags=area,scale=1280:720:flags=bicubic" if step else "null")


def flicker(stage: Stage, step: int) -> Rung:
    """Let the picture flash from its own brightness to dark and back."""
    often = FLASHES[step]
    dark = f"lutyuv=y='val*0.3':enable='between(t,3,9)*lt(mod(t*{often},1),0.5)'"
    return _filtered(stage, dark if step else "null")


def black(stage: Stage, step: int) -> Rung:
    """Put a black hole into a shot."""
    hole = f"drawbox=t=fill:c=black:enable='between(t,4.5,{4.5 + HOLES[step]:.2f})'"
    return _filtered(stage, hole if step else "null")


def frozen(stage: Stage, step: int) -> Rung:
    """Let the picture stand still."""
    last = FIRST + round(FROZEN[step] * 24)
    return _filtered(stage, f"split[a][b];[a][b]freezeframes={FIRST}:{last}:{FIRST}" if step else "null")


WITNESS = "what is drawn anew from the sources no longer looks like it"
UNREAD = "letters go with the picture"

LADDERS = (
    Ladder("blur", "clarity", blur, {"captions": UNREAD}),
    Ladder("compression", "clarity", compression, {"captions": UNREAD}),
    Ladder("upscaling", "clarity", upscaling, {"captions": UNREAD}),
    Ladder("flicker", "watchability", flicker, {"clarity": WITNESS, "captions": "dark frames hide letters"}),
    Ladder("black hole", "watchability", black, {"clarity": WITNESS, "captions": "black hides letters"}),
    Ladder("frozen picture", "watchability", frozen, {"clarity": WITNESS, "captions": "old letters stand on"}),
)
