"""Which stretches of a video the plan asked for, or its sources have: black, still or silent on purpose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kernel.evaluation.base import Seen
from kernel.worker.media import Inspection, Span
from kernel.worker.ops.cut import Cut
from kernel.worker.ops.fade import Fade
from kernel.worker.ops.music import Music
from kernel.worker.runs import Run
from kernel.worker.timing import Picture, Shot, Timeline, seconds
from kernel.worker.voices import MUTE_DB

SLACK = 0.1
"""Seconds by which a stretch may reach beyond what excuses it: detectors see whole frames."""
STILL = 0.0005
"""Mean change of a source's picture in a second (0 to 1) below which it stands still itself: a slide, a card."""
EDGE = 1.0
"""Seconds at both ends that pass for a fade where no plan says anything."""


def rest(spans: Iterable[Span], excused: Sequence[Span]) -> tuple[Span, ...]:
    """Return what is left of some stretches after taking others away; crumbs shorter than `SLACK` are dropped."""
    left = list(spans)
    for excuse in excused:
        wide = Span(start=excuse.start - SLACK, end=excuse.end + SLACK)
        left = [piece for span in left for piece in _without(span, wide)]
    return tuple(left)


def _without(span: Span, excuse: Span) -> Iterator[Span]:
    if excuse.end <= span.start or span.end <= excuse.start:
        yield span
        return
    if excuse.start - span.start > SLACK:
        yield Span(start=span.start, end=excuse.start)
    if span.end - excuse.end > SLACK:
        yield Span(start=excuse.end, end=span.end)


def dark(seen: Seen) -> list[Span]:
    """Return where black is asked for: fades, dips, and sources that stand still there."""
    if seen.timeline is None:
        return _ends(seen)
    rate = seen.timeline.rate
    veils = {veil for picture in seen.timeline.pictures for veil in picture.veils}
    found = [Span(start=seconds(v.first_frame, rate), end=seconds(v.end_frame, rate)) for v in veils]
    return found + still(seen)


def still(seen: Seen) -> list[Span]:
    """Return where a standing picture is asked for: stills, freezes, and sources that stand still themselves."""
    if seen.timeline is None:
        return []
    return [span for picture in seen.timeline.pictures for span in _still(seen, seen.timeline, picture)]


def _still(seen: Seen, timeline: Timeline, picture: Picture) -> Iterator[Span]:
    shots = [picture.shot, *([picture.into] if picture.into else [])]
    if all(_is_still(seen, shot) for shot in shots):
        yield _span(timeline, picture.first_frame, picture.end_frame)
    for shot in shots:
        facts = seen.sources.get(shot.source)
        yield from _standing(timeline, shot, facts) if facts else ()
        yield from _held(timeline, shot.course, shot.first_frame)


def _held(timeline: Timeline, runs: Sequence[Run], first: int) -> Iterator[Span]:
    """Yield where a frame is held."""
    for run in runs:
        if run.step == 0:
            yield _span(timeline, first, first + run.frames)
        first += run.frames


def _is_still(seen: Seen, shot: Shot) -> bool:
    return seen.plan is not None and seen.plan.source(shot.source).kind == "still"


def _standing(timeline: Timeline, shot: Shot, facts: Inspection) -> Iterator[Span]:
    """Yield the seconds of a shot in which its source does not move."""
    for second, moved in enumerate(facts.motion):
        start, end = sorted(float(shot.frame_of(at, timeline.rate)) for at in (second, second + 1))
        if moved < STILL and shot.first_frame < end and start < shot.end_frame:
            rate = float(timeline.rate.fraction)
            yield Span(start=start / rate, end=end / rate)


def quiet(seen: Seen) -> list[Span]:
    """Return where silence is asked for, or is the source's own."""
    if seen.plan is None or seen.timeline is None:
        return _ends(seen)
    fade, total = seen.plan.only(Fade) or Fade(end=0.0), seen.timeline.duration
    found = [Span(start=0.0, end=fade.start), Span(start=total - fade.end, end=total)]
    if all(music.clip or music.until for music in seen.plan.each(Music)):
        found += [span for clip in seen.plan.each(Cut) for span in _mute(seen, clip)]
    return found


def _mute(seen: Seen, cut: Cut) -> Iterator[Span]:
    """Yield where a clip is silent by its source or by its gain; dead air between spoken words is no excuse."""
    if seen.plan is None or seen.timeline is None:
        return
    clip = next(clip for clip in seen.timeline.clips if clip.id == cut.id)
    whole = _span(seen.timeline, clip.first_frame, clip.end_frame)
    if cut.gain_db <= MUTE_DB or clip.silent or not seen.plan.source(cut.source).has_sound:
        yield whole
    yield from _held(seen.timeline, clip.runs, clip.first_frame)
    facts, rate = seen.sources.get(cut.source), seen.timeline.rate
    for silence in facts.silences if facts and not clip.words else ():
        start, end = (float(clip.frame_of(at, rate) / rate.fraction) for at in (silence.start, silence.end))
        yield Span(start=start, end=end)


def _span(timeline: Timeline, first: int, end: int) -> Span:
    return Span(start=seconds(first, timeline.rate), end=seconds(end, timeline.rate))


def _ends(seen: Seen) -> list[Span]:
    total = seen.measured.duration
    return [Span(start=0.0, end=EDGE), Span(start=total - EDGE, end=total)]
