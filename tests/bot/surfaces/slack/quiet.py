"""A room in which what people do is kept, and nobody works until the test says so."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event as Flag

from kernel.engine import InlineEngine
from kernel.store.records import Turn
from tests.bot.surfaces.slack.room import SlackRoom
from tests.fakes.slack.delivery import Delivery
from tests.fakes.slack.things import Posted


class Quiet(SlackRoom):
    """The room; `deliveries` is all that Slack sent to the bot, `brief` the root of the thread that was begun."""

    brief: Posted

    def __init__(self, folder: Path, *, http: bool = False) -> None:
        super().__init__(folder, engine=InlineEngine(), http=http)
        self.deliveries: list[Delivery] = []
        self._known: set[str] = set()

    def watched(self) -> None:
        """Note from now on what Slack sends."""
        road = self._road = self.slack.world.transports[-1]

        def tap(delivery: Delivery) -> None:
            self.deliveries.append(delivery)
            road(delivery)

        self.slack.world.transports.append(tap)

    def again(self, delivery: Delivery, times: int = 1) -> None:
        """Send something that was sent already, and wait until it is taken."""
        copies = [replace(delivery, over=Flag(), why_lost="", attempts=0, told=None) for _ in range(times)]
        for copy in copies:
            self._road(copy)
        for copy in copies:
            copy.wait()

    def turns(self, count: int) -> list[Turn]:
        """Wait for so many turns of people that nobody handled yet, and return all of those, in their order."""
        self.wait(lambda: len(self._waiting()) >= count)
        return self._waiting()

    def news(self, count: int) -> list[Turn]:
        """Wait for so many turns that were not asked for yet, and return them."""
        self.wait(lambda: len(self._news()) >= count)
        found = self._news()
        self._known |= {turn.id for turn in found}
        return found

    def _news(self) -> list[Turn]:
        return [turn for turn in self._waiting() if turn.id not in self._known]

    def _waiting(self) -> list[Turn]:
        return [turn for turn in self.store.turns.unanswered("slack", 10_000) if turn.kind != "event"]

    def works(self) -> None:
        """Have the footage there that was dropped, and do all that was begun."""
        for turn in self._waiting():
            for file in turn.files:
                Path(file["path"]).parent.mkdir(parents=True, exist_ok=True)
                Path(file["path"]).write_bytes(b"pictures")
        assert isinstance(self.engine, InlineEngine)
        self.wait(lambda: all(self.engine.outcome(f"turn-{turn.id}") for turn in self._waiting()))
        self.engine.drain()

    def begun(self) -> Posted:
        """Bring a job to its first gate; return the message that its thread hangs on."""
        self.brief = self.drops()
        self.turns(1)
        self.works()
        return self.brief

    @contextmanager
    def full(self) -> Iterator[None]:
        """Let no turn be kept for a while: the store refuses."""
        with closing(sqlite3.connect(self.settings.data / "rushes.sqlite", isolation_level=None, timeout=10)) as own:
            own.execute("CREATE TRIGGER full BEFORE INSERT ON turns BEGIN SELECT RAISE(ABORT, 'no room'); END")
            yield
            own.execute("DROP TRIGGER full")
