"""How soon Slack is told that something arrived: 500 events in ten seconds, nearly a third of them twice, over a real
socket to a real `rushes slack`, with 50 jobs under way in its store and a worker that answers what comes in; and how
soon it hears again after its socket was cut."""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from kernel.store import Store
from kernel.store.records import Event, Job, Run
from tests.bench.report import Line
from tests.fakes.slack.delivery import Delivery
from tests.fakes.slack.people import Person
from tests.fakes.slack.server import FakeSlack
from tests.fakes.slack.things import Channel, Posted

JOBS = 50
EVENTS = 500
SECONDS = 10.0
TWICE = 0.3
"""Of all events, how many are second deliveries."""
PROGRESS = 20
"""Events of progress that workers write each second."""
ACK_MS = 300.0
"""Within which 99 of 100 are to be acknowledged (the goal of this product; Slack itself waits for three seconds)."""
CUTS = 5
RECONNECTED = 10.0
"""Seconds within which a cut socket is replaced by another (the goal of this product)."""
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Office:
    """Somebody who talks in the threads of 50 jobs."""

    slack: FakeSlack
    store: Store
    ann: Person
    threads: tuple[Posted, ...]


def lines() -> Iterator[Line]:
    """Yield how long acknowledging takes, and what was lost or kept twice."""
    with TemporaryDirectory() as folder, FakeSlack() as slack:
        data = Path(folder)
        store = Store.open(f"sqlite:///{data / 'rushes.sqlite'}")
        ann = slack.person("ann")
        office = Office(slack, store, ann, tuple(_begun(slack, ann)))
        for number, thread in enumerate(office.threads):
            _under_way(store, slack, thread, number)
        with _process(slack, data, "slack", "--no-work"), _process(slack, data, "work"):
            slack.wait(lambda: slack.sockets.count, 60)
            with _progress(store):
                sent = _storm(office)
                took = [each.took or 0.0 for each in sent if _arrived(each)]
            yield from _figures(office, sent, sorted(took))
            yield _reconnecting(office)
        store.close()


def _begun(slack: FakeSlack, ann: Person) -> Iterator[Posted]:
    for number in range(10):
        channel: Channel = slack.channel(f"videos-{number}", members=[ann])
        for _ in range(JOBS // 10):
            yield ann.says(channel, "<@BOT> a video")


def _under_way(store: Store, slack: FakeSlack, thread: Posted, number: int) -> None:
    """Keep a job whose preview is being rendered."""
    here = store.conversations.ensure("slack", f"{slack.team.id}:{thread.channel}:{thread.ts}")
    job = Job(pipeline="edit", title=f"Video {number}", asker="U1", surface="slack", conversation=here)
    store.jobs.create(job)
    store.conversations.set_job(here, job.id)
    store.runs.begin(Run(job=job.id, step="preview", walk="w"))


def _storm(office: Office) -> list[Delivery]:
    """Have people write in all threads, and Slack deliver some of it again; return all that was delivered."""
    chance, sent = random.Random(5), list[Delivery]()
    begin = time.monotonic()
    for number in range(EVENTS):
        _until(begin + number * SECONDS / EVENTS)
        if sent and chance.random() < TWICE:
            sent.append(_again(office, chance.choice(sent)))
            continue
        office.ann.replies(office.threads[number % JOBS], f"status of {number}, please")
        sent.append(office.slack.world.deliveries[-1])
    return sent


def _again(office: Office, first: Delivery) -> Delivery:
    copy = replace(first, over=threading.Event(), why_lost="", attempts=0, took=None)
    return office.slack.world.deliver(copy)


def _until(moment: float) -> None:
    if (left := moment - time.monotonic()) > 0:
        time.sleep(left)


def _arrived(delivery: Delivery) -> bool:
    delivery.over.wait(30)
    return delivery.over.is_set() and not delivery.why_lost


def _figures(office: Office, sent: list[Delivery], took: list[float]) -> Iterator[Line]:
    ids = {f"slack:{each.team}:{each.payload['event']['channel']}:{each.payload['event']['ts']}" for each in sent}
    kept = [
        turn.id for c in office.store.conversations.begun("slack", "", 1000) for turn in office.store.turns.list(c.id)
    ]
    again = sum(each.attempts > 1 for each in sent)
    milliseconds = [1000 * each for each in took]
    note = f"{len(sent)} events in {SECONDS:.0f} s, {len(sent) - len(ids)} of them second deliveries; {JOBS} jobs"
    yield Line("acknowledged, half of them within", statistics.median(milliseconds), unit=" ms", note=note)
    yield Line("acknowledged, 99 of 100 within", milliseconds[int(0.99 * len(took))], ACK_MS, " ms")
    yield Line("acknowledged, the slowest within", milliseconds[-1], 3000.0, " ms")
    yield Line("events lost", float(len(ids - set(kept)) + len(sent) - len(took)), 0.0)
    yield Line("events kept twice", float(len(kept) - len(set(kept))), 0.0)
    yield Line("delivered again because no answer came in time", float(again), 0.0)


def _reconnecting(office: Office) -> Line:
    """Cut the socket again and again, with something said meanwhile; return how long the slowest took to be heard."""
    took = sorted(_heard_again(office, number) for number in range(CUTS))
    note = f"{CUTS} cuts without a farewell, each with something said meanwhile; median {statistics.median(took):.1f} s"
    return Line("heard after the socket was cut, the slowest within", took[-1], RECONNECTED, " s", note=note)


def _heard_again(office: Office, number: int) -> float:
    office.slack.cut_socket()
    begin = time.monotonic()
    office.ann.replies(office.threads[number], f"is anybody there? {number}")
    assert _arrived(office.slack.world.deliveries[-1])
    return time.monotonic() - begin


@contextmanager
def _progress(store: Store) -> Iterator[None]:
    """Write what workers write of 50 jobs, until the end of the block."""
    stop, numbers = threading.Event(), count()
    jobs = store.jobs.list()

    def write() -> None:
        while not stop.wait(1 / PROGRESS):
            number = next(numbers)
            job = jobs[number % len(jobs)]
            told = {"share": (number % 100) / 100, "doing": "frames", "left": 60.0}
            store.events.append(
                Event(job=job.id, conversation=job.conversation, kind="progressed", step="preview", payload=told)
            )

    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@contextmanager
def _process(slack: FakeSlack, data: Path, *arguments: str) -> Iterator[None]:
    """Run a command of Rushes' own until the end of the block; wait until it has begun."""
    variables = {**os.environ, **slack.environ(), "RUSHES_DATA": str(data), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "bot", *arguments]
    with subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        try:
            yield
        finally:
            process.terminate()
            process.wait(20)
