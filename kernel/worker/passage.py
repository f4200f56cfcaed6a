"""passage: how the picture of one shot becomes that of the next, frame by frame, over the stretch that they share.

Every number is a function of the frame within the passage, which is always made in one piece.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from kernel.worker.curves import expression
from kernel.worker.filters import Stream, apply
from kernel.worker.media import Rate
from kernel.worker.timing import Passage

XFADE = frozenset(["fade", "wipeleft", "wiperight", "wipeup", "wipedown"])
"""The names of xfade's passages that are used."""
SHUTTER = 0.7
"""Share of a frame's way over which a whip pan is blurred; a film camera's half turn is 0.5, speed wants more."""
CRISP = 2.0
"""Pixels on a frame's way below which nothing is blurred."""

Size = tuple[int, int]
Share = Callable[[float], float]


class Crossing(NamedTuple):
    """The two pictures of a passage, and what it is made for."""

    before: Stream
    after: Stream
    passage: Passage
    frames: int
    size: Size
    rate: Rate

    @property
    def along(self) -> bool:
        """Whether it moves from side to side; else up or down."""
        return self.passage.direction in ("left", "right")

    def way(self, ease: Share) -> list[float]:
        """Return the share of the way that is done in each frame; at both ends a part of a step is done already."""
        return [ease((n + 1) / (self.frames + 1)) for n in range(self.frames)]


def crossed(crossing: Crossing) -> Stream:
    """Return the one picture of a passage: exactly its frames, as large as before."""
    stream = KINDS[crossing.passage.kind](crossing)
    return apply(stream, "format", pix_fmts="yuv420p")


def _dissolve(crossing: Crossing) -> Stream:
    return _xfade(crossing, "fade")


def _wipe(crossing: Crossing) -> Stream:
    return _xfade(crossing, f"wipe{crossing.passage.direction}")


def _xfade(crossing: Crossing, name: str) -> Stream:
    duration = f"{float(crossing.frames / crossing.rate.fraction):.6f}"
    return apply([crossing.before, crossing.after], "xfade", transition=name, duration=duration, offset=0)


def _push(crossing: Crossing) -> Stream:
    """Both pictures move, side by side."""
    return _moved(crossing, crossing.way(_smooth))


def _slide(crossing: Crossing) -> Stream:
    """The next picture moves in over the other one, which stands still."""
    left = [1 - share for share in crossing.way(_smooth)]
    length = crossing.size[0 if crossing.along else 1]
    back = -1 if crossing.passage.direction in ("right", "down") else 1
    # This filter counts its frames from 1.
    at = expression([back * length * share for share in left], "(n-1)")
    place = {"x": at, "y": 0} if crossing.along else {"x": 0, "y": at}
    return apply([crossing.before, crossing.after], "overlay", **place)


def _whip(crossing: Crossing) -> Stream:
    """A camera that is thrown round: away fast, blurred on its way, and to rest."""
    shares = crossing.way(_thrown)
    stream = _moved(crossing, shares)
    length = crossing.size[0 if crossing.along else 1]
    for frame, way in _ways(shares):
        stream = _blurred(stream, frame, SHUTTER * way * length, crossing.along)
    return stream


def _moved(crossing: Crossing, shares: Sequence[float]) -> Stream:
    """Lay both pictures side by side, and show the window between them that the shares say."""
    along, turned = crossing.along, crossing.passage.direction in ("right", "down")
    mirror = ("hflip" if along else "vflip") if turned else "null"
    # What comes first stays first: a graph's inputs are numbered in the order in which they are met.
    pair = [apply(stream, mirror) for stream in (crossing.before, crossing.after)]
    strip = apply(pair, "hstack" if along else "vstack", inputs=2)
    at = expression([crossing.size[0 if along else 1] * share for share in shares], "n")
    place = {"x": at, "y": 0} if along else {"x": 0, "y": at}
    return apply(apply(strip, "crop", w=crossing.size[0], h=crossing.size[1], **place), mirror)


def _ways(shares: Sequence[float]) -> Iterator[tuple[int, float]]:
    """Yield each frame with the share of the way that is done while it is shown."""
    edges = [0.0, *((a + b) / 2 for a, b in pairwise(shares)), 1.0]
    for frame, (start, end) in enumerate(pairwise(edges)):
        yield frame, end - start


def _blurred(stream: Stream, frame: int, length: float, along: bool) -> Stream:
    """Blur one frame over a length in pixels along its way; colour, which has half the pixels, over half of it."""
    if length < CRISP:
        return stream
    for planes, share in ((1, 1.0), (6, 0.5)):
        spread = f"{share * length / math.sqrt(12):.3f}"
        across, down = (spread, "0") if along else ("0", spread)
        stream = apply(stream, "gblur", sigma=across, sigmaV=down, planes=planes, enable=f"eq(n,{frame})")
    return stream


def _smooth(share: float) -> float:
    return share * share * (3 - 2 * share)


def _thrown(share: float) -> float:
    return 4 * share**3 if share < 0.5 else 1 - 4 * (1 - share) ** 3


KINDS: dict[str, Callable[[Crossing], Stream]] = {
    "dissolve": _dissolve,
    "wipe": _wipe,
    "push": _push,
    "slide": _slide,
    "whip": _whip,
}
"""How each kind of passage is made."""
