"""Framing: how the offline director fills another shape."""

from __future__ import annotations

import numpy as np

from experts.edit.footage import Reel
from kernel.worker.media import Face
from kernel.worker.ops.reframe import Reframe
from tests.experts.edit.house import planned, talk

SAID: list[str | float] = ["We built it in a week.", 0.5, "Then everybody wanted one.", 0.5, "So we made more."]


def _with_face(reel: Reel, x: list[float]) -> Reel:
    times = np.linspace(0, reel.inspection.probe.duration, len(x))
    faces = tuple(Face(at=float(at), x=place, y=0.4, height=0.3) for at, place in zip(times, x, strict=True))
    return reel.model_copy(update={"inspection": reel.inspection.model_copy(update={"faces": faces})})


def test_somebody_who_walks_is_followed_and_somebody_who_sits_is_cropped() -> None:
    walking = _with_face(talk("s1", SAID), [0.2 + 0.05 * n for n in range(13)])
    sitting = _with_face(talk("s1", SAID), [0.3 + 0.005 * (n % 2) for n in range(13)])
    modes = [{r.mode for r in planned([reel], "vertical").each(Reframe)} for reel in (walking, sitting)]
    assert modes == [{"follow"}, {"crop"}]


def test_in_the_footage_s_own_shape_nothing_is_reframed() -> None:
    walking = _with_face(talk("s1", SAID), [0.2 + 0.05 * n for n in range(13)])
    assert not planned([walking], "landscape").each(Reframe)
