"""Selecting: what the words of failed scores make of the cut: its pace, its pauses, its opening."""

from __future__ import annotations

import pytest

from experts.edit.brief import Brief
from experts.edit.changes import Timed, amended
from experts.edit.cures import Note, changes_of
from kernel.evaluation.base import Seen
from kernel.evaluation.punchiness import BROKEN
from kernel.evaluation.punchiness import measure as punchiness
from kernel.evaluation.retention import measure as retention
from tests.experts.edit.house import SELECTS, made, pictures, played


def test_what_punchiness_says_of_pace_and_pauses_is_done() -> None:
    score = punchiness(Seen.model_validate({**BROKEN, "brief": {"kind": "montage"}}))
    assert "Let the picture change" in score.instruction
    (paced,) = changes_of([Note(score.instruction, None, True)], Brief(text="30 seconds"))
    assert amended(Brief(text="30 seconds"), [paced]).pace == "fast"
    silent = punchiness(Seen.model_validate({**BROKEN, "brief": {"kind": "montage"}, "sights": None}))
    (tighter,) = changes_of([Note(silent.instruction, None, True)], Brief(text="30 seconds"))
    assert tighter.timed == (Timed(20.0, 32.0, "tighten"),)


@pytest.mark.parametrize(("quiet", "timed"), [(3.0, (Timed(0.0, 3.0, "drop"),))])
def test_what_retention_says_of_the_opening_is_done(quiet: float, timed: tuple[Timed, ...]) -> None:
    speech = {"speech": [{"start": quiet, "end": 9.0}]}
    shots = {"shots": [{"start": 0.0, "end": 5.0}, {"start": 5.0, "end": 10.0}]}
    body = {**BROKEN, "measured": {**BROKEN["measured"], "duration": 10.0, "silent": []}}
    score = retention(Seen.model_validate({**body, "brief": {"kind": "dialogue"}, "sights": shots, "sounds": speech}))
    (change,) = changes_of([Note(score.instruction, None, True)], Brief(text="30 seconds"))
    assert change.timed == timed


def test_a_lone_picture_is_halved_for_a_person_and_never_for_a_score() -> None:
    documents = played([pictures("s1", [4.0])], "the best of it")
    selects = documents["selects"]
    wish = ("The opening is slow: begin later.",)
    kept = made(SELECTS["montage"], documents, *wish, measured=(True,))
    assert kept.body()["selects"] == selects.body()["selects"]
    shorter = made(SELECTS["montage"], documents, "make the opening shorter")
    assert shorter.body()["selects"] != selects.body()["selects"]
