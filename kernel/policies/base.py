"""What every policy is asked, and what it may answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal

from kernel.document import Value

STRICTNESS = {"allow": 0, "ask": 1, "deny": 2}


class Question(Value):
    """What is about to be done, as plain values: a policy reads nothing else."""

    step: str
    made_by: Literal["expert", "task"]
    budget_usd: float
    spent_usd: float
    rounds_asked_by_machine: int
    """How many reruns of this step were asked for by the worker or a metric, not by a person, since a person spoke."""
    rounds_limit: int
    sources: tuple[Mapping[str, Any], ...] = ()
    """name, size (bytes), duration (seconds; 0 while unknown) of each source."""
    max_source_bytes: int
    max_source_seconds: float
    quiet_hours: str | None
    now: datetime
    asked_by_person: bool
    """Whether a person is there and asked for this just now."""


class Ruling(Value):
    """What a policy says, and why."""

    policy: str
    answer: Literal["allow", "ask", "deny"]
    why: str


def strictest(rulings: Iterable[Ruling]) -> Ruling:
    """Return the strictest of the rulings; the first of equals."""
    return max(rulings, key=lambda ruling: STRICTNESS[ruling.answer])
