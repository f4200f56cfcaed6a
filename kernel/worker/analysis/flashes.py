"""Flashes and flicker: where the picture goes light and dark so often that it can harm, or annoy.

A flash is a pair of opposing changes of relative luminance by at least 10 % of its maximum, the darker state below
0.80 of it, over at least a quarter of the picture at the same time; more than three in any second can harm people who
are sensitive to light (WCAG 2.3.1). A red flash is the same of a saturated red. ITU-R BT.1702 asks for 20 cd/m2 where
the darker state is below 160 cd/m2: with the 200 cd/m2 that it takes for the peak of SDR those are the very same 10 %
and 0.80, so it has no measure of its own here. Two to three flashes a second that go on for five seconds fail too
(EA IRIS). Brightness that swings to and fro by less than a flash is flicker.

The picture is looked at in cells, so that fine patterns and the rustle of leaves even out. In each cell a change is
counted when the luminance is far enough from where it last turned back; it counts as part of a flash when it happens
over the area at once, and what moves through the picture does not.
"""

from __future__ import annotations

import itertools
import math
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from kernel.worker.analysis.found import Flashing
from kernel.worker.analysis.pictures import Frame, Plane
from kernel.worker.analysis.shots import runs

CELLS = (32, 18)
"""Across and down."""
SWING, DARKER = 0.1, 0.8
"""Change of relative luminance, 0 to 1, that is half a flash, and below what the darker state lies (WCAG 2.3.1)."""
RED_SWING, RED_SHARE = 20 / 320, 0.8
"""Change of R - G - B, 0 to 1, that is half a red flash, and the share of red in the redder state (WCAG 2.3.1)."""
AREA = 0.25
"""Share of the picture that flashes (WCAG 2.3.1, ITU-R BT.1702)."""
TOGETHER = 0.07
"""Seconds within which cells change at once: two frames of 25, for an encoder smears a flash over as many."""
MOST = 6
"""Changes in a second that are no danger yet: three flashes."""
EXTENDED, EXTENDED_LASTS = 4, 5.0
"""Changes in every second (two flashes), and seconds that they go on for, that are dangerous too (EA IRIS)."""
TREMBLE = 0.004
"""Change of the whole picture's brightness, 0 to 1, below which it is noise: one of 255."""
LUMINANCE = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)
"""Shares of red, green and blue (ITU-R BT.709)."""
DARKEST = 1e-3
"""Light, 0 to 3, below which no colour is seen."""

Cells = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.int16]
Kind = Literal["general", "red", "extended"]

_CODED = np.arange(256) / 255
_LIGHT = np.where(_CODED <= 0.04045, _CODED / 12.92, ((_CODED + 0.055) / 1.055) ** 2.4).astype(np.float32)
"""The light of each of 256 coded values (IEC 61966-2-1)."""


class FlashFinder:
    """Is shown every frame in order, and says at the end where it flashes and flickers.

    Args:
        rate: frames per second.
    """

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self._general = _Changes(rate, SWING)
        self._red = _Changes(rate, RED_SWING)
        self._brightness: list[float] = []

    def add(self, frame: Frame) -> None:
        """Look at the next frame."""
        luma, blue, red = (_cells(plane) for plane in (frame.luma, frame.blue, frame.red))
        self._brightness.append((float(luma.mean()) - 16) / 219)
        colours = _linear(luma, blue, red)
        # A change counts only from a state below DARKER; what shines brighter than a swing above that is all one.
        self._general.add(np.minimum(colours @ LUMINANCE, DARKER + SWING))
        total = colours.sum(axis=-1)
        redness = np.maximum(2 * colours[..., 0] - total, 0)
        self._red.add(redness, colours[..., 0] >= RED_SHARE * np.maximum(total, DARKEST))

    def flashing(self) -> tuple[Flashing, ...]:
        """Return the dangerous stretches, in order."""
        general, red = np.array(self._general.counts), np.array(self._red.counts)
        either = np.maximum(general, red)
        calm = np.where(either > MOST, 0, either)
        found = [
            *self._stretches("general", general, general > MOST, 0.0),
            *self._stretches("red", red, red > MOST, 0.0),
            *self._stretches("extended", calm, calm >= EXTENDED, EXTENDED_LASTS - 1.0),
        ]
        return tuple(sorted(found, key=_start))

    def flicker(self) -> tuple[float, ...]:
        """Return how far the whole picture's brightness swings in each second, 0 to 1; 0 below three swings a second.

        Cuts and moving things change the brightness too, but not to and fro so often.
        """
        turns = _turns(self._brightness)
        sizes: list[list[float]] = [[] for _ in range(math.ceil(len(self._brightness) / self.rate))]
        for before, after in itertools.pairwise(turns):
            far = abs(self._brightness[after] - self._brightness[before])
            sizes[int(after / self.rate)].append(far)
        return tuple(round(float(np.median(size)), 4) if len(size) >= MOST else 0.0 for size in sizes)

    def _stretches(self, kind: Kind, counts: Counts, mask: Mask, least: float) -> Iterator[Flashing]:
        """Yield the stretches of at least so many seconds: each count is of the second that ends with its frame."""
        for first, last in runs(mask):
            if (last - first) / self.rate >= least:
                start, end = max(0.0, (first + 1) / self.rate - 1), last / self.rate
                worst = float(counts[first:last].max()) / 2
                yield Flashing(kind=kind, start=round(start, 3), end=round(end, 3), rate=worst)


class _Changes:
    """Counts the changes of cells that happen over the area at once.

    Attributes:
        counts: for each frame how often at least `AREA` of the cells changed in the second that ends with it, rising
            and falling alike.
    """

    def __init__(self, rate: float, swing: float) -> None:
        self.counts: list[int] = []
        self._swing = swing
        self._together = max(1, round(TOGETHER * rate))
        self._low = np.full(CELLS[::-1], np.inf, dtype=np.float32)
        self._high = -self._low
        self._marked = np.zeros(CELLS[::-1], dtype=bool)
        self._way = np.zeros(CELLS[::-1], dtype=np.int8)
        self._ages = [np.full(CELLS[::-1], self._together, dtype=np.int32) for _ in range(2)]
        self._held = np.zeros(CELLS[::-1], dtype=np.int16)
        self._second: deque[Counts] = deque(maxlen=max(1, round(rate)))

    def add(self, value: Cells, marked: Mask | None = None) -> None:
        """Look at the next values; with marks, a change counts only when the higher of its states is marked."""
        rises = (value - self._low >= self._swing) & (self._way <= 0)
        falls = (self._high - value >= self._swing) & (self._way >= 0)
        if marked is not None:
            rises, falls = rises & marked, falls & self._marked
            self._marked = np.where(value >= self._high, marked, self._marked)
        turned = rises | falls
        self._way[rises], self._way[falls] = 1, -1
        self._low = np.where(turned, value, np.minimum(self._low, value))
        self._high = np.where(turned, value, np.maximum(self._high, value))
        self._count(self._together_now(0, rises) + self._together_now(1, falls))

    def _together_now(self, way: int, changed: Mask) -> Counts:
        """Return the cells that changed this way lately and are not counted yet, when they are many; else none."""
        age = self._ages[way]
        age += 1
        age[changed] = 0
        lately = age < self._together
        if np.count_nonzero(lately) < AREA * lately.size:
            return np.zeros(lately.shape, dtype=np.int16)
        age[lately] = self._together
        return lately.astype(np.int16)

    def _count(self, changes: Counts) -> None:
        if len(self._second) == self._second.maxlen:
            self._held -= self._second[0]
        self._second.append(changes)
        self._held += changes
        # The count that a quarter of the cells reach: the smallest of the highest quarter.
        rank = round((1 - AREA) * self._held.size)
        self.counts.append(int(np.partition(self._held, rank, axis=None)[rank]))


def _cells(plane: Plane) -> Cells:
    return cv2.resize(plane, CELLS, interpolation=cv2.INTER_AREA).astype(np.float32)


def _linear(luma: Cells, blue: Cells, red: Cells) -> Cells:
    """Return red, green and blue of each cell as light, 0 to 1 (ITU-R BT.709, limited range; the curve of sRGB)."""
    y, u, v = (luma - 16) / 219, (blue - 128) / 224, (red - 128) / 224
    coded = np.stack([y + 1.5748 * v, y - 0.1873 * u - 0.4681 * v, y + 1.8556 * u], axis=-1)
    return _LIGHT[np.clip(coded * 255 + 0.5, 0, 255).astype(np.uint8)]


def _turns(brightness: Sequence[float]) -> list[int]:
    """Return the frames in which the brightness turns back, by more than noise."""
    turns, way, best = [], 0, 0
    for frame, light in enumerate(brightness):
        ahead = (light - brightness[best]) * (way or 1)
        if ahead > 0 and way:
            best = frame
        elif abs(light - brightness[best]) >= TREMBLE:
            turns.append(best)
            way, best = (1 if light > brightness[best] else -1), frame
    return [*turns, best] if turns else []


def _start(found: Flashing) -> float:
    return found.start
