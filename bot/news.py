"""What is news: two walks that were under way at once come to the same end, and people hear of it once."""

from __future__ import annotations

from kernel.store import Store
from kernel.store.records import Event, Turn

AFRESH = ("gate_opened", "step_failed")
"""What makes the same end news again."""


def is_news(store: Store, job: str, turn: Turn) -> bool:
    """Say whether the end of a walk, as it is told in a turn, was not told already.

    It was where another walk ended likewise while this one was under way, with nothing new since at those steps.
    """
    begun = _of_walk(store.events.of(job, "walk_begun"), turn)
    ends = store.events.of(job, "walk_ended")
    end = _of_walk(ends, turn)
    if begun is None or end is None:
        return True
    alike = [e for e in ends if begun.seq < e.seq < end.seq and _how(e) == _how(end)]
    return not any(_is_quiet(store, job, e, end) for e in alike)


def _of_walk(events: list[Event], turn: Turn) -> Event | None:
    return next((event for event in events if event.payload["walk"] == turn.payload["walk"]), None)


def _how(end: Event) -> tuple[str, list[str]]:
    return end.payload["end"], list(end.payload["steps"])


def _is_quiet(store: Store, job: str, earlier: Event, later: Event) -> bool:
    """Say whether nothing new happened between two ends at their steps."""
    happened = (event for kind in AFRESH for event in store.events.of(job, kind))
    return not any(earlier.seq < event.seq < later.seq and event.step in earlier.payload["steps"] for event in happened)
