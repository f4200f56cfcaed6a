"""slip: how far a steadied picture may be moved, and how much nearer it must come so that no edge is seen."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kernel.worker.motion import Steady

Numbers = npt.NDArray[np.float64]

STEP = 0.005
"""A picture comes nearer in steps of this much, so that a trim seldom changes it."""
TURNS = 0.4
"""Share of the room that turning may take, the rest being for moves."""


class Slip(NamedTuple):
    """What is done to each frame of a piece to steady it."""

    across: Numbers
    down: Numbers
    """How far what is seen goes, as shares of the picture's width."""
    turn: Numbers
    """Radians by which the window is turned, clockwise."""
    room: tuple[float, float]
    """What must be kept free at either side: shares of the picture's width, and of its height."""


def nothing_slips(frames: int) -> Slip:
    """Return what leaves so many frames as they are."""
    still = np.zeros(frames)
    return Slip(still, still, still, (0.0, 0.0))


def slipped(whole: Steady, piece: Steady, window: tuple[float, float], shape: float, most: float) -> tuple[Slip, float]:
    """Return what steadies a piece, and how many times nearer its whole clip must come for it.

    Args:
        whole: what would steady the clip.
        piece: what would steady the piece.
        window: width and height of what is seen, as shares of the picture.
        shape: the picture's height over its width.
        most: times that the clip may come nearer.
    """
    needs = [_need(whole.across, whole.turn, window[1] * shape / 2, 1.0)]
    needs.append(_need(whole.down, whole.turn, window[0] / 2, shape))
    wanted = max([1.0, *(share / max(1e-3, 1 - 2 * need) for share, need in zip(window, needs, strict=True))])
    times = min(most, 1 + STEP * math.ceil((wanted - 1) / STEP))
    rooms = [min(need, max(0.0, (1 - share / times) / 2)) for share, need in zip(window, needs, strict=True)]
    most_turn = TURNS * min(rooms[0] / (window[1] * shape / 2), rooms[1] * shape / (window[0] / 2))
    turn, spare = _limited(piece.turn, most_turn), min(float(np.abs(whole.turn).max(initial=0.0)), most_turn)
    across = _limited(piece.across, max(0.0, rooms[0] - spare * window[1] * shape / 2))
    down = _limited(piece.down, max(0.0, rooms[1] * shape - spare * window[0] / 2))
    # What is seen must turn one way, so the window turns the other.
    return Slip(across, down, -turn, (rooms[0], rooms[1])), times


def _need(moves: Numbers, turns: Numbers, arm: float, side: float) -> float:
    """Return the share of a side that must be free: for the farthest move and turn of all."""
    return float((np.abs(moves).max(initial=0.0) + np.abs(turns).max(initial=0.0) * arm) * 1.05 / side)


def _limited(values: Numbers, most: float) -> Numbers:
    """Return values that never go beyond a bound; small ones stay as they are, large ones near it gently."""
    if most <= 0:
        return np.zeros_like(values)
    return np.asarray(values / (1 + (np.abs(values) / most) ** 12) ** (1 / 12))
