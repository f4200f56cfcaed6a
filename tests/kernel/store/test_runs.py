"""Runs and their attempts."""

from __future__ import annotations

import pytest

from kernel.errors import NotFound
from kernel.store import Store
from kernel.store.records import Job, Run


@pytest.fixture
def run(store: Store, job: Job) -> Run:
    begun = Run(id="r1", job=job.id, step="plan", walk="w", inputs={"brief": "b"}, attempts_limit=3)
    store.runs.begin(begun)
    return begun


def test_a_run_is_begun_once(store: Store, job: Job, run: Run) -> None:
    store.runs.begin(run.model_copy(update={"step": "log"}))
    assert store.runs.list(job.id) == [run]
    assert store.runs.get("r1") == run


def test_attempts_are_kept_in_their_order_also_when_a_restart_counts_anew(store: Store, run: Run) -> None:
    store.runs.attempt("r1", 1, "no answer", "Traceback ...", 0.5)
    store.runs.attempt("r1", 1, "no answer with sk-verysecretkey", None, 0.25)
    store.runs.attempt("r1", 2, None, None, 1.5)
    tries = store.runs.attempts("r1")
    assert [(one.number, one.seconds) for one in tries] == [(1, 0.5), (1, 0.25), (2, 1.5)]
    assert tries[0].stack == "Traceback ..."
    assert tries[1].error == "no answer with [secret]"


def test_a_run_that_failed_keeps_why_and_what_was_made_so_far(store: Store, run: Run) -> None:
    store.runs.end("r1", "failed", None, "The model never ended.", "Traceback xapp-1-a", '{"half": 1}')
    ended = store.runs.get("r1")
    assert (ended.status, ended.error, ended.stack) == ("failed", "The model never ended.", "Traceback [secret]")
    assert ended.draft == '{"half": 1}'
    assert ended.ended is not None
    assert ended.ended >= run.created


def test_a_run_that_made_its_document_stays_done(store: Store, run: Run) -> None:
    store.runs.end("r1", "done", "h")
    store.runs.end("r1", "cancelled", None, "Ada said stop")
    assert (store.runs.get("r1").status, store.runs.get("r1").document_hash) == ("done", "h")


def test_active_runs_are_those_that_have_not_ended(store: Store, job: Job, run: Run) -> None:
    second = Run(id="r2", job=job.id, step="log")
    store.runs.begin(second)
    assert store.runs.active(job.id) == [run, second]
    store.runs.end("r1", "failed", None, "no")
    assert store.runs.active(job.id) == [second]
    assert [one.id for one in store.runs.list(job.id)] == ["r2", "r1"]
    assert [one.id for one in store.runs.list(job.id, "plan")] == ["r1"]


def test_an_unknown_run_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound):
        store.runs.get("r9")
