"""stillness: black or frozen stretches that nobody asked for.

None that the plan did not ask for and the source does not have (practice of peers): fades, dips and stills are asked
for by the plan; what stands still in the source is its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kernel.evaluation.base import MEASURED, Finding, Metric, Seen, listed, part, scored, spared
from kernel.evaluation.excuses import dark, rest, still
from kernel.evaluation.scorecard import Evidence, Score
from kernel.worker.media import Span

OWNER = "plan"
BLACK = (0.5, 0.0)
"""Broken and golden, in seconds of black altogether; three frames lie at the threshold."""
FROZEN = (3.0, 0.5)
"""Broken and golden, in seconds of the longest frozen stretch; 1 s lies at the threshold, less is a gesture held."""

GOLDEN: Mapping[str, Any] = {"measured": MEASURED}
BROKEN: Mapping[str, Any] = {
    "measured": {**MEASURED, "black": [{"start": 4.0, "end": 5.5}], "frozen": [{"start": 6.0, "end": 9.5}]}
}


def measure(seen: Seen) -> Score:
    """Score what stands still or is black on its own account."""
    if not seen.measured.video_codec:
        return spared("stillness", "There is no picture.", OWNER)
    asked, found = dark(seen), seen.measured
    black = rest(found.black, asked)
    frozen = rest(found.frozen, [*asked, *still(seen), *found.black])
    total, longest = sum(map(_length, black)), max(map(_length, frozen), default=0.0)
    facts: dict[str, float | str] = {
        "black": round(total, 3),
        "longest frozen": round(longest, 3),
        "black with what was asked for": round(sum(map(_length, found.black)), 3),
        "frozen with what was asked for": round(sum(map(_length, found.frozen)), 3),
    }
    findings = [_black(total, black), _frozen(longest, frozen)]
    return scored("stillness", findings, facts, _fine(bool(black or frozen), bool(found.black or found.frozen)), OWNER)


def _fine(unasked: bool, some: bool) -> str:
    if unasked:
        return "What is black or stands still unasked is too short to disturb."
    return "Every black or still moment was asked for." if some else "The picture never stalls."


def _black(total: float, spans: Sequence[Span]) -> Finding:
    evidence = [Evidence(start=span.start, end=span.end, what="black") for span in spans]
    return Finding(
        part("black", total, *BLACK, f"{total:.2f} s", "none unasked"),
        f"The picture is black for {total:.2f} s that nobody asked for, at {listed(evidence)}.",
        OWNER,
        f"The picture is black at {listed(evidence)}: cut that stretch out or cover it.",
        evidence,
    )


def _frozen(longest: float, spans: Sequence[Span]) -> Finding:
    evidence = [Evidence(start=s.start, end=s.end, what="frozen") for s in sorted(spans, key=_length, reverse=True)]
    return Finding(
        part("frozen", longest, *FROZEN, f"{longest:.1f} s", "none over 1 s"),
        f"The picture stands still for {longest:.1f} s that nobody asked for, at {listed(evidence)}.",
        OWNER,
        f"The picture stands still at {listed(evidence)}: cut that stretch out, cover it, or end covers sooner.",
        evidence,
    )


def _length(span: Span) -> float:
    return span.end - span.start


STILLNESS = Metric("stillness", measure, GOLDEN, BROKEN)
