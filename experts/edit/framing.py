"""Framing: where a picture of one shape is cropped to fill another: round the face, where there is one."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from experts.edit.footage import Footage, Reel
from kernel.worker.follow import REST
from kernel.worker.media import Face
from kernel.worker.ops.cover import Cover
from kernel.worker.ops.cut import Cut
from kernel.worker.ops.reframe import Reframe
from kernel.worker.output import Output

SAME_SHAPE = 0.02
"""Shapes that differ by less need no reframing."""
HALF = 0.5
"""A crop that would keep less of a tall picture's area fits it over a blurred copy instead, unless a face leads it."""
MIDDLE = 0.03
"""So near to the middle of the picture a face counts as being there."""


def reframes(
    cuts: Sequence[Cut], covers: Sequence[Cover], footage: Footage, output: Output, follow: bool = False
) -> list[Reframe]:
    """Return how each picture of another shape fills the frame, where its middle will not do.

    Args:
        follow: whether faces are to be followed, also those that hardly move.
    """
    hidden = {
        cover.clip for cover in covers if not footage.reel(_clip(cuts, cover.clip).source).inspection.probe.has_picture
    }
    wanted = [
        (cut.id, _frame(footage.reel(cut.source), *_edges(cut, footage), output, follow))
        for cut in cuts
        if cut.id not in hidden
    ]
    wanted += [
        (c.id, _frame(footage.reel(c.source), c.start, c.start + (c.length or 2.0), output, follow)) for c in covers
    ]
    found = [frame.model_copy(update={"of": id}) for id, frame in wanted if frame is not None]
    return [frame for frame in found if (frame.mode, frame.x, frame.y) != ("crop", 0.5, 0.5)]


def _clip(cuts: Sequence[Cut], id: str) -> Cut:
    return next(cut for cut in cuts if cut.id == id)


def _edges(cut: Cut, footage: Footage) -> tuple[float, float]:
    known = footage.reel(cut.source).inspection
    return cut.edges(cut.kept(known.words, known.shots) if cut.by_words else (), known.shots)


def _frame(reel: Reel, start: float, end: float, output: Output, follow: bool) -> Reframe | None:
    """Return the reframing of a stretch of a source; None where its shape is the output's already."""
    probe = reel.inspection.probe
    if not probe.width or not probe.height:
        return None
    ratio = (probe.width / probe.height) / (output.width / output.height)
    if abs(ratio - 1) < SAME_SHAPE:
        return None
    face = _face(reel, (start + end) / 2)
    if ratio < HALF and face is None:
        return Reframe(of="*", mode="blur")
    x, y = face or (0.5, 0.5)
    if _near(reel, start, end) and (follow or _strays(reel, start, end, min(1.0, 1 / ratio), min(1.0, ratio))):
        return Reframe(of="*", mode="follow", x=x, y=y)
    return Reframe(of="*", x=x if ratio > 1 else 0.5, y=y if ratio < 1 else 0.5)


def face_of(cut: Cut, footage: Footage) -> tuple[float, float] | None:
    """Return where the face is in the shot that a cut is from."""
    start, end = _edges(cut, footage)
    return _face(footage.reel(cut.source), (start + end) / 2)


def _near(reel: Reel, start: float, end: float) -> bool:
    """Say whether a face is seen in a stretch of a source."""
    return any(start <= face.at <= end for face in reel.inspection.faces)


def _strays(reel: Reel, start: float, end: float, wide: float, high: float) -> bool:
    """Say whether a face leaves its place in a crop of that width and height, as shares of the picture.

    It is asked of the whole shots, since it is them that the place in a crop is for.
    """
    seen = [span for span in reel.inspection.shots if span.start < end and start < span.end]
    start, end = min([start, *(s.start for s in seen)]), max([end, *(s.end for s in seen)])
    # Of several at a time the largest comes first.
    largest = {face.at: face for face in reversed(reel.inspection.faces) if start <= face.at <= end}.values()
    across, upright = _range([face.x for face in largest]), _range([face.y for face in largest])
    return (wide < 1 and across > 2 * REST * wide) or (high < 1 and upright > 2 * REST * high)


def _range(values: Sequence[float]) -> float:
    return max(values, default=0.0) - min(values, default=0.0)


def _face(reel: Reel, at: float) -> tuple[float, float] | None:
    """Return where the face is in the shot at a time: one place for the whole shot, so that cuts do not jump."""
    shot = next((span for span in reel.inspection.shots if span.start <= at < span.end), None)
    faces = [face for face in reel.inspection.faces if shot is None or shot.start <= face.at < shot.end]
    faces = _crowd(faces)
    if not faces:
        return None
    return _steady(median(face.x for face in faces)), _steady(median(face.y for face in faces))


def _steady(place: float) -> float:
    """Return a place in steps of a fiftieth, so that neighbouring clips stand alike; the middle where it is near it."""
    return 0.5 if abs(place - 0.5) < 0.03 else round(round(place * 50) / 50, 2)


def _crowd(faces: Sequence[Face]) -> list[Face]:
    """Return the sightings of the one face that is seen most: those near to each other."""
    groups = [[other for other in faces if abs(other.x - face.x) < 0.12] for face in faces]
    return max(groups, key=lambda group: sum(face.height for face in group), default=[])
