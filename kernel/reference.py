"""reference: what a brand kit can be guessed from: a video or picture that looks right.

The palette is what its looks show, greys and skin aside, as far as colours alone tell skin; the logo is what stands
still in a corner; how captions look is read off what is written in the lower two thirds. All of it is a guess, for a
person to look at.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from kernel.brand import BrandColour, CaptionLook, Case, Corner, Position
from kernel.worker.analysis.colours import Picture, apart, chroma, swatches, swatches_of, tone
from kernel.worker.analysis.found import Writing
from kernel.worker.analysis.marks import Spot, standing
from kernel.worker.analysis.texts import Reader
from kernel.worker.ffmpeg import Ffmpeg, opening
from kernel.worker.probe import probe

LOOKS = 16
"""Pictures of a video that are looked at."""
SIDE = 1280
COLOURFUL = 5.0
"""A colour of a brand is at least so colourful."""
APART = 10.0
MOST = 4
HIGHEST = 0.33
"""Writing above this share of the picture is taken for titles."""
MOSTLY = 0.6
"""Share of the lines that have something, from which on it is how captions look."""
STAYS, PLAIN = 12.0, 14.0
"""Levels by which a mark's pixels change at most from picture to picture, and those of a plain box along its rim."""
LETTERS = 0.08
"""Share of a line that letters take at least."""
SKIN = ((35.0, 92.0), (3.0, 12.0), (2.0, 13.0))
"""Lightness, and how red and how yellow skin of all tones is in OKLab, from dark brown to pale pink."""


class Guess(NamedTuple):
    """What a reference shows."""

    colours: tuple[BrandColour, ...]
    logo: Spot | None
    size: float | None
    """Width of what stands where a logo would, as a share of the shorter side."""
    captions: CaptionLook
    read: int
    """Captions that were read."""


def looks(path: Path, ffmpeg: Ffmpeg, work: Path) -> list[Picture]:
    """Return pictures from all through a video, or a picture by itself.

    Raises:
        BadInput: it cannot be used.
    """
    found = probe(path, ffmpeg, work)
    share = min(1.0, SIDE / max(found.width, found.height, 1))
    width, height = max(16, round(found.width * share)), max(16, round(found.height * share))
    count = 1 if found.kind == "still" else LOOKS
    taken = []
    for number in range(count):
        at = ["-ss", f"{found.start + found.duration * (number + 0.5) / count:.3f}"] if count > 1 else []
        drawn = f"scale={width}:{height}:flags=area:out_range=full,format=rgb24"
        arguments = [*opening(path, *at), "-frames:v", "1", "-vf", drawn, "-f", "rawvideo", "pipe:1"]
        data = ffmpeg.read(arguments, cwd=work, timeout=60, limit=width * height * 3)
        if len(data) == width * height * 3:
            taken.append(np.frombuffer(data, np.uint8).reshape(height, width, 3))
    return taken


def guess(pictures: Sequence[Picture], reader: Reader | None) -> Guess:
    """Return what pictures of one video tell of its brand."""
    marks = standing(pictures)
    mark = marks[0] if marks else None
    lines = [(p, line) for p in pictures for line in (reader.read(p) if reader else ()) if _caption(line)]
    size = None
    if mark:
        height, width = pictures[0].shape[:2]
        size = round(min(0.5, max(0.03, mark.width * width / min(height, width))), 2)
    return Guess(palette(pictures, mark), mark, size, _look(lines), len(lines))


def corner_of(spot: Spot) -> Corner:
    """Return the corner that something stands in."""
    right, low = spot.x + spot.width / 2 > 0.5, spot.y + spot.height / 2 > 0.5
    if low:
        return "bottom_right" if right else "bottom_left"
    return "top_right" if right else "top_left"


def palette(pictures: Sequence[Picture], mark: Spot | None = None) -> tuple[BrandColour, ...]:
    """Return the colours that stand out: those of a mark first, then those of the pictures by their share."""
    own = _of_mark(pictures, mark) if mark else []
    shares: dict[str, float] = {}
    for picture in pictures:
        for swatch in swatches(picture):
            near = next((known for known in shares if apart(known, swatch.colour) < APART), swatch.colour)
            shares[near] = shares.get(near, 0.0) + swatch.share
    ranked = [*own, *sorted(shares, key=lambda colour: -shares[colour])]
    kept: list[str] = []
    for colour in ranked:
        fits = chroma(colour) >= COLOURFUL and not skin(colour) and all(apart(colour, o) >= APART for o in kept)
        kept += [colour] if fits else []
    return tuple(BrandColour(colour=c, role="accent" if n == 1 else "primary") for n, c in enumerate(kept[:MOST]))


def skin(colour: str) -> bool:
    """Say whether a colour may be that of skin: of any tone, in plain light."""
    return all(low <= value <= high for value, (low, high) in zip(tone(colour), SKIN, strict=True))


def _of_mark(pictures: Sequence[Picture], spot: Spot) -> list[str]:
    """Return the colours of a mark: of what stands still in its place, not of what is seen through it."""
    stack = np.stack([_cut(picture, spot) for picture in pictures])
    stays = stack.std(axis=0).max(axis=2) < STAYS
    middle = np.median(stack, axis=0).astype(np.uint8)
    return [swatch.colour for swatch in swatches_of(middle[stays])]


def _cut(picture: Picture, at: Spot | Writing) -> Picture:
    height, width = picture.shape[:2]
    rows = slice(int(at.y * height), max(1, round((at.y + at.height) * height)))
    columns = slice(int(at.x * width), max(1, round((at.x + at.width) * width)))
    return np.ascontiguousarray(picture[rows, columns])


def _caption(line: Writing) -> bool:
    centred = abs(line.x + line.width / 2 - 0.5) < 0.12
    return centred and line.y >= HIGHEST and sum(map(str.isalpha, line.text)) >= 4


def _look(lines: Sequence[tuple[Picture, Writing]]) -> CaptionLook:
    """Return how captions look: their case, the colour of their letters, whether they stand on a box, and where."""
    if not lines:
        return CaptionLook()
    said = [line.text for _, line in lines]
    upper, lower = (sum(kind(text) for text in said) / len(said) for kind in (str.isupper, str.islower))
    case: Case = "upper" if upper > MOSTLY else "lower" if lower > MOSTLY else "as spoken"
    seen = [_colours(picture, line) for picture, line in lines]
    letters, ground = _common([each[0] for each in seen]), _common([each[1] for each in seen])
    boxed = sum(each[2] and apart(each[1], ground) < APART for each in seen) > MOSTLY * len(seen)
    position: Position = "bottom" if float(np.median([line.y for _, line in lines])) > 0.5 else "middle"
    if boxed and chroma(ground) >= COLOURFUL:
        return CaptionLook(style="boxed", case=case, colour=ground, position=position)
    return CaptionLook(style="bold" if boxed else "clean", case=case, colour=letters, position=position)


def _colours(picture: Picture, line: Writing) -> tuple[str, str, bool]:
    """Return the colour of a line's letters, of what is behind it (what its rim is of), and whether that is plain."""
    piece = _cut(picture, line)
    rim = np.concatenate([piece[:2].reshape(-1, 3), piece[-2:].reshape(-1, 3)])
    ground = swatches_of(rim)[0].colour
    main = [swatch.colour for swatch in swatches_of(piece.reshape(-1, 3)) if swatch.share > LETTERS]
    far = [colour for colour in main if apart(colour, ground) > 2 * APART]
    # An outline is dark, the letters in it are light; on a light box dark ones are all there is.
    letters = max(far, key=lambda colour: float(tone(colour)[0]), default="#ffffff")
    return letters, ground, float(np.median(rim.std(axis=0))) < PLAIN


def _common(colours: Sequence[str]) -> str:
    """Return the colour that most of them are near to; whitish ones are white."""
    best = max(colours, key=lambda colour: sum(apart(colour, other) < APART for other in colours))
    return "#ffffff" if apart(best, "#ffffff") < APART else best
