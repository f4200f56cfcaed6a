"""judge: without a model nobody judges and nothing is drawn; what a model is shown is kept."""

from __future__ import annotations

from typing import Any

import pytest

from experts.edit.judge import EXPERT, understudy
from kernel.document import Document
from kernel.errors import BadDocument
from kernel.evaluation.base import Seen
from kernel.evaluation.judgement import NOBODY, Judgement
from kernel.evaluation.retention import GOLDEN, measure
from kernel.expert import Scene


def judged(**values: Any) -> Judgement:
    """Return the example with other values."""
    return Judgement.read({**Judgement.EXAMPLE, **values})


def test_the_understudy_hands_in_that_nobody_judged_and_no_number() -> None:
    made = Judgement.read(understudy(Scene(documents={})))
    assert not made.judged
    assert (made.hook, made.pacing, made.why_hook, made.why_pacing) == (None, None, NOBODY, NOBODY)
    documents: dict[str, Document] = {}
    assert made.problems(documents) == []


def test_a_judgement_that_nobody_made_changes_no_score_and_people_are_told() -> None:
    bare = measure(Seen.model_validate(GOLDEN))
    seen = measure(Seen.model_validate({**GOLDEN, "judgement": understudy(Scene(documents={}))}))
    assert seen.score == bare.score
    assert seen.parts == bare.parts
    assert seen.measured["a model on the opening"] == NOBODY
    assert "a model on the opening" not in bare.measured


@pytest.mark.parametrize(("hook", "pacing"), [(0.0, 0.0), (1.0, 1.0), (0.3, 0.9)])
def test_a_judgement_has_its_say_and_never_decides(hook: float, pacing: float) -> None:
    score = measure(Seen.model_validate({**GOLDEN, "judgement": judged(hook=hook, pacing=pacing)}))
    assert score.passed
    assert score.score >= score.threshold
    assert score.parts[-1].name == "judgement"
    assert score.measured["a model on the pace"] == Judgement.EXAMPLE["why_pacing"]


def test_half_a_judgement_is_none() -> None:
    score = measure(Seen.model_validate({**GOLDEN, "judgement": judged(pacing=None)}))
    assert "judgement" not in {part.name for part in score.parts}


@pytest.mark.parametrize("hook", [1.1, -0.1, "good"])
def test_a_number_beyond_the_anchors_is_refused(hook: object) -> None:
    with pytest.raises(BadDocument):
        judged(hook=hook)


def test_it_is_shown_pictures() -> None:
    assert EXPERT.shows is not None
