"""Ladders of the captions: contrast, spelling, speed."""

from __future__ import annotations

from tests.ladders.ladder import Ladder, Rung
from tests.ladders.stage import CAPTIONS, Stage, narration

GREYS = ("#ffffff", "#a0a0a0", "#808080", "#606060", "#484848", "#303030")
"""Of letters on a dark box."""
MISSPELT = (0, 3, 6, 12, 20, 30)
"""Words that are written otherwise than they are spoken, of about fifty."""
WORDS = (*range(1, 13), *range(37, 49), *range(61, 86))


def contrast(stage: Stage, step: int) -> Rung:
    """Make the letters as dark as their box."""
    plan = stage.plan(*narration(captions={**CAPTIONS, "colour": GREYS[step]}))
    return Rung(stage.render(plan), plan)


def spelling(stage: Stage, step: int) -> Rung:
    """Write other words than are planned: the file is no longer what its plan says."""
    wrong = [{"word": f"s1w{word}", "text": "xqzvk"} for word in WORDS[::2][: MISSPELT[step]]]
    made = stage.plan(*narration(captions={**CAPTIONS, "corrections": wrong}))
    return Rung(stage.render(made), stage.plan(*narration()))


LADDERS = (
    Ladder("caption contrast", "captions", contrast),
    Ladder(
        "caption spelling", "captions", spelling, {"clarity": "other letters than were planned stand on the picture"}
    ),
)
