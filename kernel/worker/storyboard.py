"""storyboard: one picture that shows a whole cut: a frame of every shot, its time, the words that begin there."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont

from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.fonts import Font, heavy, text
from kernel.worker.snapshots import snapshots
from kernel.worker.timing import Timeline

MOST = 40
"""Cells; of more shots an even choice is shown."""
AREA = 330 * 186
"""Pixels of a cell's picture, whatever its shape."""
GAP, EDGE, NOTE = 22, 32, 78
"""Pixels between cells, round the sheet, and for the words below a picture."""
GROUND, CARD, INK, QUIET, MARK = "#121419", "#1c2028", "#f2f4f8", "#9aa3b2", "#ffd400"
RADIUS = 10


class Cell(NamedTuple):
    """What one cell of the sheet shows."""

    frame: int
    """Frame of the video."""
    time: str
    name: str
    words: str


def storyboard(video: Path, timeline: Timeline, out: Path, ffmpeg: Ffmpeg, work: Path) -> None:
    """Write the contact sheet of a rendered video as a PNG file.

    Args:
        work: an empty folder for the frames.
    """
    cells = chosen(timeline)
    scale = math.sqrt(AREA / (timeline.width * timeline.height))
    size = (round(timeline.width * scale / 2) * 2, round(timeline.height * scale / 2) * 2)
    frames = snapshots(video, [cell.frame for cell in cells], ffmpeg, work, size)
    heading = f"{len(shown(timeline))} shots, {_time(timeline.duration)}"
    sheet = _sheet(cells, frames, size, heading)
    out.parent.mkdir(parents=True, exist_ok=True)
    half = out.with_name(f".{out.name}.part")
    sheet.save(half, format="PNG", optimize=True)
    half.replace(out)


def chosen(timeline: Timeline) -> list[Cell]:
    """Return what is shown: the middle of every shot, in order; an even choice of them where there are too many."""
    shots = shown(timeline)
    step = max(1.0, len(shots) / MOST)
    return [_cell(timeline, *shots[int(index * step)]) for index in range(min(len(shots), MOST))]


def shown(timeline: Timeline) -> list[tuple[str, int, int]]:
    """Return the shots that a viewer counts, covers too, each with its first frame and the one after its last."""
    shots: list[tuple[str, int, int]] = []
    one = _joined(timeline)
    for picture in timeline.pictures:
        middle = picture.first_frame + picture.frames // 2
        if picture.into:
            shots = [
                *_longer(shots, one(picture.shot.of), picture.first_frame, middle),
                (one(picture.into.of), middle, picture.end_frame),
            ]
        else:
            shots = _longer(shots, one(picture.shot.of), picture.first_frame, picture.end_frame)
    return shots


def _joined(timeline: Timeline) -> Callable[[str], str]:
    """Return what names the shot that a clip belongs to: the first of those that go on where the one before ended."""
    first: dict[str, str] = {}
    for before, clip in pairwise(timeline.clips):
        if clip.joins_last:
            first[clip.id] = first.get(before.id, before.id)
    return lambda name: first.get(name, name)


def _longer(shots: list[tuple[str, int, int]], of: str, first: int, end: int) -> list[tuple[str, int, int]]:
    """Return the shots with a stretch more: the last one goes on, or a new one begins."""
    if shots and shots[-1][0] == of and shots[-1][2] == first:
        return [*shots[:-1], (of, shots[-1][1], end)]
    return [*shots, (of, first, end)]


def _cell(timeline: Timeline, name: str, first: int, end: int) -> Cell:
    said = [word.text for word in timeline.spoken if first <= word.first_frame < end]
    time = _time(float(first / timeline.rate.fraction))
    return Cell(frame=(first + end) // 2, time=time, name=name, words=" ".join(said))


def _time(seconds: float) -> str:
    tenths = round(seconds * 10)
    return f"{tenths // 600}:{tenths // 10 % 60:02}.{tenths % 10}"


def _sheet(cells: Sequence[Cell], frames: Sequence[Path], size: tuple[int, int], heading: str) -> Image.Image:
    columns = min(len(cells), max(2, round(math.sqrt(len(cells) * 1.6 * (size[1] + NOTE) / size[0]))))
    rows = math.ceil(len(cells) / columns)
    top = EDGE + 44
    width = 2 * EDGE + columns * size[0] + (columns - 1) * GAP
    sheet = Image.new("RGB", (width, top + rows * (size[1] + NOTE + GAP) + EDGE - GAP), GROUND)
    _write(sheet, (EDGE, EDGE - 6), heading, heavy(), 24, INK)
    for index, (cell, frame) in enumerate(zip(cells, frames, strict=True)):
        row, column = divmod(index, columns)
        x, y = EDGE + column * (size[0] + GAP), top + row * (size[1] + NOTE + GAP)
        _draw(sheet, cell, frame, (x, y), size)
    return sheet


def _draw(sheet: Image.Image, cell: Cell, frame: Path, at: tuple[int, int], size: tuple[int, int]) -> None:
    x, y = at
    draw = ImageDraw.Draw(sheet)
    draw.rounded_rectangle((x, y, x + size[0], y + size[1] + NOTE), RADIUS, fill=CARD)
    mask = Image.new("L", size, 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, size[0], size[1] + RADIUS), RADIUS, fill=255)
    with Image.open(frame) as picture:
        sheet.paste(picture.convert("RGB"), (x, y), mask)
    _write(sheet, (x + 12, y + size[1] + 9), cell.time, heavy(), 16, MARK)
    right = x + size[0] - 12 - round(text().width(cell.name, 14))
    _write(sheet, (right, y + size[1] + 11), cell.name, text(), 14, QUIET)
    for index, line in enumerate(_wrapped(cell.words, size[0] - 24)):
        _write(sheet, (x + 12, y + size[1] + 31 + index * 20), line, text(), 14, INK)


def _wrapped(said: str, width: int) -> list[str]:
    """Return the first words on two lines at the most, with an ellipsis where they go on."""
    lines, words = [""], said.split()
    while words:
        longer = f"{lines[-1]} {words[0]}".strip()
        if text().width(longer, 14) <= width - 14:
            lines[-1] = longer
            words.pop(0)
        elif len(lines) == 2 or not lines[-1]:
            lines[-1] += "…"
            break
        else:
            lines.append("")
    return [line for line in lines if line]


def _write(sheet: Image.Image, at: tuple[int, int], said: str, font: Font, size: int, colour: str) -> None:
    ImageDraw.Draw(sheet).text(at, said, font=ImageFont.truetype(str(font.path), size), fill=colour)
