"""A logo on a picture: where it stands, how large it is; and marks that stand still in a corner, whoever's they are.

A logo is looked for as a pattern (masked, normalised correlation), and what looks most like it is then checked by
itself: a bright sky is as much like a white word as the word. Measured on 2 cores: 0.02 s where it belongs, 0.2 s for
the whole picture in all sizes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from kernel.worker.ffmpeg import Ffmpeg, opening
from kernel.worker.probe import probe

Rgb = npt.NDArray[np.uint8]
Light = npt.NDArray[np.float32]
Mask = npt.NDArray[np.uint8]

SHORT = 540
"""Pixels of the shorter side at which a logo is looked for where it belongs; a pixel is 0.2 % of that side."""
COARSE = 270
"""The same where all of the picture is looked at."""
LARGEST = 512
"""Pixels of a logo's longer side that are read."""
NEAR = 0.05
"""How far from its place a logo is looked for at first, as a share of the shorter side."""
SIZES = (0.4, 0.5, 0.63, 0.8, 1.0, 1.25, 1.6)
"""Sizes beside its own in which it is looked for in the whole picture."""
FINE = (1.0, 0.96, 1.04, 0.92, 1.08, 0.88, 1.12, 0.84, 1.16)
SURE = 0.9
"""Correlation from which on a logo is of the size that it was looked for in, or of one that is next to it."""
TRIED = 4
"""Places that are checked in each size."""
ALIKE = 0.6
"""Correlation of what is found with the logo on what is round it: measured on 47 stills of 8 clips 0.74 and more where
one is (compressed as JPEG), and nothing at all where none is."""
OFF = 0.12
"""Mean difference of a logo's pixels, 0 to 1, beyond which it is none."""
VISIBLE = 0.06
"""Difference of a logo from what is round it, 0 to 1, below which nobody could tell whether it is there."""
RING = 3
"""Pixels round a logo that it is told apart from."""


class Spot(NamedTuple):
    """Where something stands, in shares of the picture, and how much it is like what was looked for."""

    x: float
    y: float
    width: float
    height: float
    alike: float


class Logo(NamedTuple):
    """A logo's pixels: red, green, blue, 0 to 1, and how much each hides."""

    rgb: Light
    alpha: Light
    opacity: float = 1.0

    @property
    def shape(self) -> float:
        """Height for width."""
        return float(self.alpha.shape[0] / self.alpha.shape[1])

    def sized(self, width: int) -> Logo:
        """Return it so many pixels wide."""
        size = (max(2, width), max(2, round(width * self.shape)))
        alpha = _resized(self.alpha, size)
        # Transparent pixels have any colour: they must not bleed into the edge.
        rgb = _resized(self.rgb * self.alpha[..., None], size) / np.maximum(alpha, 1e-3)[..., None]
        return Logo(np.clip(rgb, 0, 1), alpha, self.opacity)


def load_logo(path: Path, ffmpeg: Ffmpeg, work: Path, opacity: float = 1.0) -> Logo:
    """Read a logo, whose file was already found to be a picture.

    Raises:
        BadInput: it is none. WorkerError: it cannot be decoded.
    """
    found = probe(path, ffmpeg, work)
    share = min(1.0, LARGEST / max(found.width, found.height))
    width, height = max(2, round(found.width * share)), max(2, round(found.height * share))
    drawn = f"scale={width}:{height}:flags=area,format=rgba"
    arguments = [*opening(path), "-frames:v", "1", "-vf", drawn, "-f", "rawvideo", "pipe:1"]
    data = ffmpeg.read(arguments, cwd=work, timeout=60, limit=width * height * 4)
    pixels: Light = np.frombuffer(data, np.uint8).reshape(height, width, 4).astype(np.float32) / np.float32(255)
    return Logo(pixels[..., :3], pixels[..., 3], opacity)


def find(picture: Rgb, logo: Logo, due: Spot) -> Spot | None:
    """Return where a logo stands: first near its place and about as large as it should be, then anywhere, in any size.

    Args:
        picture: height x width x 3.
        logo: what is looked for.
        due: where it belongs.
    """
    return near(picture, logo, due) or anywhere(picture, logo, due.width)


def near(picture: Rgb, logo: Logo, due: Spot) -> Spot | None:
    """Return where a logo stands near its place; None where it does not."""
    scene = _scene(picture, SHORT)
    height, width = scene.shape[:2]
    wide, margin = round(due.width * width), round(NEAR * min(height, width))
    found: list[Spot] = []
    for number, size in enumerate(FINE):
        if number >= 3 and found and max(found, key=_alike).alike >= SURE:
            break
        template = logo.sized(round(wide * size))
        high, across = template.alpha.shape
        # Its own corner keeps its place whatever its size: the region holds both ends.
        left, top = round(due.x * width) - margin, round(due.y * height) - margin
        right, low = round((due.x + due.width) * width) + margin, round((due.y + due.height) * height) + margin
        region = _Region(max(0, left), max(0, top), min(width, right), min(height, low))
        if across < region.right - region.left and high < region.low - region.top:
            found += _places(scene, template, region, 1)
    return max(found, key=_alike, default=None)


def anywhere(picture: Rgb, logo: Logo, width: float) -> Spot | None:
    """Return where a logo stands in a picture, in whatever size; None where it does not.

    Args:
        picture: height x width x 3.
        logo: what is looked for.
        width: how wide it should be, as a share of the picture's width.
    """
    scene = _scene(picture, COARSE)
    high, wide = scene.shape[:2]
    found: list[Spot] = []
    for size in SIZES:
        template = logo.sized(round(width * wide * size))
        if template.alpha.shape[0] < high and template.alpha.shape[1] < wide:
            found += _places(scene, template, _Region(0, 0, wide, high), TRIED, strict=False)
    best = max(found, key=_alike, default=None)
    return near(picture, logo, best) if best else None


def clear(picture: Rgb, logo: Logo, due: Spot) -> bool:
    """Say whether a logo could be told from what is in its place, were it there."""
    scene = _scene(picture, SHORT)
    height, width = scene.shape[:2]
    template = logo.sized(round(due.width * width))
    high, wide = template.alpha.shape
    x = min(max(0, round(due.x * width)), width - wide)
    y = min(max(0, round(due.y * height)), height - high)
    return _stands_out(scene, template, x, y) >= VISIBLE


class _Region(NamedTuple):
    left: int
    top: int
    right: int
    low: int


def _places(scene: Light, logo: Logo, region: _Region, tried: int, *, strict: bool = True) -> Iterator[Spot]:
    """Yield the places of a region at which a logo of this very size stands."""
    piece = scene[region.top : region.low, region.left : region.right]
    mask = np.repeat(logo.alpha[..., None], 3, axis=2)
    like = cv2.matchTemplate(
        piece, np.ascontiguousarray(logo.rgb), cv2.TM_CCORR_NORMED, mask=np.ascontiguousarray(mask)
    )
    like = np.nan_to_num(like, nan=0.0, posinf=0.0, neginf=0.0)
    high, wide = logo.alpha.shape
    for _ in range(tried):
        _, _, _, (x, y) = cv2.minMaxLoc(like)
        like[max(0, y - high // 2) : y + high // 2 + 1, max(0, x - wide // 2) : x + wide // 2 + 1] = 0
        alike = _alike_at(scene, logo, x + region.left, y + region.top)
        if alike >= (ALIKE if strict else ALIKE - 0.15):
            yield _spot(scene, logo, x + region.left, y + region.top, alike)


def _alike_at(scene: Light, logo: Logo, x: int, y: int) -> float:
    """Return how much a place is like the logo on what is round it, -1 to 1; 0 where its colours are others."""
    seen, expected, inner, ring = _compared(scene, logo, x, y)
    if not inner.any() or not ring.any() or float(np.abs(seen - expected)[inner].mean()) > OFF:
        return 0.0
    both = inner | ring
    one, other = (values[both] - values[both].mean(axis=0) for values in (seen, expected))
    size = float(np.sqrt((one**2).sum() * (other**2).sum()))
    return float((one * other).sum()) / size if size > 1e-6 else 0.0


def _stands_out(scene: Light, logo: Logo, x: int, y: int) -> float:
    _, expected, inner, ring = _compared(scene, logo, x, y)
    if not inner.any() or not ring.any():
        return 0.0
    ground = expected[ring].mean(axis=0)
    return float(np.abs(expected[inner] - ground).mean())


def _compared(
    scene: Light, logo: Logo, x: int, y: int
) -> tuple[Light, Light, npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return what is seen round a place, what would be seen with the logo there, and its pixels and those round it."""
    high, wide = logo.alpha.shape
    top, left = max(0, y - RING), max(0, x - RING)
    low, right = min(scene.shape[0], y + high + RING), min(scene.shape[1], x + wide + RING)
    seen = scene[top:low, left:right]
    padding = ((y - top, max(0, low - y - high)), (x - left, max(0, right - x - wide)))
    alpha = np.pad(logo.alpha, padding)[: low - top, : right - left]
    rgb = np.pad(logo.rgb, (*padding, (0, 0)))[: low - top, : right - left]
    whole = (alpha > 0.9).astype(np.uint8)
    ring = (cv2.dilate((alpha > 0.05).astype(np.uint8), np.ones((2 * RING + 1,) * 2, np.uint8)) > 0) & (alpha <= 0.05)
    ground = np.median(seen[ring], axis=0) if ring.any() else np.zeros(3, np.float32)
    hides = (alpha * logo.opacity)[..., None]
    return seen, rgb * hides + ground * (1 - hides), whole > 0, ring


def _spot(scene: Light, logo: Logo, x: int, y: int, alike: float) -> Spot:
    (high, wide), (height, width) = logo.alpha.shape, scene.shape[:2]
    return Spot(x / width, y / height, wide / width, high / height, round(alike, 4))


def _scene(picture: Rgb, short: int) -> Light:
    height, width = picture.shape[:2]
    share = min(1.0, short / min(height, width))
    size = (max(8, round(width * share)), max(8, round(height * share)))
    small = cv2.resize(np.asarray(picture), size, interpolation=cv2.INTER_AREA) if share < 1 else np.asarray(picture)
    return np.ascontiguousarray(small.astype(np.float32) / 255)


def _resized(values: Light, size: tuple[int, int]) -> Light:
    smaller = size[0] < values.shape[1]
    return np.asarray(
        cv2.resize(values, size, interpolation=cv2.INTER_AREA if smaller else cv2.INTER_LINEAR), np.float32
    )


def _alike(spot: Spot) -> float:
    return spot.alike


CORNER = 0.3
"""Share of either side that counts as a corner."""
STILL, MOVES = 9.0, 14.0
"""Levels of 255 by which what stands changes at most, and what is round it at least."""
EDGE = 24.0
"""Levels by which a mark's rims stand out in what is left when everything that moves is averaged away."""
LEAST, MOST = 0.001, 0.06
"""Share of the picture that a mark takes."""
ENOUGH = 5
"""Pictures without which nothing is said."""


def standing(pictures: Sequence[Rgb]) -> tuple[Spot, ...]:
    """Return what stands still in the corners while the picture changes round it, the surest first.

    In footage in which nothing moves there nothing can be told apart, so nothing is found.

    Args:
        pictures: of one size, from all through the video.
    """
    if len(pictures) < ENOUGH:
        return ()
    grey = np.stack([cv2.cvtColor((_scene(p, COARSE) * 255).astype(np.uint8), cv2.COLOR_RGB2GRAY) for p in pictures])
    changes, middle = grey.std(axis=0), np.median(grey, axis=0).astype(np.float32)
    rims = cv2.magnitude(cv2.Sobel(middle, cv2.CV_32F, 1, 0), cv2.Sobel(middle, cv2.CV_32F, 0, 1)) / 4
    marks = ((rims > EDGE) & (changes < STILL)).astype(np.uint8)
    joined: Mask = cv2.morphologyEx(marks, cv2.MORPH_CLOSE, np.ones((9, 15), np.uint8)).astype(np.uint8)
    found = [spot for box in _boxes(joined) if (spot := _standing(box, marks, changes)) is not None]
    return tuple(sorted(found, key=_alike, reverse=True))


def _boxes(mask: Mask) -> Iterator[tuple[int, int, int, int]]:
    count, _, facts, _ = cv2.connectedComponentsWithStats(mask)
    for number in range(1, count):
        x, y, wide, high = (int(value) for value in facts[number, :4])
        yield x, y, wide, high


def _standing(box: tuple[int, int, int, int], marks: Mask, changes: npt.NDArray[np.floating]) -> Spot | None:
    (x, y, wide, high), (height, width) = box, changes.shape
    across, down = (x + wide / 2) / width, (y + high / 2) / height
    cornered = min(across, 1 - across) < CORNER and min(down, 1 - down) < CORNER
    inside = x > 1 and y > 1 and x + wide < width - 1 and y + high < height - 1
    if not (cornered and inside) or not LEAST <= wide * high / (width * height) <= MOST:
        return None
    top, left = max(0, y - high), max(0, x - wide // 2)
    around = changes[top : y + 2 * high, left : x + wide + wide // 2]
    if float(np.median(around)) < MOVES:
        return None
    full = float(marks[y : y + high, x : x + wide].mean())
    return Spot(x / width, y / height, wide / width, high / height, round(min(1.0, 4 * full), 4))
