"""length: whether a video is as long as the brief asks for: ±5 %, or to the frame where it says "exactly" (ours).

A cut that is shorter and whose plan says why passes, just so.
"""

from __future__ import annotations

import re

from kernel.evaluation.base import Finding, Seen, part
from kernel.evaluation.scorecard import THRESHOLD, Evidence, Part

OWNER = "plan"
SHARE = (0.2, 0.0125)
"""Broken and golden: the share of the asked length that is missing or too much; 5 % lies at the threshold."""
FRAMES = (5.0, 0.0)
"""The same in frames, for a brief that says "exactly"; one frame lies at the threshold."""
SPEAKS_OF_LENGTH = re.compile(r"short|enough|no more|nothing (more|else)|only|all there is|holds|asked", re.IGNORECASE)
"""What a note says that explains why a cut is shorter."""


def length(seen: Seen) -> Finding:
    """Return how long it is beside what the brief asks for."""
    brief = seen.brief or {}
    asked, lasts = float(brief["length"]), seen.measured.duration
    found = _exact(seen, asked) if brief.get("length_is_exact") else _near(lasts, asked)
    note = seen.plan.note if seen.plan else ""
    if lasts < asked and found.score < THRESHOLD and SPEAKS_OF_LENGTH.search(note):
        found = found.model_copy(update={"score": THRESHOLD, "shown": f"{found.shown}; the plan says why: {note}"})
    return _finding(found, lasts, asked)


def _near(lasts: float, asked: float) -> Part:
    return part("length", abs(lasts - asked) / asked, *SHARE, f"{lasts:.1f} s", f"{asked:g} s ±5 %")


def _exact(seen: Seen, asked: float) -> Part:
    rate = float(seen.measured.rate.fraction) if seen.measured.rate else 30.0
    lasts = seen.measured.duration
    return part("length", abs(lasts - asked) * rate, *FRAMES, f"{lasts:.2f} s", f"{asked:g} s exactly")


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
