"""Keeping what came in, before Slack is told that it arrived; and going on with it afterwards.

    what came in ─► one transaction for all that waits ─► acknowledged ─► stopped at once, where it says so ─► begun

One thread writes: what comes in at the same moment is kept in its order, and finds the conversation that the message
before it began. Beginning its handling costs more than keeping it, so that nobody waits for it: what was kept and not
begun, because the process died in between, is begun by whoever looks next.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

from bot.app import App
from bot.surfaces.slack.intake import SURFACE, Place, Taken
from bot.surfaces.slack.readers import step_of
from bot.surfaces.slack.threads import Threads
from kernel.store.records import Conversation, Turn

T = TypeVar("T")
OVER = ("completed", "cancelled")
"""Jobs after which a message outside of any thread begins something new."""
MOST = 100
"""Turns that are kept in one transaction."""
KNOWN = 10_000
"""Places and turns that are remembered."""
AGAIN = 1.0
"""Seconds before it is tried again to begin what could not be begun."""
ROUND = 30.0
"""Seconds between two looks for what another process kept and never began."""
log = logging.getLogger("rushes.slack")


class Keeping(NamedTuple):
    """What became of something that came in."""

    turn: Turn
    new: bool
    """Whether it was not known yet."""
    begun: bool
    """Whether it began the conversation."""


class Keeper:
    """Keeps turns, and goes on with them. For one loop; `close` finishes what is under way."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._store = app.services.store
        self._writing = Threads("slack-intake", 1)
        self._beginning = Threads("slack-begin", 1)
        self._waiting: list[tuple[Taken, asyncio.Future[Keeping | None]]] = []
        self._rounds: asyncio.Task[None] | None = None
        self._places: dict[str, Conversation] = {}
        self._new: list[Turn] = []
        self._more = asyncio.Event()
        self._begun: dict[str, None] = {}

    async def keep(self, taken: Taken) -> Keeping | None:
        """Keep a turn; None where it belongs to no conversation and begins none.

        Raises:
            RushesError: it could not be kept; Slack is not to be told that it arrived.
        """
        waits: asyncio.Future[Keeping | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((taken, waits))
        if self._rounds is None or self._rounds.done():
            self._rounds = asyncio.create_task(self._in_rounds())
        return await waits

    async def write(self, act: Callable[..., T], *arguments: Any) -> T:
        """Write something else, in the same order."""
        return await self._writing(act, *arguments)

    async def run(self, stop: asyncio.Event) -> None:
        """Go on with what was kept, until told to stop; with what an earlier process left first."""
        await self._look()
        while not stop.is_set():
            looks = await _first(self._more.wait(), stop.wait(), within=ROUND)
            await (self._look() if looks else self._go_on())
        await self._go_on()

    async def close(self) -> None:
        """Finish what is being kept."""
        if self._rounds is not None:
            await asyncio.gather(self._rounds, return_exceptions=True)
        for threads in (self._writing, self._beginning):
            await asyncio.to_thread(threads.close)

    async def _in_rounds(self) -> None:
        """Keep all that waits, and what comes meanwhile, a transaction each time."""
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            try:
                found = await self._writing(self._kept, [taken for taken, _ in batch])
            except Exception as error:  # noqa: BLE001  whatever it is, whoever waits has to know
                _answer(batch, lambda waits, _, error=error: waits.set_exception(error))
                continue
            self._new += [kept.turn for kept in found if kept and kept.new]
            self._more.set()
            _answer(batch, lambda waits, place, found=found: waits.set_result(found[place]))

    def _kept(self, batch: Sequence[Taken]) -> list[Keeping | None]:
        placed = [self._placed(taken) for taken in batch]
        new = self._store.turns.keep_all(one.turn for one in placed if one)
        return [one and one._replace(new=_taken_out(new, one.turn.id)) for one in placed]

    def _placed(self, taken: Taken) -> Keeping | None:
        found = self._find(taken.place)
        if not (taken.opens if found is None else taken.joins):
            return None
        address = found.address if found else taken.place.address
        id = found.id if found else self._store.conversations.ensure(SURFACE, address)
        place = {**taken.turn.payload["place"], "thread_ts": address.rpartition(":")[2]}
        if taken.place.direct:
            place["direct"] = True
        payload = {**taken.turn.payload, "place": place}
        if found is not None:  # what its thread hangs on was looked at as it began
            payload.pop("above", None)
        turn = self._of_step(taken.turn.model_copy(update={"conversation": id, "payload": payload}))
        return Keeping(turn, new=False, begun=found is None)

    def _of_step(self, turn: Turn) -> Turn:
        """Return a turn with the step that it names among those of its job: a form names groups of them."""
        command = turn.payload.get("command") or {}
        job = self._app.office.job_or_none(turn.conversation) if command.get("step") else None
        if job is None:
            return turn
        meant = {**command, "step": step_of(self._app.office, job, command["step"])}
        return turn.model_copy(update={"payload": {**turn.payload, "command": meant}})

    def _find(self, place: Place) -> Conversation | None:
        """Return the conversation that something belongs to, None where there is none."""
        same = self._places.get(place.address) or self._store.conversations.find(SURFACE, place.address)
        if same is not None:
            _remember(self._places, place.address, same)
        return self._talked_last(place) if same is None and place.direct else same

    def _talked_last(self, place: Place) -> Conversation | None:
        """Return the newest conversation of a direct message that still goes on."""
        begun = self._store.conversations.begun(SURFACE, f"{place.team}:{place.channel}:")
        return next((one for one in begun if self._goes_on(one)), None)

    def _goes_on(self, conversation: Conversation) -> bool:
        job = self._app.office.job_or_none(conversation.id)
        return job is None or self._app.office.jobs.status(job) not in OVER

    async def _look(self) -> None:
        """Begin what was kept and not begun by whoever kept it."""
        left = await self._beginning(self._left)
        self._new += [turn for turn in left if turn not in self._new]
        await self._go_on()

    def _left(self) -> list[Turn]:
        """Return what nobody began: what others did begin has stopped what it was to stop, and must not do it again."""
        outcome = self._app.services.engine.outcome
        left = [turn for turn in self._store.turns.unanswered(SURFACE) if turn.id not in self._begun]
        return [turn for turn in left if outcome(f"turn-{turn.id}") is None]

    async def _go_on(self) -> None:
        """Stop at once what is to stop, then begin all that was kept, in its order."""
        self._more.clear()
        batch, self._new = self._new, []
        try:
            await self._beginning(self._begin, batch)
        except Exception as error:  # noqa: BLE001  a database that is away comes back
            log.warning("What was kept could not be begun and is tried again: %s", error)
            self._new = [turn for turn in batch if turn.id not in self._begun] + self._new
            asyncio.get_running_loop().call_later(AGAIN, self._more.set)

    def _begin(self, batch: Sequence[Turn]) -> None:
        for turn in batch:
            self._app.conversations.stop_now(turn)
        for turn in batch:
            self._app.conversations.begin(turn)
            _remember(self._begun, turn.id, None)


def _answer(batch: Sequence[tuple[Taken, asyncio.Future[Keeping | None]]], say: Callable[..., None]) -> None:
    for place, (_, waits) in enumerate(batch):
        if not waits.done():
            say(waits, place)


def _taken_out(ids: set[str], id: str) -> bool:
    """Say whether an id is among others, and take it out: of two that come together the first is new."""
    if id not in ids:
        return False
    ids.remove(id)
    return True


def _remember(known: dict[str, Any], name: str, value: Any) -> None:
    known[name] = value
    if len(known) > KNOWN:
        del known[next(iter(known))]


async def _first(*waits: Any, within: float) -> bool:
    """Wait until one of several comes; return whether the time was over before."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    done, _ = await asyncio.wait(tasks, timeout=within, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return not done
