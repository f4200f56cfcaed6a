"""A stage for tests of what is posted: the small room, in a thread of the stand-in for Slack, and the presenter."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from bot.surfaces.slack.clients import Clients
from bot.surfaces.slack.fill import fill
from bot.surfaces.slack.presenter import CURSOR, Presenter
from kernel.liveness import Locks
from kernel.settings import Settings
from kernel.store.records import Event, Post, Run, Turn, new_id
from tests.bot.room import Room
from tests.fakes.slack.server import FakeSlack
from tests.fakes.slack.things import Channel, Posted

SCALE = 0.02
"""Seconds here for one of Slack's."""


@dataclass
class Stage(Room):
    """The small room, whose conversation is a thread in Slack."""

    slack: FakeSlack = field(kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.ann = self.slack.person("ann")
        self.videos: Channel = self.slack.channel("videos", members=[self.ann])
        self.here = self.thread()

    @property
    def settings(self) -> Settings:
        given = {"RUSHES_DATA": str(self.folder / "data"), "RUSHES_MODEL": self.model, "RUSHES_WEAK_BOX": "true"}
        return Settings.read({**given, **self.slack.environ(), **self.more})

    more: dict[str, str] = field(default_factory=dict, kw_only=True)
    """Further settings."""

    def thread(self) -> str:
        """Begin a thread, and return the id of its conversation."""
        self.root: Posted = self.ann.says(self.videos, "<@BOT> a talk")
        address = f"{self.slack.team.id}:{self.videos.id}:{self.root.ts}"
        return self.store.conversations.ensure("slack", address)

    def turn(self, text: str, files: Any = (), **more: Any) -> Turn:
        place = {"team": self.slack.team.id, "channel": self.videos.id, "ts": self.root.ts, "thread_ts": self.root.ts}
        given = {"surface": "slack", "author": self.ann.id, "payload": {"place": place, "settings": {}}}
        return super().turn(text, files, **{**given, **more})

    def tells(self, text: str, **payload: Any) -> Event:
        """Let the bot say something in the thread."""
        said = {"text": text, "turn": "t", "of": "message", **payload}
        event = Event(id=new_id(), conversation=self.here, kind="said", payload=said)
        self.store.events.append(event)
        return event

    def tells_all(self, *texts: str) -> None:
        """Let the bot say several things."""
        for text in texts:
            self.tells(text)

    def fills(self) -> list[Post]:
        """Fill the outbox as the presenter would, and return what is new in it."""
        before = {row.id for row in self.posts()}
        filled = fill(self.office, self.store.posts.cursor(CURSOR))
        self.store.posts.add(filled.posts, CURSOR, filled.seq)
        return [row for row in self.posts() if row.id not in before]

    def happens(self, kind: str, step: str = "", /, **payload: Any) -> Event:
        """Let something happen in the job."""
        event = Event(job=self.job.id, conversation=self.here, kind=kind, step=step, payload=payload)
        self.store.events.append(event)
        return event

    def run(self, step: str) -> Run:
        """Return a run of a step that is under way."""
        return Run(id=new_id(), job=self.job.id, step=step, walk="w")

    def posts(self, *kinds: str) -> list[Post]:
        """Return the rows of the outbox of the conversation."""
        return self.store.posts.list(self.here, *kinds)

    def seen(self) -> list[Posted]:
        """Return what people see in the thread, but its root."""
        return self.slack.thread(self.root)[1:]

    def texts(self) -> list[str]:
        """Return the words of what people see in the thread."""
        return [posted.text for posted in self.seen()]

    def sent(self, count: int = 0, seconds: float = 10.0) -> list[str]:
        """Wait until all is sent that is to be sent, at least so much of it, and return the texts of the thread."""

        def done() -> bool:
            rows = self.posts()
            return len(rows) >= count and all(row.status not in ("waiting", "sending") for row in rows)

        until(done, seconds, lambda: [(row.id, row.status, row.error) for row in self.posts()])
        return self.texts()


def until(done: Callable[[], object], seconds: float = 10.0, told: Callable[[], object] = str) -> None:
    """Wait until something is so; fail with what is told where it is not so in time."""
    end, never = time.monotonic() + seconds, threading.Event()
    while not done():
        assert time.monotonic() < end, told()
        never.wait(0.02)


class Presenting:
    """A presenter that runs in a thread of its own, as it does beside the listeners."""

    def __init__(self, room: Room, speed: float = 1 / SCALE, locks: Locks | None = None) -> None:
        self._presenter = Presenter(room.office, Clients(room.settings, room.store), speed, locks)
        self._thread = threading.Thread(target=self._run, name="presenting", daemon=True)
        self._begun = threading.Event()
        self._failed: BaseException | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        self._begun.wait(5)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()
        if self._failed and error is None:
            raise self._failed

    def end(self, seconds: float = 15.0) -> None:
        """End it as a process does that is told to."""
        with suppress(RuntimeError):  # it has ended already
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(seconds)
        assert not self._thread.is_alive(), "it did not stop"

    def _run(self) -> None:
        try:
            asyncio.run(self._present())
        except BaseException as error:  # noqa: BLE001  told where the test waits
            self._failed = error
            self._begun.set()

    async def _present(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._begun.set()
        await self._presenter.run(self._stop)
