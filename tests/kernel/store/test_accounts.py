"""Ledger, verdicts, events, logs and traces: what it cost and what happened."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest

from kernel.store import Store
from kernel.store.records import Charge, Event, Job, Level, Log, Span, Verdict

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_job_has_spent_the_sum_of_its_charges_each_counted_once(store: Store, job: Job) -> None:
    assert store.ledger.spent(job.id) == 0
    first = Charge(id="c1", job=job.id, model="m", prompt_tokens=10, usd=0.25)
    for charge in (first, first, Charge(id="c2", job=job.id, model="m", usd=0.5), Charge(id="c3", model="m", usd=9)):
        store.ledger.charge(charge)
    assert store.ledger.spent(job.id) == pytest.approx(0.75)
    assert [charge.id for charge in store.ledger.list(job.id)] == ["c1", "c2"]
    assert store.ledger.list(job.id)[0] == first


def test_verdicts_are_kept_with_their_why(store: Store, job: Job) -> None:
    verdict = Verdict(job=job.id, step="master", run="r", policy="budget", answer="deny", why="It is used up.")
    store.verdicts.add(verdict)
    store.verdicts.add(verdict)
    assert store.verdicts.list(job.id) == [verdict]


def test_an_event_is_kept_once_and_knows_its_place(store: Store, job: Job) -> None:
    first = store.events.append(Event(id="e1", job=job.id, kind="step_done", payload={"v": 1}))
    second = store.events.append(Event(id="e2", kind="approved"))
    assert store.events.append(Event(id="e1", kind="again")) == first < second
    assert [event.id for event in store.events.since(0)] == ["e1", "e2"]
    assert [event.id for event in store.events.since(first)] == ["e2"]
    assert [event.seq for event in store.events.since(0, job=job.id)] == [first]
    assert len(store.events.since(0, limit=1)) == 1


def test_a_follower_sees_every_event_of_eight_writers(store: Store) -> None:
    seen: list[int] = []

    def follow() -> None:
        seen.extend(event.seq for event in store.events.since(seen[-1] if seen else 0))

    with ThreadPoolExecutor(8) as threads:
        places = [threads.submit(store.events.append, Event(kind="progressed")) for _ in range(100)]
        while not all(place.done() for place in places):
            follow()
    follow()
    assert seen == sorted(place.result() for place in places)


def test_logs_are_read_by_how_serious_they_are(store: Store, job: Job) -> None:
    levels: tuple[Level, ...] = ("debug", "warning", "info", "error")
    for level in levels:
        store.logs.add(Log(job=job.id, level=level, message=f"{level} xapp-1", metadata={"n": 1}))
    assert [log.level for log in store.logs.list(job.id)] == list(levels)
    assert [log.message for log in store.logs.list(job.id, "warning")] == [
        "warning [secret]",
        "error [secret]",
    ]


def span(trace_id: str, span_id: str, after: float, job: str | None = None) -> Span:
    begun = NOON + timedelta(seconds=after)
    return Span(trace_id=trace_id, span_id=span_id, job=job, name="n", started=begun, ended=begun, attributes={"a": 1})


def test_spans_come_in_the_order_they_started_each_once(store: Store) -> None:
    late, early, other = span("t", "2", 9, "j"), span("t", "1", 1), span("u", "1", 5, "j")
    store.traces.add([late, early])
    store.traces.add([late, other])
    assert store.traces.list(trace_id="t") == [early, late]
    assert store.traces.list("j") == [other, late]


def test_times_come_back_aware_and_in_utc(store: Store) -> None:
    local = NOON.astimezone(timezone(timedelta(hours=9)))
    store.logs.add(Log(job="j", message="m", created=local))
    kept = store.logs.list("j")[0].created
    assert kept == NOON
    assert kept.utcoffset() == timedelta(0)
