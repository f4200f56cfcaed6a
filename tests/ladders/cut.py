"""Ladders of the cut: off-beat cuts, dead air, repeats, cuts in mid-sentence, a buried hook."""

from __future__ import annotations

from collections.abc import Sequence

from tests.ladders.ladder import STEPS, Ladder, Rung
from tests.ladders.stage import BED, CLIPS, COVERS, Operation, Stage, covered, montage, narration, shown, spoken

OFF = 0.15
"""Seconds by which a cut misses its beat; half a beat is 0.25."""
AIR = (0.0, 0.6, 1.0, 1.5, 2.0, 2.6)
"""Seconds in which nobody speaks and nothing plays."""
QUIET_FROM, QUIET_TO = 41.75, 44.37
"""Seconds of the speech in which the room alone is heard."""
AGAIN = (0.0, 0.6, 0.8, 1.1, 1.5, 2.2)
"""Seconds that are shown a second time."""
BURIED = (0.0, 0.8, 1.6, 2.4, 3.2, 4.0)
"""Seconds before anybody speaks, over a picture that hardly moves."""
SENTENCES = {"c1": (1, 12), "c2": (37, 48), "c3": (61, 70), "c4": (71, 85)}
"""First and last word of each clip."""
RUNS_ON = {"c1": 2, "c4": 1, "c3": 2, "c2": 2}
"""Words by which clips run into the next sentence, one clip more with each step; with the last, one begins late too."""


def off_beat(stage: Stage, step: int) -> Rung:
    """Move one cut of the montage after the other away from its beat."""
    plan = stage.plan(*montage([OFF if n < step else 0.0 for n in range(STEPS)]))
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
    """Show the end of a shot, then its last seconds again."""
    again = covered("b3", "c3", "s2", 26.58 - AGAIN[step])
    covers = [again if step and row["id"] == "b3" else row for row in COVERS]
    plan = stage.plan(*narration(covers=covers))
    return Rung(stage.render(plan), plan)


def mid_sentence(stage: Stage, step: int) -> Rung:
    """Let one clip after the other run into the next sentence and stop there."""
    clips = [spoken(clip, first, last) for clip, (first, last) in _spans(step).items()]
    plan = stage.plan(*narration(clips=clips))
    return Rung(stage.render(plan), plan)


def _spans(step: int) -> dict[str, tuple[int, int]]:
    late = {clip: 4 if step == STEPS and clip == "c2" else 0 for clip in SENTENCES}
    on = {clip: words if n < step else 0 for n, (clip, words) in enumerate(RUNS_ON.items())}
    return {clip: (first + late[clip], last + on[clip]) for clip, (first, last) in SENTENCES.items()}


def buried_hook(stage: Stage, step: int) -> Rung:
    """Begin with pictures and no words."""
    first = min(BURIED[step], 2.3)
    opening = [shown("c8", "s2", 27.1, first), shown("c9", "s2", 14.7, BURIED[step] - first)]
    clips = (*opening[: 1 + (BURIED[step] > first)], *CLIPS) if step else CLIPS
    plan = stage.plan(*narration(clips=clips))
    return Rung(stage.render(plan), plan)


LADDERS = (
    Ladder("off-beat cuts", "punchiness", off_beat),
    Ladder("dead air", "punchiness", dead_air),
    Ladder("repeats", "punchiness", repeats),
    Ladder("mid-sentence cuts", "punchiness", mid_sentence),
    Ladder("buried hook", "retention", buried_hook),
)
