"""strip: a whole video as one drawing: waveform, loudness, cuts, beats, captions, and where something is at fault.

Everything here is a number on a sheet of `WIDTH` by `HEIGHT`; the page's template draws it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kernel.evaluation.base import Seen
from kernel.evaluation.scorecard import Scorecard
from kernel.worker.ops.loudness import Loudness

WIDTH, WAVE, CURVE = 1200, 120, 110
"""Columns of the sheet, and the heights of its two pictures."""
LOUD, QUIET = 0.0, -50.0
"""LUFS at the top and at the bottom of the loudness curve."""


class Zone(NamedTuple):
    """A stretch that a metric points at."""

    x: float
    width: float
    metric: str
    what: str


class Strip(NamedTuple):
    """The drawing."""

    wave: str
    """SVG path of the waveform."""
    curve: str
    """SVG points of the loudness."""
    target: float | None
    """Height at which the planned loudness lies."""
    cuts: tuple[float, ...]
    beats: tuple[float, ...]
    captions: tuple[tuple[float, float], ...]
    """Place and width of each."""
    zones: tuple[Zone, ...]
    ticks: tuple[tuple[float, str], ...]


def strip(seen: Seen, scorecard: Scorecard, peaks: Sequence[float]) -> Strip:
    """Lay the drawing out."""
    length = max(seen.measured.duration, seen.measured.sound_duration, 1e-3)
    scale = WIDTH / length
    return Strip(
        wave=_wave(peaks),
        curve=_curve(seen, scale),
        target=_target(seen),
        cuts=tuple(round(at * scale, 1) for at in cuts_of(seen)),
        beats=tuple(round(at * scale, 1) for at in (seen.sounds.beats if seen.sounds else ())),
        captions=_captions(seen, scale),
        zones=tuple(_zones(scorecard, scale)),
        ticks=_ticks(length, scale),
    )


def cuts_of(seen: Seen) -> tuple[float, ...]:
    """Return the seconds at which one picture gives way to another: as planned, else as found."""
    if seen.timeline is not None:
        rate = float(seen.timeline.rate.fraction)
        return tuple(picture.first_frame / rate for picture in seen.timeline.pictures[1:])
    return tuple(shot.start for shot in seen.sights.shots[1:]) if seen.sights else ()


def _wave(peaks: Sequence[float]) -> str:
    if not any(peaks):
        return ""
    step, middle = WIDTH / len(peaks), WAVE / 2
    lines = (f"M{n * step:.1f} {middle - p * middle:.1f}V{middle + p * middle + 0.4:.1f}" for n, p in enumerate(peaks))
    return "".join(lines)


def _curve(seen: Seen, scale: float) -> str:
    if seen.sounds is None or not seen.sounds.curve:
        return ""
    step = max(1, len(seen.sounds.curve) // WIDTH)
    points = list(enumerate(seen.sounds.curve))[::step]
    return " ".join(f"{n * seen.sounds.step * scale:.1f},{height(lufs):.1f}" for n, lufs in points)


def height(lufs: float) -> float:
    """Return where a loudness lies on the sheet, from the top."""
    return CURVE * (1 - (min(max(lufs, QUIET), LOUD) - QUIET) / (LOUD - QUIET))


def _target(seen: Seen) -> float | None:
    asked = seen.plan.only(Loudness) if seen.plan else None
    return round(height(asked.lufs), 1) if asked else None


def _captions(seen: Seen, scale: float) -> tuple[tuple[float, float], ...]:
    cues = seen.timeline.cues if seen.timeline else ()
    return tuple((round(cue.start * scale, 1), round((cue.end - cue.start) * scale, 1)) for cue in cues)


def _zones(scorecard: Scorecard, scale: float) -> list[Zone]:
    return [
        Zone(round(at.start * scale, 1), max(2.0, round((at.end - at.start) * scale, 1)), score.name, at.what)
        for score in scorecard.scores
        if not score.passed
        for at in score.evidence
    ]


def _ticks(length: float, scale: float) -> tuple[tuple[float, str], ...]:
    """Return places and times of about ten marks."""
    steps = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800)
    step = next((step for step in steps if length / step <= 12), 3600)
    return tuple((round(at * scale, 1), f"{at // 60}:{at % 60:02}") for at in range(0, int(length) + 1, step))
