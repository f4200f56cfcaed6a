"""clarity: size, rate, enlarging and encoding of a video, against what its sources allow."""

from __future__ import annotations

from typing import Any

import pytest

from kernel.evaluation.base import Seen
from kernel.evaluation.clarity import FIDELITY, measure
from kernel.evaluation.scorecard import THRESHOLD, Part, Score
from kernel.worker.plan import EditPlan
from tests.kernel.evaluation.conftest import Look
from tests.kernel.evaluation.scenes import named
from tests.kernel.worker.scenes import cut, plan

HD: dict[str, Any] = {"width": 1920, "height": 1080}


def of(*more: dict[str, Any], source: dict[str, Any] = HD, **output: Any) -> EditPlan:
    """Return one clip of one source."""
    return plan([named("s1", **source)], cut("c1", "s1", 0, 10), *more, **{**HD, "quality": "good", **output})


def seen(look: Look, edit: EditPlan, brief: dict[str, Any] | None = None, **fidelity: Any) -> Seen:
    made = look(edit, brief)
    return Seen.model_validate({**made.model_dump(), "fidelity": {**FIDELITY, **fidelity}})


def part_of(score: Score, name: str) -> Part:
    return next(part for part in score.parts if part.name == name)


def test_a_video_as_clear_as_its_sources_passes_every_part(look: Look) -> None:
    score = measure(seen(look, of()))
    assert score.score == 1.0
    names = ["vmaf", "worst moments", "sharpness", "pixel format", "bitrate", "upscaling", "size"]
    assert [part.name for part in score.parts] == [*names, "frame rate", "even motion"]


def test_the_limits_of_the_standards_lie_at_the_threshold(look: Look) -> None:
    score = measure(seen(look, of(), vmaf=93.0, low=87.0))
    assert part_of(score, "vmaf").score == pytest.approx(THRESHOLD)
    assert part_of(score, "worst moments").score == pytest.approx(THRESHOLD)


@pytest.mark.parametrize(
    ("quality", "vmaf", "owner", "cure"),
    [
        ("draft", 90.0, "plan", "`good`"),
        ("good", 90.0, "plan", "`best`"),
        ("best", 90.0, "master", "more bits"),
        ("good", 60.0, "master", "make it anew"),
    ],
)
def test_who_mends_the_encoding_depends_on_why_it_is_bad(
    look: Look, quality: str, vmaf: float, owner: str, cure: str
) -> None:
    score = measure(seen(look, of(quality=quality), vmaf=vmaf, low=vmaf - 2))
    assert not score.passed
    assert score.owner == owner
    assert cure in score.instruction


def test_a_softer_file_than_planned_falls_short(look: Look) -> None:
    soft = {**FIDELITY["stretches"][0], "sharpness": 0.3}
    score = measure(seen(look, of(), stretches=[soft]))
    assert part_of(score, "sharpness").score < 0.3
    assert "softer than its source" in score.why


def test_soft_footage_is_said_and_not_held_against_the_cut(look: Look) -> None:
    soft = {**FIDELITY["stretches"][0], "sharpness": 0.2, "planned_sharpness": 0.2}
    score = measure(seen(look, of(), stretches=[soft]))
    assert score.passed
    assert "The footage itself is soft" in score.why
    small = measure(seen(look, of(source={"width": 360, "height": 288}, width=1280, height=720)))
    assert small.passed
    assert "only 360x288" in small.why


def test_a_deep_zoom_is_the_plans_to_mend_and_a_punch_in_is_fine(look: Look) -> None:
    assert measure(seen(look, of({"type": "zoom", "of": "c1", "scale": 1.3}))).passed
    score = measure(seen(look, of({"type": "zoom", "of": "c1", "scale": 1.8})))
    assert (score.passed, score.owner) == (False, "plan")
    assert "no nearer than 1.30" in score.instruction
    assert score.evidence


def test_a_size_beyond_the_footage_is_too_large(look: Look) -> None:
    score = measure(seen(look, of(source={"width": 1280, "height": 720})))
    assert part_of(score, "upscaling").score < THRESHOLD
    assert "short side to 720" in score.instruction


def test_a_small_export_of_large_footage_throws_detail_away(look: Look) -> None:
    edit = of(source={"width": 3840, "height": 2160}, width=854, height=480)
    score = measure(seen(look, edit))
    assert part_of(score, "size").score < 0.5
    assert "480 lines where 1080" in score.why
    assert measure(seen(look, edit, {"text": "480p is enough"})).passed
    assert measure(seen(look, of(width=1280, height=720))).passed


def test_fewer_frames_than_films_are_too_few(look: Look) -> None:
    score = measure(seen(look, of(rate={"num": 12, "den": 1})))
    assert part_of(score, "frame rate").score == 0.0
    slow = of(source={**HD, "rate": {"num": 12, "den": 1}}, rate={"num": 12, "den": 1})
    assert part_of(measure(seen(look, slow)), "frame rate").score == 1.0


@pytest.mark.parametrize(("own", "shown", "passes"), [(25, 30, False), (60, 30, True), (15, 30, True), (50, 25, True)])
def test_rates_that_do_not_fit_stutter(look: Look, own: int, shown: int, passes: bool) -> None:
    edit = of(source={**HD, "rate": {"num": own, "den": 1}}, rate={"num": shown, "den": 1})
    score = measure(seen(look, edit))
    assert score.passed is passes
    if not passes:
        assert f"{own}/1" in score.instruction


def test_a_mix_of_rates_is_no_fault_where_no_rate_fits_all(look: Look) -> None:
    sources = [named(f"s{n}", **HD, rate={"num": rate, "den": 1}) for n, rate in ((1, 30), (2, 25))]
    edit = plan(sources, cut("c1", "s1", 0, 6), cut("c2", "s2", 0, 4), **HD)
    assert part_of(measure(seen(look, edit)), "even motion").score == 1.0


def test_pixels_that_players_cannot_show_are_the_masters_to_mend(look: Look) -> None:
    score = measure(seen(look, of(), pixels="yuv444p"))
    assert (score.score, score.owner) == (0.0, "master")


def test_more_bits_than_the_platform_takes_are_too_many(look: Look) -> None:
    tall = of(width=1080, height=1920, platform="reels")
    assert measure(seen(look, tall, bitrate=20e6)).passed
    score = measure(seen(look, tall, bitrate=30e6))
    assert score.score == 0.0
    assert "Instagram Reels takes 25 Mbit/s" in score.why


def test_without_a_plan_the_file_itself_is_looked_at(look: Look) -> None:
    looks = [{"at": 1.0, "sharpness": 0.4, "blocking": 0.1}]
    facts = {**look().model_dump(), "sights": {"looks": looks}}
    fine = measure(Seen.model_validate(facts))
    assert [part.name for part in fine.parts] == ["blocking", "sharpness", "resolution"]
    assert fine.passed
    blurred = measure(Seen.model_validate({**facts, "sights": {"looks": [{**looks[0], "sharpness": 0.18}]}}))
    blocky = measure(Seen.model_validate({**facts, "sights": {"looks": [{**looks[0], "blocking": 0.5}]}}))
    small = measure(look(width=426, height=240))
    assert not any(score.passed for score in (blurred, blocky, small))


def test_sound_and_gifs_are_spared(look: Look) -> None:
    assert not measure(look(video_codec="")).applicable
    assert not measure(look(video_codec="gif")).applicable
