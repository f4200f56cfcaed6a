"""see: measure a video and score it, against its plan and its brief where there are any."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from kernel.evaluation import score
from kernel.evaluation.base import Seen
from kernel.evaluation.scorecard import Scorecard
from kernel.worker.analysis.measure import measure
from kernel.worker.compile import compile
from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.media import Inspection
from kernel.worker.plan import EditPlan


def score_video(
    video: Path,
    ffmpeg: Ffmpeg,
    work: Path,
    plan: EditPlan | None = None,
    brief: Mapping[str, Any] | None = None,
    sources: Mapping[str, Inspection] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Scorecard:
    """Decode a video once and return its scorecard.

    Args:
        video: the file.
        ffmpeg: decodes it.
        work: an existing folder.
        plan: what it was made from; without it only what holds for any video is judged.
        brief: the brief's body; its `length`, `length_is_exact` and `captions` are looked at.
        sources: what is known of the plan's sources, by id: their own stills and silences are not held against the cut.
        cancelled: asked all along.

    Raises:
        WorkerError: it cannot be decoded at all.
        PlanError: the plan cannot be compiled.
    """
    seen = Seen(
        measured=measure(video, ffmpeg, work, cancelled),
        plan=plan,
        timeline=compile(plan) if plan else None,
        brief=dict(brief) if brief is not None else None,
        sources=dict(sources or {}),
    )
    return score(seen)
