"""Scorecard: how good a finished video is: gates that it must pass, and scores with their evidence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field

from kernel.document import Document, Value

THRESHOLD = 0.8
"""A score passes from here on; each metric's anchors are set so that its standard's own limit lies exactly here."""


TITLES: Mapping[str, str] = {
    "clarity": "Clarity and resolution",
    "captions": "Caption readability",
    "brand": "Brand fit",
}
"""What people read in place of a metric's name, where that is not the same."""


class Evidence(Value):
    """A stretch of the video that a score rests on."""

    start: float
    end: float
    """Seconds of the video."""
    what: str
    """What is there, in a few words."""


class Part(Value):
    """One measured value of a metric, and where 0 and 1 lie for it."""

    name: str
    value: float
    broken: float
    """The value that scores 0."""
    golden: float
    """The value that scores 1."""
    score: float = Field(ge=0, le=1)
    shown: str
    """The value as a person reads it."""
    target: str
    """What it should be, as a person reads it."""


class Score(Value):
    """One metric's result: that of its weakest part."""

    name: str
    score: float = Field(ge=0, le=1)
    """1 where it does not apply."""
    threshold: float = THRESHOLD
    passed: bool
    applicable: bool = True
    """Whether there was anything to measure; else it counts for nothing."""
    weight: float = Field(default=1.0, gt=0)
    measured: dict[str, float | str] = Field(default_factory=dict)
    """Everything that was measured for it, scored or not."""
    parts: tuple[Part, ...] = ()
    """What is scored; the first is what the metric is about."""
    why: str
    """One plain sentence."""
    evidence: tuple[Evidence, ...] = ()
    owner: str
    """The step that owns the cure."""
    instruction: str = ""
    """What to tell that step; empty where it passed."""

    @property
    def title(self) -> str:
        """Its name as people read it."""
        return TITLES.get(self.name, self.name.capitalize())

    @property
    def weakest(self) -> Part | None:
        """The part that the score is taken from; None where nothing is scored."""
        return min(self.parts, key=_score, default=None)


class Gate(Value):
    """A condition without which nothing else counts; passing it earns nothing."""

    name: str
    passed: bool
    why: str
    """One plain sentence."""
    owner: str = ""
    """The step that owns the cure; empty where only a person can help."""
    instruction: str = ""
    """What to tell that step; empty where it passed."""


class Scorecard(Document):
    """The evaluation of a render."""

    SCHEMA: ClassVar[str] = "Scorecard"
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "facts": "1080x1920, 30 fps, 0:30.0, h264 and aac",
        "gates": [{"name": "plays to the end", "passed": True, "why": "All 900 frames decode without a fault."}],
        "scores": [
            {
                "name": "loudness",
                "score": 1.0,
                "passed": True,
                "measured": {"loudness": -14.0},
                "parts": [
                    {
                        "name": "loudness",
                        "value": 0.0,
                        "broken": 4.0,
                        "golden": 0.25,
                        "score": 1.0,
                        "shown": "-14.0 LUFS",
                        "target": "-14 LUFS ±1",
                    }
                ],
                "why": "It is as loud as the plan asks for.",
                "owner": "sound",
            }
        ],
        "total": 1.0,
        "passed": True,
    }

    facts: str = ""
    """The file in a few words: size, rate, length, codecs."""
    profile: str = ""
    """Name of the profile that it is measured by; empty where there is none."""
    gates: tuple[Gate, ...]
    scores: tuple[Score, ...]
    total: float = Field(ge=0, le=1)
    """0 when a gate fails, else the weighted mean of the scores that apply."""
    passed: bool
    """Whether every gate and every score that applies passed."""

    @property
    def failed(self) -> tuple[Score, ...]:
        """The scores that did not pass, the lowest first: whose owners have something to mend."""
        return tuple(sorted((score for score in self.scores if not score.passed), key=_score))


def _score(scored: Part | Score) -> float:
    return scored.score
