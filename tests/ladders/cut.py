"""Ladders of the cut: off-beat cuts, dead air, repeats, cuts in mid-sentence, a buried hook."""

from __future__ import annotations

from collections.abc import Sequence

from tests.ladders.ladder import Ladder, Rung
from tests.ladders.stage import BED, CLIPS, COVERS, Operation, Stage, covered, montage, narration, shown, spoken

OFF = (0.0, 0.08, 0.12, 0.16, 0.2, 0.25)
"""Seconds by which the cuts miss the beats; half a beat is 0.25."""
AIR = (0.0, 0.6, 1.0, 1.5, 2.0, 2.6)
"""Seconds in which nobody speaks and nothing plays."""
QUIET_FROM, QUIET_TO = 41.75, 44.37
"""Seconds of the speech in which the room alone is heard."""
AGAIN = (0, 1, 2, 3, 4, 5)
"""Shots that show what was shown before."""
BURIED = (0.0, 0.8, 1.6, 2.4, 3.2, 4.0)
"""Seconds before anybody speaks, over a picture that hardly moves."""
CUT_SHORT = (0, 1, 2, 3, 4, 5)
"""Words that are missing at the end of each sentence."""


def off_beat(stage: Stage, step: int) -> Rung:
    """Move the cuts of the montage away from the beats."""
    plan = stage.plan(*montage(OFF[step]))
    return Rung(stage.render(plan), plan)


def dead_air(stage: Stage, step: int) -> Rung:
    """Leave a hole between two sentences."""
    if not step:
        plan = stage.plan(*_dry(CLIPS, COVERS))
        return Rung(stage.render(plan), plan)
    hole = {"type": "cut", "id": "c9", "source": "s1", "start": QUIET_FROM, "end": QUIET_FROM + AIR[step], "why": "air"}
    clips = (*CLIPS[:2], hole, *CLIPS[2:])
    plan = stage.plan(*_dry(clips, (*COVERS, covered("b9", "c9", "s2", 13.0))))
    return Rung(stage.render(plan), plan)


def _dry(clips: Sequence[Operation], covers: Sequence[Operation]) -> tuple[Operation, ...]:
    """Return the narration without music, so that a hole is heard."""
    return tuple(row for row in narration(clips, covers) if row is not BED)


def repeats(stage: Stage, step: int) -> Rung:
    """Show the same seconds of the same shot again and again."""
    plan = stage.plan(*narration(covers=_covers(step)))
    return Rung(stage.render(plan), plan)


def _covers(step: int) -> tuple[Operation, ...]:
    return tuple(
        {**row, "source": "s2", "start": 23.5} if 0 < n <= AGAIN[step] else row for n, row in enumerate(COVERS)
    )


def mid_sentence(stage: Stage, step: int) -> Rung:
    """Cut every sentence off some words before its end."""
    ends = ((1, 12), (37, 48), (61, 70), (71, 85))
    clips = [spoken(f"c{n}", first, last - CUT_SHORT[step]) for n, (first, last) in enumerate(ends, 1)]
    plan = stage.plan(*narration(clips=clips))
    return Rung(stage.render(plan), plan)


def buried_hook(stage: Stage, step: int) -> Rung:
    """Begin with a street at night, and no words."""
    first = min(BURIED[step], 2.8)
    streets = [shown("c8", "s3", 4.7, first), shown("c9", "s2", 14.7, BURIED[step] - first)]
    clips = (*streets[: 1 + (BURIED[step] > first)], *CLIPS) if step else CLIPS
    plan = stage.plan(*narration(clips=clips))
    return Rung(stage.render(plan), plan)


LADDERS = (
    Ladder("off-beat cuts", "punchiness", off_beat),
    Ladder("dead air", "punchiness", dead_air),
    Ladder("repeats", "punchiness", repeats),
    Ladder("mid-sentence cuts", "punchiness", mid_sentence),
    Ladder("buried hook", "retention", buried_hook),
)
