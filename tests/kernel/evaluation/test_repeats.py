"""repeats: what was shown before, and when that is no fault."""

from __future__ import annotations

from typing import Any

from kernel.evaluation.base import Seen
from kernel.evaluation.repeats import repeats
from tests.kernel.evaluation.conftest import Look
from tests.kernel.evaluation.scenes import named
from tests.kernel.worker.scenes import cut, plan

TWO = [named("s1"), named("s2"), named("s4", "still", 0.0)]


def _spans(seen: Seen) -> list[tuple[float, float]]:
    return [(round(span.start, 2), round(span.end, 2)) for span in repeats(seen)]


def _cover(id: str, clip: str, source: str, start: float) -> dict[str, Any]:
    return {"type": "cover", "id": id, "clip": clip, "length": 2, "source": source, "start": start, "why": ""}


def test_the_same_seconds_twice_are_found_where_they_come_again(look: Look) -> None:
    assert _spans(look(plan(TWO, cut("c1", "s1", 0, 4), cut("c2", "s1", 3, 6)))) == [(4.0, 5.0)]


def test_covers_count_too_and_what_they_hide_does_not(look: Look) -> None:
    covers = [_cover("b1", "c1", "s2", 5), _cover("b2", "c2", "s2", 6)]
    twice = plan(TWO, cut("c1", "s1", 0, 4), cut("c2", "s1", 10, 14), *covers)
    assert _spans(look(twice)) == [(4.0, 5.0)]
    hidden = plan(TWO, cut("c1", "s1", 0, 2), cut("c2", "s1", 0, 2), _cover("b1", "c2", "s2", 0))
    assert _spans(look(hidden)) == []


def test_a_still_and_a_held_frame_are_no_repeats(look: Look) -> None:
    stills = [_cover("b1", "c1", "s4", 0), _cover("b2", "c2", "s4", 0)]
    assert _spans(look(plan(TWO, cut("c1", "s1", 0, 4), cut("c2", "s1", 10, 14), *stills))) == []
    freeze = {"type": "freeze", "clip": "c1", "at": 2.0, "length": 2.0}
    assert _spans(look(plan(TWO, cut("c1", "s1", 0, 4), freeze))) == []


def test_a_breath_that_two_clips_share_is_no_repeat(look: Look) -> None:
    assert _spans(look(plan(TWO, cut("c1", "s1", 0, 4), cut("c2", "s1", 3.85, 6)))) == []


def test_what_was_asked_for_is_no_fault(look: Look) -> None:
    edit = plan(TWO, cut("c1", "s1", 0, 4), cut("c2", "s1", 0, 4))
    assert _spans(look(edit, brief={"text": "show the jump again at the end"})) == []
    assert _spans(look(edit, brief={"text": "show the jump"})) == [(4.0, 8.0)]


def test_what_cannot_be_helped_is_no_fault(look: Look) -> None:
    short = [named("s1"), named("s2", duration=3.0)]
    covers = [_cover("b1", "c1", "s2", 0), {**_cover("b2", "c1", "s2", 0), "offset": 2}]
    assert _spans(look(plan(short, cut("c1", "s1", 0, 4), *covers))) == [(3.0, 4.0)]
