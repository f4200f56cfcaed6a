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


def test_the_time_left_never_grows(told: list[Told]) -> None:
    clock = Clock()
    steps = Steps(told.append, clock)
    for now, done in ((1, 0.1), (5, 0.2), (40, 0.3), (41, 0.9), (42, 1.0)):
        clock.now = now
        steps.say("a", done, "picture")
    left = [each.left for each in told if each.left is not None]
    assert left == sorted(left, reverse=True)
    assert left[0] == pytest.approx(9)
    assert left[-1] == 0


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
