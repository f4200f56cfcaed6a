"""Where faces are: OpenCV's own cascades on small frames, twice a second, with rules against false finds.

A cascade sees faces in flowers and brick walls now and then, but not twice in the same place: a find counts only where
a neighbouring look of the same shot agrees.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from kernel.errors import SetUp
from kernel.worker.analysis.pictures import Frame, Plane
from kernel.worker.media import Face, Span

EVERY = 0.5
"""Seconds between two looks."""
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


class FaceFinder:
    """Is shown every frame in order, looks at two a second, and says at the end where faces were.

    Args:
        width, height: pixels of the small frames.
        seldom: times as seldom as usual, for a file that is so long that it is sampled.
    """

    def __init__(self, width: int, height: int, seldom: float = 1.0) -> None:
        self._seldom = seldom
        self._front, self._side = _cascade(FRONT), _cascade(SIDE)
        self._width, self._height = width, height
        self._next = 0.0
        self._found: list[Face] = []

    def add(self, frame: Frame) -> None:
        """Look at the next frame, if it is time."""
        if frame.at + 1e-6 < self._next:
            return
        self._next += EVERY * self._seldom
        self._found += [self._face(frame.at, box) for box in self._boxes(frame.luma)]

    def faces(self, shots: Sequence[Span]) -> tuple[Face, ...]:
        """Return the faces that hold: the larger first where several were seen at a time."""
        held = [face for face in self._found if any(_agree(face, other, shots, self._seldom) for other in self._found)]
        return tuple(sorted(held, key=lambda face: (face.at, -face.height)))

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
