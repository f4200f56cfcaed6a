"""punchiness: each part by itself: where it is fair, where it fails, and what is said then."""

from __future__ import annotations

import math
from typing import Any

import pytest

from kernel.evaluation.base import Seen
from kernel.evaluation.punchiness import GOLDEN, beats_of, measure
from kernel.evaluation.scorecard import THRESHOLD, Part, Score
from kernel.worker.analysis.found import Sights
from tests.kernel.evaluation.conftest import Look
from tests.kernel.evaluation.scenes import named
from tests.kernel.worker.scenes import cut, plan, said, words

BEATS = [n * 0.5 for n in range(60)]
MUSIC = named("s3", "audio", beats=BEATS)


def _part(score: Score, name: str) -> Part:
    return next(part for part in score.parts if part.name == name)


def _parts(score: Score) -> set[str]:
    return {part.name for part in score.parts}


def _shots(look: Look, *ends: float, **brief: Any) -> Score:
    spans = [{"start": a, "end": b} for a, b in zip([0.0, *ends], ends, strict=False)]
    seen = look(brief=brief, duration=ends[-1], sound_duration=ends[-1])
    return measure(seen.model_copy(update={"sights": Sights.model_validate({"shots": spans})}))


@pytest.mark.parametrize(
    ("kind", "length", "scores"),
    [
        ("montage", 2.0, 1.0),
        ("montage", 3.0 * math.sqrt(2), THRESHOLD),
        ("montage", 12.0, 0.2),
        ("montage", 0.5, THRESHOLD),
        ("dialogue", 6.0, 1.0),
        ("dialogue", 12.0, 0.6),
    ],
)
def test_the_pace_goes_by_the_kind_of_video(look: Look, kind: str, length: float, scores: float) -> None:
    found = _shots(look, *(length * (n + 1) for n in range(6)), kind=kind)
    assert _part(found, "pace").score == pytest.approx(scores, abs=0.01)


def test_what_is_shorter_than_two_shots_needs_no_cut(look: Look) -> None:
    assert _part(_shots(look, 5.9, kind="montage"), "pace").score == 1.0
    assert _part(_shots(look, 11.9, kind="dialogue"), "pace").score == 1.0
    assert _part(_shots(look, 12.1, kind="dialogue"), "pace").score < THRESHOLD


def test_a_cut_that_drags_is_told_where_and_what_to_do(look: Look) -> None:
    found = _shots(look, 2.0, 30.0, 32.0, kind="montage")
    assert found.owner == "selects"
    assert "0:02.0-0:30.0" in found.instruction
    assert found.evidence[0].what == "the longest shot"


def _pause(look: Look, seconds: float, kind: str = "dialogue") -> Part:
    seen = look(brief={"kind": kind}, silent=[{"start": 3.0, "end": 3.0 + seconds}])
    return _part(measure(seen), "dead air")


def test_a_pause_counts_from_what_the_kind_allows(look: Look) -> None:
    assert _pause(look, 0.4).score == 1.0
    assert _pause(look, 1.0).score == pytest.approx(THRESHOLD)
    assert _pause(look, 3.0).score == 0.0
    assert _pause(look, 1.4).score < THRESHOLD < _pause(look, 1.4, "montage").score


def test_dead_air_goes_to_the_plan_with_its_times(look: Look) -> None:
    score = measure(look(brief={"kind": "dialogue"}, silent=[{"start": 3.0, "end": 6.0}]))
    assert score.owner == "plan"
    assert "tighten" in score.instruction
    assert "0:03.0-0:06.0" in score.instruction


def _montage(look: Look, late: float, cuts: int = 8, beats: Any = BEATS, start: float = 0.0) -> Seen:
    """Return a montage whose cuts lie so many seconds after a beat of the music, the first half of them at least."""
    lengths = [1.0 + late, *(1.0 for _ in range(cuts))]
    spans = [cut(f"c{n}", "s1", 3.0 * n, 3.0 * n + length) for n, length in enumerate(lengths)]
    music = {"type": "music", "source": "s3", "start": start}
    return look(plan([named("s1", duration=60.0), named("s3", "audio", beats=beats)], *spans, music))


@pytest.mark.parametrize(("late", "scores"), [(0.0, 1.0), (0.06, 1.0), (0.1, 0.0), (0.25, 0.0)])
def test_a_cut_lies_on_a_beat_within_seventy_milliseconds(look: Look, late: float, scores: float) -> None:
    assert _part(measure(_montage(look, late)), "on the beat").score == scores


def test_where_the_music_begins_later_in_its_file_its_beats_move_with_it(look: Look) -> None:
    seen = _montage(look, 0.0, start=0.2)
    assert beats_of(seen)[:2] == pytest.approx((0.3, 0.8))
    assert _part(measure(seen), "on the beat").score == 0.0
    assert _part(measure(_montage(look, 0.3, start=0.2)), "on the beat").score == 1.0


def test_a_share_that_chance_would_bring_scores_nothing(look: Look) -> None:
    quick = [n * 0.4 for n in range(60)]
    spans = [cut(f"c{n}", "s1", 3.0 * n, 3.0 * n + 1.2 + 1 / 30) for n in range(13)]
    music = {"type": "music", "source": "s3"}
    made = plan([named("s1", duration=60.0), named("s3", "audio", beats=quick)], *spans, music)
    found = _part(measure(look(made)), "on the beat")
    assert found.broken == pytest.approx(0.35)
    assert found.score < 0.15


def test_talk_and_music_without_a_beat_are_not_held_to_it(look: Look) -> None:
    assert "on the beat" not in _parts(measure(_montage(look, 0.2, beats=[])))
    assert "on the beat" not in _parts(measure(_montage(look, 0.2, cuts=1)))
    talking = _montage(look, 0.2).model_copy(update={"brief": {"kind": "dialogue"}})
    assert "on the beat" not in _parts(measure(talking))


def test_a_sentence_that_is_cut_off_fails(look: Look) -> None:
    text = "We made it better than it ever was, and then we showed it to the town."
    spoken = words("s1", *((word, 1 + n * 0.4, 1.38 + n * 0.4) for n, word in enumerate(text.split())))
    whole = measure(look(plan([named("s1", words=spoken)], said("c1", "s1", 0, 15))))
    broken = measure(look(plan([named("s1", words=spoken)], said("c1", "s1", 0, 11))))
    assert _part(whole, "sentence ends").score == 1.0
    assert _part(broken, "sentence ends").score == 0.0
    assert 'after "then we showed"' in broken.instruction


def test_pictures_that_come_twice_fail_unless_the_plan_says_why(look: Look) -> None:
    made = plan([named("s1")], *(cut(f"c{n}", "s1", 2.0, 4.0) for n in range(4)))
    assert _part(measure(look(made)), "repeats").score == 0.0
    told = made.model_copy(update={"note": "The pictures are fewer than the voice is long, so some come twice."})
    assert _part(measure(look(told)), "repeats").score == THRESHOLD


def test_the_length_is_a_part_of_it(look: Look) -> None:
    assert _part(measure(look(brief={"length": 10.0})), "length").score == 1.0
    assert "length" not in _parts(measure(look(brief={"length": None})))


def test_only_the_golden_length_is_called_as_asked(look: Look) -> None:
    note = "It is shorter: there is no more to see."
    made = plan([named("s1")], *(cut(f"c{n}", "s1", 3 * n, 3 * n + 2) for n in range(4)))
    short = measure(look(made.model_copy(update={"note": note}), brief={"length": 12.0}))
    assert short.passed
    assert "shorter than asked, and the plan says why" in short.why


def test_neither_picture_nor_sound_leaves_nothing_to_judge(look: Look) -> None:
    assert not measure(look(video_codec="", audio_codec="")).applicable


def test_its_facts_name_the_profile() -> None:
    assert (
        measure(Seen.model_validate(GOLDEN)).measured["profile"]
        == "a montage for the web (the brief asks for a montage)"
    )
