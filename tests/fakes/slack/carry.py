"""How Slack brings something to the app: once, and events again when nobody took them."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.fakes.slack.delivery import Delivery
from tests.fakes.slack.things import Json
from tests.fakes.slack.world import World

PATIENCE = 3.0
"""Seconds of Slack's that an app has to acknowledge."""
AGAIN = (0.0, 60.0, 300.0)
"""Seconds of Slack's before the first, second and third redelivery of an event."""
LOOK = 0.05
"""Seconds between two looks at Slack's clock, which a test may put forward."""


class Carrier:
    """A transport: takes deliveries from any thread, and sees to each in the server's loop.

    Attributes:
        patience: seconds of Slack's that an app has to acknowledge; more where the clock runs faster than a busy
            machine can follow.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.patience = PATIENCE
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self) -> None:
        """Begin to carry; called in the loop that carries."""
        self._loop = asyncio.get_running_loop()

    async def stop(self) -> None:
        """Carry nothing any more."""
        self._loop = None
        await self.drop()

    async def drop(self) -> None:
        """Forget what is under way; it ends nowhere."""
        tasks = [*self._tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def __call__(self, delivery: Delivery) -> None:
        """Take a delivery on; returns at once."""
        if self._loop is None or self._loop.is_closed():
            delivery.lost("nothing listens")
        else:
            self._loop.call_soon_threadsafe(lambda: self.spawn(self._bring(delivery)))

    def spawn(self, work: Any) -> None:
        """Do something beside the rest, and hold on to it until it is done."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def attempt(self, delivery: Delivery, number: int, why: str) -> str:
        """Bring it once; `number` counts redeliveries from 0, `why` is what went wrong before.

        Returns:
            What went wrong now, in Slack's word; empty if it was taken. `!` before the word: do not try again.
        """
        raise NotImplementedError

    def taken(self, delivery: Delivery, answer: Json | None) -> None:
        """Note that the app took it, and what it answered; where Slack reads no answer, one raises the alarm."""
        if answer and not delivery.accepts_answer:
            self.world.problem(f"An answer that Slack does not read, to {delivery.kind}: {sorted(answer)}")
        delivery.acked(answer)

    async def _bring(self, delivery: Delivery) -> None:
        waits = AGAIN if delivery.kind == "events_api" else ()
        why, due = "", self.world.clock.slack()
        for number, wait in enumerate((0.0, *waits)):
            await self.until(due + wait)
            due = self.world.clock.slack()
            delivery.attempts += 1
            why = await self.attempt(delivery, number, why)
            if not why or why.startswith("!"):
                break
        if why:
            delivery.lost(why.lstrip("!"))
            self.world.note("lost", kind=delivery.kind, why=delivery.why_lost)

    async def pause(self, seconds: float) -> None:
        """Wait for so many of Slack's seconds, or until they were skipped."""
        await self.until(self.world.clock.slack() + seconds)

    async def until(self, due: float) -> None:
        """Wait until Slack's clock says `due`."""
        while (left := due - self.world.clock.slack()) > 0:
            await asyncio.sleep(min(LOOK, self.world.clock.real(left)))
