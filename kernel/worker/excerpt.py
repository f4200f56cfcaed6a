"""excerpt: short stretches of a plan's picture, drawn anew from the sources and kept without loss.

They are what a render looked like before it was encoded: by them is told what the encoder, or whatever befell the file
later, took away. They are drawn by the very graph of the render, words and colours included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.gauge import gauge
from kernel.worker.ops.colour import Colour
from kernel.worker.pieces import Making, draw, order
from kernel.worker.plan import EditPlan
from kernel.worker.segments import Cache
from kernel.worker.timing import Picture, Timeline

LOSSLESS = ("-c:v", "ffvhuff", "-pix_fmt", "yuv420p", "-f", "matroska")
"""FFmpeg's Huffman coding: of six lossless kinds the quickest to write, half the size of raw pictures."""

Wish = Callable[[], bool]


class Excerpt(NamedTuple):
    """A stretch of the picture, as it was planned."""

    picture: Picture
    path: Path


def stretch_of(picture: Picture, first: int, frames: int) -> Picture:
    """Return a part of a picture that has no passage, on its own."""
    veils = tuple(veil for veil in picture.veils if veil.first_frame < first + frames and first < veil.end_frame)
    shot = picture.shot.part(first, frames)
    return picture.model_copy(update={"first_frame": first, "frames": frames, "shot": shot, "veils": veils})


def making_of(
    plan: EditPlan,
    timeline: Timeline,
    pictures: Iterable[Picture],
    media: Mapping[str, Path],
    folder: Path,
    ffmpeg: Ffmpeg,
    stop: Wish,
) -> Making:
    """Return what is needed to draw some pictures: only what these go by is measured of the sources.

    Args:
        media: the file of each source that the pictures show.
        folder: of ours, where measured values are kept.
    """
    cache = Cache(folder)
    matched = {colour.match for colour in plan.each(Colour) if colour.match}
    shown = {picture.shot.of for picture in pictures} | matched
    few = tuple(p for p in timeline.pictures if p.shot.of in shown or (p.into and p.into.of in shown))
    gauged = gauge(plan, timeline.model_copy(update={"pictures": few}), media, cache, ffmpeg, stop)
    return Making(plan, timeline, media, cache, ffmpeg, "final", stop, gauged)


def excerpt(making: Making, picture: Picture, made: Path) -> Excerpt:
    """Draw a picture without loss.

    Args:
        making: of the render, from `making_of`.
        picture: a part of the timeline's own, from `stretch_of`.
        made: where it is written, as Matroska.

    Raises:
        WorkerError: ffmpeg failed.
        Cancelled: the making was stopped.
    """
    with making.cache.work() as work:
        draw(making, order(making, picture), LOSSLESS, work, made)
    return Excerpt(picture, made)
