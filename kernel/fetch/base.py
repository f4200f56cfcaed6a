"""base: what every place is that footage is fetched from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from kernel.fetch.part import Answer, Errand, Pace, Part

Row = dict[str, Any]
"""A file of a turn: name, id, from (the fetcher's kind), path (where it is to stand), and what the fetcher needs."""
PIECE = 2**20
"""Bytes that are read at once, and so all that is held of a file."""
MOST_FILES = 50
"""Files that one folder gives."""


class Fetcher(Protocol):
    """A place that footage is fetched from.

    Both methods raise BadInput for what will never come, and TryAgain for what may come at the next try.
    """

    kind: str

    def files(self, row: Row) -> Sequence[Row]:
        """Return the files that a row stands for: itself, or what lies in the folder that it names."""
        ...

    def fetch(self, row: Row, errand: Errand) -> int:
        """Bring a file to its place, from where an earlier try stood, and return its size in bytes.

        Raises:
            Cancelled: the errand's `check` said so.
        """
        ...


@dataclass(frozen=True)
class Stream:
    """A file as a server sends it."""

    answer: Answer
    read: Callable[[int], bytes]
    """Return the next bytes, at most so many and no later than they come; none at the end."""


Opened = Callable[[int, str], AbstractContextManager[Stream]]
"""Asks for a file from a place on, if it is still the version with this tag."""


def pour(errand: Errand, opened: Opened) -> int:
    """Bring a file from a stream to its place and return its size."""
    with Part(errand) as part:
        if part.done:
            return errand.path.stat().st_size
        with opened(part.at, part.tag) as stream:
            part.begin(stream.answer)
            pace = Pace(errand)
            while piece := stream.read(PIECE):
                errand.check()
                pace.tell(len(piece))
                part.write(piece)
            return part.end()
