"""Tasks: steps that a plain function makes: inspect, draw, speak, render, evaluate, deliver."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from kernel.document import Document
from kernel.store.records import Job
from kernel.studio import Studio


class Tell(Protocol):
    """Tells how far a task is."""

    def __call__(self, share: float, doing: str, left: float | None = None) -> None:
        """Tell a share from 0 to 1, what is being done in a few words, and the seconds left where they are known."""


@dataclass(frozen=True)
class Work:
    """What a task works from: values, and three functions to tell and to ask by."""

    job: Job
    run: str
    documents: Mapping[str, Document]
    """The input documents, by need."""
    instructions: tuple[str, ...]
    studio: Studio
    """The machine's workplace: ffmpeg, folders, kept files."""
    progress: Tell
    cancelled: Callable[[], bool]
    """Whether a person said stop."""
    span: Callable[..., Any]
    """Opens a span of the job's trace under the step's."""


@dataclass(frozen=True)
class Task:
    """A step made by a plain function."""

    name: str
    document: type[Document]
    make: Callable[[Work], Document]
    settings: tuple[str, ...] = ()
    """The job settings that its result depends on: they go into the input hash."""
