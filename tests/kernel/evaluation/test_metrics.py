"""Every metric keeps its promise: it tells its good example from its bad one, and says who mends what."""

from __future__ import annotations

import pytest

from kernel.evaluation import METRICS
from kernel.evaluation.base import Metric, Seen, ratio
from kernel.evaluation.scorecard import THRESHOLD

OWNERS = {"master", "selects", "plan", "captions", "sound", "titles"}
"""Steps of an edit that can mend something."""

each = pytest.mark.parametrize("metric", METRICS, ids=[metric.name for metric in METRICS])


@each
def test_the_golden_example_scores_one_and_asks_for_nothing(metric: Metric) -> None:
    score = metric.measure(Seen.model_validate(metric.golden))
    assert (score.score, score.passed, score.applicable) == (1.0, True, True)
    assert score.why
    assert not score.instruction


@each
def test_the_broken_example_scores_nothing_and_names_its_cure(metric: Metric) -> None:
    score = metric.measure(Seen.model_validate(metric.broken))
    assert (score.score, score.passed, score.applicable) == (0.0, False, True)
    assert score.why.endswith(".")
    assert score.instruction
    assert score.evidence


@each
def test_whoever_is_to_mend_is_a_step_of_the_pipeline(metric: Metric) -> None:
    score = metric.measure(Seen.model_validate(metric.broken))
    assert score.owner in OWNERS


@each
def test_a_score_goes_by_its_metrics_name_and_its_weakest_part(metric: Metric) -> None:
    score = metric.measure(Seen.model_validate(metric.broken))
    assert score.name == metric.name
    assert score.weakest is not None
    assert score.weakest.score == score.score


@each
def test_the_same_is_scored_the_same(metric: Metric) -> None:
    seen = Seen.model_validate(metric.broken)
    assert metric.measure(seen) == metric.measure(seen)


def test_values_beyond_the_anchors_are_clipped() -> None:
    assert [ratio(value, 4.0, 0.0) for value in (9.0, 4.0, 2.0, 0.0, -1.0)] == [0.0, 0.0, 0.5, 1.0, 1.0]


def test_names_are_used_once() -> None:
    assert len({metric.name for metric in METRICS}) == len(METRICS)
    assert 0 < THRESHOLD < 1
