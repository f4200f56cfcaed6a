"""contact_sheet: what a model is shown of a finished video: its first seconds closely, then the rest, as two pictures.

Each stays below a million pixels: what is larger is made smaller by the models' makers before a model sees it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont

from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.fonts import heavy
from kernel.worker.snapshots import snapshots
from kernel.worker.storyboard import GROUND, INK, MARK, chosen
from kernel.worker.timing import Timeline

OPENING, EVERY = 3.0, 0.5
"""Seconds of the opening, and between two pictures of it."""
FEWEST, MOST = 6, 24
"""Later frames that are shown: a long shot by several, of many shots an even choice."""
PIXELS = 900_000
"""Of a sheet, at the most."""
LARGEST = 300_000
"""Pixels of a single picture, at the most."""
GAP, EDGE, LABEL, HEAD = 10, 14, 26, 34
QUALITY = 82


class Sheet(NamedTuple):
    """One picture of several frames."""

    name: str
    heading: str
    frames: tuple[int, ...]


def sheets(timeline: Timeline) -> tuple[Sheet, ...]:
    """Return what is shown: the opening every half second; of the rest a frame of each shot, and more of few shots."""
    rate, last = timeline.rate.fraction, timeline.frames - 1
    early = [round(number * EVERY * rate) for number in range(round(OPENING / EVERY) + 1)]
    opening = tuple(dict.fromkeys(min(frame, last) for frame in early))
    later = [cell.frame for cell in chosen(timeline) if cell.frame > opening[-1]]
    if len(later) < FEWEST:
        later = sorted({*later, *_even(opening[-1], last, FEWEST)} - {opening[-1]})
    picked = tuple(later[number * len(later) // MOST] for number in range(MOST)) if len(later) > MOST else tuple(later)
    made = [Sheet("opening", f"The first {min(OPENING, timeline.duration):.3g} s, in order", opening)]
    return (*made, Sheet("rest", "After that, in order", picked)) if picked else tuple(made)


def _even(first: int, last: int, count: int) -> list[int]:
    """Return the middles of so many equal parts of a stretch."""
    return [first + (last - first) * (2 * number + 1) // (2 * count) for number in range(count)]


def contact_sheets(video: Path, timeline: Timeline, folder: Path, ffmpeg: Ffmpeg) -> tuple[Path, ...]:
    """Write the sheets of a rendered video as JPEG files; it is decoded once.

    Args:
        folder: an empty one, for the sheets; the single frames lie there meanwhile.
    """
    made, shape = sheets(timeline), timeline.width / timeline.height
    frames = [frame for sheet in made for frame in sheet.frames]
    largest = max(_grid(len(sheet.frames), shape)[1] for sheet in made)
    pictures = dict(zip(frames, snapshots(video, frames, ffmpeg, folder, largest), strict=True))
    return tuple(_drawn(sheet, timeline, pictures, folder) for sheet in made)


def _drawn(sheet: Sheet, timeline: Timeline, pictures: Mapping[int, Path], folder: Path) -> Path:
    columns, (width, height) = _grid(len(sheet.frames), timeline.width / timeline.height)
    rows = math.ceil(len(sheet.frames) / columns)
    whole = (2 * EDGE + columns * (width + GAP) - GAP, HEAD + EDGE + rows * (height + LABEL + GAP) - GAP)
    page = Image.new("RGB", whole, GROUND)
    pen = ImageDraw.Draw(page)
    pen.text((EDGE, 6), sheet.heading, font=_font(20), fill=INK)
    for number, frame in enumerate(sheet.frames):
        row, column = divmod(number, columns)
        x, y = EDGE + column * (width + GAP), HEAD + row * (height + LABEL + GAP)
        with Image.open(pictures[frame]) as shown:
            page.paste(shown.convert("RGB").resize((width, height), Image.Resampling.LANCZOS), (x, y))
        pen.text((x, y + height + 2), _time(float(frame / timeline.rate.fraction)), font=_font(18), fill=MARK)
    out = folder / f"{sheet.name}.jpg"
    page.save(out, format="JPEG", quality=QUALITY)
    return out


def _grid(count: int, shape: float) -> tuple[int, tuple[int, int]]:
    """Return the columns, and the size of a frame, with which the sheet is nearest to a square of allowed size."""
    columns = max(1, min(count, round(math.sqrt(count / shape))))
    rows = math.ceil(count / columns)
    area = min(LARGEST, PIXELS / (columns * rows))
    for _ in range(40):
        width, height = round(math.sqrt(area * shape)), round(math.sqrt(area / shape))
        if (columns * (width + GAP) + 2 * EDGE) * (rows * (height + LABEL + GAP) + HEAD + EDGE) <= PIXELS:
            break
        area *= 0.95
    return columns, (max(2, width // 2 * 2), max(2, height // 2 * 2))


def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(heavy().path), size)


def _time(seconds: float) -> str:
    tenths = round(seconds * 10)
    return f"{tenths // 600}:{tenths // 10 % 60:02}.{tenths % 10}"
