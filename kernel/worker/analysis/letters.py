"""Where the letters of captions stand, pixel by pixel: drawn once more by what drew them, white on black.

So how they stand out can be measured against what is directly round them, whatever their colour, script and style are,
and whatever else is on the picture.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from kernel.worker.analysis.texts import logs
from kernel.worker.ass import TICK, Page, Written
from kernel.worker.drawn_captions import draw_cue
from kernel.worker.ffmpeg import Ffmpeg, Wish
from kernel.worker.fonts import text
from kernel.worker.layout import LOOKS
from kernel.worker.ops.captions import Captions
from kernel.worker.segments import borrow
from kernel.worker.timing import Cue, Picture, Shot, Timeline

Mask = npt.NDArray[np.uint8]
Rgb = npt.NDArray[np.uint8]

BARE = {"colour": "#ffffff", "highlight": "#ffffff"}
ON_BLACK = {"colour": "#000000", "highlight": "#000000"}
"""On a box of this colour the ink is white."""
COLOURS = {"boxed": ON_BLACK, "marker": {"colour": "#ffffff", "highlight": "#000000"}}
"""With which colours of a style nothing but letters is white."""
WHOLE = 200
"""Of 255: what belongs to a letter for sure."""
RING = 0.08
"""How wide what is directly round a letter is, in em: about the outlines of the styles."""
LEAST = 12
"""Pixels of the smallest piece of a letter that is looked at: less is a dot, and all rim."""
CLOSE = 25
"""The percentile of the places round a letter, by how little it stands out there, that counts for the whole letter."""
LOW = 10
"""The percentile of a caption's letters that is its contrast: half of a caption before a bright sky is found."""


def masks(
    captions: Captions,
    timeline: Timeline,
    shown: Sequence[tuple[Cue, int]],
    size: tuple[int, int],
    ffmpeg: Ffmpeg,
    work: Path,
    cancelled: Wish | None = None,
) -> Iterator[Mask]:
    """Yield a picture of the letters alone for each caption: 255 where they cover a pixel, 0 where they do not.

    Args:
        captions: their style.
        timeline: all of them.
        shown: captions, each with the frame of the video that is drawn.
        size: width and height of the pictures; that of the timeline, or of its shape.
        ffmpeg: draws them.
        work: an existing folder.
        cancelled: asked all along.
    """
    bare = captions.model_copy(update=COLOURS.get(captions.style, BARE))
    type = LOOKS[captions.style].type(" ".join(word.text for word in timeline.spoken))
    page = Page(timeline.width, timeline.height, _still(0))
    for number, (cue, frame) in enumerate(shown):
        page.turn(_still(frame), number)
        draw_cue(page, cue, bare, type)
    drawn = page.written(text())
    if drawn is None:
        return
    width, height = size
    blocks = ffmpeg.stream(
        [
            *("-f", "lavfi", "-i", f"color=c=black:s={width}x{height}:r={100 // TICK}"),
            *("-vf", "ass=filename=letters.ass:fontsdir=fonts,scale=out_range=full,format=gray"),
            *("-frames:v", str(len(shown)), "-f", "rawvideo", "pipe:1"),
        ],
        cwd=_laid_out(work / "letters", drawn),
        timeout=60 + 5 * len(shown),
        size=width * height,
        cancelled=cancelled,
    )
    for block in blocks:
        yield np.frombuffer(block, np.uint8).reshape(height, width)


def _still(frame: int) -> Picture:
    """Return one frame as a piece of the video; of its shot nothing is asked."""
    shot = Shot(of="", source="", source_frame=0, first_frame=frame, frames=1, lasts=1)
    return Picture(first_frame=frame, frames=1, shot=shot)


def _laid_out(folder: Path, drawn: Written) -> Path:
    """Write what libass needs into a folder and return it."""
    (folder / "fonts").mkdir(parents=True, exist_ok=True)
    (folder / "letters.ass").write_text(drawn.script, encoding="utf-8")
    for font in drawn.fonts:
        place = folder / "fonts" / font.filename
        if not place.exists():
            borrow(font.path, place)
    return folder


def contrast(rgb: Rgb, mask: Mask, em: float) -> float:
    """Return how letters stand out from what is directly round them: WCAG 2's ratio, 1 to 21; 0 where there are none.

    Args:
        rgb: the picture, cut to about the caption.
        mask: of the letters there.
        em: size of the letters, in pixels.
    """
    light = logs(rgb)
    apart = [each for each in (_letter(light, mask, em, box) for box in _letters(mask)) if each is not None]
    return round(float(np.exp(np.percentile(apart, LOW))), 2) if apart else 0.0


def _letters(mask: Mask) -> Iterator[tuple[int, npt.NDArray[np.int32], tuple[int, int, int, int]]]:
    """Yield each piece of letters: its number, the numbers of all, its left, top, width and height."""
    count, numbers, facts, _ = cv2.connectedComponentsWithStats((mask >= WHOLE).astype(np.uint8))
    for number in range(1, count):
        if facts[number, cv2.CC_STAT_AREA] >= LEAST:
            left, top, width, height = (int(value) for value in facts[number, :4])
            yield number, np.asarray(numbers, np.int32), (left, top, width, height)


def _letter(
    light: npt.NDArray[np.float32],
    mask: Mask,
    em: float,
    piece: tuple[int, npt.NDArray[np.int32], tuple[int, int, int, int]],
) -> float | None:
    number, numbers, (left, top, width, height) = piece
    ring = max(1, round(RING * em))
    rows = slice(max(0, top - ring - 1), top + height + ring + 1)
    columns = slice(max(0, left - ring - 1), left + width + ring + 1)
    here, near = light[rows, columns], np.ones((3, 3), np.uint8)
    own = (numbers[rows, columns] == number).astype(np.uint8)
    core = cv2.erode(own, near)
    ink = np.float32(np.median(here[(core if core.any() else own) > 0]))
    ground = np.where(mask[rows, columns] < WHOLE, np.abs(here - ink), np.float32(0))
    reach = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * ring + 1, 2 * ring + 1))
    rim = (cv2.dilate(own, near) > 0) & (own == 0)
    # The most that there is within reach: an outline holds a letter apart, however thin it is.
    return float(np.percentile(cv2.dilate(ground, reach)[rim], CLOSE)) if rim.any() else None
