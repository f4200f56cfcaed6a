"""see: measure a video and score it, against its plan and its brief where there are any."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from kernel.evaluation import score
from kernel.evaluation.base import Seen
from kernel.evaluation.case import Case
from kernel.evaluation.profiles import profile_of
from kernel.evaluation.scorecard import Scorecard
from kernel.worker.analysis.passes import analyse
from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.media import Inspection
from kernel.worker.plan import EditPlan
from kernel.worker.transcribe import Recogniser


def score_video(
    video: Path,
    ffmpeg: Ffmpeg,
    work: Path,
    plan: EditPlan | None = None,
    brief: Mapping[str, Any] | None = None,
    sources: Mapping[str, Inspection] | None = None,
    cancelled: Callable[[], bool] | None = None,
    media: Mapping[str, Path] | None = None,
    recogniser: Recogniser | None = None,
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
        media: where the plan's sources lie, by id; without them nothing is compared with the sources.
        recogniser: hears what is said in the video; None where there are no weights.

    Raises:
        WorkerError: it cannot be decoded at all.
        PlanError: the plan cannot be compiled.
    """
    case = Case(video, ffmpeg, work, plan, brief, sources or {}, media or {}, cancelled)
    return score(see(case, recogniser))


def see(case: Case, recogniser: Recogniser | None = None) -> Seen:
    """Find out everything that the metrics go by.

    To add a measure: a file in `measures`, a field in `Seen`, and a line at the end of this function.
    """
    found = analyse(
        case.video, case.ffmpeg, case.work, wished(case), recogniser, source_id="v", cancelled=case.cancelled
    )
    return Seen(
        measured=found.measured,
        plan=case.plan,
        timeline=case.timeline,
        brief=dict(case.brief) if case.brief is not None else None,
        sources=dict(case.sources),
        sights=found.sights,
        sounds=found.sounds,
        heard=found.heard,
        profile=profile_of(case.plan, case.timeline, case.brief, found.sounds, found.measured.duration),
        # The measures, a line each: name=measure(case, found.sights, found.stills, found.samples, found.heard).
    )


def wished(case: Case) -> tuple[float, ...]:
    """Return the seconds at which a still is wanted: the middle of each clip of the plan."""
    timeline = case.timeline
    if timeline is None:
        return ()
    rate = float(timeline.rate.fraction)
    return tuple((clip.first_frame + clip.frames / 2) / rate for clip in timeline.clips)
