"""Filter graphs of the picture, built as text by ffmpeg-python from a list of filters that our code owns.

Conform policy: an output frame shows the last source frame that begins no later than `LEAD` after it, `LEAD` being a
little less than half of the shorter of the two frames. Sources of the output's rate pass frame by frame even when their
times tremble; slower ones repeat frames, faster ones lose some; before its first and after its last frame a source
stands still. Interlaced pictures are made whole first; HDR is brought to SDR; all leaves as BT.709, 4:2:0, square.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import ffmpeg

from kernel.errors import WorkerError
from kernel.worker.layout import Fit, cropped, fitted
from kernel.worker.media import Source
from kernel.worker.ops.reframe import Reframe
from kernel.worker.plan import EditPlan
from kernel.worker.subtitles import head_frames
from kernel.worker.timing import Picture, Shot, Timeline, Veil

FILTERS = frozenset(
    [
        "ass",
        "boxblur",
        "bwdif",
        "crop",
        "eq",
        "fade",
        "format",
        "fps",
        "null",
        "overlay",
        "pad",
        "perspective",
        "scale",
        "setparams",
        "setpts",
        "setsar",
        "settb",
        "split",
        "tonemap",
        "tpad",
        "trim",
        "xfade",
        "zscale",
    ]
)
"""Every filter that a picture may pass: none of them reads a file but `ass`, which gets names that we made."""
INDEXED = ("mov", "mp4", "matroska", "webm")
"""Containers that know where their key frames are: a seek lands on the one before."""
SEEK, BLIND_SEEK = 1, 12
"""Seconds before a shot at which decoding begins. Without an index a seek lands between key frames, so that decoding
has to begin more than a group of pictures earlier: 250 frames with x264's defaults, half a second in broadcast."""
LEAD = Fraction(9, 20)
HD = 720
"""Lines from which a picture that does not say otherwise is taken for BT.709; below it is BT.601."""
PUSH = 0.05
"""A still is slowly pushed in, by this much in ten seconds."""
BLUR_BY = 16
"""The blurred background is made from a picture this much smaller."""

Stream = Any


class Feed(NamedTuple):
    """An input of a graph: which source, opened at which second."""

    source: Source
    seek: int


class Graph(NamedTuple):
    """A filter graph as text, its inputs in order, and the label that holds the result."""

    feeds: tuple[Feed, ...]
    text: str
    label: str


def picture_graph(
    plan: EditPlan, timeline: Timeline, picture: Picture, size: tuple[int, int], script: str | None
) -> Graph:
    """Return the graph of one piece.

    Args:
        size: width and height of the result: the output's, or a smaller one of the same shape.
        script: name of the ASS file of its words, beside a folder `fonts`; None without words.
    """
    shots = [picture.shot, *([picture.into] if picture.into else [])]
    feeds = tuple(_feed(plan, timeline, shot) for shot in shots)
    streams = [
        _shot(plan, timeline, shot, feed, size, index, picture.age)
        for index, (shot, feed) in enumerate(zip(shots, feeds, strict=True))
    ]
    stream = streams[0] if len(streams) == 1 else _dissolve(streams, picture, timeline)
    stream = _finish(stream, timeline, picture, script)
    arguments = ffmpeg.output(stream, "out").get_args()
    graph = arguments[arguments.index("-filter_complex") + 1]
    return Graph(feeds, graph, arguments[arguments.index("-map") + 1])


def _apply(streams: Stream, name: str, **options: object) -> Stream:
    if name not in FILTERS:
        raise WorkerError(f"The filter {name} is not among those that Rushes uses.")
    return ffmpeg.filter(streams, name, **options)


def _feed(plan: EditPlan, timeline: Timeline, shot: Shot) -> Feed:
    at = Fraction(shot.source_frame) / timeline.rate.fraction
    source = plan.source(shot.source)
    indexed = any(name in INDEXED for name in source.container.split(","))
    early = math.floor(at) - (SEEK if indexed else BLIND_SEEK)
    return Feed(source, 0 if source.kind == "still" else max(0, early))


def _shot(
    plan: EditPlan, timeline: Timeline, shot: Shot, feed: Feed, size: tuple[int, int], index: int, age: int
) -> Stream:
    """Return exactly the shot's frames, in the output's rate, size and colours."""
    source = feed.source
    stream = ffmpeg.input(str(index))[f"v:{source.video_stream}"]
    if source.interlaced:
        stream = _apply(stream, "bwdif", mode="send_frame", deint="interlaced")
    stream = _conform(stream, timeline, shot, feed)
    if source.hdr:
        stream = _sdr(stream)
    stream = _fill(stream, plan, shot, source, size)
    if source.kind == "still":
        stream = _push(stream, timeline, age if index == 0 else 0)
    stream = _apply(stream, "setsar", sar=1)
    return _apply(stream, "format", pix_fmts="yuv420p")


def _conform(stream: Stream, timeline: Timeline, shot: Shot, feed: Feed) -> Stream:
    rate = timeline.rate.fraction
    frame = min(1 / rate, 1 / feed.source.rate.fraction) if feed.source.rate else 1 / rate
    at = Fraction(shot.source_frame) / rate - feed.seek + LEAD * frame
    stream = _apply(stream, "settb", expr="1/1000000")
    stream = _apply(stream, "setpts", expr=f"PTS-({round(at * 1000000)})")
    stream = _apply(stream, "fps", fps=str(timeline.rate), start_time=0, round="up")
    stream = _apply(stream, "tpad", stop=shot.frames, stop_mode="clone")
    return _apply(stream, "trim", end_frame=shot.frames)


def _sdr(stream: Stream) -> Stream:
    stream = _apply(stream, "zscale", transfer="linear", npl=100)
    stream = _apply(stream, "format", pix_fmts="gbrpf32le")
    stream = _apply(stream, "zscale", primaries="bt709")
    stream = _apply(stream, "tonemap", tonemap="hable", desat=0)
    stream = _apply(stream, "zscale", transfer="bt709", matrix="bt709", range="limited")
    return _apply(stream, "format", pix_fmts="yuv420p")


def _fill(stream: Stream, plan: EditPlan, shot: Shot, source: Source, size: tuple[int, int]) -> Stream:
    reframe = reframe_of(plan, shot.of)
    if reframe.mode == "crop":
        fit = cropped(source.width, source.height, size, reframe.x, reframe.y)
        return _window(_scale(stream, source, fit), size, fit)
    fit = fitted(source.width, source.height, size)
    if reframe.mode == "letterbox" or (fit.width, fit.height) == size:
        stream = _scale(stream, source, fit)
        return _apply(stream, "pad", width=size[0], height=size[1], x=fit.x, y=fit.y)
    copies = _apply(stream, "split").node
    background = _blurred(copies[0], source, size)
    return _apply([background, _scale(copies[1], source, fit)], "overlay", x=fit.x, y=fit.y)


def _blurred(stream: Stream, source: Source, size: tuple[int, int]) -> Stream:
    small = (max(2, size[0] // BLUR_BY // 2 * 2), max(2, size[1] // BLUR_BY // 2 * 2))
    fit = cropped(source.width, source.height, small, 0.5, 0.5)
    stream = _window(_scale(stream, source, fit), small, fit)
    stream = _apply(stream, "boxblur", luma_radius=2, luma_power=3)
    stream = _apply(stream, "eq", brightness=-0.12, saturation=0.9)
    return _apply(stream, "scale", width=size[0], height=size[1], flags=FLAGS)


FLAGS = "bicubic+accurate_rnd+full_chroma_int+bitexact"


def _scale(stream: Stream, source: Source, fit: Fit) -> Stream:
    colours = {"out_color_matrix": "bt709", "out_range": "limited"}
    if source.kind == "video" and source.height >= HD and not source.hdr:
        colours["in_color_matrix"] = "bt709"
    stream = _apply(stream, "scale", width=fit.width, height=fit.height, flags=FLAGS, **colours)
    return _apply(stream, "format", pix_fmts="yuv420p")


def _window(stream: Stream, size: tuple[int, int], fit: Fit) -> Stream:
    if (fit.width, fit.height) == size:
        return stream
    return _apply(stream, "crop", w=size[0], h=size[1], x=fit.x, y=fit.y)


def _push(stream: Stream, timeline: Timeline, age: int) -> Stream:
    """Move slowly into a still; corners are placed to fractions of a pixel, so that nothing trembles."""
    share = f"({PUSH}*(on+{age})*{timeline.rate.den}/{timeline.rate.num}/10)"
    near, far = f"/2*{share}/(1+{share})", f"*(1-{share}/(1+{share})/2)"
    corners = {"x0": f"W{near}", "y0": f"H{near}", "x1": f"W{far}", "y1": f"H{near}"}
    corners |= {"x2": f"W{near}", "y2": f"H{far}", "x3": f"W{far}", "y3": f"H{far}"}
    return _apply(stream, "perspective", **corners, interpolation="cubic", eval="frame", sense="source")


def _dissolve(streams: Sequence[Stream], picture: Picture, timeline: Timeline) -> Stream:
    duration = f"{float(picture.frames / timeline.rate.fraction):.6f}"
    stream = _apply(list(streams), "xfade", transition="fade", duration=duration, offset=0)
    return _apply(stream, "format", pix_fmts="yuv420p")


def _finish(stream: Stream, timeline: Timeline, picture: Picture, script: str | None) -> Stream:
    """Set the piece's clock to HEAD, then lay dips, words and fades over it."""
    rate = timeline.rate
    stream = _apply(stream, "settb", expr=f"{rate.den}/{rate.num}")
    stream = _apply(stream, "setpts", expr=f"N+{head_frames(rate)}")
    for veil in picture.veils:
        stream = stream if veil.whole else _veil(stream, veil, picture, timeline)
    if script:
        stream = _apply(stream, "ass", filename=script, fontsdir="fonts")
    for veil in picture.veils:
        stream = _veil(stream, veil, picture, timeline) if veil.whole else stream
    stream = _apply(stream, "setpts", expr=f"PTS-{head_frames(rate)}")
    tags = {"color_primaries": "bt709", "color_trc": "bt709", "colorspace": "bt709"}
    stream = _apply(stream, "setparams", range="limited", field_mode="prog", **tags)
    return _apply(stream, "format", pix_fmts="yuv420p")


def _veil(stream: Stream, veil: Veil, picture: Picture, timeline: Timeline) -> Stream:
    rate = timeline.rate.fraction
    first = head_frames(timeline.rate) + veil.first_frame - picture.first_frame
    # A fade out is one frame shorter, so that its last frame is black.
    frames = max(1, veil.frames - 1) if veil.to_black else veil.frames
    kind = "out" if veil.to_black else "in"
    start, lasts = f"{float(first / rate):.6f}", f"{float(frames / rate):.6f}"
    return _apply(stream, "fade", type=kind, start_time=start, duration=lasts)


def reframe_of(plan: EditPlan, of: str) -> Reframe:
    """Return how a clip or cover fills the output: its own reframe, that of all, or a crop round the middle."""
    found = {reframe.of: reframe for reframe in plan.each(Reframe)}
    return found.get(of) or found.get("*") or Reframe(of=of)
