"""What every surface does: turns in; words, questions, progress and files out."""

from __future__ import annotations

from typing import Protocol

from kernel.store.records import Event


class Surface(Protocol):
    """A place where people talk with the bot. It is told of every event of its conversation, once, in order."""

    name: str

    def show(self, event: Event) -> None:
        """Show an event: say its words, ask at a gate, move a progress bar, hand over a file."""
        ...
