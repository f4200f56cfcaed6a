"""gauged: what was measured and read before a plan's pictures could be drawn. Plain values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from kernel.worker.cube import Cube


class Levels(NamedTuple):
    """How light and strong in colour the pictures of a stretch are: mean and deviation of Y', Pb, Pr."""

    mean: tuple[float, float, float]
    deviation: tuple[float, float, float]


class Motion(NamedTuple):
    """How the camera moved from each frame of a source to the next one.

    Whole numbers, so that sums of them do not depend on where they begin.
    """

    first: int
    """Frame of the source, counted at the output's rate, that the first numbers lead to."""
    across: tuple[int, ...]
    down: tuple[int, ...]
    """By how much what is seen moves, in millionths of the picture's width."""
    turn: tuple[int, ...]
    """By how much it turns clockwise, in millionths of a radian."""
    cuts: tuple[int, ...] = ()
    """Frames that begin another shot."""


class Gauged(NamedTuple):
    """All that was measured for a plan, by id of the clip or cover, and its tables of colours, by id of the source."""

    levels: Mapping[str, Levels] = {}
    motion: Mapping[str, Motion] = {}
    luts: Mapping[str, Cube] = {}


NOTHING = Gauged()
