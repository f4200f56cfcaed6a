"""Following a face: the habits of a camera operator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from kernel.worker.follow import EYE_LINE, EYES, FASTEST, REST, Places, followed
from kernel.worker.media import Face, Rate, Source, Span

RATE = Rate(num=30, den=1)
TALL = (0.3, 1.0)
"""A tall window of a wide picture."""


def _source(faces: list[Face], shots: list[tuple[float, float]] | None = None, **more: Any) -> Source:
    known = {"id": "s1", "hash": "1" * 64, "name": "a", "kind": "video", "duration": 20.0, "width": 1280, "height": 720}
    spans = tuple(Span(start=a, end=b) for a, b in shots or [(0.0, 20.0)])
    return Source.model_validate({**known, **more}).model_copy(update={"faces": tuple(faces), "shots": spans})


def _walk(x: Callable[[float], float], seconds: float = 10, height: float = 0.3, y: float = 0.4) -> list[Face]:
    return [Face(at=n / 2, x=x(n / 2), y=y, height=height) for n in range(round(2 * seconds) + 1)]


def _way(source: Source, start: float, seconds: float, window: tuple[float, float] = TALL) -> Places:
    found = followed(source, round(start * 30), round(seconds * 30), RATE, window)
    assert found is not None
    return found


def test_a_head_that_sways_does_not_move_the_camera() -> None:
    way = _way(_source(_walk(lambda t: 0.6 + 0.02 * np.sin(3 * t))), 0, 10)
    assert np.ptp(way[:, 0]) == 0
    assert abs(way[0, 0] - 0.6) < 0.02


def test_somebody_who_walks_stays_in_the_middle_of_the_window() -> None:
    def walked(t: float) -> float:
        return float(np.clip(0.25 + (t - 2) * 0.1, 0.25, 0.75))

    way = _way(_source(_walk(walked)), 0, 10)
    apart = [abs(way[n, 0] - walked(n / 30)) for n in range(300)]
    assert max(apart) < 0.3 * TALL[0]
    assert np.ptp(way[:30, 0]) < 0.02
    assert np.ptp(way[:, 0]) > 0.4


def test_the_camera_sets_off_and_comes_to_rest_gently_and_is_never_too_quick() -> None:
    way = _way(_source(_walk(lambda t: 0.3 if t < 5 else 0.7)), 0, 10)[:, 0]
    speed = np.diff(way) * 30
    assert speed.max() <= FASTEST * TALL[0] + 1e-6
    assert np.abs(np.diff(speed) * 30).max() < 1.5 * FASTEST * TALL[0]
    assert (speed > -1e-9).all()
    assert abs(way[0] - 0.3) < 0.02
    assert abs(way[-1] - 0.7) < 0.02


def test_one_wrong_sighting_moves_nothing() -> None:
    faces = _walk(lambda _: 0.5)
    faces[9] = faces[9].model_copy(update={"x": 0.8})
    assert np.ptp(_way(_source(faces), 0, 10)[:, 0]) == 0


def test_at_a_cut_of_the_source_it_begins_anew_on_the_very_frame() -> None:
    way = _way(_source(_walk(lambda t: 0.3 if t < 4.001 else 0.7), [(0.0, 4.0003), (4.0003, 20.0)]), 0, 8)[:, 0]
    assert set(np.round(way[:120], 6)) == {0.3}
    assert set(np.round(way[120:], 6)) == {0.7}


def test_two_faces_are_both_kept_where_they_fit_else_the_larger() -> None:
    near = [f for x, h in ((0.44, 0.2), (0.56, 0.22)) for f in _walk(lambda _, x=x: x, height=h)]  # type: ignore[misc]
    far = [f for x, h in ((0.2, 0.2), (0.8, 0.32)) for f in _walk(lambda _, x=x: x, height=h)]  # type: ignore[misc]
    assert abs(_way(_source(near), 0, 5)[0, 0] - 0.5) < 0.01
    assert abs(_way(_source(far), 0, 5)[0, 0] - 0.8) < 0.01


def test_eyes_stand_at_a_third_where_there_is_room_above_and_below() -> None:
    window = (1.0, 0.5)
    way = _way(_source(_walk(lambda _: 0.5, y=0.5, height=0.2), width=720, height=1280), 0, 3, window)
    top = way[0, 1] - window[1] / 2
    assert abs((0.5 - EYE_LINE * 0.2 - top) / window[1] - EYES) < 0.01


def test_it_never_looks_beyond_the_picture() -> None:
    way = _way(_source(_walk(lambda _: 0.02)), 0, 3)[:, 0]
    assert way.min() >= TALL[0] / 2 - 1e-9


def test_where_nobody_is_seen_nothing_is_followed_and_within_a_clip_the_camera_stays() -> None:
    assert followed(_source([]), 0, 60, RATE, TALL) is None
    gone = _way(_source(_walk(lambda _: 0.3, seconds=3), [(0.0, 4.0), (4.0, 20.0)]), 0, 8)[:, 0]
    assert np.ptp(gone) == 0


def test_the_rest_zone_is_a_share_of_the_window() -> None:
    inside = _way(_source(_walk(lambda t: 0.5 + 0.9 * REST * TALL[0] * np.sign(t - 5))), 0, 10)[:, 0]
    assert np.ptp(inside) == 0
