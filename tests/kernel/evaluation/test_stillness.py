"""stillness: what nobody asked for is held against the cut, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from kernel.evaluation.base import Seen
from kernel.evaluation.stillness import measure
from kernel.worker.media import Inspection, Probe
from tests.kernel.evaluation.conftest import Look
from tests.kernel.evaluation.scenes import named
from tests.kernel.worker.scenes import cut, plan

MIDDLE = [{"start": 4.0, "end": 6.0}]


def test_black_in_the_middle_fails(look: Look) -> None:
    score = measure(look(plan([named("s1")], cut("c1", "s1", 0, 10)), black=MIDDLE))
    assert not score.passed
    assert [(at.start, at.end, at.what) for at in score.evidence] == [(4.0, 6.0, "black")]
    assert "0:04.0-0:06.0" in score.instruction


def test_three_black_frames_pass_and_four_do_not(look: Look) -> None:
    def dark(frames: int) -> Seen:
        return look(black=[{"start": 5.0, "end": 5.0 + frames / 30}])

    assert measure(dark(3)).passed
    assert not measure(dark(4)).passed


@pytest.mark.parametrize(
    ("more", "black"),
    [
        ({"type": "fade", "end": 2.0}, {"start": 8.3, "end": 10.0}),
        ({"type": "fade", "start": 2.0, "end": 0.0}, {"start": 0.0, "end": 1.6}),
        ({"type": "transition", "after": "c1", "kind": "dip", "length": 2.0}, {"start": 4.3, "end": 5.8}),
    ],
)
def test_fades_and_dips_that_were_planned_are_no_fault(look: Look, more: Any, black: Any) -> None:
    clips = [cut("c1", "s1", 0, 5), cut("c2", "s1", 10, 15)]
    assert measure(look(plan([named("s1")], *clips, more), black=[black])).score == 1.0
    assert not measure(look(plan([named("s1")], *clips), black=[black])).passed


def test_black_that_outlasts_its_fade_is_a_fault(look: Look) -> None:
    edit = plan([named("s1")], cut("c1", "s1", 0, 10), {"type": "fade", "end": 1.0})
    score = measure(look(edit, black=[{"start": 7.0, "end": 10.0}]))
    assert score.measured["black"] == pytest.approx(1.9)


def test_a_still_may_stand_still_but_a_video_may_not(look: Look) -> None:
    still = named("s2", "still", duration=0)
    cover = {"type": "cover", "id": "b1", "clip": "c1", "offset": 3.0, "length": 4.0, "source": "s2", "why": ""}
    clip = cut("c1", "s1", 0, 10)
    assert measure(look(plan([named("s1"), still], clip, cover), frozen=MIDDLE)).score == 1.0
    assert not measure(look(plan([named("s1")], clip), frozen=MIDDLE)).passed


def test_what_stands_still_in_the_source_is_its_own(look: Look) -> None:
    seen = look(plan([named("s1")], cut("c1", "s1", 20, 30)), frozen=MIDDLE, black=[])
    motion = (0.05,) * 24 + (0.0,) * 2 + (0.05,) * 4
    known = Inspection(probe=Probe(kind="video", duration=30, size=1, container="mp4", bitrate=1), motion=motion)
    assert not measure(seen).passed
    assert measure(seen.model_copy(update={"sources": {"s1": known}})).score == 1.0


def test_a_black_stretch_is_not_counted_as_frozen_too(look: Look) -> None:
    assert measure(look(black=MIDDLE, frozen=MIDDLE)).measured["longest frozen"] == 0.0


def test_without_a_plan_the_ends_may_fade(look: Look) -> None:
    assert measure(look(black=[{"start": 9.2, "end": 10.0}])).score == 1.0


def test_a_sound_file_is_not_judged(look: Look) -> None:
    assert not measure(look(video_codec="")).applicable


def test_a_frame_that_is_held_as_planned_may_stand_still(look: Look) -> None:
    clip, freeze = cut("c1", "s1", 0, 8), {"type": "freeze", "clip": "c1", "at": 4.0, "length": 2.0}
    assert measure(look(plan([named("s1")], clip, freeze), frozen=MIDDLE)).score == 1.0
    later = {**freeze, "at": 6.0}
    assert not measure(look(plan([named("s1")], clip, later), frozen=MIDDLE)).passed


def test_a_source_that_stands_still_does_so_at_its_own_speed(look: Look) -> None:
    probe = Probe(kind="video", duration=30, size=1, container="mov", bitrate=1)
    facts = {"s1": Inspection(probe=probe, motion=(0.1,) * 8 + (0.0,) * 4 + (0.1,) * 18)}
    clip, fast = cut("c1", "s1", 0, 20), {"type": "speed", "of": "c1", "factor": 2.0}
    sped, plain = (look(plan([named("s1")], clip, *more), frozen=MIDDLE) for more in ([fast], []))
    assert measure(sped.model_copy(update={"sources": facts})).score == 1.0
    assert not measure(plain.model_copy(update={"sources": facts})).passed
