"""motion: how a camera moved, measured between neighbouring small frames, and the way a steady hand would have gone.

Points all over the picture are found again in the next frame; the move that most of them share is the camera's. Where
enough of them stand still, the camera did, whatever walks through the picture.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from kernel.worker.gauged import Motion

MILLION = 1_000_000
CELLS, EACH = 6, 8
"""The picture is parted into so many cells a side, and so many points are looked for in each."""
STANDS = 0.12
"""Pixels of the small frame: what moves less stands."""
MOST_STAND = 0.4
"""Share of the points that must stand for the camera to stand."""
AGREES = 0.8
"""Pixels by which a point may differ from the camera's move."""
FEWEST = 12
"""Points that must agree."""
LEAST = 0.3
"""Share of the points that must agree."""
FARTHEST = 0.12
"""Of the picture's width: a greater move from one frame to the next is a cut."""
BACK = 0.6
"""Pixels by which a point may miss its place when it is followed there and back."""

Plane = npt.NDArray[np.uint8]
Points = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.float64]


class Move(NamedTuple):
    """A move from one frame to the next: what is seen goes by so many pixels and turns by so many radians."""

    across: float
    down: float
    turn: float
    cut: bool = False


STILL = Move(0.0, 0.0, 0.0)


def measured(frames: Iterable[Plane], first: int) -> Motion:
    """Return how the camera moved over some small frames.

    Args:
        frames: brightness, height x width, all of one size.
        first: number of the first frame.
    """
    moves: list[Move] = []
    last, width = None, 1
    for frame in frames:
        moves.append(move(last, frame) if last is not None else STILL)
        last, width = frame, frame.shape[1]
    share = MILLION / width
    return Motion(
        first,
        tuple(round(step.across * share) for step in moves),
        tuple(round(step.down * share) for step in moves),
        tuple(round(step.turn * MILLION) for step in moves),
        tuple(first + number for number, step in enumerate(moves) if step.cut),
    )


def move(before: Plane, after: Plane) -> Move:
    """Return how what is seen moved, round the middle of the picture."""
    start = _points(before)
    if len(start) < FEWEST:
        return STILL
    start, end = _found_again(before, after, start)
    if len(start) < FEWEST:
        return STILL
    if float((np.hypot(*(end - start).T) < STANDS).mean()) >= MOST_STAND:
        return STILL
    matrix, agree = cv2.estimateAffinePartial2D(start, end, ransacReprojThreshold=AGREES, maxIters=500)
    if float(np.asarray(agree).sum()) < max(FEWEST, LEAST * len(start)):
        return STILL
    return _about_the_middle(np.asarray(matrix, dtype=np.float64), before.shape[1], before.shape[0])


def _about_the_middle(matrix: Numbers, width: int, height: int) -> Move:
    middle = np.array([width / 2, height / 2])
    across, down = matrix[:, :2] @ middle + matrix[:, 2] - middle
    far = float(np.hypot(across, down)) > FARTHEST * width
    return (
        STILL._replace(cut=True)
        if far
        else Move(float(across), float(down), float(np.arctan2(matrix[1, 0], matrix[0, 0])))
    )


def _points(frame: Plane) -> Points:
    """Return points that can be found again, spread evenly over the picture."""
    found = []
    rows, columns = (np.linspace(0, side, CELLS + 1).astype(int) for side in frame.shape)
    for top, bottom in pairwise(rows.tolist()):
        for left, right in pairwise(columns.tolist()):
            corners = cv2.goodFeaturesToTrack(frame[top:bottom, left:right], EACH, 0.02, 6)
            if corners is not None:
                found.append(corners.reshape(-1, 2) + np.array([left, top], dtype=np.float32))
    return np.concatenate(found).astype(np.float32) if found else np.zeros((0, 2), np.float32)


def _found_again(before: Plane, after: Plane, start: Points) -> tuple[Points, Points]:
    """Return the points that are found in the next frame, and from there back at their own place."""
    end, there = _tracked(before, after, start)
    back, here = _tracked(after, before, end)
    good = there & here & (np.hypot(*(back - start).T) < BACK)
    return start[good], end[good]


def _tracked(before: Plane, after: Plane, start: Points) -> tuple[Points, npt.NDArray[np.bool_]]:
    guess = np.zeros_like(start)
    end, there, _ = cv2.calcOpticalFlowPyrLK(before, after, start, guess, winSize=(19, 19), maxLevel=3)
    return np.asarray(end, dtype=np.float32), np.asarray(there).ravel() == 1


class Steady(NamedTuple):
    """What must be added to each frame so that the camera goes steadily: shares of the width, and radians."""

    across: Numbers
    down: Numbers
    turn: Numbers


def steadied(motion: Motion, calm: float) -> Steady:
    """Return what brings each frame to where a steady hand would have it.

    It depends on the frames within four deviations alone, so it is the same whichever stretch was measured round it.

    Args:
        calm: frames (one deviation) over which the way is evened out.
    """
    edges = [0, *(cut - motion.first for cut in motion.cuts), len(motion.across)]
    found = []
    for moves in (motion.across, motion.down, motion.turn):
        parts = [_evened(moves[a:b], calm) for a, b in pairwise(edges) if b > a]
        found.append(np.concatenate(parts) / MILLION)
    return Steady(*found)


def _evened(moves: tuple[int, ...], calm: float) -> Numbers:
    """Return the difference of the even way to the way that was gone, over one shot."""
    steps = np.array(moves, dtype=np.float64)
    # The first number leads into the shot from the frame before it.
    steps[0] = 0
    way = np.cumsum(steps)
    reach = min(round(4 * calm), len(way) - 1)
    if reach < 1:
        return np.zeros_like(way)
    # Beyond its ends the way goes on as it came, turned about the end, so that a pan stays a pan.
    before, after = 2 * way[0] - way[reach:0:-1], 2 * way[-1] - way[-2 : -reach - 2 : -1]
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / calm) ** 2)
    even = np.convolve(np.concatenate([before, way, after]), weights / weights.sum(), "valid")
    return np.asarray(even - way)
