"""The main colours of a picture, and how far two colours are apart, in a space where distances are seen ones (OKLab).

A still is brought to a few thousand pixels; the fullest cells of a coarse histogram become seeds that lie apart, a few
rounds of k-means settle them. Nothing is drawn by lot: the same picture always has the same swatches.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from kernel.worker.analysis.found import Swatch

Picture = npt.NDArray[np.uint8]
"""height x width x 3, red, green, blue."""
Tones = npt.NDArray[np.float32]
"""n x 3 in OKLab, scaled so that 1 is about the smallest difference that is seen: lightness 0 to 100."""

SIDE = 96
"""Pixels of the longer side that are looked at."""
MOST = 6
"""Swatches of a picture."""
APART = 9.0
"""Two swatches are at least so far apart."""
LEAST = 0.01
"""Share of the picture below which a swatch is not told."""
CELL = 7.0
"""Size of a cell of the histogram."""
ROUNDS = 3
TO_CONE = np.array([[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
                    [0.0883024619, 0.2817188376, 0.6299787005]], np.float32)  # fmt: skip
TO_LAB = np.array([[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
                   [0.0259040371, 0.7827717662, -0.8086757660]], np.float32)  # fmt: skip
"""OKLab as its author published it (B. Ottosson, 2020)."""


def swatches(rgb: Picture, most: int = MOST) -> tuple[Swatch, ...]:
    """Return the main colours of a picture, the largest share first.

    Args:
        rgb: height x width x 3, 8 bits, as it is coded in BT.709 or sRGB.
        most: how many at most.
    """
    return swatches_of(_few(rgb).reshape(-1, 3), most)


def swatches_of(pixels: Picture, most: int = MOST) -> tuple[Swatch, ...]:
    """Return the main colours of some pixels, n x 3, the largest share first; none of no pixels."""
    if not len(pixels):
        return ()
    seen = tones(pixels)
    middles = _seeds(seen, most)
    for _ in range(ROUNDS):
        owner = _nearest(seen, middles)
        middles = np.stack([seen[owner == index].mean(0) for index in range(len(middles)) if (owner == index).any()])
    owner = _nearest(seen, middles)
    found = [(float((owner == index).mean()), index) for index in range(len(middles))]
    kept = sorted(((share, index) for share, index in found if share >= LEAST), reverse=True)
    return tuple(Swatch(colour=_typical(pixels[owner == index]), share=round(share, 4)) for share, index in kept)


def tones(pixels: npt.NDArray[np.uint8]) -> Tones:
    """Return pixels, n x 3, in the space that colours are compared in."""
    cones = np.cbrt(_linear()[pixels] @ TO_CONE.T)
    return np.asarray(cones @ TO_LAB.T * 100, np.float32)


def tone(colour: str) -> Tones:
    """Return #rrggbb in the space that colours are compared in: 3 values."""
    return np.asarray(tones(np.array([parts(colour)], np.uint8))[0], np.float32)


def apart(one: str, other: str) -> float:
    """Return how far two colours, #rrggbb, are apart: 2 is hardly seen, 10 another shade, black and white 100."""
    return float(np.linalg.norm(tone(one) - tone(other)))


def chroma(colour: str) -> float:
    """Return how colourful #rrggbb is: 0 grey, 4 hardly tinted, pure red 26."""
    return float(np.linalg.norm(tone(colour)[1:]))


def parts(colour: str) -> tuple[int, int, int]:
    """Return red, green and blue of #rrggbb, 0 to 255."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return red, green, blue


def named(rgb: Sequence[float] | npt.NDArray[np.floating]) -> str:
    """Return red, green and blue, 0 to 255, as #rrggbb."""
    red, green, blue = (min(255, max(0, round(float(value)))) for value in rgb)
    return f"#{red:02x}{green:02x}{blue:02x}"


def _few(rgb: Picture) -> Picture:
    height, width = rgb.shape[:2]
    share = SIDE / max(height, width)
    if share >= 1:
        return rgb
    size = (max(1, round(width * share)), max(1, round(height * share)))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)


@lru_cache(maxsize=1)
def _linear() -> npt.NDArray[np.float32]:
    coded = np.arange(256, dtype=np.float32) / 255
    return np.asarray(np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4), np.float32)


def _seeds(seen: Tones, most: int) -> Tones:
    """Return the middles of the fullest cells that lie apart, the fullest first."""
    cells, counts = np.unique(np.floor(seen / CELL).astype(np.int16), axis=0, return_counts=True)
    ranked = (cells[np.argsort(-counts, kind="stable")] + 0.5) * CELL
    chosen = [ranked[0]]
    for cell in ranked[1:]:
        if len(chosen) == most:
            break
        if min(float(np.linalg.norm(cell - other)) for other in chosen) >= APART:
            chosen.append(cell)
    return np.asarray(chosen, np.float32)


def _nearest(seen: Tones, middles: Tones) -> npt.NDArray[np.intp]:
    # |a - b|^2 without |a|^2, which is the same for all middles.
    nearest: npt.NDArray[np.intp] = np.argmin((middles**2).sum(1) - 2 * seen @ middles.T, axis=1)
    return nearest


def _typical(pixels: Picture) -> str:
    return named(np.median(pixels, axis=0))
