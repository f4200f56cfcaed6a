"""Fetching: the files of a turn, and those of the places that it names, come here before the turn is handled.

Each file is one remembered act: after a crash it goes on from where it stood, and what is here is not fetched again.
What cannot come is told once, with what to do; the turn is handled all the same.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from bot.commands import read_command
from kernel.chat import Memory
from kernel.document import Value
from kernel.engine import STOPPED
from kernel.errors import Away, Busy, Cancelled, PersonError, RushesError, TryAgain
from kernel.fetch import FETCHERS, Fetcher, links_in, mentions, part, without_mentions
from kernel.fetch.base import Row
from kernel.fetch.kinds import check_kind
from kernel.fetch.part import WINDOW, Errand, forget
from kernel.fetch.words import how_long
from kernel.retry import AWAY, PARK, persist
from kernel.services import Services
from kernel.settings import Settings
from kernel.store import Store
from kernel.store.records import Event, Turn

T = TypeVar("T")
Maker = Callable[[Settings, Store], Fetcher]
"""Makes a fetcher; asked when the first file of its kind comes."""

LOOK = 1.0
"""Seconds between two looks whether somebody said stop."""
KEPT = 3 * 86_400.0
"""Seconds for which half a file is kept that nobody goes on with."""
LONGEST = 3600.0
"""Seconds for which a server that asks to wait is waited for, in all, before a file is refused."""
DOZE = 0.2
HALTED = "did not come, because you said stop: drop it here once more when you want it."


class Brought(Value):
    """What came of the files of a turn."""

    arrived: tuple[str, ...] = ()
    """Names."""
    refused: tuple[str, ...] = ()
    """Why, a sentence each."""

    def all_said(self, turn: Turn) -> bool:
        """Say whether nothing is left to be answered: no words, and nothing that arrived."""
        return bool(self.refused) and not self.arrived and not without_mentions(turn.text)


class _Halted(RushesError):
    """A person said stop while a file came."""


class Fetching:
    """Brings in what turns name."""

    def __init__(
        self,
        services: Services,
        makers: Mapping[str, Maker],
        window: float = WINDOW,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._services = services
        self._window = window
        self._clock = clock
        self._makers = {**{kind: _of_kernel(kind) for kind in FETCHERS}, **makers}
        self._made: dict[str, Fetcher] = {}

    def take_in(self, turn: Turn, memory: Memory) -> Brought:
        """Fetch what is not here yet, and tell of each file once; what people have on this machine is here already."""
        rows = [row for row in turn.files if "from" in row]
        if turn.kind == "message" and mentions(turn.text):
            rows += memory.remember("places", lambda: self._named(turn))
        if above := turn.payload.get("above"):
            rows += memory.remember("above", lambda: self._above(turn, above))
        told = [self._remembered(turn, row, memory) for row in rows]
        return Brought(
            arrived=tuple(row["arrived"] for row in told if "arrived" in row),
            refused=tuple(row["refused"] for row in told if "refused" in row),
        )

    def _remembered(self, turn: Turn, row: Row, memory: Memory) -> dict[str, str]:
        return memory.remember(f"file {row['id']}", lambda: self._brought(turn, row))

    def _named(self, turn: Turn) -> list[Row]:
        """Return the files of the places that a turn names; a place that cannot be looked into is refused."""
        rows = links_in(turn.text, self._services.settings, turn.id)
        return [file for row in rows for file in ([row] if "refused" in row else self._listed(turn, row))]

    def _above(self, turn: Turn, row: Row) -> list[Row]:
        """Return the files of the message that a thread hangs on, beneath which somebody called for the bot."""
        return [file for file in self._listed(turn, row) if "refused" not in file]

    def _listed(self, turn: Turn, row: Row) -> Sequence[Row]:
        try:
            return self._persist(turn, row, lambda: self._fetcher(row).files(row), lambda: 0)
        except (PersonError, TryAgain, _Halted) as error:
            return [{**row, "refused": _sentence(error, row)}]

    def _brought(self, turn: Turn, row: Row) -> dict[str, str]:
        """Fetch one file, and keep the event that tells of it."""
        try:
            if "refused" in row:
                return self._refused(turn, row, row["refused"])
            size = self._fetched(turn, row)
        except (PersonError, TryAgain, _Halted, OSError) as error:
            return self._refused(turn, row, _sentence(error, row))
        self._tell(turn, row, "file_arrived", f"{turn.id}:file:{row['id']}:arrived", size=size)
        return {"arrived": row["name"]}

    def _fetched(self, turn: Turn, row: Row) -> int:
        if not row.get("unnamed"):
            check_kind(row["name"], row.get("mimetype", ""))
        most, check = self._services.settings.max_source_bytes, self._check(turn)
        errand = Errand(row["name"], Path(row["path"]), most, check=check, window=self._window)
        if errand.path.is_file() and row["from"] != "folder":
            return errand.path.stat().st_size
        try:
            return self._persist(turn, row, lambda: self._fetcher(row).fetch(row, errand), lambda: errand.here)
        except TryAgain:
            forget(errand)
            raise

    def _persist(self, turn: Turn, row: Row, act: Callable[[], T], moved: Callable[[], int]) -> T:
        """Do it, again where that helps; where a server asks to wait for long, say so and wait."""
        sleep, left = self._sleep(turn), LONGEST
        while True:
            try:
                return persist(act, moved, sleep=sleep)
            except Busy as busy:
                wait = busy.retry_after or 0.0
                if not PARK < wait <= left:
                    raise
                left -= wait
                self._tell(turn, row, "file_waits", f"{turn.id}:file:{row['id']}:waits", why=f"{busy} {_on(wait)}")
                sleep(wait)

    def _fetcher(self, row: Row) -> Fetcher:
        kind = row["from"]
        if kind not in self._made:
            services = self._services
            self._made[kind] = self._makers[kind](services.settings, services.store)
        return self._made[kind]

    def _refused(self, turn: Turn, row: Row, why: str) -> dict[str, str]:
        # A place that may not be fetched from is refused once in a conversation, however often it is named.
        once = f"{turn.conversation}:place" if "path" not in row else f"{turn.id}:file"
        self._tell(turn, row, "file_refused", f"{once}:{row['id']}:refused", why=why)
        return {"refused": why}

    def _tell(self, turn: Turn, row: Row, kind: str, id: str, **more: Any) -> None:
        store = self._services.store
        file: dict[str, Any] = {name: row[name] for name in ("name", "id", "from", "path", "above") if name in row}

        def told() -> None:
            job = store.conversations.get(turn.conversation).job
            payload = {**file, **more, "turn": turn.id}
            store.events.append(Event(id=id, job=job, conversation=turn.conversation, kind=kind, payload=payload))

        persist(told, lambda: 0, tries=AWAY)

    def _check(self, turn: Turn) -> Callable[[], None]:
        return _Check(self._services, turn, self._clock)

    def _sleep(self, turn: Turn) -> Callable[[float], None]:
        check, clock = self._check(turn), self._clock

        def sleep(seconds: float) -> None:
            until = clock() + seconds
            while (left := until - clock()) > 0:
                check()
                time.sleep(min(DOZE, left))

        return sleep


class _Check:
    """Looks, while a file comes, whether to stop: the engine may end, and so may a person's patience."""

    def __init__(self, services: Services, turn: Turn, clock: Callable[[], float]) -> None:
        self._services = services
        self._turn = turn
        self._clock = clock
        self._work = services.engine.current() or ""
        self._next = clock() + LOOK

    def __call__(self) -> None:
        """Go on: also where the database, which would know better, is away.

        Raises:
            Cancelled: the engine stops; the file goes on at its next start.
        """
        with suppress(TryAgain):
            self._look()

    def _look(self) -> None:
        if self._work and self._services.engine.cancelled(self._work):
            raise Cancelled(STOPPED)
        if self._clock() < self._next:
            return
        self._next = self._clock() + LOOK
        if any(map(says_stop, self._later())):
            raise _Halted(HALTED)

    def _later(self) -> list[Turn]:
        """Return the turns that came after the one that is handled."""
        turns = self._services.store.turns.pending(self._turn.conversation)
        numbers = [number for number, turn in enumerate(turns) if turn.id == self._turn.id]
        return turns[numbers[0] + 1 :] if numbers else []


def says_stop(turn: Turn) -> bool:
    """Say whether a turn stops what is under way, by its button or its words."""
    if turn.kind == "button":
        return turn.payload.get("command", {}).get("name") in ("pause", "cancel")
    command = read_command(turn.text, frozenset()) if turn.kind == "message" else None
    return command is not None and command.name in ("pause", "cancel")


def sweep(services: Services) -> int:
    """Throw away what came of files that nobody waits for any more; return how many those were."""
    waiting = services.store.turns.unanswered("slack")
    wanted = {Path(file["path"]) for turn in waiting for file in turn.files}
    return part.sweep(services.settings.data / "incoming", KEPT, wanted)


def _of_kernel(kind: str) -> Maker:
    return lambda settings, _: FETCHERS[kind](settings)


def _on(seconds: float) -> str:
    return f"I go on by myself in {how_long(seconds)}: say `stop` where you would rather not wait for it."


def _sentence(error: Exception, row: Row) -> str:
    """Say why a file did not come, and what to do."""
    if isinstance(error, _Halted):
        return f"{row['name']} {error}"
    if isinstance(error, OSError):
        return f"I cannot write {row['name']} to my disk: ask whoever runs me to look after it, then drop it again."
    if isinstance(error, Away):
        return f"I could not reach my own records while {row['name']} came: drop it here once more."
    if isinstance(error, Busy) and (error.retry_after or 0.0) > PARK:
        return f"{error} Drop it here once more in {how_long(error.retry_after or 0.0)}."
    if isinstance(error, TryAgain):
        return f"{error} I tried again and again: drop it here once more, or at another time."
    return str(error)
