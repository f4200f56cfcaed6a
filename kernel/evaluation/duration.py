"""duration: whether the video is as long as the brief asks for.

Asked length ±5 % unless the brief says "exactly" (then to the frame): standards of ours. That the file has exactly the
frames of its plan is a gate.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from kernel.evaluation.base import MEASURED, Finding, Metric, Seen, part, scored, spared
from kernel.evaluation.scorecard import THRESHOLD, Evidence, Part, Score

OWNER = "plan"
SHARE = (0.2, 0.0125)
"""Broken and golden: the share of the asked length that is missing or too much; 5 % lies at the threshold."""
FRAMES = (5.0, 0.0)
"""The same in frames, for a brief that says "exactly"; one frame lies at the threshold."""
SPEAKS_OF_LENGTH = re.compile(r"short|enough|no more|nothing (more|else)|only|all there is|holds|asked", re.IGNORECASE)
"""What a note says that explains why a cut is shorter."""

GOLDEN: Mapping[str, Any] = {"measured": MEASURED, "brief": {"length": 10.0}}
BROKEN: Mapping[str, Any] = {"measured": MEASURED, "brief": {"length": 20.0}}


def measure(seen: Seen) -> Score:
    """Score the length against the brief."""
    asked = (seen.brief or {}).get("length")
    if not asked:
        return spared("duration", "The brief asks for no length.", OWNER)
    exact, lasts = bool((seen.brief or {}).get("length_is_exact")), seen.measured.duration
    scored_part = _exact(seen, float(asked)) if exact else _near(lasts, float(asked))
    note = seen.plan.note if seen.plan else ""
    facts: dict[str, float | str] = {"length": round(lasts, 3), "asked": float(asked), "note": note}
    if lasts < asked and scored_part.score < THRESHOLD and SPEAKS_OF_LENGTH.search(note):
        return _explained(scored_part, facts, note)
    return scored("duration", [_finding(scored_part, lasts, float(asked))], facts, _fine(scored_part), OWNER)


def _near(lasts: float, asked: float) -> Part:
    target = f"{asked:g} s ±5 %"
    return part("length", abs(lasts - asked) / asked, *SHARE, f"{lasts:.1f} s", target)


def _exact(seen: Seen, asked: float) -> Part:
    rate = float(seen.measured.rate.fraction) if seen.measured.rate else 30.0
    lasts = seen.measured.duration
    return part("length", abs(lasts - asked) * rate, *FRAMES, f"{lasts:.2f} s", f"{asked:g} s exactly")


def _fine(found: Part) -> str:
    return f"It lasts {found.shown}, as asked ({found.target})."


def _finding(found: Part, lasts: float, asked: float) -> Finding:
    off = f"{abs(lasts - asked):.1f} s too {'long' if lasts > asked else 'short'}"
    cure = "take the weakest clips out" if lasts > asked else "take more in, or say in the note why there is no more"
    evidence = [Evidence(start=min(lasts, asked), end=max(lasts, asked), what=off)]
    return Finding(
        found,
        f"It lasts {found.shown} where {found.target} was asked for: {off}.",
        OWNER,
        f"The cut is {off}: bring it to {found.target}; {cure}.",
        evidence,
    )


def _explained(found: Part, facts: Mapping[str, float | str], note: str) -> Score:
    """A shorter cut whose plan says why passes, just so."""
    return Score(
        name="duration",
        score=THRESHOLD,
        passed=True,
        measured=dict(facts),
        parts=(found.model_copy(update={"score": THRESHOLD}),),
        why=f"It lasts {found.shown} where {found.target} was asked for, and the plan says why: {note}",
        owner=OWNER,
    )


DURATION = Metric("duration", measure, GOLDEN, BROKEN)
