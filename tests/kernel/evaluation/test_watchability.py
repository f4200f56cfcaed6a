"""watchability: level, peaks, range, music, clicks, sync; black, frozen, flickering and flashing stretches."""

from __future__ import annotations

from typing import Any

import pytest

from kernel.evaluation import score as score_all
from kernel.evaluation.base import Seen
from kernel.evaluation.measures.joins import Click, Drift, Joins
from kernel.evaluation.watchability import measure
from kernel.worker.analysis.found import Flashing, Sights
from kernel.worker.media import Inspection, Probe, Span
from tests.kernel.evaluation.conftest import Look
from tests.kernel.evaluation.scenes import named
from tests.kernel.worker.scenes import cut, plan

MIDDLE = [{"start": 4.0, "end": 6.0}]
LEVEL = {"type": "loudness"}
CLIP = cut("c1", "s1", 0, 10)
PLAN = plan([named("s1")], CLIP, LEVEL)


def parts(seen: Seen) -> dict[str, float]:
    """Return the score of each part."""
    return {part.name: part.score for part in measure(seen).parts}


def joined(look: Look, **joins: Any) -> Seen:
    return look(PLAN).model_copy(update={"joins": Joins(**joins)})


def watched(look: Look, **sights: Any) -> Seen:
    return look(PLAN).model_copy(update={"sights": Sights(**sights)})


@pytest.mark.parametrize(
    ("lufs", "passes"), [(-14.2, True), (-15.0, True), (-13.0, True), (-15.1, False), (-12.8, False)]
)
def test_one_lu_beside_the_target_still_passes(look: Look, lufs: float, passes: bool) -> None:
    score = measure(look(PLAN, loudness=lufs))
    assert score.passed is passes
    assert score.owner == "sound"


def test_the_target_is_the_plans(look: Look) -> None:
    edit = plan([named("s1")], CLIP, {**LEVEL, "lufs": -23.0})
    assert measure(look(edit, loudness=-23.0)).score == 1.0
    assert not measure(look(edit, loudness=-14.0)).passed


def test_a_plan_that_leaves_the_loudness_is_judged_by_its_peaks_or_by_its_platform(look: Look) -> None:
    edit = plan([named("s1")], CLIP)
    assert measure(look(edit, loudness=-27.0)).score == 1.0
    assert not measure(look(edit, loudness=-27.0, true_peak=-0.5)).passed
    assert not measure(look(edit, {"platform": "youtube"}, loudness=-27.0)).passed


@pytest.mark.parametrize(("peak", "passes"), [(-1.0, True), (-1.4, True), (-0.9, False), (0.3, False)])
def test_peaks_stay_under_the_limit(look: Look, peak: float, passes: bool) -> None:
    assert measure(look(PLAN, true_peak=peak)).passed is passes


@pytest.mark.parametrize(("range", "passes"), [(6.0, True), (12.0, True), (12.5, False)])
def test_loud_and_quiet_lie_twelve_lu_apart_at_the_most(look: Look, range: float, passes: bool) -> None:
    assert measure(look(loudness_range=range, duration=30.0)).passed is passes
    assert measure(look(loudness_range=range, duration=10.0)).passed


def test_a_video_that_is_silent_by_plan_is_judged_by_its_picture_alone(look: Look) -> None:
    edit = plan([named("s1", has_sound=False, channels=0)], CLIP)
    mute = {"loudness": None, "true_peak": None, "loudness_range": None}
    seen = look(edit, **mute, silent=[{"start": 0.0, "end": 10.0}])
    assert set(parts(seen)) == {"black", "frozen"}
    assert "as planned" in measure(seen).why
    assert set(parts(look(**mute))) == {"black", "frozen"}


def test_a_video_that_should_be_heard_and_is_silent_fails(look: Look) -> None:
    score = measure(look(PLAN, loudness=None, true_peak=None, silent=[{"start": 0.0, "end": 10.0}]))
    assert score.score == 0.0
    assert "Nothing is heard at all" in score.why


def test_a_sound_file_is_judged_by_its_sound_and_an_empty_one_not_at_all(look: Look) -> None:
    assert set(parts(look(video_codec=""))) == {"loudness", "true peak"}
    assert not measure(look(video_codec="", audio_codec="", loudness=None)).applicable


@pytest.mark.parametrize(("below", "passes"), [(25.0, True), (18.0, True), (17.5, False)])
def test_music_lies_eighteen_lu_below_the_voice(look: Look, below: float, passes: bool) -> None:
    score = measure(joined(look, music=below, over_talk=(Span(start=1.0, end=3.0),)))
    assert score.passed is passes
    assert passes or "make the music quieter" in score.instruction
    assert (score.owner, "0:01.0-0:03.0" in score.why) == ("sound", not passes)


@pytest.mark.parametrize(("over", "passes"), [(-7.0, True), (9.0, True), (16.0, False)])
def test_a_cut_does_not_click(look: Look, over: float, passes: bool) -> None:
    score = measure(joined(look, cuts=2, clicks=(Click(at=4.5, over=over), Click(at=8.0, over=-9.0))))
    assert score.passed is passes
    assert passes or ([at.start for at in score.evidence], score.owner) == ([4.5], "plan")


@pytest.mark.parametrize(
    ("late", "passes"), [(0.0, True), (0.125, True), (0.184, True), (0.2, False), (-0.08, True), (-0.1, False)]
)
def test_sound_may_come_later_than_it_may_come_early(look: Look, late: float, passes: bool) -> None:
    drift = Drift(clip="c1", start=0.0, end=4.0, late=late)
    score = measure(joined(look, drifts=(Drift(clip="c2", start=4.0, end=8.0, late=0.0), drift)))
    assert score.passed is passes
    assert passes or score.owner == "master"
    assert passes or f"{abs(round(late * 1000))} ms {'late' if late > 0 else 'early'}" in score.why


@pytest.mark.parametrize(("swing", "passes"), [(0.0, True), (0.012, True), (0.021, True), (0.024, False)])
def test_a_trembling_picture_is_a_fault_from_two_percent_on(look: Look, swing: float, passes: bool) -> None:
    score = measure(watched(look, flicker=(0.0, 0.0, swing, 0.0)))
    assert score.passed is passes
    assert passes or [(at.start, at.end) for at in score.evidence] == [(2.0, 3.0)]


@pytest.mark.parametrize("kind", ["general", "red", "extended"])
def test_what_flashes_is_not_safe_to_watch_and_counts_for_nothing(look: Look, kind: Any) -> None:
    seen = watched(look, flashing=(Flashing(kind=kind, start=2.0, end=4.0, rate=2.5),))
    card = score_all(seen)
    (gate,) = (gate for gate in card.gates if not gate.passed)
    assert (gate.name, card.total) == ("safe to watch", 0.0)
    assert "0:02.0-0:04.0" in gate.why
    score = measure(seen)
    assert (score.passed, score.owner) == (False, "plan")
    assert "0:02.0-0:04.0: cut those stretches out" in score.instruction


def test_a_source_that_flashes_is_no_excuse(look: Look) -> None:
    flashing = Flashing(kind="general", start=2.0, end=4.0, rate=5.0)
    facts = Inspection(probe=Probe(kind="video", duration=30, size=1, container="mp4", bitrate=1))
    seen = watched(look, flashing=(flashing,)).model_copy(update={"sources": {"s1": facts}})
    assert score_all(seen).total == 0.0


def test_black_in_the_middle_fails(look: Look) -> None:
    score = measure(look(plan([named("s1")], cut("c1", "s1", 0, 10)), black=MIDDLE))
    assert not score.passed
    assert score.owner == "plan"
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
