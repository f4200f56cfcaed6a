"""Follows the kept events of a conversation and has its surface show them, each once, in order."""

from __future__ import annotations

import threading
from collections.abc import Callable

from bot.surfaces.base import Surface
from kernel.store import Store
from kernel.store.records import Event

PAUSE = 0.1
"""Seconds between two looks: short against what a person notices, long against the cost of one query."""


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
                self._surface.show(event)
                if until(event):
                    return True
            if timeout is not None and waited >= timeout:
                return False
            halted.wait(PAUSE)
            waited += PAUSE
        return False

    def _fresh(self) -> list[Event]:
        found = self._store.events.since(self.seq)
        if found:
            self.seq = found[-1].seq
        return [event for event in found if event.conversation == self._conversation]
