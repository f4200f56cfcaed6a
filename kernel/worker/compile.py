"""compile: an EditPlan becomes a Timeline of whole frames. Pure: no file is opened but the fonts.

A clip that is cut by words begins with the frame that holds `cut_in` and ends with the one that holds `cut_out`, so
that no word is cut in half; by seconds, its edges go to the nearest frame. All times of a source are counted in frames
of the output's rate; after that no float counts frames.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import groupby

from kernel.errors import PlanError
from kernel.worker import borders, retime, rules
from kernel.worker import captions as captioning
from kernel.worker import titles as titling
from kernel.worker.beside import aside
from kernel.worker.borders import Window, cover_shot, picture_ends, windows
from kernel.worker.media import Rate, Word
from kernel.worker.ops.captions import Captions
from kernel.worker.ops.cover import Cover
from kernel.worker.ops.cut import Cut
from kernel.worker.ops.fade import Fade
from kernel.worker.pacing import LEAD
from kernel.worker.plan import EditPlan
from kernel.worker.retime import clip_runs, silent, speed_of
from kernel.worker.runs import UNIT, lasting, place
from kernel.worker.timing import ClipSpan, Cue, Passage, Picture, Shot, Spoken, Timeline, Veil, seconds

PIECE = 8
"""Seconds of picture in one piece at the most: what a killed render loses, and what cores can share."""
HELD = 2**27
"""Bytes of pictures, about, that a piece played backwards may hold at once: 43 of 1080p."""
REST = 2
"""Seconds: a shorter rest stays with the piece before it."""
SLIVER = 2
"""Frames: what peeps out between two covers, or beside one, is closed."""
HAIR = Fraction(1, 10**6)
"""Frames: more than the noise of a float, less than anything that can be heard."""


def check(plan: EditPlan) -> list[str]:
    """Say what cannot be done, one sentence each that names the operation; [] means that it can be rendered."""
    found = rules.broken(plan)
    if found:
        return found
    clips = lay(plan)
    tight = [*retime.wrong(plan), *retime.brief(plan, clips)]
    tight += [*borders.unsaid(plan, clips), *borders.split_too_far(plan, clips)]
    if tight:
        return tight
    laid = shots(plan, clips)
    crowded, unreadable = rules.crowded(plan, clips, laid), rules.unreadable(plan, clips)
    return [*rules.unseen(plan, laid), *crowded, *rules.unfit(plan, clips), *rules.judged(plan, clips), *unreadable]


def compile(plan: EditPlan) -> Timeline:
    """Return the timeline of a plan.

    Raises:
        PlanError: says everything that `check` found.
    """
    found = check(plan)
    if found:
        raise PlanError(" ".join(found))
    clips = lay(plan)
    total, output = clips[-1].end_frame, plan.output
    spoken = words_of(plan, clips)
    cues = captions_of(plan, clips, spoken)
    return Timeline(
        rate=output.rate,
        width=output.width,
        height=output.height,
        frames=total,
        clips=clips,
        pictures=_pictures(plan, clips, total),
        cues=cues,
        titles=titling.spans(plan, clips, cues),
        spoken=tuple(word for words in spoken for word in words),
    )


def lay(plan: EditPlan) -> tuple[ClipSpan, ...]:
    """Return the clips in whole frames, one after another."""
    clips: list[ClipSpan] = []
    for cut in plan.each(Cut):
        source = plan.source(cut.source)
        words = cut.kept(source.words, source.shots)
        edges = cut.edges(words, source.shots)
        last = clips[-1] if clips else None
        goes_on = last is not None and _goes_on(last, cut, edges[0], plan.output.rate)
        if last and goes_on:
            clips[-1] = _ending(last, round(Fraction(last.cut_out) * plan.output.rate.fraction))
        clips.append(_span(cut, edges, words, clips[-1] if clips else None, goes_on, plan))
    return tuple(_retimed(plan, clips))


def _retimed(plan: EditPlan, clips: Sequence[ClipSpan]) -> Iterator[ClipSpan]:
    """Yield the clips at their own speeds, with what is held, one after another."""
    first, retimed = 0, False
    for cut, clip in zip(plan.each(Cut), clips, strict=True):
        source = plan.source(cut.source)
        kept = cut.kept(source.words, source.shots)
        runs = clip_runs(plan, cut, kept, clip.source_frame, clip.source_frame + clip.frames)
        update: dict[str, object] = {"first_frame": first, "joins_last": clip.joins_last and not retimed and not runs}
        if runs:
            begins = place(runs, 0) // UNIT
            update |= {"runs": runs, "frames": lasting(runs), "silent": silent(speed_of(plan, cut.id), runs)}
            update |= {"source_frame": begins, "source_start": seconds(begins, plan.output.rate)}
        yield clip.model_copy(update=update)
        first, retimed = first + (lasting(runs) or clip.frames), bool(runs)


def _goes_on(last: ClipSpan, cut: Cut, cut_in: float, rate: Rate) -> bool:
    """Say whether a clip goes on in its source where the last one ended: then their edge is one frame for both."""
    return last.source == cut.source and abs(last.cut_out - cut_in) * float(rate.fraction) < 1


def _ending(clip: ClipSpan, source_frame: int) -> ClipSpan:
    return clip.model_copy(update={"frames": max(1, source_frame - clip.source_frame)})


def _span(
    cut: Cut, edges: tuple[float, float], words: Sequence[Word], last: ClipSpan | None, goes_on: bool, plan: EditPlan
) -> ClipSpan:
    rate, source = plan.output.rate, plan.source(cut.source)
    first, end = (Fraction(edge) * rate.fraction for edge in edges)
    begins, ends = (math.floor(first + HAIR), math.ceil(end - HAIR)) if cut.by_words else (round(first), round(end))
    if cut.first_shot is not None:
        # The first frame that shows a shot, so that none of the shot before it flashes up.
        lead = LEAD * min(Fraction(1), rate.fraction / source.rate.fraction) if source.rate else LEAD
        begins, ends = math.ceil(first - lead - HAIR), math.ceil(end - lead - HAIR)
    if goes_on and last:
        begins = last.source_frame + last.frames
    if source.kind != "still":
        ends = min(ends, math.ceil(Fraction(source.duration) * rate.fraction - HAIR))
    return ClipSpan(
        id=cut.id,
        source=cut.source,
        first_frame=last.end_frame if last else 0,
        frames=max(1, ends - begins),
        source_frame=begins,
        source_start=seconds(begins, rate),
        cut_in=edges[0] if cut.by_words else seconds(begins, rate),
        cut_out=edges[1] if cut.by_words else seconds(ends, rate),
        joins_last=goes_on,
        words=tuple(word.id for word in words),
    )


def shots(plan: EditPlan, clips: Sequence[ClipSpan]) -> tuple[tuple[Shot, ...], ...]:
    """Return what is seen of each clip, in order: its own picture and its covers."""
    ends = list(picture_ends(plan, clips).values())
    seen = [clip.shot.part(first, end - first) for clip, first, end in zip(clips, [0, *ends], ends, strict=False)]
    return tuple(_shots(own, _covers(plan, clip, own)) for clip, own in zip(clips, seen, strict=True))


def _covers(plan: EditPlan, clip: ClipSpan, own: Shot) -> list[Shot]:
    """Return a clip's covers in whole frames, in order; slivers between them and beside its picture are closed."""
    found = sorted((cover_shot(plan, cover, clip) for cover in plan.each(Cover) if cover.clip == clip.id), key=_first)
    closed: list[Shot] = []
    ends = [shot.first_frame for shot in found[1:]] + [own.end_frame]
    begins = own.first_frame
    for shot, limit in zip(found, ends, strict=False):
        first = begins if 0 < shot.first_frame - begins <= SLIVER else shot.first_frame
        end = limit if abs(limit - shot.end_frame) <= SLIVER else shot.end_frame
        closed.append(shot.part(first, end - first))
        begins = end
    return closed


def _first(shot: Shot) -> int:
    return shot.first_frame


def _shots(own: Shot, covers: Sequence[Shot]) -> tuple[Shot, ...]:
    found: list[Shot] = []
    at = own.first_frame
    for cover in covers:
        if cover.first_frame > at:
            found.append(own.part(at, cover.first_frame - at))
        found.append(cover)
        at = cover.end_frame
    return (*found, own.part(at, own.end_frame - at)) if at < own.end_frame else tuple(found)


def _pictures(plan: EditPlan, clips: Sequence[ClipSpan], total: int) -> tuple[Picture, ...]:
    passages = {after: window for after, window in windows(plan, clips).items() if window.by.kind != "dip"}
    veils, laid = _veils(plan, clips, total), shots(plan, clips)
    found: list[Picture] = []
    at = 0
    for index, clip in enumerate(clips):
        window = passages.get(clip.id)
        first, frames = (window.first, window.frames) if window else (laid[index][-1].end_frame, 0)
        for shot in (part for whole in laid[index] for part in _unblended(plan, whole)):
            found += _pieces(shot, max(at, shot.first_frame), min(first, shot.end_frame), *_sizes(plan, shot))
        if window:
            found.append(_crossing(window, laid[index][-1], laid[index + 1][0]))
        at = first + frames
    return tuple(_veiled(picture, veils) for picture in found)


def _crossing(window: Window, out: Shot, into: Shot) -> Picture:
    """Return the picture of a passage from a shot into another."""
    first, frames = window.first, window.frames
    # A window without a dip is of one of the kinds of a passage.
    passage = Passage.model_validate({"kind": window.by.kind, "direction": window.by.direction})
    shot, into = out.part(first, frames), into.part(first, frames)
    return Picture(first_frame=first, frames=frames, shot=shot, into=into, passage=passage)


def _unblended(plan: EditPlan, shot: Shot) -> Iterator[Shot]:
    """Part a shot whose frames are blended where it stands still: nothing is blended over that."""
    speed, first = speed_of(plan, shot.of), shot.first_frame
    if speed is None or not speed.smooth:
        yield shot
        return
    for _, runs in groupby(shot.course, key=lambda run: run.step == 0):
        frames = lasting(list(runs))
        yield shot.part(first, frames)
        first += frames


def _sizes(plan: EditPlan, shot: Shot) -> tuple[int, int]:
    """Return how many frames a piece of a shot has, and how many more its last one may have."""
    rate, source = plan.output.rate.fraction, plan.source(shot.source)
    size, rest = math.ceil(PIECE * rate), math.ceil(REST * rate)
    if all(run.step >= 0 for run in shot.runs):
        return size, rest
    held = max(1, HELD * 2 // 3 // max(1, source.width * source.height))
    return min(size, held), 0


def _pieces(shot: Shot, first: int, end: int, size: int, rest: int) -> list[Picture]:
    """Part a stretch of a shot into pieces, counted from its start: a new end leaves the first ones as they were."""
    found: list[Picture] = []
    while first < end:
        frames = end - first if end - first < size + rest else size
        found.append(Picture(first_frame=first, frames=frames, shot=shot.part(first, frames)))
        first += frames
    return found


def _veils(plan: EditPlan, clips: Sequence[ClipSpan], total: int) -> list[Veil]:
    fade, rate = plan.only(Fade), plan.output.rate.fraction
    start, end = (round(Fraction(fade.start) * rate), round(Fraction(fade.end) * rate)) if fade else (0, 0)
    found = [Veil(first_frame=0, frames=start, to_black=False, whole=True)]
    found.append(Veil(first_frame=total - end, frames=end, to_black=True, whole=True))
    cuts = picture_ends(plan, clips)
    for after, (by, first, frames) in windows(plan, clips).items():
        if by.kind == "dip":
            into, rest = cuts[after] - first, first + frames - cuts[after]
            found.append(Veil(first_frame=first, frames=into, to_black=True, whole=False, colour=by.colour))
            found.append(Veil(first_frame=cuts[after], frames=rest, to_black=False, whole=False, colour=by.colour))
    return [veil for veil in found if veil.frames]


def _veiled(picture: Picture, veils: Sequence[Veil]) -> Picture:
    over = (v for v in veils if v.first_frame < picture.end_frame and picture.first_frame < v.end_frame)
    return picture.model_copy(update={"veils": tuple(over)})


def words_of(plan: EditPlan, clips: Sequence[ClipSpan]) -> list[list[Spoken]]:
    """Return each clip's words as they fall into the video."""
    known = {source.id: {word.id: word for word in source.words} for source in plan.sources}
    captions = plan.only(Captions)
    return [captioning.spoken(clip, known[clip.source], captions, plan.output) for clip in clips]


def captions_of(plan: EditPlan, clips: Sequence[ClipSpan], spoken: Sequence[Sequence[Spoken]]) -> tuple[Cue, ...]:
    """Return the captions; none where the plan asks for none, or nobody speaks."""
    captions = plan.only(Captions)
    cues = captioning.cues(list(zip(clips, spoken, strict=True)), captions, plan.output) if captions else ()
    return aside(plan, cues)
