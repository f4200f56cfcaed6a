"""judgement: what a model thinks of the opening and the pace, having seen frames and read the words. It never gates
alone: judges are noisy."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from kernel.document import ExpertDocument


class Judgement(ExpertDocument):
    """What a viewer makes of the opening and of the pace: first what is there, then a number for it."""

    SCHEMA: ClassVar[str] = "Judgement"
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "confidence": 0.7,
        "opening": "0:00.0 a face in mid-sentence, caption THIS COSTS MILLIONS; 0:01.5 the factory",
        "why_hook": "The claim of the piece is heard and read within two seconds, over a face.",
        "hook": 0.9,
        "course": "new picture every 2-3 s; 0:14.0-0:19.0 one slide while the voice lists names",
        "why_pacing": "Steady, but five seconds at 0:14 stand still where nothing new is said.",
        "pacing": 0.7,
    }

    opening: str
    """What is seen, read and heard in the first 3 s, each with its time: what is there, no praise."""
    why_hook: str
    """One sentence for the person: what makes a stranger stay or leave, with its time."""
    hook: float | None = Field(ge=0, le=1)
    """How well the opening holds a stranger, by the anchors; null only where no pictures could be seen."""
    course: str
    """What changes when after the opening, and where it stands still, repeats itself or hurries, each with its time."""
    why_pacing: str
    """One sentence for the person: where the pace helps or hurts, with its time."""
    pacing: float | None = Field(ge=0, le=1)
    """How well the pace holds them to the end, by the anchors; null only where no pictures could be seen."""

    @property
    def judged(self) -> bool:
        """Whether there is a judgement at all."""
        return self.hook is not None and self.pacing is not None


NOBODY = "Not judged: no model is set, or none answered."
"""What stands in a judgement that nobody made."""
