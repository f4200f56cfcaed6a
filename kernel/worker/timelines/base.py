"""base: what a timeline format is, and what it is written from and read into."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kernel.worker.plan import EditPlan
from kernel.worker.timing import Timeline

SPACE = "rushes"
"""The name under which what only Rushes understands stands in the metadata of a timeline."""


@dataclass(frozen=True)
class Laid:
    """A plan laid out in frames: all that a timeline is written from.

    Attributes:
        media: where each source's file lies, by its id; a source without one is named and not linked.
    """

    plan: EditPlan
    timeline: Timeline
    media: Mapping[str, Path]


@dataclass(frozen=True)
class Parsed:
    """A timeline file as OpenTimelineIO objects.

    Attributes:
        tracks: an `opentimelineio.schema.Timeline`: the picture tracks from the bottom to the top, then the sound.
        plan: hash of the plan that it was exported from; "" where the file does not say.
        said: what the file holds that a plan cannot, one sentence each.
    """

    tracks: Any
    plan: str = ""
    said: tuple[str, ...] = ()


@dataclass(frozen=True)
class TimelineFormat:
    """One way in which a timeline goes to an editing program and comes back.

    Attributes:
        name: what a person calls it, and the end of its files' names.
        write: returns the text of the file.
        lost: says what of this plan the format cannot carry, one sentence each.
        read: opens the bytes of a file at the frame rate of a plan; None where it only goes out.
        carries: types of the operations that it shows as things of its own: what is missing there was taken out.
        own_rates: whether it counts a source's beginnings in the source's own frames; else in the output's.
    """

    name: str
    write: Callable[[Laid], str]
    lost: Callable[[Laid], list[str]]
    read: Callable[[bytes, Any], Parsed] | None = None
    carries: frozenset[str] = frozenset()
    own_rates: bool = True
