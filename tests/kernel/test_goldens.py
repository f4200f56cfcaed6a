"""Goldens: kept with the yes that makes them, once, and shown to the experts of later jobs that are alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from kernel.document import Document
from kernel.examples import Examples, Kin, Tag
from kernel.goldens import shown
from kernel.messages import Reply, Request
from kernel.pipeline import Pipeline
from kernel.store.records import Job
from tests.kernel.house import TEMPLATE, House, no, well, yes


def tag(documents: Mapping[str, Document]) -> Tag | None:
    """Take a talk for golden unless its wish is dull."""
    brief = documents["brief"].body()
    return None if brief["wish"] == "dull" else Tag(profile=brief["kind"], brand="acme", scores={"captions": 0.9})


def kin(documents: Mapping[str, Document]) -> Kin:
    """Say what kind of work it is, as far as the brief is read."""
    return Kin(profile=documents["brief"].body()["kind"], brand="acme") if "brief" in documents else Kin()


def show(step: str, documents: Mapping[str, Document]) -> str:
    """Show the wish and the title to the plan alone."""
    return f"golden: {documents['brief'].body()['wish']}" if step == "plan" else ""


class Golden(House):
    """A house that keeps examples."""

    def pipeline(self) -> Pipeline:
        """Return the house's pipeline with examples."""
        (self.folder / "prompts" / "generic.j2").write_text(TEMPLATE + "\n{{ golden }}")
        return replace(super().pipeline(), examples=Examples("master", "brief", tag, kin, show))

    def accepted(self, id: str, wish: str = "short") -> Job:
        """Take a job to its end."""
        job = self.open(id * 32, brief={"wish": wish, "kind": "talk"})
        self.run_all(job, f"{id}1")
        self.approve(job, f"{id}2")
        self.ended(f"{id}2")
        return job


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Golden]:
    """A house that keeps examples."""
    built = Golden(tmp_path)
    yield built
    built.close()


def test_a_yes_to_what_passed_keeps_it_as_golden_with_all_that_it_is(house: Golden) -> None:
    job = house.accepted("a")
    [golden] = house.store.goldens.list()
    assert (golden.job, golden.profile, golden.brand, golden.approved_by) == (job.id, "talk", "acme", "ann")
    assert golden.hash == house.kept(job, "master").hash
    assert golden.documents["plan"] == house.kept(job, "plan").hash
    assert golden.scores == {"captions": 0.9}
    assert golden.brief["wish"] == "short"


def test_a_yes_said_twice_keeps_it_once(house: Golden) -> None:
    job = house.open()
    house.run_all(job, "w1")
    answer = yes(house.kept(job, "master"))
    for walk in ("w2", "w3"):
        house.jobs.answer(job, answer, walk)
    assert len(house.store.goldens.list()) == 1


def test_a_no_keeps_nothing_nor_does_a_yes_to_what_is_not_good_enough(house: Golden) -> None:
    job = house.open()
    house.run_all(job, "w1")
    house.jobs.answer(job, no(house.kept(job, "master")), "w2")
    house.accepted("d", wish="dull")
    assert house.store.goldens.list() == []


def test_later_jobs_are_shown_it_where_their_experts_have_use_for_it(house: Golden) -> None:
    prompts: dict[str, str] = {}

    def heard(request: Request) -> Reply:
        prompts[request.expert] = request.system
        return well(request)

    house.accepted("a", wish="the first")
    house.lines["cut.plan"].append(heard)
    house.lines["cut.titles"].append(heard)
    house.accepted("b")
    assert "golden: the first" in prompts["cut.plan"]
    assert "golden:" not in prompts["cut.titles"]


def test_a_job_is_shown_the_same_ones_for_its_whole_life(house: Golden) -> None:
    early = house.open("e" * 32)
    house.accepted("a")
    late = house.open("f" * 32)
    step = house.pipeline().step("plan")
    documents = {"brief": house.pipeline().step("brief").document.read({"wish": "short", "kind": "talk"})}
    pipeline = house.services.pipelines["cut"]
    assert shown(house.store, pipeline, step, early, documents) == ()
    assert shown(house.store, pipeline, step, late, documents) == ("golden: short",)
    assert shown(house.store, pipeline, step, late, {}) == (), "nothing is known of it yet"
