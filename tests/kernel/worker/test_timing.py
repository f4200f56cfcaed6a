"""Timeline: from a time of the cut to where it comes from."""

from __future__ import annotations

import pytest

from kernel.worker.compile import compile
from kernel.worker.plan import EditPlan
from kernel.worker.timing import Box, Place, Shot, Timeline, locate


@pytest.fixture
def timeline() -> Timeline:
    return compile(EditPlan.read(EditPlan.EXAMPLE))


def test_a_time_of_the_cut_leads_to_clip_source_time_and_word(timeline: Timeline) -> None:
    assert locate(timeline, 0.7) == Place(clip="c1", source="s1", source_time=1.133, word="s1w1")
    assert locate(timeline, 2.5) == Place(clip="c2", source="s1", source_time=3.467, word=None)


def test_the_end_of_the_cut_and_what_lies_beyond_is_nowhere(timeline: Timeline) -> None:
    assert locate(timeline, timeline.duration - 0.01) is not None
    assert locate(timeline, timeline.duration + 0.01) is None
    assert locate(timeline, -1) is None


def test_a_shot_can_be_taken_beyond_its_ends() -> None:
    shot = Shot(of="c1", source="s1", source_frame=100, first_frame=50, frames=10, lasts=10)
    moved = Shot(of="c1", source="s1", source_frame=95, first_frame=45, frames=30, lasts=10, age=-5)
    assert shot.part(45, 30) == moved


def test_a_box_knows_whether_it_lies_in_another() -> None:
    frame = Box(x=0, y=0, width=100, height=50)
    assert Box(x=10, y=10, width=90, height=40).inside(frame)
    assert not Box(x=10, y=10, width=91, height=40).inside(frame)
