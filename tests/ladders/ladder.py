"""Ladder: one thing that gets worse in five steps, the metric that owns it, and what else it really touches."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from kernel.brand import BrandKit
from kernel.worker.plan import EditPlan
from tests.ladders.stage import Stage

STEPS = 5
TIMES = 3.0
"""Times as far as any other metric that the owner must fall."""
SLACK = 0.02
"""By which a score may rise from one step to the next and still count as falling: measuring is not exact."""
LEAST = 0.3
"""How far the owner must fall from the first step to the last."""


@dataclass(frozen=True)
class Rung:
    """One step: a video, and what it is held against."""

    video: Path
    plan: EditPlan
    brand: BrandKit | None = None


@dataclass(frozen=True)
class Ladder:
    """One way in which a good render goes bad."""

    name: str
    owner: str
    """The metric that must fall."""
    worsen: Callable[[Stage, int], Rung]
    """Makes the step, from 0 (as good as it gets) to 5."""
    coupled: Mapping[str, str] = field(default_factory=dict)
    """Other metrics that really suffer too, and why."""


@dataclass(frozen=True)
class Climb:
    """What came of a ladder: the scores of each metric, from the best step to the worst; None where not applicable."""

    ladder: Ladder
    scores: Mapping[str, Sequence[float | None]]

    @property
    def owned(self) -> Sequence[float]:
        """The owner's scores."""
        return [0.0 if score is None else score for score in self.scores[self.ladder.owner]]

    @property
    def fall(self) -> float:
        """How far the owner falls."""
        return self.owned[0] - self.owned[-1]

    @property
    def falls_steadily(self) -> bool:
        """Whether no step scores better than the one before it."""
        return all(after <= before + SLACK for before, after in pairwise(self.owned))

    @property
    def others(self) -> Mapping[str, float]:
        """How far each other metric moves at the most, declared couplings aside."""
        free = [name for name in self.scores if name != self.ladder.owner and name not in self.ladder.coupled]
        return {name: _moved(self.scores[name]) for name in free}

    @property
    def most_other(self) -> tuple[str, float]:
        """The other metric that moves most, and by how much."""
        return max(self.others.items(), key=lambda item: item[1], default=("", 0.0))

    @property
    def falls(self) -> bool:
        """Whether the owner falls steadily, and far."""
        return self.falls_steadily and self.fall >= LEAST

    @property
    def holds(self) -> bool:
        """Whether it is what it should be: a steady, deep fall of the owner, and of nobody else."""
        return self.falls and self.fall >= TIMES * self.most_other[1]


def _moved(scores: Sequence[float | None]) -> float:
    """Return how far scores fall from the first to the lowest; a metric that stops applying is none."""
    known = [score for score in scores if score is not None]
    return max(0.0, known[0] - min(known)) if known else 0.0
