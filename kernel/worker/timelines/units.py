"""Times of a timeline: exact fractions of a second to OpenTimelineIO's times and back, and frames to source frames."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from opentimelineio.opentime import RationalTime, TimeRange

from kernel.errors import BadInput
from kernel.worker.media import Rate, Source
from kernel.worker.pacing import LEAD

LARGEST = 1001
"""Denominator of a frame rate at the most: 30000/1001."""
HAIR = Fraction(1, 10**6)
"""Frames: less than anybody's rounding, more than the noise of a float."""
NEAR = Fraction(1, 50)
"""Frames by which a time may stray from a whole frame and still be meant as that frame."""
LONGEST = 48 * 3600
"""Seconds of a timeline or a source."""


def time(frames: Fraction | int, rate: Fraction) -> Any:
    """Return frames as a `RationalTime`."""
    return RationalTime(float(frames), float(rate))


def span(start: Any, duration: Any) -> Any:
    """Return a `TimeRange`."""
    return TimeRange(start, duration)


def rate_of(number: float) -> Fraction:
    """Return a frame rate as the fraction that is meant: 29.97002997 is 30000/1001, and so is 29.97.

    Raises:
        BadInput: it is no frame rate.
    """
    if not (math.isfinite(number) and 0 < number <= 10**6):
        raise BadInput(f"The timeline counts {number} frames a second, which is no frame rate: export it again.")
    whole = math.ceil(number - 1e-9)
    # 23.98, 23.976, 29.97, 59.94, ... all mean n * 1000 / 1001.
    if whole <= 240 and 0 < (whole - number) / number < 0.0015:
        return Fraction(whole * 1000, 1001)
    return Fraction(number).limit_denominator(LARGEST)


def seconds(moment: Any) -> Fraction:
    """Return a `RationalTime` as exact seconds.

    Raises:
        BadInput: it is no time.
    """
    if not math.isfinite(moment.value):
        raise BadInput("A time in the timeline is no number: export it again.")
    found = Fraction(moment.value).limit_denominator(10**6) / rate_of(moment.rate)
    if abs(found) > LONGEST:
        raise BadInput(f"A time in the timeline lies {float(found) / 3600:.0f} hours away: export it again.")
    return found


def own_rate(source: Source, rate: Rate) -> Fraction:
    """Return the frames a second in which a source is counted: its own, or the output's where it has none."""
    return source.rate.fraction if source.kind == "video" and source.rate else rate.fraction


def shown(source_frame: int, source: Source, rate: Rate) -> int:
    """Return the source's own frame that is seen in a frame of it counted at the output's rate.

    Before its first one a source stands still.
    """
    own, out = own_rate(source, rate), rate.fraction
    return max(0, math.floor((source_frame / out + LEAD * min(1 / own, 1 / out)) * own))


def counted(start: Fraction, source: Source, rate: Rate, anchor: int | None = None, own_rates: bool = True) -> int:
    """Return the frame of a source, counted at the output's rate, with which a stretch begins.

    Args:
        start: seconds after the source's first frame, as the timeline has it.
        anchor: a frame that was exported; a whole number of frames away from it is meant as such.
        own_rates: whether the timeline counts in the source's own frames; else in the output's.
    """
    own, out = own_rate(source, rate), rate.fraction
    if not own_rates:
        return max(0, round(start * out))
    if anchor is not None:
        away = (start - Fraction(shown(anchor, source, rate)) / own) * out
        if abs(away - round(away)) <= NEAR:
            return anchor + round(away)
    return max(0, math.ceil((start - LEAD * min(1 / own, 1 / out)) * out - HAIR))
