"""`rushes slack` as a process: it starts, says what is missing, keeps a worker, and ends when it is told to."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from bot.app import build
from bot.surfaces.slack.doors import Socket
from bot.surfaces.slack.serve import Options, Serving, address, require
from bot.surfaces.slack.worker import Worker
from kernel.engine import InlineEngine
from kernel.errors import RushesError, SetUp
from kernel.settings import Settings
from tests.bot.surfaces.slack.room import SlackRoom
from tests.fakes.slack.server import FakeSlack

ROOT = Path(__file__).resolve().parents[4]
HERE = ("127.0.0.1", 3000)
TOKENS = {"RUSHES_SLACK_BOT_TOKEN": "xoxb-1", "RUSHES_SLACK_APP_TOKEN": "xapp-1"}


def until(true: Callable[[], object], seconds: float = 30.0) -> object:
    """Wait until something is so."""
    end, never = time.monotonic() + seconds, threading.Event()
    while not (found := true()):
        assert time.monotonic() < end, "it never came so"
        never.wait(0.05)
    return found


class Running:
    """A process of the command line, and what it says."""

    def __init__(self, variables: dict[str, str], *arguments: str) -> None:
        given = {**os.environ, "PYTHONPATH": str(ROOT), **variables}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            env=given,
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines += self.process.stdout

    def says(self, words: str) -> object:
        """Wait for words."""
        return until(lambda: words in "".join(self.lines))

    def ended(self, seconds: float = 20.0) -> int:
        """Wait for its end, and return its status."""
        status = self.process.wait(seconds)
        self._reader.join(10)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return status

    @property
    def children(self) -> list[int]:
        """The processes that it started."""
        try:
            text = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        except OSError:
            return []
        return [int(pid) for pid in text.split()]


@contextmanager
def running(variables: dict[str, str], *arguments: str) -> Iterator[Running]:
    """Run a process until the end of the block."""
    found = Running(variables, *arguments)
    try:
        yield found
    finally:
        if found.process.poll() is None:
            found.process.kill()
            found.ended()


def alive(pid: int) -> bool:
    """Say whether a process runs."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def served(variables: dict[str, str], options: Options) -> None:
    """Serve in this process, until it ends by itself."""
    app = build(Settings.read(variables), engine=InlineEngine(), providers={})
    try:
        asyncio.run(Serving(app, options, lambda line: None).until(asyncio.Event()))
    finally:
        app.__exit__()


def settings(folder: Path, **variables: str) -> Settings:
    """Return settings."""
    return Settings.read({"RUSHES_DATA": str(folder), **variables})


@pytest.mark.parametrize(
    ("variables", "options", "words"),
    [
        ({}, Options(), "RUSHES_SLACK_BOT_TOKEN"),
        ({"RUSHES_SLACK_BOT_TOKEN": "xoxb-1"}, Options(), "RUSHES_SLACK_APP_TOKEN"),
        (TOKENS, Options(http=HERE), "RUSHES_SLACK_SIGNING_SECRET"),
        ({**TOKENS, "RUSHES_PUBLIC_URL": "https://bot.example"}, Options(), "nothing serves them.*--pages HOST:PORT"),
        (TOKENS, Options(pages=HERE), "RUSHES_PUBLIC_URL"),
        ({**TOKENS, "RUSHES_SLACK_SIGNING_SECRET": "s"}, Options(http=HERE, pages=HERE), "leave --pages out"),
    ],
)
def test_what_is_not_set_is_named(tmp_path: Path, variables: dict[str, str], options: Options, words: str) -> None:
    with pytest.raises(SetUp, match=words):
        require(settings(tmp_path, **variables), options)


def test_all_that_is_set_is_enough(tmp_path: Path) -> None:
    require(settings(tmp_path, **TOKENS), Options())
    require(settings(tmp_path, **TOKENS, RUSHES_SLACK_SIGNING_SECRET="s"), Options(http=HERE))
    require(settings(tmp_path, **TOKENS, RUSHES_PUBLIC_URL="https://bot.example"), Options(pages=HERE))


def test_an_address_is_a_host_and_a_port() -> None:
    assert address("0.0.0.0:3000") == ("0.0.0.0", 3000)
    assert address("[::1]:3000") == ("::1", 3000)
    for wrong in ("3000", "host:", ":3000", "host:http", "host:70000"):
        with pytest.raises(SetUp, match="HOST:PORT"):
            address(wrong)


@pytest.mark.parametrize("kind", ["BOT", "APP"])
def test_a_token_that_slack_does_not_know_is_one_sentence(tmp_path: Path, kind: str) -> None:
    with FakeSlack() as slack:
        given = {**slack.environ(), "RUSHES_DATA": str(tmp_path), f"RUSHES_SLACK_{kind}_TOKEN": "xoxb-of-nobody"}
        with pytest.raises(SetUp, match=f"RUSHES_SLACK_{kind}_TOKEN"):
            served(given, Options(works=False))


def test_a_slack_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SetUp, match="cannot be reached"):
        served({**TOKENS, "RUSHES_DATA": str(tmp_path), "RUSHES_SLACK_API_URL": "http://127.0.0.1:9/"}, Options())


def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    with FakeSlack() as slack, socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SetUp, match=f"Nobody can listen at 127.0.0.1:{port}"):
            served({**slack.environ(), "RUSHES_DATA": str(tmp_path)}, Options(http=("127.0.0.1", port), works=False))


def test_the_whole_listens_works_and_ends_when_told_to(tmp_path: Path) -> None:
    with FakeSlack() as slack:
        ann = slack.person("ann")
        videos = slack.channel("videos", members=[ann])
        given = {**slack.environ(), "RUSHES_DATA": str(tmp_path), "RUSHES_WEAK_BOX": "true"}
        with running(given, "slack") as process:
            process.says("Listening in acme over a socket.")
            process.says("This process works on turns, steps, renders, timers.")
            brief = ann.says(videos, "<@BOT> what do you need from me?")
            slack.wait(lambda: len(slack.thread(brief)) > 1, 30)
            [first] = process.children
            os.kill(first, signal.SIGKILL)
            process.says("it is started again")
            until(lambda: process.children not in ([], [first]))
            [second] = process.children
            process.process.terminate()
            began = time.monotonic()
            assert process.ended() == 0
            assert time.monotonic() - began < 11
            until(lambda: not alive(second))
        assert slack.problems == []


def _opened_again(room: SlackRoom, before: int) -> bool:
    return room.slack.sockets.opened > before and room.slack.sockets.count > 0


def test_a_cut_socket_is_opened_again_soon(tmp_path: Path) -> None:
    with SlackRoom(tmp_path, slack=FakeSlack()) as room:
        for _ in range(3):
            before = room.slack.sockets.opened
            room.slack.cut_socket()
            began = time.monotonic()
            room.wait(partial(_opened_again, room, before))
            assert time.monotonic() - began < 5
        room.slack.disconnect("warning")
        brief = room.drops()
        room.conversation(brief)


def test_a_connection_that_stays_dead_ends_the_process(tmp_path: Path) -> None:
    with SlackRoom(tmp_path, slack=FakeSlack()) as room:
        bolt_door = room.surface.serving.door
        assert isinstance(bolt_door, Socket)
        bolt_door.dead = 2.0
        room.slack.disconnect("link_disabled")
        with pytest.raises(AssertionError, match="surface ended"):
            room.wait(lambda: False)
        assert isinstance(room.surface.error, RushesError)
        assert "nothing is lost" in str(room.surface.error)


def test_a_worker_that_keeps_dying_is_started_ever_more_rarely(tmp_path: Path) -> None:
    told: list[str] = []

    async def whole() -> None:
        stop = asyncio.Event()
        worker = Worker(told.append, (sys.executable, "-c", "raise SystemExit(3)"), first=0.1)
        running_ = asyncio.create_task(worker.run(stop))
        while len(told) < 3:
            await asyncio.sleep(0.02)
        stop.set()
        await running_

    asyncio.run(asyncio.wait_for(whole(), 30))
    assert [line for line in told if "(status 3)" in line] == told
