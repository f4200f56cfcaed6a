"""The filter graph of a piece of picture: its shots, each conformed and fitted, joined, and what is laid over them.

The order: a shot is conformed, treated as its source is, fitted, treated as it fills the output; two shots pass into
each other; dips; what is laid over the picture, in the order of the plan; words; fades of the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import ffmpeg

from kernel.worker.ass import TICK
from kernel.worker.camera import camera_of, reframe_of
from kernel.worker.conform import Feed, conformed, feed_of, played
from kernel.worker.fill import filled
from kernel.worker.filters import FLAGS, Stream, apply
from kernel.worker.gauged import NOTHING, Gauged
from kernel.worker.lut import Table
from kernel.worker.media import Source
from kernel.worker.ops.colour import Colour
from kernel.worker.passage import Crossing, crossed
from kernel.worker.plan import EditPlan
from kernel.worker.retime import speed_of
from kernel.worker.rules import known
from kernel.worker.scene import Known, OnPicture, OnShot, Scene
from kernel.worker.subtitles import head_frames
from kernel.worker.timing import Picture, Shot, Timeline, Veil

NEGATIVE = {"y": "251-val", "u": "256-val", "v": "256-val"}
"""White for black in a limited range; done twice it changes nothing. A fade knows the way to black only."""

Size = tuple[int, int]


class Graph(NamedTuple):
    """A filter graph as text, its inputs in order, and the label that holds the result."""

    feeds: tuple[Feed, ...]
    text: str
    label: str
    tables: tuple[Table, ...] = ()
    """Files that its filters open in the work folder, by their names; the names say what they hold."""


class Layer(NamedTuple):
    """An operation over the picture, where it falls into a piece."""

    operation: OnPicture
    first: int
    end: int
    feed: Feed | None
    source_frame: int


def picture_graph(
    plan: EditPlan,
    timeline: Timeline,
    picture: Picture,
    size: Size,
    script: str | None,
    gauged: Gauged = NOTHING,
) -> Graph:
    """Return the graph of one piece.

    Args:
        size: width and height of the result: the output's, or a smaller one of the same shape.
        script: name of the ASS file of its words, beside a folder `fonts`; None without words.
        gauged: what was measured of the plan's pictures.
    """
    shots = [picture.shot, *([picture.into] if picture.into else [])]
    feeds = [feed_of(plan.source(shot.source), shot.earliest, timeline.rate) for shot in shots]
    streams = [
        _shot(plan, shot, feed, size, index, gauged)
        for index, (shot, feed) in enumerate(zip(shots, feeds, strict=True))
    ]
    stream = streams[0] if len(streams) == 1 else _passed(streams, picture, timeline, size)
    stream = _clocked(stream, timeline)
    stream = _dips(stream, timeline, picture)
    for layer in layers(plan, timeline, picture):
        stream = _laid(stream, layer, plan, picture, size, len(feeds), timeline.frames)
        feeds += [layer.feed] if layer.feed else []
    stream = _finish(stream, timeline, picture, script)
    arguments = ffmpeg.output(stream, "out").get_args()
    graph = arguments[arguments.index("-filter_complex") + 1]
    label = arguments[arguments.index("-map") + 1]
    return Graph(tuple(feeds), graph, label, tuple(_tables(plan, shots, gauged)))


def _tables(plan: EditPlan, shots: Sequence[Shot], gauged: Gauged) -> Iterator[Table]:
    """Yield the tables of colours that a piece needs, each once."""
    found = {
        table.name: table
        for shot in shots
        for effect in effects_of(plan, shot.of)
        if isinstance(effect, Colour)
        for table in effect.tables(shot.of, gauged)
    }
    yield from found.values()


def _shot(plan: EditPlan, shot: Shot, feed: Feed, size: Size, index: int, gauged: Gauged) -> Stream:
    """Return exactly the shot's frames, in the output's rate, size and colours."""
    source, rate = feed.source, plan.output.rate
    speed = speed_of(plan, shot.of)
    stream = played(feed, index, shot.course, rate, speed is not None and speed.smooth)
    own = Scene(plan.output, (source.width, source.height), shot.age, shot.frames, shot.lasts, 0, shot.of, gauged)
    effects = effects_of(plan, shot.of)
    stream = _treated(stream, [effect for effect in effects if not effect.fitted], own, source)
    stream = filled(stream, reframe_of(plan, shot.of), camera_of(plan, shot, source, gauged), source, size)
    return _treated(stream, [effect for effect in effects if effect.fitted], own._replace(size=size), source)


def effects_of(plan: EditPlan, of: str) -> list[OnShot]:
    """Return what changes the picture of a clip or cover, in the plan's order: its own; of a type it lacks, all's."""
    found = [operation for operation in plan.operations if isinstance(operation, OnShot)]
    own = {type(effect) for effect in found if effect.of == of}
    return [effect for effect in found if effect.of == of or (effect.of == "*" and type(effect) not in own)]


def _treated(stream: Stream, effects: Sequence[OnShot], scene: Scene, source: Source) -> Stream:
    for effect in effects:
        stream = effect.treat(stream, scene, source)
    return stream


def _passed(streams: Sequence[Stream], picture: Picture, timeline: Timeline, size: Size) -> Stream:
    return crossed(Crossing(streams[0], streams[1], picture.passage, picture.frames, size, timeline.rate))


def _clocked(stream: Stream, timeline: Timeline) -> Stream:
    """Set the piece's clock to HEAD, so that what began in the piece before it has a time of its own too."""
    rate = timeline.rate
    stream = apply(stream, "settb", expr=f"{rate.den}/{rate.num}")
    return apply(stream, "setpts", expr=f"N+{head_frames(rate)}")


def _dips(stream: Stream, timeline: Timeline, picture: Picture) -> Stream:
    for veil in picture.veils:
        stream = stream if veil.whole else _veil(stream, veil, picture, timeline)
    return stream


def layers(plan: EditPlan, timeline: Timeline, picture: Picture) -> list[Layer]:
    """Return what is laid over the picture during a piece: what lies lower first, then in the plan's order."""
    found: list[Layer] = []
    told: Known | None = None
    for operation in plan.operations:
        if isinstance(operation, OnPicture):
            told = told or known(plan, timeline.clips)
            first, end = operation.span(told)
            if first < picture.end_frame and picture.first_frame < end:
                found.append(Layer(operation, first, end, *_fed(operation, plan, picture, first)))
    return sorted(found, key=lambda layer: layer.operation.level)


def _fed(operation: OnPicture, plan: EditPlan, picture: Picture, first: int) -> tuple[Feed | None, int]:
    """Return the feed of an operation that shows a source, and the frame of it at which the piece begins."""
    id = getattr(operation, "source", None)
    if id is None:
        return None, 0
    start = round(getattr(operation, "start", 0.0) * plan.output.rate.fraction)
    at = start + max(0, picture.first_frame - first)
    return feed_of(plan.source(id), at, plan.output.rate), at


def _laid(stream: Stream, layer: Layer, plan: EditPlan, picture: Picture, size: Size, index: int, total: int) -> Stream:
    zero = head_frames(plan.output.rate)
    age = picture.first_frame - layer.first
    scene = Scene(plan.output, size, age, picture.frames, layer.end - layer.first, zero, ends=layer.end == total)
    feed = _over(layer, plan, picture, index, zero) if layer.feed else None
    return layer.operation.draw(stream, scene, feed)


def _over(layer: Layer, plan: EditPlan, picture: Picture, index: int, zero: int) -> Stream:
    """Return the picture of a source that is laid over, on the piece's clock; where one lone frame is enough, that."""
    if layer.feed is None or (layer.feed.source.kind == "still" and getattr(layer.operation, "lone", False)):
        return ffmpeg.input(str(index))["v:0"]
    rate, late = plan.output.rate, max(0, layer.first - picture.first_frame)
    frames = min(picture.end_frame, layer.end) - max(picture.first_frame, layer.first)
    stream, source = conformed(layer.feed, index, layer.source_frame, frames, rate), layer.feed.source
    stream = apply(stream, "scale", width=source.width, height=source.height, flags=FLAGS)
    stream = apply(stream, "settb", expr=f"{rate.den}/{rate.num}")
    return apply(stream, "setpts", expr=f"N+{zero + late}")


def _finish(stream: Stream, timeline: Timeline, picture: Picture, script: str | None) -> Stream:
    """Lay words and fades over the piece, and set its clock back to nought."""
    if script:
        # The script's clock counts frames, so that its hundredths of a second are exact at every rate.
        # Its ticks are microseconds all the same: how long a frame lasts is rounded to whole ones.
        stream = apply(stream, "settb", expr="1/1000000")
        stream = apply(stream, "setpts", expr=f"N*{TICK * 10000}")
        stream = apply(stream, "ass", filename=script, fontsdir="fonts")
        stream = _clocked(stream, timeline)
    for veil in picture.veils:
        stream = _veil(stream, veil, picture, timeline) if veil.whole else stream
    stream = apply(stream, "setpts", expr=f"PTS-{head_frames(timeline.rate)}")
    tags = {"color_primaries": "bt709", "color_trc": "bt709", "colorspace": "bt709"}
    stream = apply(stream, "setparams", range="limited", field_mode="prog", **tags)
    return apply(stream, "format", pix_fmts="yuv420p")


def _veil(stream: Stream, veil: Veil, picture: Picture, timeline: Timeline) -> Stream:
    rate = timeline.rate.fraction
    first = head_frames(timeline.rate) + veil.first_frame - picture.first_frame
    # A fade out is one frame shorter, so that its last frame is black.
    frames = max(1, veil.frames - 1) if veil.to_black else veil.frames
    kind = "out" if veil.to_black else "in"
    start, lasts = f"{float(first / rate):.6f}", f"{float(frames / rate):.6f}"
    if veil.colour == "white":
        stream = apply(apply(stream, "lutyuv", **NEGATIVE), "fade", type=kind, start_time=start, duration=lasts)
        return apply(stream, "lutyuv", **NEGATIVE)
    return apply(stream, "fade", type=kind, start_time=start, duration=lasts)
