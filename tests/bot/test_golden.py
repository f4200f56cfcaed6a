"""`rushes golden`: a list for people, and a data set."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import golden
from kernel.errors import BadInput
from kernel.store import Store
from kernel.store.records import Approval, Asset, Golden, Job, NewDocument
from kernel.worker.plan import EditPlan
from tests.databases import ready


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with nothing in it."""
    opened = Store.open(ready(f"sqlite:///{tmp_path}/rushes.sqlite"))
    yield opened
    opened.close()


def kept(store: Store, id: str, text: str) -> None:
    """Keep a golden render of a job."""
    job = store.jobs.create(Job(id=id * 32, pipeline="edit", title=text, asker="bob"))
    plan = EditPlan.read(EditPlan.EXAMPLE)
    store.assets.keep(Asset(job=job.id, hash="f" * 64, role="raw_footage", name="a.mp4", url="/a", size=1, source="s1"))
    store.documents.keep(
        NewDocument(
            job=job.id, step="plan", hash=plan.digest, schema="EditPlan", schema_version=plan.VERSION,
            body=plan.body(), input_hash="i", run=f"{id}-run",
        )
    )  # fmt: skip
    yes = Approval(job=job.id, step="scorecard", hash="h", verdict="approved", by="ann")
    made = Golden(
        job=job.id, pipeline="edit", step="scorecard", hash="h", documents={"plan": plan.digest}, brief={"text": text},
        scores={"captions": 0.9, "clarity": 0.97}, profile="talking head", asker="bob", approved_by="ann",
    )  # fmt: skip
    store.approvals.decide(yes, made)


def test_without_any_it_says_when_there_will_be_one(store: Store, tmp_path: Path) -> None:
    assert golden.listed(store).startswith("There is no golden render yet: one is kept when")
    assert golden.exported(store, tmp_path / "set").endswith("Nothing was written.")
    assert not (tmp_path / "set").exists()


def test_each_has_a_line_with_its_weakest_score_and_what_was_asked_for(store: Store) -> None:
    kept(store, "a", "30 seconds,\n vertical")
    kept(store, "b", "a talk")
    second, first = golden.listed(store).splitlines()
    assert second.startswith("bbbbbbbb")
    assert "talking head" in first
    assert "lowest 90 (captions)" in first
    assert first.endswith("30 seconds, vertical")


def test_the_data_set_holds_plan_sources_scores_and_brief_a_line_each(store: Store, tmp_path: Path) -> None:
    kept(store, "a", "ü")
    kept(store, "b", "a talk")
    said = golden.exported(store, tmp_path / "set")
    assert said.startswith("2 golden renders written to ")
    first, second = map(json.loads, (tmp_path / "set" / "goldens.jsonl").read_text(encoding="utf-8").splitlines())
    assert first["brief"] == {"text": "ü"}
    assert first["sources"] == [{"id": "s1", "hash": "f" * 64, "role": "raw_footage"}]
    assert EditPlan.open(first["plan"], first["plan_version"]) == EditPlan.read(EditPlan.EXAMPLE)
    assert second["scores"] == {"captions": 0.9, "clarity": 0.97}
    words = (tmp_path / "set" / "README.md").read_text()
    assert all(f"`{field}`" in words for field in first), "every field is explained"
    assert golden.exported(store, tmp_path / "set") == said, "again it writes the same"


def test_a_folder_that_cannot_be_written_is_named(store: Store, tmp_path: Path) -> None:
    kept(store, "a", "x")
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="file cannot be written"):
        golden.exported(store, tmp_path / "file")
