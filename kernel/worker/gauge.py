"""gauge: measure what a plan's operations must know of its pictures before these can be drawn.

`asked` says what, `gauge` measures it: on small frames, conformed as the video shows them, kept by the hash of all that
it depends on. The same plan and sources give the same numbers, so a piece of picture stays a function of them alone.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import ffmpeg as graphs
import numpy as np

from kernel.worker.camera import stabilise_of
from kernel.worker.conform import conformed, feed_of
from kernel.worker.cube import Cube, load_cube
from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.filters import FLAGS, Stream, apply
from kernel.worker.gauged import Gauged, Levels, Motion
from kernel.worker.grade import Grade, differences, graded
from kernel.worker.logs import Log, Numbers
from kernel.worker.media import Rate, Source
from kernel.worker.motion import measured
from kernel.worker.ops.colour import Colour
from kernel.worker.pieces import opened
from kernel.worker.plan import EditPlan
from kernel.worker.runs import UNIT
from kernel.worker.segments import Cache, key_of
from kernel.worker.timing import Shot, Timeline

SMALL = (96, 54)
"""Pixels of the frames whose colours are measured."""
LOOKS = 12
"""Frames of a clip that are looked at, evenly over it."""
WATCHED = 640
"""Pixels of the longer side of the frames whose motion is measured."""
_VERSION = 2
"""Raised when the same pictures are to be measured otherwise."""

Wish = Callable[[], bool]


class Ask(NamedTuple):
    """What must be measured: a stretch of a source, in frames counted at the output's rate."""

    of: str
    source: str
    first: int
    frames: int
    input: Log | None = None
    """What it was filmed in."""
    lut: str = ""
    """The source that brings it from log to BT.709, where that is a person's own table."""


def asked(plan: EditPlan, timeline: Timeline) -> tuple[Ask, ...]:
    """Return whose levels a plan needs. Pure."""
    shots, wanted = {shot.of: shot for shot in _shots(timeline)}, dict[str, None]()
    for colour in plan.each(Colour):
        if colour.match:
            wanted |= dict.fromkeys([colour.match, *(shots if colour.of == "*" else [colour.of])])
    return tuple(_ask(plan, shots[of]) for of in wanted if of in shots)


def shaky(plan: EditPlan, timeline: Timeline) -> tuple[Ask, ...]:
    """Return whose motion a plan needs, with what lies round it. Pure."""
    found = []
    for shot in {shot.of: shot for shot in _shots(timeline)}.values():
        stabilise, rate = stabilise_of(plan, shot.of), plan.output.rate.fraction
        if stabilise and plan.source(shot.source).kind == "video":
            ask, reach = _ask(plan, shot), math.ceil(4 * stabilise.hand.calm * rate)
            first, end = max(0, ask.first - reach), ask.first + ask.frames + reach
            last = math.ceil(plan.source(shot.source).duration * rate)
            found.append(ask._replace(first=first, frames=max(1, min(end, max(last, first + 1)) - first)))
    return tuple(found)


def gauge(
    plan: EditPlan, timeline: Timeline, media: Mapping[str, Path], cache: Cache, ffmpeg: Ffmpeg, stop: Wish
) -> Gauged:
    """Measure what a plan needs, or find it measured; read the tables of colours that it names.

    Raises:
        BadInput: a table is none that can be used.
        WorkerError: a source cannot be decoded.
        Cancelled: `stop` said so.
    """
    named = {colour.lut for colour in plan.each(Colour) if colour.lut}
    luts = {id: load_cube(media[id], plan.source(id).name) for id in sorted(named)}
    levels = {ask.of: _levels(ask, plan, media, luts, cache, ffmpeg, stop) for ask in asked(plan, timeline)}
    shaken = shaky(plan, timeline)
    return Gauged(levels, {ask.of: _motion(ask, plan, media, cache, ffmpeg, stop) for ask in shaken}, luts)


def _shots(timeline: Timeline) -> Iterator[Shot]:
    for picture in timeline.pictures:
        yield from (picture.shot, *([picture.into] if picture.into else []))


def _ask(plan: EditPlan, shot: Shot) -> Ask:
    course = shot.part(shot.first_frame - shot.age, shot.lasts).course
    edges = [edge for run in course for edge in (run.at, run.end - run.step)]
    first, last = min(edges) // UNIT, max(edges) // UNIT
    own = {colour.of: colour for colour in plan.each(Colour)}
    colour = own.get(shot.of) or own.get("*") or Colour(of="*")
    lut = colour.lut if colour.lut_from == "log" else None
    return Ask(shot.of, shot.source, first, last - first + 1, colour.input, lut or "")


def _levels(
    ask: Ask,
    plan: EditPlan,
    media: Mapping[str, Path],
    luts: Mapping[str, Cube],
    cache: Cache,
    ffmpeg: Ffmpeg,
    stop: Wish,
) -> Levels:
    source, rate, lut = plan.source(ask.source), plan.output.rate, luts.get(ask.lut)
    grade = Grade(input=ask.input, lut=lut.hash if lut else "", lut_from="log")

    def measure() -> list[list[float]]:
        rows = np.concatenate(list(_looked(ask, source, rate, media[source.id], cache, ffmpeg, stop)))
        values = differences(graded(grade, rows, lut))
        return [np.round(part(axis=0), 4).tolist() for part in (values.mean, values.std)]

    own = {"lut": lut.hash} if lut else {}
    mean, deviation = _kept(cache, "levels", source, ffmpeg, measure, ask=ask[2:5], rate=str(rate), **own)
    return Levels(tuple(mean), tuple(deviation))


def _motion(ask: Ask, plan: EditPlan, media: Mapping[str, Path], cache: Cache, ffmpeg: Ffmpeg, stop: Wish) -> Motion:
    source, rate = plan.source(ask.source), plan.output.rate
    share = WATCHED / max(source.width, source.height)
    width, height = (max(32, 2 * round(side * share / 2)) for side in (source.width, source.height))

    def small(stream: Stream) -> Stream:
        stream = apply(stream, "scale", width=width, height=height, flags="area+bitexact+accurate_rnd")
        return apply(stream, "format", pix_fmts="gray")

    def measure() -> list[object]:
        blocks = frames_of(ask, source, rate, media[source.id], small, width * height, cache, ffmpeg, stop)
        return list(measured((np.frombuffer(block, np.uint8).reshape(height, width) for block in blocks), ask.first))

    kept = _kept(cache, "motion", source, ffmpeg, measure, ask=ask[2:4], rate=str(rate))
    return Motion(kept[0], *(tuple(part) for part in kept[1:]))


def _looked(
    ask: Ask, source: Source, rate: Rate, path: Path, cache: Cache, ffmpeg: Ffmpeg, stop: Wish
) -> Iterator[Numbers]:
    """Yield the colours of some frames, evenly over a stretch, as rows of red, green and blue."""

    def small(stream: Stream) -> Stream:
        stream = apply(stream, "scale", width=SMALL[0], height=SMALL[1], flags=FLAGS)
        return apply(stream, "format", pix_fmts="rgb24")

    every = max(1, ask.frames // LOOKS)
    blocks = frames_of(ask, source, rate, path, small, SMALL[0] * SMALL[1] * 3, cache, ffmpeg, stop)
    for number, block in enumerate(blocks):
        if number % every == every // 2:
            yield np.frombuffer(block, np.uint8).reshape(-1, 3) / 255


def frames_of(
    ask: Ask,
    source: Source,
    rate: Rate,
    path: Path,
    drawn: Callable[[Stream], Stream],
    size: int,
    cache: Cache,
    ffmpeg: Ffmpeg,
    stop: Wish,
) -> Iterator[bytes]:
    """Yield the frames of a stretch as the video would show them, as raw pixels of `size` bytes."""
    feed = feed_of(source, ask.first, rate)
    stream = drawn(conformed(feed, 0, ask.first, ask.frames, rate))
    told = graphs.output(stream, "out").get_args()
    graph, label = told[told.index("-filter_complex") + 1], told[told.index("-map") + 1]
    arguments = [*opened(path, feed), "-filter_complex_threads", "1", "-filter_complex", graph]
    arguments += ["-map", label, "-frames:v", str(ask.frames), "-f", "rawvideo", "pipe:1"]
    with cache.work() as work:
        yield from ffmpeg.stream(arguments, cwd=work, timeout=300 + ask.frames, size=size, cancelled=stop)


def _kept(cache: Cache, what: str, source: Source, ffmpeg: Ffmpeg, measure: Callable[[], Any], **parts: object) -> Any:
    """Return what was measured before, or measure and keep it."""
    key = key_of(what, ffmpeg.version, gauge=_VERSION, hash=source.hash, stream=source.video_stream, **parts)
    place = cache.find(key, ".json")
    if place is None:
        found = measure()
        with cache.work() as work:
            (work / "found.json").write_text(json.dumps(found))
            place = cache.keep(work / "found.json", key, ".json")
    return json.loads(place.read_text())
