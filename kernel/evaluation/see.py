"""see: measure a video and score it, against its plan and its brief where there are any."""

from __future__ import annotations

from kernel.errors import BadInput
from kernel.evaluation.base import Seen
from kernel.evaluation.case import Case
from kernel.evaluation.measures import brand_seen, captions_seen
from kernel.evaluation.measures.captions_found import captions
from kernel.evaluation.measures.fidelity import measure as fidelity
from kernel.evaluation.measures.joins import measure as joins
from kernel.evaluation.measures.presence import presence
from kernel.evaluation.measures.words_kept import words_kept
from kernel.evaluation.profiles import profile_of
from kernel.worker.analysis.passes import Analysis, analyse

MOST_CLIPS = 60
"""Clips of which a still is looked at; of more every second one, and so on."""


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
    # With a plan it is known where faces and words are to be: captions are read one by one, on larger pictures.
    unknown = case.plan is None
    found = analyse(
        case.video,
        case.ffmpeg,
        case.work,
        wished=wished(case),
        recogniser=case.recogniser,
        reader=case.reader if unknown else None,
        cancelled=case.cancelled,
        kept=case.kept,
        people=unknown,
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
