"""The presenter: the only one who posts. What happened becomes rows of the outbox; the poster and the cards send them.

    events ─► fill ─► posts ─► poster ─► Slack         in one transaction with how far the events were read
                └───► touched jobs ─► cards ─► Slack   one live card each, edited in place

One process presents; others wait for its lock and go on where it was.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from bot.office import Office
from bot.surfaces.slack.cards import Cards
from bot.surfaces.slack.clients import Clients
from bot.surfaces.slack.fill import LIMIT, SURFACE, Filled, fill
from bot.surfaces.slack.pace import Clock, Limits
from bot.surfaces.slack.poster import Poster
from bot.surfaces.slack.threads import Threads
from kernel.errors import TryAgain
from kernel.liveness import Lock, Locks, locks_of

NAME = "slack-presenter"
"""The lock's name."""
CURSOR = SURFACE
"""What the follower of the events is called."""
PAUSE = 0.25
"""Seconds between two looks for what happened."""
ROUND = 1.0
"""Seconds between two tries to become the one who presents."""
CHECK = 5.0
"""Seconds between two looks whether we still are."""
OVERLAP = 3 * CHECK
"""Seconds for which another one may go on after its lock was lost: until it looks, and what it began is at its end."""
log = logging.getLogger("rushes.slack")


class Presenter:
    """Presents all jobs of a database in Slack.

    Args:
        speed: how much faster its own waits pass, for tests; what Slack says in seconds is always waited whole.
        locks: where the one who presents is decided; beside the database by default.
    """

    def __init__(self, office: Office, clients: Clients, speed: float = 1.0, locks: Locks | None = None) -> None:
        self._office = office
        self._store = office.services.store
        self._clients = clients
        self._speed = speed
        self._carded: set[str] = set()
        """Jobs that have their card."""
        self._locks = locks or locks_of(office.services.settings.database_url)

    async def run(self, stop: asyncio.Event) -> None:
        """Present until told to stop; what is on its way then gets a moment."""
        threads = Threads("slack-presenter")
        try:
            while not stop.is_set():
                lock = await self._taken(stop, threads)
                if lock is not None:
                    await self._tried(stop, threads, lock)
        finally:
            threads.close()

    async def _taken(self, stop: asyncio.Event, threads: Threads) -> Lock | None:
        """Wait until nobody else presents; None when told to stop."""
        while not stop.is_set():
            try:
                lock = await threads(self._locks.take, NAME)
            except Exception as error:  # noqa: BLE001  a database that is away comes back
                log.warning("Who presents could not be settled and is tried again: %s", error)
                lock = None
            if lock is not None:
                return lock
            await _rest(stop, ROUND / self._speed)
        return None

    async def _tried(self, stop: asyncio.Event, threads: Threads, lock: Lock) -> None:
        try:
            await self._presenting(stop, threads, lock)
        except TryAgain as error:
            log.warning("Presenting waits for the database: %s", error)
            await _rest(stop, ROUND / self._speed)
        except Exception:
            log.exception("Presenting broke off and begins anew.")
            await _rest(stop, ROUND / self._speed)

    async def _presenting(self, stop: asyncio.Event, threads: Threads, lock: Lock) -> None:
        """Present until told to stop, or until the lock is lost."""
        clock = Clock(self._speed)
        limits, more = Limits(clock), asyncio.Event()
        cards = Cards(self._office, self._clients, limits, clock, threads, more)
        overlap = OVERLAP if self._locks.looks > 1 else 0.0  # a lock that one look proves is never held by two
        poster = Poster(self._office, self._clients, limits, clock, threads, more, cards, overlap)
        parts = (self._filling(clock, threads, more, cards), poster.run(), cards.run(), _held(clock, threads, lock))
        tasks = [asyncio.create_task(part) for part in (*parts, _ended(stop, clock))]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            clock.ending.set()
            await asyncio.gather(*tasks)
        finally:
            clock.ending.set()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await threads(lock.release)

    async def _filling(self, clock: Clock, threads: Threads, more: asyncio.Event, cards: Cards) -> None:
        """Fill the outbox with what happens, until the clock ends."""
        seq: int | None = None
        while not clock.ending.is_set():
            try:
                seq = await threads(self._store.posts.cursor, CURSOR) if seq is None else seq
                filled = await threads(self._fill, seq)
            except Exception as error:  # noqa: BLE001  a database that is away comes back
                log.warning("What happened could not be read and is tried again: %s", error)
                seq, filled = None, None
            if filled is None or filled.read < LIMIT:
                await _rest(clock.ending, PAUSE if filled else ROUND)
            if filled is None:
                continue
            seq = filled.seq
            for job in filled.touched:
                cards.touch(job, pressing=job in filled.pressing)
            if filled.posts:
                more.set()

    def _fill(self, seq: int) -> Filled:
        filled = fill(self._office, seq, carded=self._carded)
        if filled.read:
            self._store.posts.add(filled.posts, CURSOR, filled.seq)
            self._carded |= filled.touched
        return filled


async def _held(clock: Clock, threads: Threads, lock: Lock) -> None:
    """Return when the lock is lost, or when the clock ends."""
    while await clock.sleep(CHECK):
        if not await threads(lock.held):
            log.warning("Another process may present now: this one begins anew.")
            return


async def _ended(stop: asyncio.Event, clock: Clock) -> None:
    """Return when told to stop, or when the clock ends."""
    while not stop.is_set() and not clock.ending.is_set():
        await _rest(stop, PAUSE)


async def _rest(event: asyncio.Event, seconds: float) -> None:
    """Wait for a moment, or less where the event is set."""
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
