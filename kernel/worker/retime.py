"""retime: what speeds and freezes make of a clip or cover: which frame of its source stands when. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction

from kernel.worker.media import Rate, Word
from kernel.worker.ops.cut import Cut
from kernel.worker.ops.freeze import Freeze
from kernel.worker.ops.speed import Speed
from kernel.worker.plan import EditPlan
from kernel.worker.runs import UNIT, Run, backwards, frame_at, hold, lasting
from kernel.worker.timing import ClipSpan, seconds

HEARD = (500, 2000)
"""Speeds, in thousandths, between which a clip's own sound is kept unless asked otherwise: talk beyond is noise."""
HEARD_AT_ALL = (250, 8000)
"""Speeds between which sound can be stretched so that one knows what it was."""
NEVER = 10**15
"""A place that no source reaches."""
SHORTEST = 0.1
"""Seconds of a clip."""
SLACK = 0.05
"""Seconds by which a moment may lie beside a clip, since times are rounded."""


def speed_of(plan: EditPlan, of: str) -> Speed | None:
    """Return the speed of a clip or cover: its own, or for a clip that of all; None where it is played as filmed."""
    own = {speed.of: speed for speed in plan.each(Speed)}
    clips = {cut.id for cut in plan.each(Cut)}
    found = own.get(of) or (own.get("*") if of in clips else None)
    plain = found is None or (found.factor == 1 and not found.ramp and not found.reverse)
    return None if plain else found


def clip_runs(plan: EditPlan, cut: Cut, words: Sequence[Word], begins: int, ends: int) -> tuple[Run, ...]:
    """Return the runs of a clip that shows a source from a frame to another; none where it is played as filmed.

    Args:
        words: those of its source that it keeps.
        begins: the first frame of its source, in frames of the output's rate.
        ends: the frame after its last.
    """
    speed = speed_of(plan, cut.id)
    freezes = [freeze for freeze in plan.each(Freeze) if freeze.clip == cut.id]
    if speed is None and not freezes:
        return ()
    runs: tuple[Run, ...] = (Run(frames=ends - begins, at=begins * UNIT, step=UNIT),)
    if speed:
        made = _until(speed, plan.output.rate, begins * UNIT, ends * UNIT)
        runs = backwards(made) if speed.reverse else made
    return _frozen(runs, freezes, words, plan.output.rate)


def cover_runs(speed: Speed, begins: int, frames: int, rate: Rate) -> tuple[Run, ...]:
    """Return the runs of a cover that begins at a frame of its source and lasts for so many frames of the video."""
    made = _for(speed, rate, begins * UNIT, frames)
    return backwards(made) if speed.reverse else made


def silent(speed: Speed | None, runs: Sequence[Run]) -> bool:
    """Say whether a clip's own sound is left out for its speed."""
    if speed is None or speed.sound == "keep":
        return False
    steps = [run.step for run in runs if run.step]
    return speed.sound == "mute" or not all(HEARD[0] <= step <= HEARD[1] for step in steps)


def _until(speed: Speed, rate: Rate, at: int, end: int) -> tuple[Run, ...]:
    """Return the runs from a place of the source to another; the last frame may reach a little over it."""
    found: list[Run] = []
    while at < end:
        step, stop = _step(speed, rate, at)
        left = -((at - min(stop or end, end)) // step)
        frames = left if stop else min(left, _glide(rate))
        found = _longer(found, Run(frames=frames, at=at, step=step))
        at += frames * step
    return tuple(found)


def _for(speed: Speed, rate: Rate, at: int, frames: int) -> tuple[Run, ...]:
    """Return the runs from a place of the source on, for so many frames."""
    found: list[Run] = []
    while frames:
        step, stop = _step(speed, rate, at)
        lasts = min(frames, -((at - stop) // step) if stop else _glide(rate))
        found = _longer(found, Run(frames=lasts, at=at, step=step))
        at, frames = at + lasts * step, frames - lasts
    return tuple(found)


def _glide(rate: Rate) -> int:
    """Return for how many frames a speed stays that changes gently: nobody sees steps of a thirtieth of a second."""
    return max(1, round(rate.fraction / 30))


def _longer(runs: list[Run], run: Run) -> list[Run]:
    """Return runs with one more, which goes on with the last one where it can."""
    if runs and runs[-1].step == run.step:
        return [*runs[:-1], runs[-1].model_copy(update={"frames": runs[-1].frames + run.frames})]
    return [*runs, run]


def _step(speed: Speed, rate: Rate, at: int) -> tuple[int, int | None]:
    """Return the step at a place, and the place up to which it stays; None where it changes from frame to frame."""
    points = [(_place(point.at, rate), _thousandths(point.factor)) for point in speed.ramp]
    before = [point for point in points if point[0] <= at]
    after = [point for point in points if point[0] > at]
    if not points:
        return _thousandths(speed.factor), NEVER
    if not before or not after:
        return (after or before[::-1])[0][1], after[0][0] if after else NEVER
    (start, low), (end, high) = before[-1], after[0]
    if low == high:
        return low, end
    share = Fraction(at - start, end - start)
    return round(low + (high - low) * share * share * (3 - 2 * share)), None


def _place(at: float, rate: Rate) -> int:
    return round(Fraction(at) * rate.fraction * UNIT)


def _thousandths(factor: float) -> int:
    return round(Fraction(factor) * UNIT)


def _frozen(runs: tuple[Run, ...], freezes: Sequence[Freeze], words: Sequence[Word], rate: Rate) -> tuple[Run, ...]:
    """Return the runs with frames held, the last one first, so that the others keep their places."""
    held = [
        (_held(runs, freeze, words, rate), max(1, round(Fraction(freeze.length) * rate.fraction))) for freeze in freezes
    ]
    for frame, frames in sorted(held, reverse=True):
        runs = hold(runs, frame, frames)
    return runs


def _held(runs: Sequence[Run], freeze: Freeze, words: Sequence[Word], rate: Rate) -> int:
    """Return which frame of a clip is held; one that is asked for by a word comes when all of it was heard."""
    spoken = {word.id: word.cut_out for word in words}
    if freeze.after_word in spoken:
        return math.ceil(frame_at(runs, Fraction(spoken[freeze.after_word]) * rate.fraction))
    return lasting(runs) if freeze.at is None else round(frame_at(runs, Fraction(freeze.at) * rate.fraction))


def named(plan: EditPlan) -> Iterator[str]:
    """Say which speeds and freezes contradict themselves."""
    for of, count in Counter(speed.of for speed in plan.each(Speed)).items():
        if count > 1:
            yield f"There are {count} speeds of {of}: one is enough; a ramp changes the speed inside it."
    for speed in plan.each(Speed):
        at = [point.at for point in speed.ramp]
        if speed.ramp and speed.factor != 1:
            yield f"The speed of {speed.of} has a factor and a ramp: leave the factor 1."
        elif len(at) == 1 or at != sorted(set(at)):
            yield f"The ramp of {speed.of} needs two moments or more, each later than the one before."
        if speed.sound == "keep":
            yield from _unheard(speed)
    for freeze in plan.each(Freeze):
        if freeze.at is not None and freeze.after_word is not None:
            yield f"The freeze in {freeze.clip} has both at and after_word: leave one of them null."


def _unheard(speed: Speed) -> Iterator[str]:
    factors = [point.factor for point in speed.ramp] or [speed.factor]
    if speed.reverse:
        yield f"The sound of {speed.of} cannot be kept backwards: leave sound at auto."
    elif not all(HEARD_AT_ALL[0] <= _thousandths(factor) <= HEARD_AT_ALL[1] for factor in factors):
        yield f"The sound of {speed.of} cannot be kept at that speed: 0.25 to 8, or leave sound at auto."


def wrong(plan: EditPlan) -> Iterator[str]:
    """Say which speeds and freezes find nothing to work on; names and edges of the plan's clips are right."""
    cuts = {cut.id: cut for cut in plan.each(Cut)}
    for speed in plan.each(Speed):
        if speed.of in cuts:
            yield from _wrong_speed(plan, speed, cuts[speed.of])
    for freeze in plan.each(Freeze):
        yield from _wrong_freeze(plan, freeze, cuts[freeze.clip])


def _wrong_speed(plan: EditPlan, speed: Speed, cut: Cut) -> Iterator[str]:
    source = plan.source(cut.source)
    start, end = cut.edges(cut.kept(source.words, source.shots), source.shots)
    if source.kind == "still":
        yield f"The speed of {cut.id} changes nothing: {source.id} is a still; give the clip other seconds."
    elif speed.ramp and not any(start - SLACK <= point.at <= end + SLACK for point in speed.ramp):
        yield f"The ramp of {cut.id} lies outside it: it shows {source.id} from {start:.2f} s to {end:.2f} s."


def _wrong_freeze(plan: EditPlan, freeze: Freeze, cut: Cut) -> Iterator[str]:
    source = plan.source(cut.source)
    kept = cut.kept(source.words, source.shots)
    start, end = cut.edges(kept, source.shots)
    if source.kind != "video":
        yield f"The freeze in {cut.id} finds nothing that moves: {source.id} is no video."
    elif freeze.after_word is not None and freeze.after_word not in {word.id for word in kept}:
        yield f"The freeze in {cut.id} comes after {freeze.after_word}, which is no word of that clip."
    elif freeze.at is not None and not start - SLACK <= freeze.at <= end + SLACK:
        yield (
            f"The freeze in {cut.id} is at {freeze.at:.2f} s of {source.id}, but the clip shows {start:.2f} s to"
            f" {end:.2f} s."
        )


def brief(plan: EditPlan, clips: Sequence[ClipSpan]) -> Iterator[str]:
    """Say which clips flash by at their speed."""
    for clip in clips:
        lasts = seconds(clip.frames, plan.output.rate)
        if clip.runs and lasts < SHORTEST:
            yield f"Clip {clip.id} lasts {lasts:.2f} s at that speed: a clip lasts {SHORTEST} s at the least."
