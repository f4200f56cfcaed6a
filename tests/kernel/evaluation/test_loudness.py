"""loudness: level, peaks, dead air."""

from __future__ import annotations

from typing import Any

import pytest

from kernel.evaluation.base import Seen
from kernel.evaluation.loudness import measure
from kernel.worker.media import Inspection, Probe, Span
from tests.kernel.evaluation.conftest import Look
from tests.kernel.evaluation.scenes import named, talk
from tests.kernel.worker.scenes import cut, plan

LEVEL = {"type": "loudness"}
CLIP = cut("c1", "s1", 0, 10)
QUIET = [{"start": 4.0, "end": 6.0}]


@pytest.mark.parametrize(
    ("lufs", "passes"), [(-14.2, True), (-15.0, True), (-13.0, True), (-15.1, False), (-12.8, False)]
)
def test_one_lu_beside_the_target_still_passes(look: Look, lufs: float, passes: bool) -> None:
    score = measure(look(plan([named("s1")], CLIP, LEVEL), loudness=lufs))
    assert score.passed is passes
    assert score.owner == "sound"


def test_the_target_is_the_plans(look: Look) -> None:
    edit = plan([named("s1")], CLIP, {**LEVEL, "lufs": -23.0})
    assert measure(look(edit, loudness=-23.0)).score == 1.0
    assert not measure(look(edit, loudness=-14.0)).passed


def test_a_plan_that_leaves_the_loudness_is_judged_by_its_peaks_only(look: Look) -> None:
    edit = plan([named("s1")], CLIP)
    assert measure(look(edit, loudness=-27.0)).score == 1.0
    assert not measure(look(edit, loudness=-27.0, true_peak=-0.5)).passed


@pytest.mark.parametrize(("peak", "passes"), [(-1.0, True), (-1.4, True), (-0.9, False), (0.3, False)])
def test_peaks_stay_under_the_limit(look: Look, peak: float, passes: bool) -> None:
    assert measure(look(plan([named("s1")], CLIP, LEVEL), true_peak=peak)).passed is passes


def test_a_second_of_silence_passes_and_two_do_not(look: Look) -> None:
    edit = plan([named("s1")], CLIP, LEVEL)
    assert measure(look(edit, silent=[{"start": 4.0, "end": 5.0}])).passed
    score = measure(look(edit, silent=QUIET))
    assert (score.passed, score.owner) == (False, "plan")
    assert score.evidence[0].start == 4.0


@pytest.mark.parametrize(
    ("source", "clip", "more"),
    [
        ({"has_sound": False, "channels": 0}, {}, []),
        ({}, {"gain_db": -60.0}, []),
        ({}, {}, [{"type": "fade", "start": 0.0, "end": 4.0}]),
    ],
)
def test_silence_that_was_planned_is_no_fault(look: Look, source: Any, clip: Any, more: list[Any]) -> None:
    heard, quiet = cut("c1", "s1", 0, 4), cut("c2", "s2", 0, 4, **clip)
    edit = plan([named("s1"), named("s2", **source)], heard, quiet, *more)
    assert measure(look(edit, silent=[{"start": 4.0, "end": 8.0}])).score == 1.0


def test_music_leaves_no_excuse_for_silence(look: Look) -> None:
    sources = [named("s1", has_sound=False, channels=0), named("s3", "audio")]
    edit = plan(sources, CLIP, {"type": "music", "source": "s3"})
    assert not measure(look(edit, silent=QUIET)).passed


def test_a_silence_of_the_source_is_its_own_unless_somebody_speaks(look: Look) -> None:
    probe = Probe(kind="video", duration=30, size=1, container="mp4", bitrate=1)
    known = {"s1": Inspection(probe=probe, silences=(Span(start=4.0, end=6.0),))}

    def passes(seen: Seen) -> bool:
        return measure(seen.model_copy(update={"sources": known})).passed

    assert passes(look(plan([named("s1")], CLIP), silent=QUIET))
    assert not passes(look(talk("one two three four five six seven", pace=1.0), silent=QUIET))


def test_a_video_that_is_silent_by_plan_is_not_judged(look: Look) -> None:
    edit = plan([named("s1", has_sound=False, channels=0)], CLIP)
    assert not measure(look(edit, loudness=None, true_peak=None, silent=[{"start": 0.0, "end": 10.0}])).applicable


def test_a_video_that_should_be_heard_and_is_silent_fails(look: Look) -> None:
    whole = [{"start": 0.0, "end": 10.0}]
    score = measure(look(plan([named("s1")], CLIP, LEVEL), loudness=None, true_peak=None, silent=whole))
    assert score.score == 0.0
    assert "Nothing is heard" in score.why


def test_a_silent_file_without_a_plan_is_not_judged(look: Look) -> None:
    assert not measure(look(loudness=None, true_peak=None)).applicable


def test_the_silence_of_a_held_frame_and_of_a_clip_too_fast_to_be_heard_is_no_fault(look: Look) -> None:
    held = {"type": "freeze", "clip": "c1", "at": 4.0, "length": 3.0}
    fast = {"type": "speed", "of": "c1", "factor": 3.0}
    for more in (held, fast):
        assert measure(look(plan([named("s1")], CLIP, more), silent=[{"start": 4.0, "end": 7.0}])).score == 1.0
