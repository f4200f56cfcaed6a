"""beds: how a bed of music is laid under its part of the cut. Pure.

Music that is too short goes back, on a beat, by whole bars, so that the pulse runs on; music without a beat passes over
into its own beginning. The same reckoning tells where its beats fall in the cut, so that pictures can be cut on them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

import numpy as np

BAR = 4
"""Beats that a jump back is a multiple of, where there are enough."""
STEADY = 0.03
"""Seconds by which beats may stray from an even pulse, in the middle, and be taken for it: a tracker's own error."""
NEAR = 0.15
"""Share of a beat by which a sound may be too short for its last one."""
SPLICE = 0.02
"""Seconds before a beat in which one stretch gives way to the next; the beat itself is whole."""
PASSAGE = 1.5
"""Seconds in which music without a beat passes over into its beginning; a quarter of it at the most."""
SHORT = 6.0
"""Seconds below which beats are not looked for, and a sound is taken for a loop."""
LONG, WHOLE = 40.0, 0.03
"""Seconds of the longest loop; beats by which it may miss whole bars."""
RING = 0.4
"""Seconds that a last beat needs at the least to ring on."""


class Run(NamedTuple):
    """A stretch of the music as it lies in its bed, in seconds."""

    first: float
    """Second of the source."""
    at: float
    """Second of the bed."""
    lasts: float
    rises: float = 0.0
    """Seconds of its start in which it comes up from nothing, under what came before."""
    falls: float = 0.0
    """Seconds of its end in which it goes, over what comes next."""


def runs(duration: float, start: float, beats: Sequence[float], lasts: float) -> tuple[Run, ...]:
    """Return the stretches of a source that make a bed.

    Args:
        duration: seconds of the source.
        start: second of the source with which the bed begins.
        beats: seconds of the source; none where it has no steady beat.
        lasts: seconds of the bed.
    """
    if start + lasts <= duration:
        return (Run(start, 0.0, lasts),)
    end, back, cross = _loop(duration, start, beats)
    made = [Run(start, 0.0, end - start)]
    while (ends := made[-1].at + made[-1].lasts) < lasts:
        made[-1] = made[-1]._replace(falls=cross)
        made.append(Run(back, ends - cross, end - back, rises=cross))
    return (*made[:-1], made[-1]._replace(lasts=lasts - made[-1].at))


def beats_in(laid: Sequence[Run], duration: float, beats: Sequence[float]) -> tuple[float, ...]:
    """Return where the beats of a source fall in a bed, in seconds of it."""
    even = pulse(beats, duration)
    return tuple(
        round(run.at + beat - run.first, 3)
        for run in laid
        for beat in even
        if run.first + run.rises - 1e-6 <= beat < run.first + run.lasts - (run.falls and 1e-6)
    )


def pulse(beats: Sequence[float], duration: float) -> tuple[float, ...]:
    """Return beats without holes at the ends of a source, where trackers often miss some, and even where they are."""
    if len(beats) < 2:
        return ()
    step, first = _even(beats)
    held = [first + step * number for number in _numbers(beats, step)]
    stray = median(abs(beat - place) for beat, place in zip(beats, held, strict=True))
    last = _numbers(beats, step)[-1]
    held = [first + step * number for number in range(last + 1)] if stray < STEADY else list(beats)
    before = [held[0] - step * n for n in range(int(held[0] / step + NEAR), 0, -1)]
    after = [held[-1] + step * n for n in range(1, int((duration - held[-1]) / step + NEAR) + 1)]
    inner = (max(0.0, beat) for beat in (*before, *held, *after))
    return tuple(beat for beat in inner if beat < duration - step / 2)


def ending(lasts: float, beats: Sequence[float]) -> tuple[float, float] | None:
    """Return the last beat of a bed that has room to ring, and when it has rung out; None without any."""
    fitting = [beat for beat in beats if 0 < beat <= lasts - RING]
    if len(fitting) < 2:
        return None
    step = median(later - earlier for earlier, later in pairwise(fitting))
    return fitting[-1], min(lasts, fitting[-1] + max(2 * step, 2 * RING))


def _loop(duration: float, start: float, beats: Sequence[float]) -> tuple[float, float, float]:
    """Return where a source is left, where it is begun anew, and for how long both are heard."""
    even = [beat for beat in pulse(beats, duration) if beat >= start - 1e-3]
    if duration - start < SHORT or _is_loop(duration, start, beats):
        return duration, start, 0.0
    if len(even) <= BAR:
        return duration, start, min(PASSAGE, (duration - start) / 4)
    step = median(later - earlier for earlier, later in pairwise(even))
    # A last beat that was heard lasts until the next one would come.
    closes = even[-1] < max(beats) + step / 2 and even[-1] + step <= duration + NEAR * step
    end = min(even[-1] + step, duration) if closes else even[-1]
    count = (len(even) if closes else len(even) - 1) // BAR * BAR
    back = even[-count] if closes else even[-count - 1]
    cross = min(SPLICE, back)
    return end, back - cross, cross


def _is_loop(duration: float, start: float, beats: Sequence[float]) -> bool:
    """Say whether a source is made to be repeated as it is: whole bars from its first sample to its last."""
    if start or len(beats) <= BAR or duration > LONG:
        return False
    count = duration / _even(beats)[0]
    return abs(count - BAR * round(count / BAR)) < WHOLE


def _even(beats: Sequence[float]) -> tuple[float, float]:
    """Return the step and the first beat of the even pulse that fits beats best."""
    step = median(later - earlier for earlier, later in pairwise(beats))
    step, first = np.polyfit(_numbers(beats, step), beats, 1)
    return float(step), float(first)


def _numbers(beats: Sequence[float], step: float) -> list[int]:
    """Return how many beats of that step lie between the first and each."""
    numbers = [0]
    for earlier, later in pairwise(beats):
        numbers.append(numbers[-1] + max(1, round((later - earlier) / step)))
    return numbers
