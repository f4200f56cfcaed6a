"""Keeping what came in, before Slack is told that it arrived.

One thread writes: what comes in at the same moment is kept in its order, and finds the conversation that the message
before it began.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from bot.app import App
from bot.surfaces.slack.intake import SURFACE, Place, Taken
from bot.surfaces.slack.readers import step_of
from bot.surfaces.slack.threads import Threads
from kernel.store.records import Conversation, Turn

T = TypeVar("T")
OVER = ("completed", "cancelled")
"""Jobs after which a message outside of any thread begins something new."""


class Keeping(NamedTuple):
    """What became of something that came in."""

    conversation: str
    new: bool
    """Whether it was not known yet."""
    begun: bool
    """Whether it began the conversation."""


class Keeper:
    """Keeps turns; `close` waits for what is being kept."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._store = app.services.store
        self._thread = Threads("slack-intake", 1)

    async def keep(self, taken: Taken) -> Keeping | None:
        """Keep a turn and begin its handling; None where it belongs to no conversation and begins none.

        Raises:
            RushesError: it could not be kept; Slack is not to be told that it arrived.
        """
        return await self._thread(self._kept, taken)

    async def run(self, act: Callable[..., T], *arguments: Any) -> T:
        """Write something else, in the same order."""
        return await self._thread(act, *arguments)

    def close(self) -> None:
        """Finish what is being kept."""
        self._thread.close()

    def _kept(self, taken: Taken) -> Keeping | None:
        found = self.find(taken.place)
        if found is None and not taken.opens:
            return None
        address = found.address if found else taken.place.address
        id = found.id if found else self._store.conversations.ensure(SURFACE, address)
        place = {**taken.turn.payload["place"], "thread_ts": address.rpartition(":")[2]}
        payload = {**taken.turn.payload, "place": place}
        turn = self._of_step(taken.turn.model_copy(update={"conversation": id, "payload": payload}))
        return Keeping(id, self._app.conversations.receive(turn), begun=found is None)

    def _of_step(self, turn: Turn) -> Turn:
        """Return a turn with the step that it names among those of its job: a form names groups of them."""
        command = turn.payload.get("command") or {}
        job = self._app.office.job_or_none(turn.conversation) if command.get("step") else None
        if job is None:
            return turn
        meant = {**command, "step": step_of(self._app.office, job, command["step"])}
        return turn.model_copy(update={"payload": {**turn.payload, "command": meant}})

    def find(self, place: Place) -> Conversation | None:
        """Return the conversation that something belongs to, None where there is none."""
        same = self._store.conversations.find(SURFACE, place.address)
        return self._talked_last(place) if same is None and place.direct else same

    def _talked_last(self, place: Place) -> Conversation | None:
        """Return the newest conversation of a direct message that still goes on."""
        begun = self._store.conversations.begun(SURFACE, f"{place.team}:{place.channel}:")
        return next((one for one in begun if self._goes_on(one)), None)

    def _goes_on(self, conversation: Conversation) -> bool:
        job = self._app.office.job_or_none(conversation.id)
        return job is None or self._app.office.jobs.status(job) not in OVER
