"""Running on: a picture that goes on over a cut in the sound goes on without a stutter.

Whoever lays one shot over two clips reckons where it goes on in seconds; the clips last whole frames. A difference that
small is never meant as a cut: it looks like a fault.
"""

from __future__ import annotations

from fractions import Fraction

from kernel.worker.borders import span_of
from kernel.worker.compile import check, lay
from kernel.worker.ops import Operation
from kernel.worker.ops.cover import Cover
from kernel.worker.plan import EditPlan
from kernel.worker.retime import speed_of

NEAR = 0.15
"""Seconds: a jump within a shot that is shorter is taken for a miscount, a longer one for a jump cut that is meant."""


def run_on(plan: EditPlan) -> EditPlan:
    """Return a plan in which each cover that carries on the one before it does so at the very next frame."""
    if check(plan):
        return plan
    starts = _starts(plan)
    operations: tuple[Operation, ...] = tuple(
        op.model_copy(update={"start": starts[op.id]}) if isinstance(op, Cover) and op.id in starts else op
        for op in plan.operations
    )
    followed = plan.model_copy(update={"operations": operations})
    return plan if check(followed) else followed


def _starts(plan: EditPlan) -> dict[str, float]:
    """Return where covers begin in their sources that are to begin elsewhere."""
    rate = plan.output.rate.fraction
    starts: dict[str, float] = {}
    ended: tuple[int, str, int] | None = None
    for first, end, cover in _in_time(plan):
        begins = round(Fraction(cover.start) * rate)
        if ended and ended[:2] == (first, cover.source) and 0 < abs(begins - ended[2]) <= NEAR * rate:
            begins = ended[2]
            starts[cover.id] = round(float(begins / rate), 6)
        ended = None if speed_of(plan, cover.id) else (end, cover.source, begins + end - first)
    return starts


def _in_time(plan: EditPlan) -> list[tuple[int, int, Cover]]:
    """Return the covers in the order in which they are seen, each with its first frame and the one after its last."""
    clips = {clip.id: clip for clip in lay(plan)}
    spans = [(*span_of(plan, cover, clips[cover.clip]), cover) for cover in plan.each(Cover)]
    return sorted(spans, key=lambda span: span[:2])
