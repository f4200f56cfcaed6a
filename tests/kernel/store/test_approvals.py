"""Approvals: bound to a hash, and decided once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Literal

from kernel.store import Store
from kernel.store.records import Approval, Job


def answer(
    job: Job, by: str, hash: str = "h", verdict: Literal["approved", "rejected", "kept"] = "approved"
) -> Approval:
    return Approval(job=job.id, step="preview", hash=hash, verdict=verdict, by=by, how="button")


def test_the_first_decision_stands(store: Store, job: Job) -> None:
    first = answer(job, "Ada")
    assert store.approvals.decide(first)
    assert not store.approvals.decide(answer(job, "Bo", verdict="rejected"))
    assert not store.approvals.decide(first)
    assert store.approvals.find(job.id, "preview", "h") == first


def test_a_decision_counts_for_its_hash_alone(store: Store, job: Job) -> None:
    store.approvals.decide(answer(job, "Ada", hash="v1"))
    assert store.approvals.find(job.id, "preview", "v2") is None
    assert store.approvals.decide(answer(job, "Ada", hash="v2"))
    assert [one.hash for one in store.approvals.list(job.id)] == ["v1", "v2"]


def test_of_many_who_decide_at_once_exactly_one_wins_every_time(store: Store, job: Job) -> None:
    def race(number: int) -> bool:
        verdict: Literal["approved", "rejected"] = "approved" if number % 2 else "rejected"
        return store.approvals.decide(answer(job, f"p{number}", hash=f"h{number // 4}", verdict=verdict))

    with ThreadPoolExecutor(8) as threads:
        won = list(threads.map(race, range(800)))
    winners = [sum(won[start : start + 4]) for start in range(0, 800, 4)]
    assert winners == [1] * 200
    assert len(store.approvals.list(job.id)) == 200
