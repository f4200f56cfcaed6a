"""Examples: how a pipeline tells golden work from the rest, and what it shows of it to the experts of later jobs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pydantic import Field

from kernel.document import Document, Value


class Kin(Value):
    """What makes two jobs alike."""

    profile: str = ""
    """What kind of work it is; only work of the same kind is shown."""
    brand: str = ""


class Tag(Kin):
    """What golden work is kept with."""

    scores: Mapping[str, float] = Field(default_factory=dict)
    """From 0 to 1, by what was measured."""


@dataclass(frozen=True)
class Examples:
    """How a pipeline keeps examples. Documents are given by the names of steps, or of needs where a step reads them."""

    gate: str
    """The step whose approval makes work golden."""
    brief: str
    """The step whose document says what was wanted."""
    tag: Callable[[Mapping[str, Document]], Tag | None]
    """Returns what golden work is kept with, given all its documents; None where it is not good enough."""
    kin: Callable[[Mapping[str, Document]], Kin]
    """Says what a job is like, given what one of its steps is made from."""
    show: Callable[[str, Mapping[str, Document]], str]
    """Cuts golden work down to what helps the expert of a step; empty where nothing does."""
