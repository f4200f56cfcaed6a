"""Progress: one share of many parts, and a countdown that people can believe."""

from __future__ import annotations

import pytest

from kernel.worker.progress import Steps, Told, time_left


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def told() -> list[Told]:
    return []


def test_the_share_is_the_sum_of_the_parts_and_never_goes_back(told: list[Told]) -> None:
    steps = Steps(told.append)
    for part, done in (("a", 0.1), ("b", 0.3), ("a", 0.05), ("b", 0.2), ("a", 0.5)):
        steps.say(part, done, "picture")
    assert [round(each.share, 3) for each in told] == [0.1, 0.4, 0.4, 0.4, 0.8]


def counted(told: list[Told], *places: tuple[float, float]) -> list[float | None]:
    """Return the time left that is told at so many seconds with so much done."""
    clock = Clock()
    steps = Steps(told.append, clock)
    for now, done in places:
        clock.now = now
        steps.say("a", done, "picture")
    return [each.left for each in told]


def test_the_time_left_never_grows(told: list[Told]) -> None:
    assert counted(told, (5, 0.2), (8, 0.3), (13, 0.4), (20, 0.9), (21, 1.0)) == pytest.approx(
        [20, 56 / 3, 56 / 3, 20 / 9, 0]
    )


def test_what_is_quick_at_the_beginning_promises_nothing(told: list[Told]) -> None:
    assert counted(told, (1, 0.1), (3, 0.2), (5, 0.04)) == [None, None, 20]


def test_a_time_that_was_too_little_is_taken_back_until_it_fits_again(told: list[Told]) -> None:
    assert counted(told, (4, 0.4), (40, 0.5), (44, 0.9)) == [pytest.approx(6), None, pytest.approx(44 / 9)]


def test_what_was_made_before_does_not_make_the_rest_look_quick(told: list[Told]) -> None:
    clock = Clock()
    steps = Steps(told.append, clock)
    steps.given(0.8)
    clock.now = 10
    steps.say("a", 0.1, "picture")
    assert told[-1].share == pytest.approx(0.9)
    assert told[-1].left == pytest.approx(10)


def test_nobody_is_told_a_time_before_it_can_be_known(told: list[Told]) -> None:
    Steps(told.append).say("a", 0.01, "picture")
    assert told[0].left is None


@pytest.mark.parametrize(
    ("seconds", "words"), [(4, "a few seconds left"), (43, "about 40 s left"), (250, "about 4 min left")]
)
def test_the_time_left_is_said_as_people_say_it(seconds: float, words: str) -> None:
    assert time_left(seconds) == words
