"""The poster: sends what stands in the outbox, each once, in the order of its conversation.

    waiting ─► sending ─► sent        a row says "sending" before Slack is called
                  │                   its answer was lost, or the process died: it is looked up before it is repeated
                  ├─► waiting         Slack was not reached or said later, or it is to be said shorter
                  ├─► dropped         the workspace took the bot out: nobody is there to be told
                  └─► failed          it cannot be posted; the row says why, and the job goes on

Conversations do not wait for one another, and what is private does not wait for a file on its way.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Protocol

import aiohttp

from bot.office import Office
from bot.surfaces.slack.calls import Calls, Where, where_of
from bot.surfaces.slack.clients import Clients
from bot.surfaces.slack.otherwise import otherwise, way_of
from bot.surfaces.slack.pace import POST, UPDATE, Clock, Limits
from bot.surfaces.slack.threads import Threads
from bot.surfaces.slack.trouble import UNREACHABLE, Trouble, read
from kernel.errors import TryAgain
from kernel.store.posts import OPEN
from kernel.store.records import Post, now

SURFACE = "slack"
MANY = 1000
"""Rows that are looked at in one go."""
UPLOADS = 2
"""Files on their way at the same time."""
GRACE = 3.0
"""Seconds that a call may still take when all is to end."""
LONGEST = 60.0
"""Seconds between two tries."""
TRIES = 12
"""After which what Slack fails at each time is said plainer, and after as many more given up: some twenty minutes."""
FRESH = timedelta(minutes=15)
"""How long what one person alone is told means anything to them."""
METHODS = {"message": POST, "update": UPDATE, "private": "chat.postEphemeral", "upload": "files"}
log = logging.getLogger("rushes.slack")


class Live(Protocol):
    """Those who know how a card looks now, and keep it so."""

    async def drawn(self, row: Post) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return a live card's body as it is now, and what to keep of it beside its place."""
        ...

    def touch(self, job: str) -> None:
        """Take notice that a job may look otherwise."""
        ...


class Poster:
    """Sends the outbox."""

    def __init__(
        self,
        office: Office,
        clients: Clients,
        limits: Limits,
        clock: Clock,
        threads: Threads,
        more: asyncio.Event,
        cards: Live,
        overlap: float = 0.0,
    ) -> None:
        """Begin with nothing; `more` is set when there is something to post.

        Args:
            overlap: seconds for which another process may still be sending what it began.
        """
        self._store = office.services.store
        self._calls = Calls(office, clients, threads)
        self._limits = limits
        self._clock = clock
        self._threads = threads
        self._cards = cards
        self._more = more
        self._overlap = overlap
        self._ours: dict[str, int] = {}
        """How often rows were tried, by us or by a process that has left them behind."""
        self._uploads = asyncio.Semaphore(UPLOADS)
        self._lanes: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._again: set[tuple[str, str]] = set()
        """Lanes that have more to send than they know of."""

    async def run(self) -> None:
        """Send until the clock ends; what is on its way then gets a moment, and is looked up the next time."""
        self._more.set()
        async with aiohttp.ClientSession() as session:
            self._calls.session = session
            try:
                while not self._clock.ending.is_set():
                    await self._begin()
                    await self._woken()
            finally:
                await self._end()

    async def _woken(self) -> None:
        waits = [asyncio.ensure_future(event.wait()) for event in (self._more, self._clock.ending)]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _begin(self) -> None:
        """Begin a lane for each conversation that has something to send and none yet."""
        self._more.clear()
        rows: dict[tuple[str, str], list[str]] = {}
        for row in await self._threads(self._store.posts.open, SURFACE, MANY):
            rows.setdefault(_lane(row), []).append(row.id)
        for lane, ids in rows.items():
            if lane in self._lanes:
                self._again.add(lane)
            else:
                self._lanes[lane] = asyncio.create_task(self._along(lane, ids))

    async def _end(self) -> None:
        lanes = [*self._lanes.values()]
        if lanes:
            await asyncio.wait(lanes, timeout=GRACE)
        for lane in lanes:
            lane.cancel()
        await asyncio.gather(*lanes, return_exceptions=True)

    async def _along(self, lane: tuple[str, str], ids: list[str]) -> None:
        try:
            for id in ids:
                await self._through(id)
        finally:
            del self._lanes[lane]
            if lane in self._again or len(self._lanes) == 0:
                self._again.discard(lane)
                self._more.set()

    async def _through(self, id: str) -> None:
        """Send a row, trying again until it is sent or given up."""
        tries = 0
        while not self._clock.ending.is_set():
            wait = await self._attempt(id, min(2.0**tries, LONGEST))
            tries += 1
            if wait is None or not await self._clock.sleep(wait):
                break
        self._ours.pop(id, None)

    async def _attempt(self, id: str, pause: float) -> float | None:
        """Try a row once; return after how many seconds to try again, None when it is settled."""
        try:
            row = await self._threads(self._store.posts.get, id)
            if row.status not in OPEN:
                return None  # another process has settled it
            if self._is_anothers(row):
                return self._overlap
            where = await self._threads(where_of, self._store, row)
            known = await self._known(row, where)
            if known is not None:
                await self._sent(row, known)
                return None
            return await self._send(row, where, pause)
        except Exception as error:  # noqa: BLE001  nothing that goes wrong with one row may stop the others
            log.warning("A post is tried again later: %s", read(error).code, extra={"step": ""})
            return pause

    def _is_anothers(self, row: Post) -> bool:
        """Say whether another process may be sending a row just now; if nothing comes of it, it was left behind."""
        if row.status != "sending" or self._overlap == 0 or self._ours.get(row.id) == row.attempts:
            return False
        self._ours[row.id] = row.attempts
        return True

    async def _known(self, row: Post, where: Where) -> dict[str, Any] | None:
        """Return where a row stands whose answer was never seen; None where it does not stand, or may be repeated."""
        if row.status != "sending" or way_of(row) != "message" or not where.root:
            return None
        try:
            return await self._calls.found(row, where)
        except Exception as error:
            if read(error).means in ("departed", "unreachable", "refused"):
                return None  # nobody can look there; posting says why, or goes well
            raise

    async def _send(self, row: Post, where: Where, pause: float) -> float | None:
        way = way_of(row)
        if why := await self._needless(row, way):
            await self._mark(row, "dropped", error=why)
            return None
        body, beside = await self._drawn(row)
        if not await self._limits.turn(where.team, METHODS[way], where.channel):
            return None
        if not await self._threads(self._store.posts.take, row):
            return pause
        self._ours[row.id] = row.attempts + 1
        try:
            place = await self._ways[way](row, where, body)
        except Exception as error:  # noqa: BLE001  whatever it is, the row says what comes of it
            return await self._troubled(row, where, read(error), pause)
        await self._sent(row, {**place, **beside})
        return None

    async def _needless(self, row: Post, way: str) -> str:
        """Say why a row need not be sent any more; empty where it must."""
        if way == "update" and not await self._calls.target(row):
            return "what it changes was never posted"
        return "it comes too late" if way == "private" and now() - row.created > FRESH else ""

    @property
    def _ways(self) -> dict[str, Callable[[Post, Where, dict[str, Any]], Awaitable[dict[str, Any]]]]:
        return {
            "message": self._calls.message,
            "update": self._calls.update,
            "private": self._calls.private,
            "upload": self._upload,
        }

    async def _upload(self, row: Post, where: Where, body: dict[str, Any]) -> dict[str, Any]:
        async with self._uploads:
            return await self._calls.upload(row, where, body)

    async def _drawn(self, row: Post) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return what is said, and what to keep beside its place; a card that cannot be drawn holds up no words."""
        if not row.body.get("live"):
            return row.body, {}
        try:
            return await self._cards.drawn(row)
        except TryAgain:
            raise
        except Exception:
            log.exception("A job's card could not be drawn.", extra=_extra(row))
            return row.body, {}

    async def _sent(self, row: Post, place: dict[str, Any]) -> None:
        await self._mark(row, "sent", place=place, error="")
        if row.kind == "update" and way_of(row) == "message":
            await self._calls.moved(row, place)
        if row.body.get("live") and row.job:
            self._cards.touch(row.job)

    async def _troubled(self, row: Post, where: Where, trouble: Trouble, pause: float) -> float | None:
        """Say what becomes of a row that met trouble."""
        if trouble.means == "wait":
            self._limits.rest(where.team, METHODS[way_of(row)], trouble.seconds)
            await self._mark(row, "waiting")
            return 0.0
        if trouble.means == "unsent":
            await self._mark(row, "waiting")
            return pause
        if trouble.means == "lost":
            return await self._lost(row, trouble, pause)
        if trouble.means == "departed":
            await self._mark(row, "dropped", error=trouble.code)
            return None
        if trouble.means == "unreachable":
            await self._unreachable(row, where, trouble)
            return None
        return await self._otherwise(row, trouble)

    async def _lost(self, row: Post, trouble: Trouble, pause: float) -> float | None:
        """Leave it as being sent: it is looked up before it is repeated."""
        if row.kind == "private" and row.attempts:
            await self._failed(row, trouble.code)  # nobody can look it up, and twice the same is enough
            return None
        if not trouble.away and row.attempts and row.attempts % TRIES == 0:
            return await self._otherwise(row, trouble.model_copy(update={"means": "shorter"}))
        return pause

    async def _otherwise(self, row: Post, trouble: Trouble) -> float | None:
        """Say it in another way where there is one, once."""
        body = otherwise(row, trouble)
        if body is None:
            await self._failed(row, trouble.code)
            return None
        log.warning("A post was refused (%s) and is said otherwise.", trouble.code, extra=_extra(row))
        await self._mark(row, "waiting", body=body)
        return 0.0

    async def _failed(self, row: Post, why: str) -> None:
        log.warning("A post could not be made: %s", why, extra=_extra(row))
        await self._mark(row, "failed", error=why)

    async def _unreachable(self, row: Post, where: Where, trouble: Trouble) -> None:
        """Give up a row where nothing can be posted, and tell the job's owner so, once, where they can be reached."""
        if row.job and not row.body.get("to") and row.kind != "private":
            because = UNREACHABLE.get(trouble.code, "Slack does not let me")
            notice = await self._threads(self._calls.notice, row, where, because)
            await self._threads(self._store.posts.add, [notice])
        await self._failed(row, trouble.code)
        self._more.set()

    async def _mark(self, row: Post, status: str, **changed: Any) -> None:
        await self._threads(self._store.posts.mark, row.id, status, **changed)


def _lane(row: Post) -> tuple[str, str]:
    apart = "private" if row.kind == "private" else str(row.body.get("to", ""))
    return row.conversation, apart


def _extra(row: Post) -> dict[str, str]:
    return {"job": row.job or "", "step": ""}
