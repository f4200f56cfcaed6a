"""see: measure a video and score it, against its plan and its brief where there are any."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from kernel.brand import BrandKit
from kernel.errors import BadInput
from kernel.evaluation import score
from kernel.evaluation.base import Seen
from kernel.evaluation.case import Case
from kernel.evaluation.judgement import Judgement
from kernel.evaluation.measures import brand_seen, captions_seen
from kernel.evaluation.measures.captions_found import captions
from kernel.evaluation.measures.fidelity import measure as fidelity
from kernel.evaluation.measures.joins import measure as joins
from kernel.evaluation.measures.presence import presence
from kernel.evaluation.measures.words_kept import words_kept
from kernel.evaluation.profiles import profile_of
from kernel.evaluation.scorecard import Scorecard
from kernel.worker.analysis.kept import Kept
from kernel.worker.analysis.passes import Analysis, analyse
from kernel.worker.analysis.texts import Reader
from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.media import Inspection
from kernel.worker.plan import EditPlan
from kernel.worker.transcribe import Recogniser

MOST_CLIPS = 60
"""Clips of which a still is looked at; of more every second one, and so on."""


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
    reader: Reader | None = None,
    kept: Kept | None = None,
    brand: BrandKit | None = None,
    mark: Path | None = None,
    judgement: Judgement | None = None,
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
        reader: reads what is written on it; None: nobody does.
        kept: what is known of the same file already, and where to keep what is found.
        brand: what it should look like; without it the kit of the brief, if that has one.
        mark: where the brand's logo lies; without it the one among `media` that the kit names.
        judgement: what a model thinks of it; None where none was asked.

    Raises:
        BadInput: it cannot be decoded at all, or is nothing that lasts: a picture, a table of colours.
        PlanError: the plan cannot be compiled.
    """
    with TemporaryDirectory(dir=work) as folder:
        case = Case(
            video,
            ffmpeg,
            Path(folder),
            plan,
            brief,
            sources or {},
            media or {},
            cancelled,
            recogniser=recogniser,
            reader=reader,
            kept=kept or Kept(),
            brand=brand,
            mark=mark,
            judgement=judgement,
        )
        return score(see(case))


def see(case: Case) -> Seen:
    """Find out everything that the metrics go by.

    To add a measure: a file in `measures`, a field in `Seen`, and a line at the end of this function.
    """
    found = _analysed(case)
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
        fidelity=fidelity(case, found.measured),
        words_kept=words_kept(case, found.heard, found.samples),
        presence=presence(case, found.samples, found.sounds.speech),
        captions_seen=captions(case, found),
        brand=case.kit,
        brand_seen=brand_seen.measure(case, found.stills),
        judgement=case.judgement,
        joins=joins(case, found.samples),
        # The measures, a line each: name=measure(case, found.sights, found.stills, found.samples, found.heard).
    )


def _analysed(case: Case) -> Analysis:
    found = analyse(
        case.video,
        case.ffmpeg,
        case.work,
        wished=wished(case),
        recogniser=case.recogniser,
        reader=case.reader,
        cancelled=case.cancelled,
        kept=case.kept,
    )
    if found.probe.kind not in ("video", "audio"):
        raise BadInput(f"{case.video.name} cannot be scored: nothing in it lasts. Name a video.")
    return found


def wished(case: Case) -> tuple[float, ...]:
    """Return the seconds at which a still is wanted: where the measures look, and in the middle of clips."""
    timeline = case.timeline
    if timeline is None:
        return ()
    clips = timeline.clips[:: -(-len(timeline.clips) // MOST_CLIPS)]
    rate = float(timeline.rate.fraction)
    middles = [(clip.first_frame + clip.frames // 2) / rate for clip in clips]
    return (*middles, *captions_seen.looked_for(timeline), *brand_seen.looked_for(case))
