"""events: the lines of an EDL whose clips run at another speed, which its adapter neither writes nor reads right.

Such an event takes more or less of its source than it lasts, and an `M2` line after it says at how many frames a second
it plays. The adapter is given events that take as much as they last; the speed goes by here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from opentimelineio.opentime import RationalTime, from_timecode, to_timecode

from kernel.errors import BadInput

NUMBERED = re.compile(r"^(\d+)\s")
_M2 = re.compile(r"^M2\s.*?(-?\d+(?:\.\d+)?)\s+\d\d:\d\d:\d\d[:;]\d\d\s*$")
PLAYS = "PLAYS"
"""What the comment begins with by which a speed passes the adapter."""
_PLAYS = re.compile(rf"{PLAYS} (-?\d+/\d+)")


class Sped(NamedTuple):
    """A clip at another speed: its first frame in the list, the frame of its source that it shows there, how fast."""

    first: int
    begins: int
    speed: Fraction


def written(text: str, sped: Sequence[Sped | None], rate: Fraction) -> Iterator[str]:
    """Yield the lines of a list whose clips were written as if each played as it was filmed.

    Args:
        sped: one for each event, in order; None for a clip that plays as it was filmed.
    """
    lines, number, seen = text.splitlines(), -1, ""
    for index, line in enumerate(lines):
        event = NUMBERED.match(line)
        number += event is not None and event[1] != seen
        seen = event[1] if event else seen
        one = sped[number] if event and number < len(sped) else None
        following = NUMBERED.match(lines[index + 1]) if index + 1 < len(lines) else None
        if event is None or one is None or (following and following[1] == seen):
            yield line
        else:
            yield from _at_speed(line, one, rate)


def _at_speed(line: str, one: Sped, rate: Fraction) -> Iterator[str]:
    """Yield an event with as much of its source as it takes, and its speed."""
    head, (_, _, begins, ends) = _parted(line, rate)
    entry = one.begins + (begins - one.first) * one.speed
    used = (ends - begins) * abs(one.speed)
    low = entry if one.speed > 0 else entry + abs(one.speed) - used
    times = " ".join(_timecode(round(frame), rate) for frame in (low, low + used, begins, ends))
    yield f"{head}{times}"
    reel = line.split()[1]
    yield f"M2   {reel:<8} {float(one.speed * rate):07.3f}                {_timecode(round(entry), rate)}"


def evened(lines: Iterable[str], rate: Fraction) -> Iterator[str]:
    """Yield the lines of a list with every event taking as much of its source as it lasts; its speed is a comment.

    Raises:
        BadInput: a time code in it is none at this rate.
    """
    kept = list(lines)
    for index, line in enumerate(kept):
        if not NUMBERED.match(line):
            if not line.startswith("M2"):
                yield line
            continue
        head, (low, high, begins, ends) = _parted(line, rate)
        used, lasts = high - low, ends - begins
        if used == lasts or lasts <= 0:
            yield line
            continue
        speed = _speed(kept[index + 1 :], Fraction(used, lasts), rate)
        entry = max(0, round(low if speed >= 0 else high + speed))
        times = " ".join(_timecode(frame, rate) for frame in (entry, entry + lasts, begins, ends))
        yield f"{head}{times}"
        yield f"* {PLAYS} {speed.numerator}/{speed.denominator}"


def _speed(following: Sequence[str], told: Fraction, rate: Fraction) -> Fraction:
    """Return how fast an event plays: what its `M2` line says, else what its lengths say."""
    for line in following:
        if NUMBERED.match(line):
            break
        if "FREEZE FRAME" in line:
            return Fraction(0)
        found = _M2.match(line)
        if found:
            return (Fraction(found[1]) / rate).limit_denominator(1000)
    return told.limit_denominator(1000)


def played(comments: Iterable[str]) -> Fraction:
    """Return the speed that a comment carried past the adapter; 1 where there is none."""
    found = next((match for match in map(_PLAYS.search, comments) if match), None)
    return Fraction(found[1]) if found else Fraction(1)


def _parted(line: str, rate: Fraction) -> tuple[str, tuple[int, int, int, int]]:
    """Part an event into what stands before its four times, and these in frames."""
    times = line.split()[-4:]
    try:
        low, high, begins, ends = (
            from_timecode(time, float(rate)).to_frames() if ":" in time else int(time) for time in times
        )
    except ValueError as error:
        raise BadInput(
            f"The event {line[:60]!r} of this EDL holds no time codes of {float(rate):.2f} frames a second:"
            " export it again at the plan's rate, or as otio or fcpxml."
        ) from error
    head = re.match(r"^(.*?)\S+\s+\S+\s+\S+\s+\S+\s*$", line)
    return head[1] if head else "", (low, high, begins, ends)


def _timecode(frames: int, rate: Fraction) -> str:
    return str(to_timecode(RationalTime(max(0, frames), float(rate)), float(rate)))
