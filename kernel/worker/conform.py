"""conform: a stretch of a source as exactly its frames, in the output's rate and range of light.

Conform policy: an output frame shows the last source frame that begins no later than `LEAD` after it, `LEAD` being a
little less than half of the shorter of the two frames. Sources of the output's rate pass frame by frame even when their
times tremble; slower ones repeat frames, faster ones lose some; before its first and after its last frame a source
stands still. Interlaced pictures are made whole first; HDR is brought to SDR. A picture that does not say how its
colours are coded is taken for BT.709 from HD size on, for BT.601 below. All leaves `fill` as BT.709, 4:2:0, square.

HDR: diffuse white, 203 nits (ITU-R BT.2408), is SDR's 90 %; from mid grey down nothing is compressed, so that faces
keep their tone; what is brighter is brought in by a curve that ends at 1,000 nits, alike in red, green and blue.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

import ffmpeg

from kernel.worker.filters import Stream, apply
from kernel.worker.media import Rate, Source
from kernel.worker.pacing import LEAD, grid_of, paced
from kernel.worker.runs import UNIT, Run, lasting

INDEXED = ("mov", "mp4", "matroska", "webm")
"""Containers that know where their key frames are: a seek lands on the one before."""
SEEK, REORDERED, BLIND_SEEK = Fraction(1, 2), 4, 12
"""How far before a shot decoding begins: with an index, half a second, and four frames at the least, since an index
counts by the time of decoding, which runs ahead. Without one, 12 seconds: a seek lands between key frames, so that it
has to be more than a group of pictures earlier: 250 frames with x264's defaults, half a second in broadcast."""
HD = (1280, 576)
"""Columns from which, and lines above which, a picture that does not say otherwise is taken for BT.709."""
WHITE, PEAK = 203, 1000
"""Nits of diffuse white, and of the brightest light that is kept apart from it."""
KNEE = 0.5
"""Share of diffuse white up to which light passes as it is."""


class Feed(NamedTuple):
    """An input of a graph: which source, opened at which second."""

    source: Source
    seek: float
    """In tenths, so that shots which begin nearly together are read from one place."""


def feed_of(source: Source, source_frame: int, rate: Rate) -> Feed:
    """Return how a source is opened so that a frame of it, counted at the output's rate, can be shown."""
    at = Fraction(source_frame) / rate.fraction
    indexed = any(name in INDEXED for name in source.container.split(","))
    reordered = REORDERED / source.rate.fraction if source.rate else SEEK
    early = at - max(SEEK, reordered) if indexed else at - BLIND_SEEK
    return Feed(source, 0 if source.kind == "still" else max(0, math.floor(early * 10) / 10))


def conformed(feed: Feed, index: int, source_frame: int, frames: int, rate: Rate) -> Stream:
    """Return exactly so many frames of a source from one of its frames on.

    Args:
        index: of the feed among the graph's inputs.
        source_frame: counted at `rate`; beyond the source's ends its edge frame stands still.
    """
    return played(feed, index, (Run(frames=frames, at=source_frame * UNIT, step=UNIT),), rate)


def played(feed: Feed, index: int, runs: Sequence[Run], rate: Rate, smooth: bool = False) -> Stream:
    """Return the frames of a source that some runs name.

    Args:
        index: of the feed among the graph's inputs.
        runs: beyond the source's ends its edge frame stands still.
        smooth: whether slow motion blends frames; else it repeats them.
    """
    source, run = feed.source, runs[0]
    stream = ffmpeg.input(str(index))[f"v:{source.video_stream}"]
    if source.interlaced:
        stream = apply(stream, "bwdif", mode="send_frame", deint="interlaced")
    if source.kind == "still" or (len(runs) == 1 and run.step == UNIT and run.at % UNIT == 0):
        # A still has one picture, at nought: whatever second of it is asked for.
        first = 0 if source.kind == "still" else run.at // UNIT
        stream = _timed(stream, feed, first, lasting(runs), rate)
    else:
        smooth = smooth and all(run.step for run in runs)
        grid = grid_of(runs, source.rate, rate, smooth)
        stream = paced(_timed(stream, feed, grid.first, grid.frames, grid.rate), grid, runs, rate, smooth)
    return _sdr(stream, source) if source.hdr else _said(stream, source)


def _timed(stream: Stream, feed: Feed, source_frame: int, frames: int, rate: Rate) -> Stream:
    frame = min(1 / rate.fraction, 1 / feed.source.rate.fraction) if feed.source.rate else 1 / rate.fraction
    at = Fraction(feed.source.start) + Fraction(source_frame) / rate.fraction + LEAD * frame
    stream = apply(stream, "settb", expr="1/1000000")
    stream = apply(stream, "setpts", expr=f"PTS-({round(at * 1000000)})")
    stream = apply(stream, "fps", fps=str(rate), start_time=0, round="up")
    stream = apply(stream, "tpad", stop=frames, stop_mode="clone")
    return apply(stream, "trim", end_frame=frames)


def sdr(matrix: str) -> list[tuple[str, dict[str, object]]]:
    """Return the filters, by name and options, that bring HDR to SDR; `matrix` as the file says it, or empty."""
    peak = f"{PEAK / WHITE:.4f}"
    filters: list[tuple[str, dict[str, object]]] = [
        ("setparams", {"colorspace": "bt2020nc", "color_primaries": "bt2020"}),
        ("zscale", {"transfer": "linear", "npl": WHITE}),
        ("format", {"pix_fmts": "gbrpf32le"}),
        ("zscale", {"primaries": "bt709"}),
        ("tonemap", {"tonemap": "mobius", "param": KNEE, "peak": peak, "desat": 0}),
        ("zscale", {"transfer": "bt709", "matrix": "bt709", "range": "limited"}),
        ("format", {"pix_fmts": "yuv420p"}),
    ]
    return filters[1:] if matrix else filters


def assumed(width: int, height: int) -> str:
    """Return how the colours of a picture of this size are taken to be coded where its file does not say."""
    return "bt709" if max(width, height) >= HD[0] or min(width, height) > HD[1] else "smpte170m"


def _sdr(stream: Stream, source: Source) -> Stream:
    for name, options in sdr(source.matrix):
        stream = apply(stream, name, **options)
    return stream


def _said(stream: Stream, source: Source) -> Stream:
    """Say how the colours are coded where the file does not."""
    if source.matrix or source.kind == "still":
        return stream
    return apply(stream, "setparams", colorspace=assumed(source.width, source.height))
