"""Where faces are: OpenCV's own cascades on small frames, twice a second, with rules against false finds.

The frames of one video lie in a file that the pass wrote: brightness alone, one after the other.

A cascade sees faces in flowers and brick walls now and then, but not twice in the same place: a find counts only where
a neighbouring look of the same shot agrees.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from kernel.errors import Cancelled, SetUp
from kernel.worker.analysis.pictures import Plane, looked_at, small_size
from kernel.worker.ffmpeg import Wish
from kernel.worker.media import Face, Probe, Span

LONG_SIDE = 480
"""Pixels of a frame's longer side: a face a tenth of the picture's height is still found."""
EVERY = 0.5
"""Seconds between two looks."""
MOST = 7200
"""Looks: those of an hour; a longer file is looked at more seldom. They take 1 GB of disk at the most."""
SMALLEST = 0.1
"""Share of the picture's shorter side."""
AGREED = 1.05
"""Seconds within which another look must agree."""
NEAR = 0.45
"""Face heights by which the place may differ."""
ALIKE = 1.5
"""Times by which the size may differ."""
VOTES = 4
"""Overlapping finds that make one."""
SURE_SIDE = 2.0
"""The profile cascade's own measure of sureness; a flower reached 1.4."""
FRONT = "haarcascade_frontalface_alt2.xml"
SIDE = "haarcascade_profileface.xml"

Box = tuple[int, int, int, int]


def every(probe: Probe) -> float:
    """Return the seconds between two looks."""
    return EVERY * max(1, math.ceil(probe.duration / EVERY / MOST))


def filters(probe: Probe) -> str:
    """Return the filters that pick and make the frames to look at from those on the even clock."""
    width, height = small_size(probe, LONG_SIDE)
    share = 1 / (float(looked_at(probe).fraction) * every(probe))
    # The first frame that does not lie before each look's time; see `_times`.
    pick = f"select='eq(n,0)+gt(floor(n*{share:.12f}+1e-6),floor((n-1)*{share:.12f}+1e-6))'"
    return f"{pick},scale={width}:{height}:flags=area,format=yuv420p,extractplanes=y"


def find_faces(file: Path, probe: Probe, shots: Sequence[Span], cancelled: Wish | None = None) -> tuple[Face, ...]:
    """Return the faces of a video: the larger first where several were seen at a time.

    Args:
        file: its frames, as `filters` has them made.
        probe: what the video holds.
        shots: its shots.
        cancelled: asked all along.

    Raises:
        Cancelled: `cancelled` said so.
    """
    finder, found = _Finder(*small_size(probe, LONG_SIDE)), []
    for at, luma in _frames(file, probe):
        if cancelled and cancelled():
            raise Cancelled("Stopped while faces were looked for, as asked.")
        found += finder.look(at, luma)
    seldom = every(probe) / EVERY
    held = [face for face in found if any(_agree(face, other, shots, seldom) for other in _near(found, face, seldom))]
    return tuple(sorted(held, key=lambda face: (face.at, -face.height)))


def _frames(file: Path, probe: Probe) -> Iterator[tuple[float, Plane]]:
    """Yield seconds and brightness of each frame in a file: read one by one, as there may be many."""
    width, height = small_size(probe, LONG_SIDE)
    with file.open("rb") as frames:
        for at in _times(probe, file.stat().st_size // (width * height)):
            yield at, np.frombuffer(frames.read(width * height), np.uint8).reshape(height, width)


def _times(probe: Probe, count: int) -> list[float]:
    """Return the seconds of the frames that are looked at."""
    rate = float(looked_at(probe).fraction)
    return [math.ceil(look * every(probe) * rate - 1e-6) / rate for look in range(count)]


def _near(found: Sequence[Face], face: Face, seldom: float) -> Sequence[Face]:
    """Return the finds at about the same time; they lie in the order of their times."""
    reach = AGREED * seldom
    first = bisect_left(found, face.at - reach, key=lambda other: other.at)
    return found[first : bisect_right(found, face.at + reach, key=lambda other: other.at)]


class _Finder:
    """Finds faces on one frame.

    Args:
        width, height: pixels of the frames.
    """

    def __init__(self, width: int, height: int) -> None:
        self._front, self._side = _cascade(FRONT), _cascade(SIDE)
        self._width, self._height = width, height

    def look(self, at: float, luma: Plane) -> list[Face]:
        """Return what could be faces."""
        return [self._face(at, box) for box in self._boxes(luma)]

    def _boxes(self, luma: Plane) -> list[Box]:
        even = cv2.equalizeHist(luma).astype(np.uint8, copy=False)
        front = self._finds(self._front, even, 1.1, 0.0)
        if front:
            return front
        side = self._finds(self._side, even, 1.2, SURE_SIDE)
        mirrored = self._finds(self._side, even[:, ::-1].copy(), 1.2, SURE_SIDE)
        return side or [(self._width - x - w, y, w, h) for x, y, w, h in mirrored]

    def _finds(self, cascade: cv2.CascadeClassifier, luma: Plane, step: float, sure: float) -> list[Box]:
        least = max(24, round(SMALLEST * min(self._width, self._height)))
        boxes, _, weights = cascade.detectMultiScale3(
            luma, scaleFactor=step, minNeighbors=VOTES, minSize=(least, least), outputRejectLevels=True
        )
        found = zip(boxes, np.ravel(weights), strict=True)
        return [(int(x), int(y), int(w), int(h)) for (x, y, w, h), weight in found if weight >= sure]

    def _face(self, at: float, box: Box) -> Face:
        x, y, w, h = box
        centre = ((x + w / 2) / self._width, (y + h / 2) / self._height)
        return Face(at=round(at, 3), x=round(centre[0], 4), y=round(centre[1], 4), height=round(h / self._height, 4))


def _agree(face: Face, other: Face, shots: Sequence[Span], seldom: float = 1.0) -> bool:
    """Say whether two finds at different times of one shot are the same face."""
    size = max(face.height, other.height)
    return (
        0 < abs(face.at - other.at) <= AGREED * seldom
        and abs(face.x - other.x) < NEAR * size * 2
        and abs(face.y - other.y) < NEAR * size
        and size <= ALIKE * min(face.height, other.height)
        and not any(min(face.at, other.at) < shot.start <= max(face.at, other.at) for shot in shots)
    )


def _cascade(name: str) -> cv2.CascadeClassifier:
    # The package's own helper for this folder, cv2.data, is not typed.
    cascade = cv2.CascadeClassifier(str(Path(cv2.__file__).parent / "data" / name))
    if cascade.empty():
        raise SetUp(f"OpenCV came without {name}: install opencv-python-headless below version 5.")
    return cascade
