"""camera: which part of a source's picture is seen in each frame: where it looks, how near, how it moves.

What the operations ask for (reframe, zoom) becomes one view a frame, a function of the clip's age only, so that a frame
looks the same in whatever piece it falls. A picture that stands still is scaled and cut; one that moves is scaled once,
cut near its window, and brought to place by fractions of a pixel, so that nothing steps or trembles.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kernel.worker.curves import expression
from kernel.worker.filters import Stream, apply
from kernel.worker.follow import followed
from kernel.worker.gauged import NOTHING, Gauged
from kernel.worker.media import Rate, Source
from kernel.worker.motion import Steady, steadied
from kernel.worker.ops.reframe import Reframe
from kernel.worker.ops.stabilise import Stabilise
from kernel.worker.ops.zoom import Zoom
from kernel.worker.output import Output
from kernel.worker.plan import EditPlan
from kernel.worker.runs import UNIT, place
from kernel.worker.slip import Slip, nothing_slips, slipped
from kernel.worker.timing import Shot

PUSH = 0.05
"""A still without a zoom of its own is slowly pushed in, by this much in ten seconds."""
STILL = 1e-4
"""Shares of the picture; what moves less does not move."""
GLIDE = 0.05
"""Shares of the picture between two frames of a source; what moves further does so at a cut."""
ROUND = 4
"""Pixels to spare round a window that moves, so that it is never cut."""

Numbers = npt.NDArray[np.float64]
Size = tuple[int, int]


class Camera(NamedTuple):
    """What is seen of a picture, frame by frame of a piece: arrays of equal length."""

    x: Numbers
    y: Numbers
    """Middle of the window, as shares of the picture."""
    scale: Numbers
    """How near: 1 shows as much as fills the output."""
    near: float
    far: float
    """The nearest and farthest of its whole clip: all its pieces are scaled alike."""
    moves: bool
    """Whether anything changes over the whole clip."""
    slip: Slip | None = None
    """What steadies it."""

    @property
    def first(self) -> tuple[float, float, float]:
        """Middle and nearness of the first frame."""
        return float(self.x[0]), float(self.y[0]), float(self.scale[0])


def reframe_of(plan: EditPlan, of: str) -> Reframe:
    """Return how a clip or cover fills the output: its own reframe, that of all, or a crop round the middle."""
    found = {reframe.of: reframe for reframe in plan.each(Reframe)}
    return found.get(of) or found.get("*") or Reframe(of=of)


def zoom_of(plan: EditPlan, of: str) -> Zoom | None:
    """Return how near a clip or cover is seen: by its own zoom, or that of all; None without one."""
    found = {zoom.of: zoom for zoom in plan.each(Zoom)}
    return found.get(of) or found.get("*")


def stabilise_of(plan: EditPlan, of: str) -> Stabilise | None:
    """Return how a clip or cover is steadied: by its own operation, or that of all; None without one."""
    found = {stabilise.of: stabilise for stabilise in plan.each(Stabilise)}
    return found.get(of) or found.get("*")


def steered(plan: EditPlan, of: str) -> bool:
    """Say whether anything but its reframe changes what is seen of a clip or cover."""
    return zoom_of(plan, of) is not None or stabilise_of(plan, of) is not None


def camera_of(plan: EditPlan, shot: Shot, source: Source, gauged: Gauged = NOTHING) -> Camera:
    """Return what is seen of a shot: a piece of its clip, or of what is seen of it in a passage beside it."""
    reframe, zoom, output = reframe_of(plan, shot.of), zoom_of(plan, shot.of), plan.output
    ages = np.arange(shot.lasts, dtype=np.float64)
    # Beyond its ends it holds, but for a steady move, which goes on.
    here = np.arange(shot.age, shot.age + shot.frames, dtype=np.float64)
    inside = np.clip(here, 0, shot.lasts - 1).astype(np.int64)
    whole, piece = (_nearness(zoom, source, frames, shot.lasts, output.rate) for frames in (ages, here))
    x, y = _looks(reframe, zoom, source, shot, output, whole)
    moving = any(np.ptp(values) > STILL for values in (x, y, whole))
    near, far = float(max(whole.max(), piece.max())), float(whole.min())
    camera = Camera(x[inside], y[inside], piece, near, far, moving)
    stabilise, motion = stabilise_of(plan, shot.of), gauged.motion.get(shot.of)
    if stabilise is None or motion is None or source.kind == "still":
        return camera
    calm = stabilise.hand.calm * float(output.rate.fraction)
    full = reframe.mode in ("crop", "follow")
    window = _window(source, (output.width, output.height), far) if full else (1.0, 1.0)
    ways = [_indexed(steadied(motion, calm), shown_frames(shot, frames) - motion.first) for frames in (ages, here)]
    slip, times = slipped(ways[0], ways[1], window, source.height / source.width, stabilise.hand.most)
    return camera._replace(scale=piece * times, near=near * times, far=far * times, moves=True, slip=slip)


def shown_frames(shot: Shot, ages: Numbers) -> Numbers:
    """Return the frame of the source that a clip or cover shows at each age, counted at the output's rate."""
    if not shot.runs:
        return np.asarray(ages + (shot.source_frame - shot.age))
    return np.array([place(shot.runs, int(age)) / UNIT for age in ages])


def _indexed(steady: Steady, frames: Numbers) -> Steady:
    """Return what steadies the frames that are shown; of one that stands for two neighbours, the earlier."""
    found = np.clip(np.floor(frames + 1e-9).astype(np.int64), 0, len(steady.turn) - 1)
    return Steady(*(values[found] for values in steady))


def _nearness(zoom: Zoom | None, source: Source, ages: Numbers, lasts: int, rate: Rate) -> Numbers:
    if zoom is None:
        push = PUSH / 10 * np.maximum(ages, 0) / float(rate.fraction)
        return 1 + push if source.kind == "still" else np.ones_like(ages)
    return np.maximum(1.0, zoom.scale + (zoom.ends - zoom.scale) * _done(zoom, ages, lasts))


def _done(zoom: Zoom, ages: Numbers, lasts: int) -> Numbers:
    """Return how much of a slow move is done at each age."""
    share = ages / max(1, lasts - 1)
    if zoom.ease == "steady":
        return share
    share = np.clip(share, 0, 1)
    return np.asarray(share * share * (3 - 2 * share))


def _looks(
    reframe: Reframe, zoom: Zoom | None, source: Source, shot: Shot, output: Output, scale: Numbers
) -> tuple[Numbers, Numbers]:
    """Return the middle of the window at each age of the clip."""
    window = _window(source, (output.width, output.height), float(scale.min()))
    path = None
    if reframe.mode == "follow":
        path = _followed(source, shot, output.rate, window)
    columns = []
    for side, still in enumerate((reframe.x, reframe.y)):
        base = path[:, side] if path is not None else np.full(shot.lasts, still)
        columns.append(_panned(zoom, side, base, shot.lasts) if zoom else base)
    return columns[0], columns[1]


def _followed(source: Source, shot: Shot, rate: Rate, window: tuple[float, float]) -> Numbers | None:
    """Return where the camera looks at each age of a clip, at whatever speed that is played."""
    if not shot.runs:
        return followed(source, shot.source_frame - shot.age, shot.lasts, rate, window)
    at = np.concatenate([run.at + run.step * np.arange(run.frames) for run in shot.runs]) / UNIT
    first = math.floor(at.min())
    path = followed(source, first, math.floor(at.max()) - first + 2, rate, window)
    if path is None:
        return None
    whole = np.floor(at).astype(np.int64)
    on = path[whole - first + 1] - path[whole - first]
    # Over a cut of the source it does not glide.
    return np.asarray(path[whole - first] + np.where(np.abs(on) < GLIDE, on, 0) * (at - whole)[:, None])


def _panned(zoom: Zoom, side: int, base: Numbers, lasts: int) -> Numbers:
    """Return where a zoom looks, from left to right (side 0) or from top to bottom."""
    start, end = ((zoom.x, zoom.to_x), (zoom.y, zoom.to_y))[side]
    begins = base if start is None else np.full(lasts, start)
    ends = begins if end is None else np.full(lasts, end)
    return np.asarray(begins + (ends - begins) * _done(zoom, np.arange(lasts, dtype=np.float64), lasts))


def _window(source: Source, size: Size, scale: float) -> tuple[float, float]:
    """Return width and height of what is seen, as shares of the picture."""
    times = max(size[0] / source.width, size[1] / source.height) * scale
    return min(1.0, size[0] / (source.width * times)), min(1.0, size[1] / (source.height * times))


def grown(camera: Camera, picture: Size, size: Size) -> tuple[Size, float]:
    """Return the size to which a picture is scaled, once, and what that is of the size that just fills the output.

    It lies between what the nearest and the farthest window would have: neither is enlarged or made smaller by much.
    """
    scale = math.sqrt(camera.near * camera.far) if camera.moves else camera.first[2]
    times = max(size[0] / picture[0], size[1] / picture[1]) * scale
    wide, high = (2 * round(side * times / 2) for side in picture)
    return (max(wide, size[0]), max(high, size[1])), scale


def shown(stream: Stream, camera: Camera, whole: Size, size: Size, times: float) -> Stream:
    """Return the windows of a moving camera, each as it fills the output.

    Args:
        stream: of pictures of the size `whole`.
        times: what `whole` is of the size that just fills the output.
    """
    reach, slip = times / camera.scale, camera.slip or nothing_slips(len(camera.x))
    spare = (slip.room[0] * whole[0], slip.room[1] * whole[1])
    sides = [
        _Side(_middles(share, reach * length, side, room), _held(side, length, times / camera.far, room), side)
        for share, length, side, room in zip((camera.x, camera.y), size, whole, spare, strict=True)
    ]
    stream = apply(stream, "crop", w=sides[0].held, h=sides[1].held, x=sides[0].cut, y=sides[1].cut)
    places = _corners(sides[0], sides[1], reach, slip)
    stream = apply(stream, "perspective", **places, interpolation="cubic", eval="frame", sense="source")
    return apply(stream, "crop", w=size[0], h=size[1])


def _corners(across: _Side, down: _Side, reach: Numbers, slip: Slip) -> dict[str, str]:
    """Return the corners of the windows in the part that is kept, which each window fills again."""
    cos, sin = np.cos(slip.turn), np.sin(slip.turn)
    # Seen from the middle of the picture, round which it turns.
    x = across.middles - across.whole / 2 - slip.across * across.whole
    y = down.middles - down.whole / 2 - slip.down * across.whole
    x, y = across.whole / 2 + x * cos - y * sin, down.whole / 2 + x * sin + y * cos
    places: dict[str, str] = {}
    for number, (right, lower) in enumerate(((-1, -1), (1, -1), (-1, 1), (1, 1))):
        u, v = right * reach * across.held / 2, lower * reach * down.held / 2
        places[f"x{number}"] = across.seen(x + u * cos - v * sin)
        places[f"y{number}"] = down.seen(y + u * sin + v * cos)
    return places


def _held(whole: int, length: int, most: float, room: float) -> int:
    """Return how much of a side is kept round the window; an even part of it on either side of what is seen."""
    wanted = length + 4 * math.ceil((length * max(most, 1.0) - length + 2 * room + ROUND) / 4)
    return wanted if wanted <= whole else whole - (whole - length) % 4


def _middles(shares: Numbers, length: Numbers, whole: int, room: float) -> Numbers:
    """Return the middle of each window in pixels, none of them reaching over the edge, with room to slip."""
    half = np.minimum(np.minimum(length, whole) / 2 + room, whole / 2)
    return np.clip(shares * whole, half, whole - half)


class _Side(NamedTuple):
    """The windows along one side, in pixels."""

    middles: Numbers
    held: int
    whole: int

    @property
    def cut(self) -> str:
        """Where the part that is kept begins, as an expression: even pixels, since colours are half as fine."""
        return self._start("n")

    def seen(self, places: Numbers) -> str:
        """Return places in the whole picture as places in the part that is kept."""
        # The filter counts its frames from 1.
        return f"{expression(places.tolist(), '(on-1)')}-({self._start('(on-1)')})"

    def _start(self, frame: str) -> str:
        middle = expression(self.middles.tolist(), frame)
        return f"min(max(2*floor(({middle}-{self.held / 2:g})/2),0),{self.whole - self.held})"
