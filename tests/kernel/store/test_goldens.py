"""Golden renders: kept in one transaction with the yes, found again by likeness."""

from __future__ import annotations

from datetime import timedelta

from kernel.store import Store
from kernel.store.records import Approval, Golden, Job, now


def golden(store: Store, name: str, **values: object) -> Golden:
    """Keep a golden render of a job of its own."""
    job = store.jobs.create(Job(id=name * 32, pipeline="edit", title=name))
    made = Golden.model_validate(
        {"job": job.id, "pipeline": "edit", "step": "scorecard", "hash": f"h{name}", "profile": "ad", **values}
    )
    yes = Approval(job=job.id, step="scorecard", hash=made.hash, verdict="approved", by="ann")
    assert store.approvals.decide(yes, made)
    return made


def nearest(store: Store, brand: str = "", asker: str = "", limit: int = 2) -> list[str]:
    """Return the jobs of the nearest ads, by their first letters."""
    later = now() + timedelta(seconds=1)
    return [found.job[0] for found in store.goldens.nearest("edit", "ad", brand, asker, later, limit)]


def test_it_comes_back_as_it_was_kept(store: Store) -> None:
    made = golden(store, "a", scores={"captions": 0.9}, documents={"plan": "p"}, brief={"text": "ü"}, brand="acme")
    assert store.goldens.list() == [made]
    assert store.goldens.list("montage") == []


def test_a_second_yes_to_the_same_keeps_no_second_one(store: Store) -> None:
    made = golden(store, "a")
    again = Approval(job=made.job, step="scorecard", hash=made.hash, verdict="approved", by="bob")
    assert not store.approvals.decide(again, made.model_copy(update={"approved_by": "bob"}))
    assert [found.approved_by for found in store.goldens.list()] == [""]


def test_the_same_brand_comes_before_the_same_asker_and_both_before_the_newest(store: Store) -> None:
    golden(store, "a", brand="acme")
    golden(store, "b", asker="ann")
    golden(store, "c", brand="acme", asker="ann")
    golden(store, "d")
    assert nearest(store, "acme", "ann", 4) == ["c", "a", "b", "d"]
    assert nearest(store, "acme", "ann") == ["c", "a"]


def test_another_profile_or_another_pipeline_is_never_near(store: Store) -> None:
    golden(store, "a", profile="montage")
    golden(store, "b", pipeline="strategy")
    assert nearest(store) == []


def test_each_job_is_near_once_by_its_newest(store: Store) -> None:
    first = golden(store, "a")
    second = first.model_copy(update={"hash": "other"})
    yes = Approval(job=first.job, step="scorecard", hash="other", verdict="approved", by="ann")
    store.approvals.decide(yes, second)
    found = store.goldens.nearest("edit", "ad", "", "", now() + timedelta(seconds=1), 2)
    assert [each.hash for each in found] == ["other"]


def test_what_became_golden_later_is_not_near(store: Store) -> None:
    before = now()
    golden(store, "a")
    assert store.goldens.nearest("edit", "ad", "", "", before, 2) == []
