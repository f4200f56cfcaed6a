"""What is on its way to the app, and what carries it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from tests.fakes.slack.things import Json

ANSWERED = ("view_submission", "block_suggestion")
"""Interactions that may be acknowledged with a payload; so may commands. Of all others Slack reads nothing."""


@dataclass
class Delivery:
    """One thing on its way to the app: an event, an interaction or a command; a transport carries it.

    The transport calls `acked` with what the app answered (None for an empty answer), or `lost` with the reason when
    nobody took it. Who sent it may wait with `wait`.
    """

    kind: Literal["events_api", "interactive", "slash_commands"]
    payload: Json
    team: str
    answer: Json | None = None
    why_lost: str = ""
    attempts: int = 0
    took: float | None = None
    over: threading.Event = field(default_factory=threading.Event, repr=False)
    told: Callable[[Delivery], None] | None = field(default=None, repr=False)

    @property
    def accepts_answer(self) -> bool:
        """Whether Slack reads what it is acknowledged with."""
        return self.kind == "slash_commands" or self.payload.get("type") in ANSWERED

    def acked(self, answer: Json | None = None) -> None:
        """Say that the app took it, and what it answered."""
        self._end(answer, "")

    def lost(self, why: str) -> None:
        """Say that the app never took it."""
        self._end(None, why)

    def wait(self, seconds: float = 10.0) -> Json | None:
        """Wait for its end and hand over the answer.

        Raises:
            TimeoutError: neither taken nor lost in that time, or lost.
        """
        if not self.over.wait(seconds) or self.why_lost:
            raise TimeoutError(f"{self.kind} was not acknowledged: {self.why_lost or f'{seconds} s'}")
        return self.answer

    def _end(self, answer: Json | None, why: str) -> None:
        if self.over.is_set():
            return
        self.answer, self.why_lost = answer, why
        self.over.set()
        if self.told is not None:
            self.told(self)


Transport = Callable[[Delivery], None]
"""Carries deliveries; is called from any thread, must hand over at once and return."""
