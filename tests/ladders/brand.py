"""Ladders of the brand: the logo's place and size, the captions' colour."""

from __future__ import annotations

from tests.ladders.ladder import Ladder, Rung
from tests.ladders.stage import CAPTIONS, LOGO, MARK, Stage, kit, narration

SHIFT = (0, 10, 20, 40, 80, 160)
"""Pixels of 1280 by which the logo is off its place."""
SIZES = (0.16, 0.19, 0.22, 0.27, 0.34, 0.45)
"""Of the short side, where 0.16 is asked for."""
COLOURS = ("#ffffff", "#fff0e0", "#ffe0b0", "#ffd880", "#ffd040", "#ffc800")
"""From the brand's white to a yellow of nearly the same lightness."""


def logo_shift(stage: Stage, step: int) -> Rung:
    """Lay the logo beside its place."""
    good = stage.plan(*narration())
    if not step:
        return Rung(stage.render(good), good, kit(stage))
    bare = stage.plan(*narration(mark=None))
    wide = round(MARK["size"] * 720)
    x, y = f"W*0.95-w-{SHIFT[step]}", f"H*0.05+{SHIFT[step] // 2}"
    laid = f"[1:v]scale={wide}:-2[m];[0:v][m]overlay=x={x}:y={y}"
    return Rung(stage.spoilt(stage.render(bare), laid, over=stage.media[LOGO]), good, kit(stage))


def logo_size(stage: Stage, step: int) -> Rung:
    """Make the logo larger than the brand asks for."""
    plan = stage.plan(*narration(mark={**MARK, "size": SIZES[step]}))
    return Rung(stage.render(plan), plan, kit(stage))


def caption_colour(stage: Stage, step: int) -> Rung:
    """Write in a colour that is not the brand's."""
    plan = stage.plan(*narration(captions={**CAPTIONS, "colour": COLOURS[step]}))
    return Rung(stage.render(plan), plan, kit(stage))


LADDERS = (
    Ladder("logo shift", "brand", logo_shift, {"clarity": "the logo is not where the plan drew it"}),
    Ladder("logo size", "brand", logo_size),
    Ladder("caption colour", "brand", caption_colour),
)
