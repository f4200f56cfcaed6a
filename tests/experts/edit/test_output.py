"""Output: what is made of small pictures is said before it is rendered."""

from __future__ import annotations

import pytest

from experts.edit.output import output_of, soft
from tests.experts.edit.house import brief, footage, pictures, planned, voice

SMALL, HALF, HD = (480, 270), (960, 540), (1920, 1080)


@pytest.mark.parametrize(
    ("sizes", "wish", "told"),
    [
        ([SMALL], "vertical", "s1.mp4 (480×270) looks soft at 1080×1920: a larger original would help."),
        ([SMALL, HD, HALF], "vertical", "s1.mp4 (480×270) and s3.mp4 (960×540) look soft at 1080×1920"),
        ([SMALL] * 4, "vertical", "and 2 more look soft"),
        ([(1280, 720)], "vertical", ""),
        ([HD], "vertical", ""),
        ([HALF], "wide", ""),
    ],
)
def test_pictures_that_are_enlarged_three_times_are_said_to_look_soft(
    sizes: list[tuple[int, int]], wish: str, told: str
) -> None:
    seen = footage(*(pictures(f"s{number}", [5.0], size) for number, size in enumerate(sizes, 1)))
    said = soft(seen, [reel.id for reel in seen.reels], output_of(brief(wish), seen))
    assert told in said
    assert bool(told) == bool(said)


def test_what_is_not_seen_is_not_spoken_of() -> None:
    seen = footage(pictures("s1", [5.0], HD), pictures("s2", [5.0], SMALL))
    assert soft(seen, ["s1"], output_of(brief("vertical"), seen)) == ""


def test_a_plan_says_it_to_who_approves() -> None:
    made = planned([voice("s1", ["We met in the spring by the river."]), pictures("s2", [9.0], SMALL)], "vertical")
    assert "s2.mp4 (480×270) looks soft at 1080×1920" in made.note
