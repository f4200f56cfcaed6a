"""retention: the opening, the longest wait, the second half, and what a judgement may do."""

from __future__ import annotations

from typing import Any

import pytest

from kernel.evaluation.base import Seen
from kernel.evaluation.judgement import Judgement
from kernel.evaluation.retention import GOLDEN, judged, measure
from kernel.evaluation.scorecard import THRESHOLD, Part, Score
from kernel.worker.analysis.found import Sights
from kernel.worker.media import Inspection
from tests.kernel.evaluation.conftest import Look
from tests.kernel.evaluation.scenes import named
from tests.kernel.worker.scenes import cut, plan, words

IDLE = "Well, hello you all, nice to see you."
TITLE = {"type": "title", "id": "t1", "text": "Two cities", "clip": "c1", "length": 2.5}


def _part(score: Score, name: str) -> Part:
    return next(part for part in score.parts if part.name == name)


def _talk(look: Look, quiet: float, *more: dict[str, Any], text: str = "We made the town better.") -> Score:
    """Return the score of talk that begins after so many seconds."""
    spoken = words("s1", *((word, quiet + n * 0.5, quiet + n * 0.5 + 0.4) for n, word in enumerate(text.split())))
    whole = cut("c1", "s1", 0.0, quiet + 0.5 + len(text.split()) * 0.5)
    return measure(look(plan([named("s1", words=spoken)], whole, *more), brief={"kind": "dialogue", "text": ""}))


def test_a_voice_that_comes_at_once_hooks_and_one_that_lets_wait_does_not(look: Look) -> None:
    scores = [_part(_talk(look, quiet), "hook").score for quiet in (0.3, 1.0, 2.0, 3.0, 4.5)]
    assert scores[0] == 1.0
    assert scores[1] > THRESHOLD > scores[2]
    assert scores == sorted(scores, reverse=True)
    assert scores[-1] == 0.0


def test_a_title_may_come_before_the_voice(look: Look) -> None:
    assert _part(_talk(look, 4.0, TITLE), "hook").score == 1.0


def test_a_slow_opening_is_to_be_cut_away(look: Look) -> None:
    score = _talk(look, 3.0)
    assert (score.owner, score.passed) == ("selects", False)
    assert "cut away what comes before 0:03.0, where somebody speaks" in score.instruction
    assert score.evidence[0].start == 0.0


def _moving(look: Look, motion: list[float], faces: Any = (), **brief: Any) -> Part:
    """Return the hook of a montage of one source that moves so much in each second."""
    probe = {"kind": "video", "duration": 30.0, "size": 1, "container": "mp4", "bitrate": 1}
    made = plan([named("s1", faces=faces)], cut("c1", "s1", 0, 6), cut("c2", "s1", 12, 14))
    facts = {"s1": Inspection.model_validate({"probe": probe, "motion": motion})}
    seen = look(made, brief={"kind": "montage", **brief}).model_copy(update={"sources": facts})
    return _part(measure(seen), "hook")


def test_a_montage_opens_with_movement_or_a_face(look: Look) -> None:
    assert _moving(look, [0.02] * 30).score == 1.0
    assert _moving(look, [0.0] * 30).score == 0.0
    assert _moving(look, [0.0] * 3 + [0.02] * 27).shown == "the picture moves at 3.0 s"
    assert _moving(look, [0.0] * 30, [{"at": 0.5, "x": 0.5, "y": 0.5, "height": 0.3}]).score == 1.0
    assert _moving(look, [0.0] * 30, [{"at": 0.5, "x": 0.5, "y": 0.5, "height": 0.05}]).score == 0.0


def test_a_calm_film_may_open_calmly(look: Look) -> None:
    late = [0.0] * 3 + [0.02] * 27
    assert _moving(look, late).score < THRESHOLD < _moving(look, late, pace="slow").score


def test_an_opening_that_says_nothing_of_the_matter_is_marked_down_a_little(look: Look) -> None:
    rest = " And then the garden and the river and the garden and the river grew."
    vague, clear = (_part(_talk(look, 0.3, text=first + rest), "hook") for first in (IDLE, "The garden."))
    assert clear.score == 1.0
    assert THRESHOLD < vague.score < 1.0
    assert "no word of what it is about" in vague.shown


def _shots(look: Look, *lengths: float) -> Score:
    ends = [sum(lengths[: n + 1]) for n in range(len(lengths))]
    spans = [{"start": a, "end": b} for a, b in zip([0.0, *ends], ends, strict=False)]
    sights = Sights.model_validate({"shots": spans, "motion": [0.05] * 3})
    return measure(look(brief={"kind": "montage"}, duration=ends[-1]).model_copy(update={"sights": sights}))


@pytest.mark.parametrize(("longest", "scores"), [(6.0, 1.0), (7.5, THRESHOLD), (13.5, 0.0)])
def test_no_picture_may_stand_for_much_longer_than_others_of_its_kind(
    look: Look, longest: float, scores: float
) -> None:
    assert _part(_shots(look, 2.0, longest, 2.0), "pacing").score == pytest.approx(scores)


def test_a_title_that_comes_is_a_change_of_the_screen(look: Look) -> None:
    plain = plan([named("s1", duration=60.0)], cut("c1", "s1", 0, 30))
    titled = plan([named("s1", duration=60.0)], cut("c1", "s1", 0, 30), {**TITLE, "offset": 12.0, "length": 4.0})
    brief = {"kind": "dialogue"}
    assert _part(measure(look(plain, brief=brief)), "pacing").score == 0.0
    assert _part(measure(look(titled, brief=brief)), "pacing").value == pytest.approx(14.0)


def test_a_second_half_that_sags_is_told(look: Look) -> None:
    even = _shots(look, *[2.0] * 10)
    assert _part(even, "second half").score == 1.0
    sagging = _shots(look, *[0.7] * 12, 7.0, 1.4)
    assert _part(sagging, "second half").score < THRESHOLD
    assert "second half sags" in sagging.why


def test_without_a_picture_there_is_nothing_to_stay_for(look: Look) -> None:
    assert not measure(look(video_codec="")).applicable


def _score(value: float) -> Score:
    return measure(Seen.model_validate(GOLDEN)).model_copy(update={"score": value, "passed": value >= THRESHOLD})


@pytest.mark.parametrize("value", [0.0, 0.3, 0.79, THRESHOLD, 0.9, 1.0])
@pytest.mark.parametrize("judge", [0.0, 0.5, 1.0])
def test_a_judgement_alone_neither_passes_nor_fails(value: float, judge: float) -> None:
    found = judged(_score(value), judge, judge)
    assert (found.score >= THRESHOLD) is (value >= THRESHOLD)
    assert abs(found.score - value) <= 0.25 + 1e-9
    assert found.parts[-1].score == judge


def test_a_good_judgement_is_worth_more_than_a_bad_one() -> None:
    low, high = (judged(_score(0.9), judge, judge).score for judge in (0.2, 0.9))
    assert THRESHOLD <= low < high
    assert judged(_score(0.65), 1.0, 1.0, threshold=0.7).score < 0.7


def test_a_judgement_has_its_say_where_there_is_one() -> None:
    seen = Seen.model_validate(GOLDEN)
    view = Judgement.read({**Judgement.EXAMPLE, "hook": 0.4, "pacing": 0.2})
    found = measure(seen.model_copy(update={"judgement": view}))
    assert (found.score, found.passed) == (0.825, True)
    assert found.measured["a model on the pace"] == view.why_pacing
    unjudged = Judgement.read({**Judgement.EXAMPLE, "hook": None, "pacing": None})
    assert measure(seen.model_copy(update={"judgement": unjudged})).parts == measure(seen).parts
