"""Follows the kept events of a conversation and has its surface show them, each once, in order."""

from __future__ import annotations

import threading
from collections.abc import Callable

from bot.surfaces.base import Surface
from kernel.store import Store
from kernel.store.records import Event

PAUSE = 0.1
"""Seconds between two looks: short against what a person notices, long against the cost of one query."""
LOOK = 0.3
"""Seconds between two looks whether more will come."""


class Notices:
    """One follower of one conversation."""

    def __init__(self, store: Store, conversation: str, surface: Surface, after: int = 0) -> None:
        self._store = store
        self._conversation = conversation
        self._surface = surface
        self.seq = after

    def follow(
        self, until: Callable[[Event], bool], timeout: float | None = None, stop: threading.Event | None = None
    ) -> bool:
        """Show events until one is the last that is waited for; return False when the time was up or it was stopped."""
        halted = stop or threading.Event()
        waited = 0.0
        while not halted.is_set():
            for event in self._fresh():
                self.seq = event.seq
                if event.conversation != self._conversation:
                    continue
                self._surface.show(event)
                if until(event):
                    return True
            if timeout is not None and waited >= timeout:
                return False
            halted.wait(PAUSE)
            waited += PAUSE
        return False

    def show_while(self, busy: Callable[[], bool]) -> None:
        """Show events as long as more will come by itself, and those that came last."""
        while busy():
            self.follow(lambda event: event.kind in ("said", "paused", "cancelled"), timeout=LOOK)
        self.follow(lambda event: False, timeout=0)

    def _fresh(self) -> list[Event]:
        """Return what happened since the last one that was shown, whoever's it is."""
        return self._store.events.since(self.seq)
