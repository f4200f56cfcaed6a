"""runs: which of its source's frames stand when, where a clip or cover is not played as it was filmed.

A source's place is counted in thousandths of a frame of the output's rate, as whole numbers, so that slow motion,
ramps, freezes and reversed play are exact: the same frame comes whichever piece of the video is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from kernel.document import Value
from kernel.worker.media import Rate

UNIT = 1000
"""Places in one frame of the source."""


class Pace(NamedTuple):
    """A stretch of a source at one even speed, as the sound follows it."""

    start: Fraction
    """Seconds of the source."""
    end: Fraction
    """Seconds of the source; the same as `start` is a freeze, which is silent."""
    lasts: Fraction
    """Seconds that it takes in the finished video."""


class Run(Value):
    """Some frames of the video during which a source moves on evenly."""

    frames: int
    at: int
    """Place in the source that the first of them shows, in thousandths of a frame of the output's rate."""
    step: int
    """Places from one frame to the next: 1000 as filmed, 500 half as fast, 0 for a freeze, below 0 backwards."""

    @property
    def end(self) -> int:
        """The place that the frame after the last one would show."""
        return self.at + self.frames * self.step


def lasting(runs: Sequence[Run]) -> int:
    """Return how many frames of the video some runs take."""
    return sum(run.frames for run in runs)


def place(runs: Sequence[Run], frame: int) -> int:
    """Return the place that a frame shows; before the first run and after the last one their movement goes on."""
    for run in runs[:-1]:
        if frame < run.frames:
            return run.at + frame * run.step
        frame -= run.frames
    return runs[-1].at + frame * runs[-1].step


def stretch(runs: Sequence[Run], first: int, frames: int) -> tuple[Run, ...]:
    """Return the runs of a stretch of the video, which may reach beyond both ends."""
    found: list[Run] = []
    begins, end = 0, first + frames
    for index, run in enumerate(runs):
        ends = begins + run.frames
        start = first if index == 0 else max(first, begins)
        stop = end if index == len(runs) - 1 else min(end, ends)
        if start < stop:
            found.append(run.model_copy(update={"frames": stop - start, "at": run.at + (start - begins) * run.step}))
        begins = ends
    return tuple(found)


def backwards(runs: Sequence[Run]) -> tuple[Run, ...]:
    """Return the same frames, the last one first."""
    return tuple(Run(frames=run.frames, at=run.end - run.step, step=-run.step) for run in reversed(runs))


def frame_at(runs: Sequence[Run], at: Fraction) -> Fraction:
    """Return the frame of the video, with its fraction, at which a place of the source comes, also beyond the ends.

    Args:
        at: in frames of the output's rate, counted from the source's first.
    """
    sought, begins = at * UNIT, 0
    for index, run in enumerate(runs):
        low, high = min(run.at, run.end), max(run.at, run.end)
        before = index == 0 and (sought <= low if run.step >= 0 else sought >= high)
        if run.step and (low <= sought <= high or before):
            return begins + (sought - run.at) / run.step
        begins += run.frames
    moving = [run for run in runs if run.step]
    return begins + (sought - runs[-1].end) / moving[-1].step if moving else Fraction(begins)


def hold(runs: Sequence[Run], frame: int, frames: int) -> tuple[Run, ...]:
    """Return the runs with the frame at `frame` held for so many more; at their end the last one is held."""
    lasts = lasting(runs)
    frame = min(max(frame, 0), lasts)
    still = Run(frames=frames, at=place(runs, min(frame, lasts - 1)), step=0)
    before = stretch(runs, 0, frame) if frame else ()
    return (*before, still, *(stretch(runs, frame, lasts - frame) if frame < lasts else ()))


def paces(runs: Sequence[Run], rate: Rate) -> Iterator[Pace]:
    """Yield the runs as the sound follows them, without a hole: during a freeze it pauses."""
    at = runs[0].at
    for run in runs:
        end = run.end if run.step else at
        yield Pace(_seconds(at, rate), _seconds(end, rate), Fraction(run.frames) / rate.fraction)
        at = end


def _seconds(at: int, rate: Rate) -> Fraction:
    return Fraction(at, UNIT) / rate.fraction
