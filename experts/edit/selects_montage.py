"""selects_montage: the cut on paper where pictures change on the beats of the music."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from experts.edit.bed import bed_of, grid
from experts.edit.brief import Brief
from experts.edit.footage import Footage
from experts.edit.log import Log
from experts.edit.output import output_of, pictures
from experts.edit.selecting import selected
from experts.edit.selects import Select, Selects, tells
from experts.edit.strips import Strip, strips
from experts.tools import LOOKING
from kernel.expert import Expert, Scene
from kernel.worker.media import Rate

LENGTHS = {"slow": 3.5, "normal": 2.0, "fast": 1.1}
"""Seconds of a shot by pace (social video 1 to 3 s: practice)."""
LEAST, MOST = 0.5, 1.6
"""Of that length: no shot is shorter or longer."""
DEFAULT = 30.0
"""Seconds where no length is asked for and there is enough to see."""
TOLERANCE = 0.05


class Shown(NamedTuple):
    """One shot of the montage: a strip, and from when to when it stands in the cut, in seconds."""

    strip: Strip
    start: float
    end: float


def understudy(scene: Scene) -> dict[str, Any]:
    """Choose lively shots by rules and cut them on the beats."""
    return selected(scene, montage)


def montage(brief: Brief, footage: Footage, log: Log, skip: int = 0) -> Selects:
    """Return a montage of the length asked for, or of what there is to see.

    Args:
        skip: shots to leave out at the beginning.
    """
    reels = pictures(footage)
    rate = output_of(brief, footage).rate
    windows = _windows(strips(reels), LENGTHS[brief.pace] * MOST)
    seconds = brief.length or min(DEFAULT, sum(window.seconds for window in windows) / MOST)
    bed = bed_of(brief, footage, montage=True)
    beats = grid(bed, seconds) if bed else []
    shown = _shown(windows, beats, seconds, LENGTHS[brief.pace])[skip:]
    selects = tuple(_select(one, rate, shown[0].start) for one in shown)
    lasts = shown[-1].end - shown[0].start
    short = brief.length is not None and lasts < brief.length * (1 - TOLERANCE)
    note = (
        f"It lasts {lasts:.1f} s instead of {brief.length:g} s: there is no more to see without showing things twice."
        if short
        else ""
    )
    return Selects(confidence=0.5 if short else 0.65, selects=selects, note=note)


def _windows(found: Sequence[Strip], most: float) -> list[Strip]:
    """Part the strips into stretches of the longest length that one shot may have."""
    windows: list[Strip] = []
    for strip in found:
        at = strip.start
        while strip.end - at >= LEAST * most / MOST and (strip.end - strip.start < 600 or at == strip.start):
            place = strip.place + (at - strip.start) * 1e-4
            windows.append(replace(strip, start=at, end=min(strip.end, at + most), place=place))
            at += most
    return windows or list(found)


def _shown(windows: Sequence[Strip], beats: Sequence[float], seconds: float, ideal: float) -> list[Shown]:
    """Lay as few of the best windows as fill the time; all of them where that is not enough."""
    ranked = _ranked(windows)
    best: list[Shown] = []
    for count in range(max(1, int(seconds / ideal)), len(ranked) + 1):
        laid = _laid(_ordered(ranked[:count]), beats, seconds, ideal)
        if laid and (not best or laid[-1].end > best[-1].end + 1e-6):
            best = laid
        if best and best[-1].end >= seconds - 1e-6:
            return best
    return best or _laid(_ordered(ranked), beats, seconds, ideal) or [_alone(ranked[0], seconds)]


def _ranked(windows: Sequence[Strip]) -> list[Strip]:
    """Return the windows, best first: lively ones, and from as many shots and sources as there are."""
    left, ranked = list(windows), list[Strip]()
    sources, shots = dict[str, int](), dict[int, int]()
    while left:
        index = max(
            range(len(left)),
            key=lambda i: (
                min(left[i].lively, 2.0) * 0.4
                - 0.5 * shots.get(left[i].shot, 0)
                - 0.15 * sources.get(left[i].source, 0)
            ),
        )
        strip = left.pop(index)
        sources[strip.source] = sources.get(strip.source, 0) + 1
        shots[strip.shot] = shots.get(strip.shot, 0) + 1
        ranked.append(strip)
    return ranked


def _ordered(windows: Sequence[Strip]) -> list[Strip]:
    """Return windows as a story: each source in its own order, the sources woven together."""
    return sorted(windows, key=lambda strip: (round(strip.place, 6), strip.source, strip.start))


def _laid(windows: Sequence[Strip], beats: Sequence[float], seconds: float, ideal: float) -> list[Shown]:
    """Lay windows one after another; each gives way on a beat, the last one at the end."""
    found, at = list[Shown](), 0.0
    for window in windows:
        left = seconds - at
        end = seconds if left <= min(window.seconds, MOST * ideal) else _turn(at, window.seconds, beats, seconds, ideal)
        if end is not None:
            found.append(Shown(window, at, end))
            at = end
        if at >= seconds:
            break
    return found


def _turn(at: float, room: float, beats: Sequence[float], seconds: float, ideal: float) -> float | None:
    """Return when a shot gives way: on the beat nearest to its ideal length; None where it is too short for one."""
    room = min(room, MOST * ideal)
    near = [beat for beat in beats if LEAST * ideal <= beat - at <= room and seconds - beat >= LEAST * ideal]
    if near:
        return min(near, key=lambda beat: abs(beat - at - ideal))
    if beats and beats[-1] > at + MOST * ideal:
        return None
    end = at + min(room, ideal)
    return end if room >= LEAST * ideal and seconds - end >= 0.1 else None


def _alone(strip: Strip, seconds: float) -> Shown:
    return Shown(strip, 0.0, min(seconds, strip.seconds))


def _select(one: Shown, rate: Rate, since: float) -> Select:
    """Return a shot in whole frames, so that the changes fall on the frames nearest to the beats."""
    second = float(rate.fraction)
    frames = max(1, round((one.end - since) * second) - round((one.start - since) * second))
    first = -int(-(one.strip.start * second) // 1)
    if (first + frames) / second > one.strip.end:
        first = max(0, int(one.strip.end * second) - frames)
    why = "a lively shot" if one.strip.lively >= 1 else "a calm shot, for a change"
    return Select(
        source=one.strip.source, start=round(first / second, 6), end=round((first + frames) / second, 6), why=why
    )


EXPERT = Expert(
    name="edit.selects_montage",
    document=Selects,
    prompt="edit/selects_montage.j2",
    understudy=understudy,
    tools=LOOKING,
    tells=tells,
)
