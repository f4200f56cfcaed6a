"""Case: what is measured: one video, beside everything that is known of how it came to be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from kernel.brand import BrandKit
from kernel.evaluation.judgement import Judgement
from kernel.worker.analysis.kept import Kept
from kernel.worker.analysis.texts import Reader
from kernel.worker.compile import compile
from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.media import Inspection
from kernel.worker.plan import EditPlan
from kernel.worker.timing import Timeline
from kernel.worker.transcribe import Recogniser


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
    brand: BrandKit | None = None
    """What the owner's videos should look like; that of the brief where there is none."""
    mark: Path | None = None
    """Where the brand's logo lies; found among the sources where it is not given."""

    judgement: Judgement | None = None
    """What a model thinks of it; None where none was asked."""
    recogniser: Recogniser | None = None
    """Hears what is said in it; None where there are no weights."""
    reader: Reader | None = None
    """Reads what is written on it; None: nobody does."""
    kept: Kept = field(default_factory=Kept)
    """What is known of the same file already; a measure may keep its own value there."""

    @property
    def kit(self) -> BrandKit | None:
        """The brand kit: given, or the brief's.

        Raises:
            BadDocument: that of the brief is none.
        """
        within = (self.brief or {}).get("brand")
        return self.brand or (BrandKit.read(within) if within else None)

    @property
    def logo(self) -> Path | None:
        """Where the brand's logo lies; None where it has none, or its file is not at hand."""
        kit = self.kit
        if kit is None or kit.logo is None or self.mark:
            return self.mark
        own = [source.id for source in self.plan.sources if source.hash == kit.logo.hash] if self.plan else []
        return next((self.media[id] for id in own if id in self.media), None)

    @cached_property
    def timeline(self) -> Timeline | None:
        """The compiled plan; None where there is none.

        Raises:
            PlanError: the plan cannot be compiled.
        """
        return compile(self.plan) if self.plan else None
