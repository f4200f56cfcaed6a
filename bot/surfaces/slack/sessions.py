"""Agent sessions: Slack's own sign beside a thread that the bot works, waits for somebody, or is done."""

from __future__ import annotations

import logging
from typing import Any, Literal

from bot.surfaces.slack.blocks.text import plain
from bot.surfaces.slack.calls import Where
from bot.surfaces.slack.clients import Clients
from bot.surfaces.slack.pace import SESSION, Clock, Limits
from bot.surfaces.slack.trouble import read
from kernel.store.records import Job

State = Literal["processing", "suspended", "active", "closed"]
STATES: dict[str, State] = {
    "pending": "processing",
    "processing": "processing",
    "review_required": "suspended",
    "paused": "active",
    "failed": "active",
    "cancelled": "active",
    "completed": "closed",
}
"""What Slack calls how a job stands."""
FADES = 30 * 60.0
"""Seconds after which `processing` is said again: Slack lets it fade after an hour."""
TITLE = 200
log = logging.getLogger("rushes.slack")


class Sessions:
    """The sessions of all jobs, as they were last said to Slack."""

    def __init__(self, clients: Clients, limits: Limits, clock: Clock) -> None:
        self._clients = clients
        self._limits = limits
        self._clock = clock
        self._said: dict[str, tuple[str, float]] = {}
        self._without: set[tuple[str, str]] = set()
        """Channels without sessions, with their workspaces: Slack says `not_authorized` of a whole workspace, and of a
        channel that we are no member of."""
        self._owed: set[str] = set()
        """Jobs whose state could not be said."""

    def recall(self, job: str, state: dict[str, Any]) -> None:
        """Remember what another process said last; when, is not known, so it is said again soon."""
        if state:
            self._said[job] = (str(state.get("status", "")), self._clock.now() - FADES)

    def fading(self) -> list[str]:
        """Return the jobs at work of which Slack was last told half an hour ago, and those it could not be told of."""
        old = self._clock.now() - FADES
        faded = {job for job, (status, at) in self._said.items() if status == "processing" and at <= old}
        return sorted(faded | self._owed)

    async def show(self, where: Where, job: Job, status: str) -> dict[str, Any] | None:
        """Say how a job stands, if that is news; return what was said. Whatever fails here stops nothing."""
        state = STATES[status]
        said = self._said.get(job.id)
        self._owed.discard(job.id)
        if (where.team, where.channel) in self._without or not self._is_news(said, state):
            return None
        if not self._limits.free(where.team, SESSION):
            self._owed.add(job.id)
            return None
        if not await self._told(where, job, state, new=said is None):
            return None
        self._said[job.id] = (state, self._clock.now())
        return {"status": state}

    async def _told(self, where: Where, job: Job, state: State, *, new: bool) -> bool:
        title = plain(f"Edit: {job.title}", TITLE) if new else None
        try:
            client = await self._clients.for_team(where.team)
            await client.agents_sessions_setStatus(
                channel_id=where.channel, status=state, thread_ts=where.root, title=title
            )
        except Exception as error:  # noqa: BLE001  a sign beside a thread is worth nobody's trouble
            self._failed(where, job, error)
            return False
        return True

    def _is_news(self, said: tuple[str, float] | None, state: State) -> bool:
        if said is None or said[0] != state:
            return True
        return state == "processing" and said[1] <= self._clock.now() - FADES

    def _failed(self, where: Where, job: Job, error: Exception) -> None:
        trouble = read(error)
        if trouble.means == "wait":
            self._limits.rest(where.team, SESSION, trouble.seconds)
        if trouble.means in ("wait", "unsent", "lost"):
            self._owed.add(job.id)
        else:
            self._said.pop(job.id, None)  # nobody is there to be told: not before something happens again
        if trouble.means == "refused":
            self._without.add((where.team, where.channel))
            log.warning("Slack shows no sessions in a channel (%s): nothing is lost by it.", trouble.code)
