"""What a scorecard finds wanting is mended in rounds: once, not at all, not allowed, and through a power cut."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.conftest import Footage
from tests.scenarios.stage import Stage, kill

PALE = "4 seconds, black captions"
"""Black letters on their dark outline: the first scorecard fails for it, and a ground mends it."""
ASKED_FOR = "4 seconds, big clean black captions"
"""The same, but a person asked for the style and the size as well: there is nothing left to mend it by."""
SEEN_AGAIN = {"plan": 2, "preview": 2, "master": 2, "scorecard": 2}


def edit(stage: Stage, clips: Footage, brief: str) -> tuple[str | Path, ...]:
    """Return the command."""
    return ("edit", clips.talk, clips.city, "--brief", brief, "--yes", "-o", stage.folder / "out.mp4")


def rounds(stage: Stage) -> list[dict[str, Any]]:
    """Return what was told of the rounds."""
    return [event.payload["round"] for event in stage.events("scored")]


def captions(stage: Stage) -> dict[str, str]:
    """Return how the captions of the plan look."""
    [found] = [op for op in stage.documents()["plan"].body["operations"] if op["type"] == "captions"]
    return {field: found[field] for field in ("style", "colour")}


@pytest.mark.timeout(400)
def test_what_failed_is_mended_in_one_round_though_the_power_fails_in_the_middle(clips: Footage, stage: Stage) -> None:
    process = stage.begin(*edit(stage, clips, PALE))
    stage.wait(lambda event: event.kind == "scored")
    kill(process)
    said = stage.run(*edit(stage, clips, PALE))
    assert said.status == 0, said.err
    first, last = rounds(stage)
    assert (first["passed"], last["passed"]) == (False, True)
    before, now = last["scores"]["captions"]
    assert before < 0.8 < now
    assert captions(stage) == {"style": "boxed", "colour": "#000000"}, "the colour that was asked for stays"
    versions = {step: kept.version for step, kept in stage.documents().items()}
    assert versions == {**versions, "captions": 2, **SEEN_AGAIN}
    with stage.store() as store:
        approvals = store.approvals.list(stage.job().id)
        asked = store.instructions.of(stage.job().id)
    assert [a.step for a in approvals] == ["preview", "scorecard"], "a person said yes to the cut once, and at the end"
    assert [(i.step, i.by) for i in asked] == [("captions", "metric")]
    assert "Round 1 of 2 sent captions back" in said.out
    assert "captions 0 -> 100" in said.out


@pytest.mark.timeout(400)
def test_what_a_person_asked_for_is_not_overruled_and_they_decide(clips: Footage, stage: Stage) -> None:
    said = stage.run(*edit(stage, clips, ASKED_FOR))
    assert said.status == 0, said.err
    assert captions(stage) == {"style": "clean", "colour": "#000000"}
    assert "Captions found nothing to change for it. Now you decide." in said.out
    assert stage.documents()["scorecard"].version == 1
    with stage.store() as store:
        assert store.goldens.list() == [], "a yes to what failed makes nothing golden"


@pytest.mark.timeout(400)
def test_with_no_rounds_allowed_a_person_decides_at_once(clips: Footage, stage: Stage) -> None:
    stage = replace(stage, environ={"RUSHES_ROUNDS": "0"})
    said = stage.run(*edit(stage, clips, PALE))
    assert said.status == 0, said.err
    assert "No rounds are allowed here. Now you decide." in said.out
    assert stage.documents()["captions"].version == 1
    assert not stage.documents()["scorecard"].body["passed"]
