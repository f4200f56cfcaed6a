"""The offline director plays an expert's understudy through the same loop and tools as a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from kernel.errors import NotFound
from kernel.expert import Expert, Scene
from kernel.jobs import Scope
from kernel.messages import Request, said
from kernel.pipeline import Step
from kernel.providers.offline import SIGNATURE, Offline, document_part, spoken
from kernel.store.records import Job
from tests.kernel.house import Brief, House


def log(scene: Scene) -> Mapping[str, Any]:
    """Log the brief's own words, and after a note the note's."""
    brief = scene.documents["brief"]
    assert isinstance(brief, Brief)
    words = scene.instructions[-1] if scene.instructions else brief.wish
    return {"kind": brief.kind, "lines": [{"id": "a", "text": words}], "confidence": 0.4}


def nothing(scene: Scene) -> Mapping[str, Any]:
    """Make what breaks the rules."""
    return {**log(scene), "lines": []}


def played(house: House, understudy: Any) -> Job:
    """Have the log played by an understudy."""
    job = house.open()
    step: Step = house.jobs.pipeline(job).step("log")
    assert isinstance(step.made_by, Expert)
    part = document_part(replace(step.made_by, understudy=understudy), {"brief": Brief})
    offline = Offline({"cut.log": part})
    house.lines["cut.log"].extend([offline.ask] * 8)
    house.jobs.run_step(job, "log", "w1")
    house.ended("w1")
    return job


def test_an_understudy_writes_hands_in_and_ends_like_any_expert(house: House) -> None:
    job = played(house, log)
    kept = house.kept(job, "log")
    assert kept.body["lines"] == [{"id": "a", "text": "short"}]
    assert (kept.confidence, kept.model) == (0.4, "offline")
    assert house.asked["cut.log"] == 2


def test_it_says_what_it_is(house: House) -> None:
    job = played(house, log)
    said_first = house.store.messages.list(house.store.runs.list(job.id, "log")[0].id)[0]
    assert SIGNATURE in said_first.parts[0]["text"]


def test_it_hears_the_instructions_of_a_rerun(house: House) -> None:
    job = played(house, log)
    house.jobs.rerun(job, "log", "louder", Scope(), "ann", "n1", refresh=False)
    house.ended("n1")
    assert house.kept(job, "log").body["lines"][0]["text"] == "louder"


def test_an_understudy_that_breaks_the_rules_fails_in_a_sentence_and_is_not_asked_again(house: House) -> None:
    job = played(house, nothing)
    [run] = house.store.runs.list(job.id, "log")
    assert run.error == (f"The {SIGNATURE} cannot make a valid Log: Not handed in. There is no line in the log.")
    assert house.asked["cut.log"] == 3


def test_an_expert_without_a_part_is_told_with_what_to_do() -> None:
    request = Request(model="offline", system="", messages=(said("user", "Go."),), expert="cut.grade")
    with pytest.raises(NotFound, match=r"cut\.grade has no understudy: set a model key to run it"):
        Offline({}).ask(request)
    assert Offline({"cut.grade": lambda asked: spoken("Hello.")}).ask(request).message.text == "Hello."
