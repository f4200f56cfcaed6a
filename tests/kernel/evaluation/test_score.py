"""score: gates first, then the mean of what applies."""

from __future__ import annotations

from typing import Any

import pytest

from kernel.evaluation import score, total
from kernel.evaluation.base import timecode
from kernel.evaluation.scorecard import Score, Scorecard
from kernel.evaluation.text import text
from kernel.worker.analysis.found import Sights
from tests.kernel.evaluation.conftest import Look
from tests.kernel.evaluation.scenes import named
from tests.kernel.worker.scenes import cut, plan

EDIT = plan([named("s1")], *(cut(f"c{n}", "s1", 3 * n, 3 * n + 2) for n in range(5)), {"type": "loudness"})
THIRTY = {"num": 30, "den": 1}


def test_a_faultless_render_gets_it_all(look: Look) -> None:
    card = score(look(EDIT))
    assert (card.total, card.passed, card.failed) == (1.0, True, ())
    assert card.facts == "320x180, 30 fps, 0:10.0, h264 and aac, 1.0 MB"


@pytest.mark.parametrize(
    ("gate", "fault"),
    [
        ("plays to the end", {"faults": ["corrupt frame"]}),
        ("plays to the end", {"sound_duration": 9.5}),
        ("plays to the end", {"duration": 0.0, "sound_duration": 0.0}),
        ("streams as planned", {"audio_codec": ""}),
        ("streams as planned", {"video_codec": ""}),
        ("streams as planned", {"height": 182}),
        ("streams as planned", {"rate": {"num": 25, "den": 1}}),
        ("streams as planned", {"rate": THIRTY, "variable_rate": True}),
        ("exact frames", {"frames": 299}),
    ],
)
def test_a_gate_that_fails_leaves_nothing(look: Look, gate: str, fault: dict[str, Any]) -> None:
    card = score(look(EDIT, **fault))
    assert [found.name for found in card.gates if not found.passed] == [gate]
    assert (card.total, card.passed) == (0.0, False)


def test_a_metric_that_fails_is_named_first_the_worst(look: Look) -> None:
    card = score(look(EDIT, brief={"length": 11.0}, loudness=-20.0))
    assert [failed.name for failed in card.failed] == ["watchability", "punchiness"]
    assert not card.passed
    assert 0 < card.total < 1


def test_what_does_not_apply_counts_for_nothing() -> None:
    def scored(value: float, weight: float = 1.0, applicable: bool = True) -> Score:
        plain = Score(name="x", score=value, passed=True, why="", owner="plan")
        return plain.model_copy(update={"weight": weight, "applicable": applicable})

    assert total((), (scored(1.0), scored(0.0, applicable=False))) == 1.0
    assert total((), (scored(1.0, 3.0), scored(0.0))) == 0.75
    assert total((), ()) == 1.0


def test_a_file_without_a_plan_is_scored_by_what_holds_for_any(look: Look) -> None:
    card = score(look())
    assert card.passed
    assert [found.name for found in card.scores if found.applicable] == ["clarity", "punchiness", "watchability"]


def test_a_scorecard_is_kept_and_opened_again(look: Look) -> None:
    card = score(look(EDIT))
    assert Scorecard.open(card.body(), 1) == card
    assert Scorecard.read(Scorecard.EXAMPLE).total == 1.0


def test_the_terminal_shows_what_failed_and_how_to_mend_it(look: Look) -> None:
    said = text(score(look(EDIT, loudness=-20.0)))
    assert said.startswith("Score ")
    assert "✗ watchability" in said
    assert "loudness: -20.0 LUFS (wanted: -14 LUFS ±1)" in said
    assert "to mend: sound:" in said
    assert "- captions" in said


@pytest.mark.parametrize(("seconds", "code"), [(0, "0:00.0"), (59.96, "1:00.0"), (62.5, "1:02.5"), (3600, "60:00.0")])
def test_time_codes_are_minutes_and_seconds(seconds: float, code: str) -> None:
    assert timecode(seconds) == code


def test_a_card_says_that_a_long_video_was_sampled(look: Look) -> None:
    short, long = (look(EDIT).model_copy(update={"sights": Sights(every=every)}) for every in (1.0, 120.0))
    assert score(long).facts.endswith("so long that one still in 120 s was looked at")
    assert score(short).facts == score(look(EDIT)).facts
