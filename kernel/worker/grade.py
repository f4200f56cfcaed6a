"""grade: a change of colours, as numbers; worked out once for a table of colours that ffmpeg looks up (a 3D LUT).

Every step takes and gives rows of red, green and blue from 0 to 1, coded as BT.709 is shown. Black stays black, white
stays white, grey goes up evenly: no step may turn the order of two greys round.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

import numpy as np

from kernel.worker.cube import Cube
from kernel.worker.gauged import Levels
from kernel.worker.logs import Log, Numbers, linear

Look = Literal["warm", "cool", "film", "vivid", "mono"]
LUMA = np.array([0.2126, 0.7152, 0.0722])
"""Share of red, green and blue in brightness (ITU-R BT.709)."""
GAMMA = 2.4
"""Of the display (ITU-R BT.1886)."""
GREY = 0.42
"""Mid grey as it is coded: where contrast turns."""
KNEE, PEAK = 0.5, 8.0
"""Light of a log picture, diffuse white being 1: up to which it passes as it is, and what becomes full white."""
FARTHEST = 0.2
"""How far a match moves the mean of brightness, or of a colour difference."""
SKIN, SKIN_WIDE = math.radians(123), math.radians(32)
"""Hue of skin of whatever tone in the plane of colour differences (the vectorscope's skin line), and how far round it
colours count as skin."""


class Grade(NamedTuple):
    """A change of colours; as it stands it changes nothing."""

    exposure: float = 0.0
    contrast: float = 0.0
    saturation: float = 0.0
    temperature: float = 0.0
    tint: float = 0.0
    shadows: float = 0.0
    highlights: float = 0.0
    look: Look | None = None
    amount: float = 1.0
    input: Log | None = None
    own: Levels | None = None
    like: Levels | None = None
    """The levels of these pictures, and of those that they are to be like."""
    lut: str = ""
    """Hash of a person's own table; empty without one."""
    lut_from: Literal["rec709", "log"] = "rec709"
    """What its colours are looked up by: pictures as they are shown, or as they were filmed in log."""

    @property
    def plain(self) -> bool:
        """Whether it changes nothing."""
        return self == Grade(amount=self.amount, lut_from=self.lut_from)


def graded(grade: Grade, rows: Numbers, lut: Cube | None = None) -> Numbers:
    """Return colours as the grade changes them: brought from log, matched, corrected, then given a look.

    A person's own table is a look too, laid over corrected colours as they are shown in BT.709, which is what such a
    table is made for; one that brings log to BT.709 comes before all else, where log would be brought to light.

    Args:
        lut: the table that the grade names.
    """
    if lut and grade.lut_from == "log":
        rows = rows + grade.amount * (lut.looked_up(rows) - rows)
    if grade.input:
        rows = _shown(linear(grade.input, rows))
    if grade.own and grade.like:
        rows = _matched(rows, grade.own, grade.like)
    rows = _exposed(rows, grade.exposure)
    rows = _balanced(rows, grade.temperature, grade.tint)
    rows = _toned(rows, grade.shadows, grade.highlights)
    rows = _contrasted(rows, grade.contrast)
    rows = _saturated(rows, grade.saturation)
    if grade.look:
        rows = rows + grade.amount * (LOOKS[grade.look](rows) - rows)
    if lut and grade.lut_from == "rec709":
        rows = rows + grade.amount * (lut.looked_up(rows) - rows)
    return np.clip(rows, 0, 1)


def luma(rows: Numbers) -> Numbers:
    """Return brightness as a column."""
    return np.asarray(rows @ LUMA)[:, None]


def differences(rows: Numbers) -> Numbers:
    """Return brightness and the two colour differences, Y', Pb, Pr, of each row."""
    bright = luma(rows)
    return np.hstack([bright, (rows[:, 2:3] - bright) / 1.8556, (rows[:, 0:1] - bright) / 1.5748])


def _from_differences(values: Numbers) -> Numbers:
    bright, blue, red = values[:, 0:1], values[:, 1:2], values[:, 2:3]
    red, blue = bright + 1.5748 * red, bright + 1.8556 * blue
    return np.hstack([red, (bright - LUMA[0] * red - LUMA[2] * blue) / LUMA[1], blue])


def _shown(light: Numbers) -> Numbers:
    """Return light as BT.709 codes it: from mid grey down as it is, highlights brought in by a curve."""
    low = -(KNEE**2) * (PEAK - 1) / (KNEE**2 - 2 * KNEE + PEAK)
    high = (KNEE**2 - 2 * KNEE * PEAK + PEAK) / (PEAK - 1)
    scale = (high**2 + 2 * high * KNEE + KNEE**2) / (high - low)
    bounded = np.clip(_inside(light), 0, PEAK)
    bent = np.where(bounded <= KNEE, bounded, scale * (bounded + low) / (bounded + high))
    return np.where(bent < 0.018, 4.5 * bent, 1.099 * np.maximum(bent, 0.018) ** 0.45 - 0.099)


def _inside(light: Numbers) -> Numbers:
    """Bring colours that BT.709 does not have towards grey, until none of their parts is below nothing."""
    grey, least = np.maximum(luma(light), 0), light.min(axis=1, keepdims=True)
    share = np.where(least < 0, grey / np.maximum(grey - least, 1e-9), 1.0)
    return grey + (light - grey) * share


def _matched(rows: Numbers, own: Levels, like: Levels) -> Numbers:
    """Bring mean and spread of brightness and of both colour differences to those of other pictures, within reason."""
    values = differences(rows)
    gain = np.clip([b / max(a, 0.01) for a, b in zip(own.deviation, like.deviation, strict=True)], 0.75, 1.35)
    goal = np.clip(like.mean, np.array(own.mean) - FARTHEST, np.array(own.mean) + FARTHEST)
    bright, colours = values[:, :1], values[:, 1:]
    # One gain for both colour differences, or hues would turn.
    wanted = (colours - own.mean[1:]) * np.sqrt(gain[1] * gain[2]) + goal[1:]
    # Black and white keep their colour, and what is near them goes along by little.
    room = np.clip(4 * bright * (1 - bright), 0, 1) ** 0.5
    moved = np.hstack([_bent(bright, own.mean[0], float(goal[0]), float(gain[0])), colours + room * (wanted - colours)])
    return np.clip(_from_differences(moved), 0, 1)


def _bent(bright: Numbers, mean: float, goal: float, gain: float) -> Numbers:
    """Bring one brightness to another by a power, and steepen the curve there; black and white stay."""
    mean, goal = (min(max(value, 0.03), 0.97) for value in (mean, goal))
    power = math.log(goal) / math.log(mean)
    return _curved(np.clip(bright, 0, 1) ** power, goal, gain)


def _exposed(rows: Numbers, stops: float) -> Numbers:
    """Return the colours as with more or less light; what would be beyond white is brought in gently."""
    if not stops:
        return rows
    gain = 2.0 ** (stops / GAMMA)
    bright = np.asarray(rows * gain)
    if gain <= 1:
        return bright
    # A curve that leaves the knee with slope 1 and reaches white where the brightest colour lands.
    knee = 0.6
    over, most = np.maximum(bright - knee, 0), gain - knee
    bend = most / (1 - knee) - 1
    return np.where(bright <= knee, bright, knee + over / (1 + bend * over / most))


def _balanced(rows: Numbers, temperature: float, tint: float) -> Numbers:
    """Return the colours under warmer (above 0) or cooler light, with more magenta (above 0) or green."""
    if not (temperature or tint):
        return rows
    gains = 2.0 ** np.array([0.4 * temperature + 0.1 * tint, -0.22 * tint, -0.5 * temperature + 0.1 * tint])
    light = np.clip(rows, 0, 1) ** GAMMA * (gains / (gains @ LUMA))
    return np.asarray(_rolled(light) ** (1 / GAMMA))


def _rolled(light: Numbers) -> Numbers:
    """Bring what is beyond full light back, its hue kept."""
    top = light.max(axis=1, keepdims=True)
    return np.where(top > 1, light / np.maximum(top, 1), light)


def _toned(rows: Numbers, shadows: float, highlights: float) -> Numbers:
    """Lift or lower the dark and the bright half; black and white stay."""
    if not (shadows or highlights):
        return rows
    bright = np.clip(luma(rows), 0, 1)
    dark_share, light_share = bright * (1 - bright) ** 3 / 0.1055, bright**3 * (1 - bright) / 0.1055
    goal = bright + 0.12 * shadows * dark_share + 0.12 * highlights * light_share
    return _lit(rows, bright, goal)


def _lit(rows: Numbers, bright: Numbers, goal: Numbers) -> Numbers:
    """Give colours another brightness; their strength goes half of the way along."""
    times = goal / np.maximum(bright, 1e-4)
    return np.asarray(goal + (rows - bright) * np.sqrt(np.clip(times, 0.25, 4)))


def _contrasted(rows: Numbers, contrast: float) -> Numbers:
    return _curved(np.clip(rows, 0, 1), GREY, 2.0 ** (0.7 * contrast)) if contrast else rows


def _curved(rows: Numbers, pivot: float, power: float) -> Numbers:
    """Return an S through black, the pivot and white, that is so steep at the pivot."""
    below = pivot * (np.minimum(rows, pivot) / pivot) ** power
    above = 1 - (1 - pivot) * ((1 - np.maximum(rows, pivot)) / (1 - pivot)) ** power
    return np.where(rows <= pivot, below, above)


def _saturated(rows: Numbers, saturation: float) -> Numbers:
    """Return stronger or weaker colours; skin and what is strong already are strengthened by less."""
    if not saturation:
        return rows
    bright = luma(rows)
    if saturation < 0:
        return np.asarray(bright + (rows - bright) * (1 + saturation))
    strength = rows.max(axis=1, keepdims=True) - rows.min(axis=1, keepdims=True)
    share = (1 - 0.6 * skin(rows)) * (1 - 0.5 * np.clip(strength, 0, 1))
    return np.asarray(bright + (rows - bright) * (1 + 0.8 * saturation * share))


def skin(rows: Numbers) -> Numbers:
    """Return how much each colour is one of skin, 0 to 1, as a column."""
    values = differences(rows)
    apart = np.angle(np.exp(1j * (np.arctan2(values[:, 2], values[:, 1]) - SKIN)))
    coloured = np.clip(np.hypot(values[:, 1], values[:, 2]) / 0.05, 0, 1)
    return np.asarray(np.exp(-((apart / SKIN_WIDE) ** 2) * 2) * coloured)[:, None]


def _warm(rows: Numbers) -> Numbers:
    rows = _balanced(rows, 0.34, 0.02)
    return _saturated(_contrasted(rows, 0.08), 0.08)


def _cool(rows: Numbers) -> Numbers:
    cooled = _contrasted(_balanced(rows, -0.32, -0.03), 0.12)
    return cooled + 0.55 * skin(rows) * (_contrasted(rows, 0.12) - cooled)


def _film(rows: Numbers) -> Numbers:
    """Lifted blacks, soft whites, shadows a little blue-green and highlights a little golden, quiet colours."""
    rows = _saturated(_contrasted(rows, 0.22), -0.14)
    bright = np.clip(luma(rows), 0, 1)
    cold, gold = np.array([-0.018, 0.006, 0.016]), np.array([0.018, 0.006, -0.022])
    toned = rows + cold * (1 - bright) ** 2 * (1 - skin(rows)) + gold * bright**2
    return np.asarray(0.035 + toned * 0.925)


def _vivid(rows: Numbers) -> Numbers:
    return _saturated(_contrasted(rows, 0.22), 0.55)


def _mono(rows: Numbers) -> Numbers:
    """Black and white as on panchromatic film behind a light yellow filter: skin is bright, the sky is not."""
    grey = np.clip(rows, 0, 1) @ np.array([0.34, 0.56, 0.10])
    return _contrasted(np.repeat(grey[:, None], 3, axis=1), 0.25)


LOOKS: Mapping[Look, Callable[[Numbers], Numbers]] = {
    "warm": _warm,
    "cool": _cool,
    "film": _film,
    "vivid": _vivid,
    "mono": _mono,
}
