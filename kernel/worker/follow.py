"""follow: where a camera operator would point who keeps somebody in the picture.

The camera rests while the face keeps near its place; when it leaves, the camera sets off gently, goes along, and comes
to rest gently. It is never quicker than `FASTEST`, never trembles, and begins anew at each cut of the source. All of it
is worked out from the whole shot at once, so the camera sets off in time and not after the face has gone.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from fractions import Fraction
from statistics import median
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kernel.worker.media import Face, Rate, Source, Span

REST = 0.1
"""A face may stray so far, as a share of the window's width or height, before the camera moves."""
FASTEST = 0.9
"""Windows a second."""
GENTLE = 0.45
"""Seconds (one deviation) over which the camera sets off and comes to rest."""
STEP = 0.1
"""Seconds between the points that the camera's way is laid through."""
EYES = 1 / 3
"""Where the eyes stand in the window, from its top."""
EYE_LINE = 0.1
"""Eyes lie above the middle of a face by this share of its height."""
AIR = 1.2
"""A head with its hair and ears is this many times as wide as the face in it is high."""
LARGER = 1.4
"""Another face takes over when it is this many times larger."""
LEAD = Fraction(9, 20)
"""Of a frame: how much earlier than its own time an output frame may show a source frame (the conform policy)."""

Places = npt.NDArray[np.float64]
"""Shares of the source picture, x and y, one row a frame."""


class Aim(NamedTuple):
    """Where the window's middle should be at a time, as shares of the picture."""

    at: float
    x: float
    y: float


def seen(source: Source, start: float, end: float) -> list[Face]:
    """Return the faces that were seen in a stretch of a source, or just beside it."""
    return [face for face in source.faces if start - 0.5 <= face.at <= end + 0.5]


def followed(source: Source, first: int, frames: int, rate: Rate, window: tuple[float, float]) -> Places | None:
    """Return where the middle of the window stands in each frame; None where no face was seen.

    Args:
        first: frame of the source, counted at `rate`.
        window: width and height of what is shown, as shares of the source's picture.
    """
    parts = _shots(source, first, first + frames, rate)
    shape = source.height / source.width
    known = [_aims(_within(source, part, rate), window, shape) for part in parts]
    if not any(known):
        return None
    places = [_path(aims, part, rate, window) if aims else None for part, aims in zip(parts, known, strict=True)]
    nearest = next(place for place in places if place is not None)
    rows = []
    for (begin, end), place in zip(parts, places, strict=True):
        # Where a shot shows nobody, the camera stays where it last was.
        nearest = place if place is not None else np.repeat(nearest[-1:], end - begin, axis=0)
        rows.append(nearest)
    return np.concatenate(rows)


def _shots(source: Source, first: int, end: int, rate: Rate) -> list[tuple[int, int]]:
    """Part a stretch of frames at the cuts of the source."""
    begins = (math.ceil(Fraction(shot.start) * rate.fraction - LEAD) for shot in source.shots)
    cuts = sorted({frame for frame in begins if first < frame < end})
    edges = [first, *cuts, end]
    return list(itertools.pairwise(edges))


def _within(source: Source, part: tuple[int, int], rate: Rate) -> list[Face]:
    start, end = (float(frame / rate.fraction) for frame in part)
    # By its middle, since the times of shots are rounded.
    middle, whole = (start + end) / 2, Span(start=0.0, end=source.duration)
    shot = next((shot for shot in source.shots if shot.start <= middle < shot.end), whole)
    return [face for face in seen(source, start, end) if shot.start <= face.at < shot.end]


def _aims(faces: Sequence[Face], window: tuple[float, float], shape: float) -> list[Aim]:
    """Return what to point at, time by time: all faces where they fit, else the one that was followed so far."""
    found: list[Aim] = []
    times = sorted({face.at for face in faces})
    main = max(faces, key=lambda face: face.height, default=None)
    for at in times:
        here = [face for face in faces if face.at == at]
        main = _main(here, main)
        group = here if _fit(here, window[0], shape) else [main]
        x = (min(face.x for face in group) + max(face.x for face in group)) / 2
        eyes = min(face.y - EYE_LINE * face.height for face in group)
        found.append(Aim(at, x, eyes + (0.5 - EYES) * window[1]))
    return [_settled(found, index) for index in range(len(found))]


def _main(here: Sequence[Face], last: Face | None) -> Face:
    """Return the face that goes on being followed, or a much larger one."""
    largest = max(here, key=lambda face: face.height)
    if last is None:
        return largest
    near = min(here, key=lambda face: abs(face.x - last.x))
    return largest if largest.height > LARGER * near.height else near


def _fit(faces: Sequence[Face], width: float, shape: float) -> bool:
    """Say whether a window of that width holds all heads; `shape` is the picture's height over its width."""
    across = max(face.x for face in faces) - min(face.x for face in faces)
    return across + AIR * max(face.height for face in faces) * shape <= width


def _settled(aims: Sequence[Aim], index: int) -> Aim:
    """Return an aim without a lone slip: the middle one of itself and its neighbours."""
    near = aims[max(0, index - 1) : index + 2]
    if len(near) < 3:
        return aims[index]
    return Aim(aims[index].at, median(aim.x for aim in near), median(aim.y for aim in near))


def _path(aims: Sequence[Aim], part: tuple[int, int], rate: Rate, window: tuple[float, float]) -> Places:
    """Return the camera's way over a shot, frame by frame."""
    start, end = (float(frame / rate.fraction) for frame in part)
    grid = np.arange(start - 4 * GENTLE, end + 4 * GENTLE + STEP, STEP)
    frames = (np.arange(part[0], part[1]) / float(rate.fraction)).astype(np.float64)
    columns = []
    for side, size in enumerate(window):
        wanted = np.interp(grid, [aim.at for aim in aims], [aim[1 + side] for aim in aims])
        wanted = np.clip(wanted, size / 2, 1 - size / 2) if size < 1 else np.full_like(wanted, 0.5)
        columns.append(_eased(grid, _lazy(wanted, REST * size, FASTEST * size * STEP), frames))
    return np.stack(columns, axis=1)


def _lazy(wanted: Places, rest: float, most: float) -> Places:
    """Return a camera that goes only when it must: forward and backward in time, so that it neither lags nor leads."""
    low, high = float(wanted.min()), float(wanted.max())
    if high - low <= 2 * rest:
        middle = float(np.clip(np.median(wanted), high - rest, low + rest))
        return np.full_like(wanted, middle)
    ahead, back = _dragged(wanted, rest, most), _dragged(wanted[::-1], rest, most)[::-1]
    return np.asarray((ahead + back) / 2)


def _dragged(wanted: Places, rest: float, most: float) -> Places:
    at, way = float(wanted[0]), []
    for aim in wanted.tolist():
        goal = min(max(at, aim - rest), aim + rest)
        at += min(max(goal - at, -most), most)
        way.append(at)
    return np.asarray(way)


def _eased(grid: Places, way: Places, frames: Places) -> Places:
    """Return the way at the frames' times, each the mean of what lies round it, weighed by a bell."""
    offsets = np.linspace(-3 * GENTLE, 3 * GENTLE, 61)
    weights = np.exp(-0.5 * (offsets / GENTLE) ** 2)
    spread = np.interp((frames[:, None] + offsets[None, :]).ravel(), grid, way).reshape(len(frames), -1)
    return np.asarray(spread @ (weights / weights.sum()))
