"""Case: what is measured: one video, beside everything that is known of how it came to be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kernel.worker.compile import compile
from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.media import Inspection
from kernel.worker.plan import EditPlan
from kernel.worker.timing import Timeline


@dataclass(frozen=True)
class Case:
    """One video to be scored."""

    video: Path
    """A file of ours, or one that the probe let pass."""
    ffmpeg: Ffmpeg
    """The only thing that opens it."""
    work: Path
    """An existing folder; what is written there is removed by whoever lent it."""
    plan: EditPlan | None = None
    """What it was made from; without it only what holds for any video is judged."""
    brief: Mapping[str, Any] | None = None
    """The brief's body."""
    sources: Mapping[str, Inspection] = field(default_factory=dict)
    """What is known of the plan's sources, by id."""
    media: Mapping[str, Path] = field(default_factory=dict)
    """Where the plan's sources lie, by id; one that is not here cannot be compared with."""
    cancelled: Callable[[], bool] | None = None
    """Asked all along."""

    @property
    def timeline(self) -> Timeline | None:
        """The compiled plan; None where there is none.

        Raises:
            PlanError: the plan cannot be compiled.
        """
        return compile(self.plan) if self.plan else None
