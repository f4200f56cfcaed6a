"""The one live card of each job, and Slack's own word on whether the bot is at work: kept true, and never in the way.

A card is drawn from the store at the moment it is sent. Frames in between are left out under Slack's limits; what
matters (a job waits, is done, failed, stands still) is always written.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import Any

from bot.office import Office
from bot.surfaces.slack.blocks.status_card import status_card
from bot.surfaces.slack.calls import Calls, Where, where_of
from bot.surfaces.slack.clients import Clients
from bot.surfaces.slack.pace import UPDATE, Clock, Limits
from bot.surfaces.slack.readers import job_view
from bot.surfaces.slack.sessions import Sessions
from bot.surfaces.slack.threads import Threads
from bot.surfaces.slack.trouble import Trouble, read
from kernel.document import digest
from kernel.store.records import Post

LEAST = 3.0
"""Seconds between two frames of one card."""
LOOK = 0.25
"""Seconds between two looks for cards that are due."""
ROUND = 60.0
"""Seconds between two looks for jobs whose session would fade."""
AT_ONCE = 4
"""Cards that are written at the same time."""
MOVING = ("pending", "processing")
"""How a job stands while its card has frames that may be left out."""
log = logging.getLogger("rushes.slack")


def card_of(job: str) -> str:
    """Return the id of the post that is a job's live card."""
    return f"card:{job}"


@dataclass
class Due:
    """A card that may look otherwise than it is shown."""

    at: float
    """Not to be written before."""
    tries: int = 0
    pressing: bool = True
    """Whether it is drawn even where a frame would be left out."""


class Cards:
    """The live cards of all jobs."""

    def __init__(
        self, office: Office, clients: Clients, limits: Limits, clock: Clock, threads: Threads, more: asyncio.Event
    ) -> None:
        """Begin with nothing; `more` is set when there is something to post."""
        self._office = office
        self._store = office.services.store
        self._calls = Calls(office, clients, threads)
        self._sessions = Sessions(clients, limits, clock)
        self._limits = limits
        self._clock = clock
        self._threads = threads
        self._more = more
        self._due: dict[str, Due] = {}
        self._last: dict[str, float] = {}
        self._touched = asyncio.Event()

    def touch(self, job: str, pressing: bool = True) -> None:
        """Take notice that a job may look otherwise; pressing, where it is more than progress."""
        due = self._due.setdefault(job, Due(self._last.get(job, -LEAST) + LEAST, pressing=pressing))
        due.pressing = due.pressing or pressing
        self._touched.set()

    async def drawn(self, row: Post) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return a card as it is now, and what to keep of it beside its place."""
        return await self._threads(self._draw, row.job or "", bool(row.body.get("plain")))

    def _draw(self, job: str, plain: bool) -> tuple[dict[str, Any], dict[str, Any]]:
        view = job_view(self._office, self._store.jobs.get(job))
        body = status_card(view, plain=plain)
        return body, {"shown": digest(body), "status": view.status}

    async def run(self) -> None:
        """Write cards until the clock ends; begin with all whose last word may not stand yet."""
        for row in await self._threads(self._store.posts.live, "slack"):
            self._reconcile(row)
        fading = self._clock.now() + ROUND
        while not self._clock.ending.is_set():
            await self._round()
            if self._clock.now() >= fading:
                fading = self._clock.now() + ROUND
                for job in self._sessions.fading():
                    self.touch(job)
            await self._rest(fading)

    def _reconcile(self, row: Post) -> None:
        if row.status == "sent" and row.job and row.place.get("status") not in ("completed", "cancelled"):
            self._sessions.recall(row.job, row.place.get("session", {}))
            self.touch(row.job)

    async def _rest(self, until: float) -> None:
        """Wait a moment; while nothing is due, as long as nobody touches a card."""
        if self._due:
            await self._clock.sleep(LOOK)
            return
        self._touched.clear()
        waits = [asyncio.ensure_future(event.wait()) for event in (self._touched, self._clock.ending)]
        try:
            seconds = self._clock.real(until - self._clock.now())
            await asyncio.wait(waits, timeout=max(seconds, 0.0), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _round(self) -> None:
        """Write what is due, those first that were not written for longest."""
        now = self._clock.now()
        due = sorted(
            (job for job, when in self._due.items() if when.at <= now), key=lambda job: self._last.get(job, 0.0)
        )
        for start in range(0, len(due), AT_ONCE):
            await asyncio.gather(*(self._written(job) for job in due[start : start + AT_ONCE]))

    async def _written(self, job: str) -> None:
        """Write one card; what goes wrong is tried again, and stops nothing else."""
        due = self._due.pop(job)
        try:
            again = await self._write(job, due)
        except Exception as error:  # noqa: BLE001  a card that cannot be written must not stop the others
            again = await self._troubled(job, read(error), due)
        if again is not None:
            self._due[job] = Due(self._clock.now() + again, due.tries + 1, due.pressing)

    async def _write(self, job: str, due: Due) -> float | None:
        """Write a card if it looks otherwise; return after how many seconds to look again, None when all is said."""
        row = await self._threads(self._store.posts.find, card_of(job))
        if row is None or row.status != "sent":
            return None  # it is not posted yet, and will be drawn as it is posted
        where = await self._threads(where_of, self._store, row)
        if not due.pressing and not self._limits.free(where.team, UPDATE):
            return LEAST  # drawing it costs more than looking
        self._last[job] = self._clock.now()
        body, beside = await self.drawn(row)
        if beside["shown"] == row.place.get("shown"):
            return await self._session(row, where, beside["status"])
        if beside["status"] in MOVING and not self._limits.free(where.team, UPDATE):
            due.pressing = False
            return LEAST
        if not await self._limits.turn(where.team, UPDATE):
            return None
        await self._calls.change(where.team, row.place, body)
        row = await self._noted(row, beside)
        return await self._session(row, where, beside["status"])

    async def _session(self, row: Post, where: Where, status: str) -> float | None:
        job = await self._threads(self._store.jobs.get, row.job or "")
        state = await self._sessions.show(where, job, status)
        if state is not None:
            await self._noted(row, {"session": state})
        return None

    async def _noted(self, row: Post, beside: dict[str, Any]) -> Post:
        noted = row.model_copy(update={"place": {**row.place, **beside}})
        await self._threads(self._store.posts.mark, row.id, "sent", place=noted.place)
        return noted

    async def _troubled(self, job: str, trouble: Trouble, due: Due) -> float | None:
        """Return after how many seconds a card is drawn anew, None where it is left as it is."""
        if trouble.means == "wait":
            row = await self._threads(self._store.posts.get, card_of(job))
            where = await self._threads(where_of, self._store, row)
            return self._limits.rest(where.team, UPDATE, trouble.seconds)
        if trouble.means in ("lost", "unsent"):
            return min(LEAST * 2.0**due.tries, 60.0)
        if trouble.means == "gone":
            await self._renew(job)
            return None
        if trouble.means == "shorter" and await self._plainer(job):
            return 0.0
        if trouble.means == "departed":
            return None
        log.warning("A job's card could not be written: %s", trouble.code, extra={"job": job, "step": ""})
        return None

    async def _plainer(self, job: str) -> bool:
        """Have the card drawn with less from now on; False where that was done already."""
        row = await self._threads(self._store.posts.get, card_of(job))
        if not row.body.get("plain"):
            await self._threads(self._store.posts.mark, row.id, row.status, body={**row.body, "plain": True})
        return not row.body.get("plain")

    async def _renew(self, job: str) -> None:
        """Have the card posted anew, since the old one can no longer be changed."""
        row = await self._threads(self._store.posts.get, card_of(job))
        gone = [*row.body.get("gone", ()), row.place.get("ts", "")]
        body, place = {**row.body, "gone": gone}, {"session": row.place.get("session", {})}
        await self._threads(self._store.posts.mark, row.id, "waiting", body=body, place=place)
        self._more.set()
