"""Strips: what is worth showing, without fades, with the lively parts apart from the dull ones."""

from __future__ import annotations

from itertools import pairwise

from experts.edit.footage import Reel
from experts.edit.strips import Shelf, strips
from tests.experts.edit.house import pictures


def lit(reel: Reel, light: tuple[float, ...], motion: tuple[float, ...]) -> Reel:
    inspection = reel.inspection.model_copy(update={"light": light, "motion": motion})
    return reel.model_copy(update={"inspection": inspection})


def test_a_fade_from_black_is_not_shown() -> None:
    reel = lit(pictures("s1", [8.0]), (0.0, *(0.5,) * 8), (0.3,) * 9)
    assert [strip.start for strip in strips([reel])] == [1.0]


def test_a_dark_film_is_shown_all_the_same() -> None:
    reel = lit(pictures("s1", [8.0]), (0.05,) * 9, (0.3,) * 9)
    assert [strip.start for strip in strips([reel])] == [0.0]


def test_the_car_is_taken_before_the_empty_road() -> None:
    motion = (*(0.1,) * 6, *(0.5,) * 3, *(0.1,) * 12)
    found = strips([lit(pictures("s1", [20.0]), (), motion)])
    assert [strip.start for strip in found] == [0.0, 5.0, 10.0]
    taken, _ = Shelf.of(found).take(3.0, 1.0)
    assert taken.start == 5.0


def test_a_long_shot_gives_another_picture_each_time_and_none_twice() -> None:
    shelf = Shelf.of(strips([lit(pictures("s1", [20.0]), (), (0.3,) * 20)]))
    spans = []
    for _ in range(6):
        taken, shelf = shelf.take(3.0, 1.0)
        spans.append((taken.start, taken.start + taken.seconds))
    assert all(end != start for (_, end), (start, _) in pairwise(spans[:5]))
    ordered = sorted(spans)
    assert all(end <= start + 1e-9 for (_, end), (start, _) in pairwise(ordered))
    assert shelf.rounds == 1
