"""pacing: the frames of a source, one by one, brought to another pace: slower, faster, held, backwards, or all in turn.

A source is laid out at its own rate first; then each frame of the output picks the one that the conform policy names,
by whole numbers alone: the same frame whichever piece it falls into.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from kernel.worker.filters import Stream, apply
from kernel.worker.media import Rate
from kernel.worker.runs import UNIT, Run, backwards, lasting

LEAD = Fraction(9, 20)
"""Frames, of the shorter of two, by which a source's frame may begin after the output's that shows it."""
FINEST = 16
"""Frames of a source for one of the output, at the most."""
BLEND = 4096
"""Ticks in a frame of the output: what a blend of two frames is counted in."""


class Grid(NamedTuple):
    """Which frames of a source a stretch needs, counted at the source's own rate."""

    first: int
    frames: int
    rate: Rate


def grid_of(runs: Sequence[Run], own: Rate | None, rate: Rate, smooth: bool) -> Grid:
    """Return what is to be laid out of a source for some runs.

    Args:
        own: the source's rate; None where it is not known.
        rate: the output's.
        smooth: whether a frame more is needed on both sides, to blend with and to begin in step.
    """
    fine = own if own and own.fraction <= FINEST * rate.fraction else rate
    share = fine.fraction / rate.fraction
    places = [place for run in runs for place in (run.at, run.end - run.step)]
    first, last = (_pick(place, share, smooth) for place in (min(places), max(places)))
    return Grid(first - 1, last - first + 3, fine) if smooth else Grid(first, last - first + 1, fine)


def paced(stream: Stream, grid: Grid, runs: Sequence[Run], rate: Rate, smooth: bool) -> Stream:
    """Return the output's frames out of those that a grid laid out."""
    turned = any(run.step < 0 for run in runs)
    forward = backwards(runs) if turned else tuple(runs)
    stream = _blended(stream, grid, forward, rate) if smooth else _picked(stream, grid, forward, rate)
    stream = apply(stream, "tpad", stop=lasting(runs), stop_mode="clone")
    stream = apply(stream, "trim", end_frame=lasting(runs))
    return apply(stream, "reverse") if turned else stream


def _pick(place: int, share: Fraction, smooth: bool) -> int:
    """Return the frame of the grid that is shown at a place of the source; of two that are blended the first."""
    lead = Fraction(0) if smooth else LEAD * min(share, Fraction(1))
    at = share * place / UNIT + lead
    return at.numerator // at.denominator


def _picked(stream: Stream, grid: Grid, runs: Sequence[Run], rate: Rate) -> Stream:
    """Give each frame of the grid the time of the first output frame that shows it, or one after it."""
    share = grid.rate.fraction / rate.fraction
    lead = LEAD * min(share, Fraction(1))
    begins, found = 0, list[tuple[int, str]]()
    for run in runs:
        last = _pick(run.end - run.step, share, False)
        found.append((last - grid.first, _begin(run, begins, grid.first, share, lead)))
        begins += run.frames
    # The expression is asked once more when the frames have ended: the last one stays to the end.
    found.append((grid.frames, str(begins)))
    stream = apply(stream, "settb", expr=f"{rate.den}/{rate.num}")
    stream = apply(stream, "setpts", expr=_chosen(found))
    return apply(stream, "fps", fps=str(rate), start_time=0, round="near")


def _begin(run: Run, begins: int, first: int, share: Fraction, lead: Fraction) -> str:
    """Return which output frame is the first to show grid frame N, while a run lasts."""
    if run.step == 0:
        return str(begins)
    # N + first <= share * (at + k * step) / UNIT + lead, solved for k, over one denominator.
    each = UNIT / (share * run.step)
    less = (Fraction(first) - lead) * each - Fraction(run.at, run.step)
    whole = each.denominator * less.denominator
    return f"{begins}+max(0,ceil((N*{each * whole}+{less * whole})/{whole}))".replace("+-", "-")


def _chosen(found: Sequence[tuple[int, str]]) -> str:
    """Return an expression that takes the first of several whose frame has not passed yet, by halves."""
    if len(found) == 1:
        return found[0][1]
    middle = len(found) // 2
    return f"if(lte(N,{found[middle - 1][0]}),{_chosen(found[:middle])},{_chosen(found[middle:])})"


def _blended(stream: Stream, grid: Grid, runs: Sequence[Run], rate: Rate) -> Stream:
    """Give each frame of the grid its own time in the output, and blend what lies between two."""
    share = grid.rate.fraction / rate.fraction
    # The filter counts from the time of its first frame, which therefore comes a whole number of frames early.
    early = math.ceil(UNIT / (share * runs[0].step)) + 1
    begins, found = 0, [(0, str(-early * BLEND))]
    for run in runs:
        last = _pick(run.end - run.step, share, True) - grid.first
        found.append((last, _time(run, begins, grid.first, share)))
        begins += run.frames
    # The frame after the last one is only blended with; after it the expression is asked once more.
    found[-1] = (found[-1][0] + 1, found[-1][1])
    found.append((grid.frames, str((begins + 1) * BLEND)))
    stream = apply(stream, "settb", expr=f"{rate.den}/{rate.num * BLEND}")
    stream = apply(stream, "setpts", expr=_chosen(found))
    stream = apply(stream, "framerate", fps=str(rate), interp_start=0, interp_end=255, flags=0)
    return apply(stream, "fps", fps=str(rate), start_time=0, round="near")


def _time(run: Run, begins: int, first: int, share: Fraction) -> str:
    each = UNIT * BLEND / (share * run.step)
    since = Fraction(first) * each + (begins - Fraction(run.at, run.step)) * BLEND
    whole = each.denominator * since.denominator
    return f"round((N*{each * whole}+{since * whole})/{whole})".replace("+-", "-")
