"""length: near enough, exactly, or explained."""

from __future__ import annotations

import pytest

from kernel.evaluation.length import length
from kernel.evaluation.scorecard import THRESHOLD
from kernel.worker.plan import EditPlan
from tests.kernel.evaluation.conftest import Look
from tests.kernel.evaluation.scenes import named
from tests.kernel.worker.scenes import cut, plan


@pytest.mark.parametrize(("lasts", "passes"), [(30.0, True), (31.5, True), (28.5, True), (31.6, False), (28.3, False)])
def test_five_per_cent_beside_the_length_still_pass(look: Look, lasts: float, passes: bool) -> None:
    assert length(look(brief={"length": 30.0}, duration=lasts)).passed is passes


@pytest.mark.parametrize(("frames", "passes"), [(0, True), (1, True), (2, False)])
def test_exactly_means_to_the_frame(look: Look, frames: int, passes: bool) -> None:
    seen = look(brief={"length": 10.0, "length_is_exact": True}, duration=10.0 + frames / 30)
    assert length(seen).passed is passes


def _noted(note: str) -> EditPlan:
    return plan([named("s1")], cut("c1", "s1", 0, 10)).model_copy(update={"note": note})


def test_a_shorter_cut_passes_just_so_when_the_plan_says_why(look: Look) -> None:
    found = length(look(_noted("It is shorter: there is only 10 s of speech."), brief={"length": 30.0}))
    assert found.part.score == THRESHOLD
    assert "only 10 s of speech" in found.part.shown


def test_a_note_about_something_else_excuses_nothing(look: Look) -> None:
    assert not length(look(_noted("The dog is cute."), brief={"length": 30.0})).passed


def test_a_note_excuses_no_cut_that_is_too_long(look: Look) -> None:
    found = length(look(_noted("There is only one take."), brief={"length": 5.0}))
    assert not found.passed
    assert "weakest clips" in found.instruction
