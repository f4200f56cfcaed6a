"""part: a file on its way. It grows as NAME.part beside its place and stands there whole or not at all.

What has come survives the process: the next try goes on behind it, if the server still has the same file. One at a
time writes a part, over all processes of the machine.
"""

from __future__ import annotations

import errno
import fcntl
import math
import os
import shutil
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

from kernel.errors import BadInput, Unreachable
from kernel.fetch.kinds import is_web_page
from kernel.fetch.words import check_size, no_room, stalled, too_big, web_page, wrong_size

SPARE = 256 * 2**20
"""Bytes that stay free on the disk."""
WINDOW = 8.0
"""Seconds without a byte, or with hardly any, after which a connection is given up and another one is tried."""
FLOOR = 1024
"""Bytes a second that are hardly any."""
FIRST = 512
"""Bytes by which a web page is known."""
FULL = (errno.ENOSPC, errno.EDQUOT)
LOOK = 0.1
PART = ".part"


def _go_on() -> None:
    """Never stop."""


@dataclass(frozen=True)
class Errand:
    """One file to fetch."""

    name: str
    """What people call it."""
    path: Path
    """Where it is to stand."""
    most: int
    """The biggest file that is taken, in bytes."""
    size: int | None = None
    """How many bytes it has, as it was announced; None where nobody said."""
    check: Callable[[], None] = _go_on
    """Asked between pieces; raises Cancelled to stop."""
    window: float = WINDOW
    """Seconds without news after which a connection is given up."""

    @property
    def part(self) -> Path:
        """Where it grows."""
        return self.path.with_name(f"{self.path.name}{PART}")

    @property
    def here(self) -> int:
        """How many bytes of it have come so far."""
        with suppress(FileNotFoundError):
            return self.part.stat().st_size
        return 0


@dataclass(frozen=True)
class Answer:
    """What a server says before the bytes come."""

    at: int
    """The place in the file of the first byte to come."""
    size: int | None
    """Bytes of the whole file; None where it does not say."""
    mimetype: str = ""
    tag: str = ""
    """Which version of the file it is; empty where it does not say."""


class Part:
    """The half of a file that is here. Use it with `with`, which holds it against everybody else."""

    def __init__(self, errand: Errand) -> None:
        self.errand = errand
        self.at = 0
        self.done = False
        """Whether somebody else brought the file meanwhile."""
        self._file: IO[bytes]
        self._size: int | None = None
        self._first = b""
        self._beside = _beside(errand.part)

    @property
    def tag(self) -> str:
        """Which version of the file the bytes are of; empty where none have come or the server did not say."""
        return self._beside.read_text() if self.at and self._beside.is_file() else ""

    def __enter__(self) -> Self:
        self.errand.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._held()
        self.done = self.errand.path.is_file()
        self.at = self._file.seek(0, os.SEEK_END)
        return self

    def __exit__(self, _: object, error: object, __: object) -> None:
        if self.done or isinstance(error, BadInput):
            self._remove()
        self._file.close()

    def _held(self) -> IO[bytes]:
        while True:
            file = self.errand.part.open("ab")
            with suppress(BlockingIOError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if self._same(file):
                    return file
            file.close()
            self.errand.check()
            time.sleep(LOOK)

    def _same(self, file: IO[bytes]) -> bool:
        # Its last holder may have moved the file to its place between our opening and our locking it.
        with suppress(FileNotFoundError):
            return os.fstat(file.fileno()).st_ino == self.errand.part.stat().st_ino
        return False

    def begin(self, answer: Answer) -> None:
        """Take in what a server says of the bytes to come.

        Raises:
            BadInput: it is no file that can be taken; says why and what to do.
            Unreachable: these bytes do not fit behind those that are here.
        """
        name, most = self.errand.name, self.errand.most
        if is_web_page(answer.mimetype, b""):
            raise web_page(name)
        check_size(name, answer.size, most)
        if self.errand.size is not None and answer.size not in (None, self.errand.size):
            raise wrong_size(name, self.errand.size, answer.size or 0)
        if answer.at == 0:
            self._restart(answer.tag)
        elif answer.at != self.at or answer.tag != self.tag:
            self._restart("")
            raise Unreachable(f"{name} is not the file any more of which the first half came.")
        self._size = answer.size if answer.size is not None else self.errand.size
        self._room()

    def _restart(self, tag: str) -> None:
        self._file.truncate(0)
        self.at, self._first = 0, b""
        self._beside.unlink(missing_ok=True)
        if tag:
            self._beside.write_text(tag)

    def _room(self) -> None:
        missing = (self._size or 0) - self.at
        if missing + SPARE > shutil.disk_usage(self.errand.part.parent).free:
            raise no_room(self.errand.name)

    def write(self, piece: bytes) -> None:
        """Put a piece behind the others.

        Raises:
            BadInput: the file is a web page, bigger than it said or than what is taken, or the disk is full.
        """
        name, limit = self.errand.name, self._size
        if self.at + len(piece) > self.errand.most:
            raise too_big(name, self.at + len(piece), self.errand.most)
        if limit is not None and self.at + len(piece) > limit:
            raise wrong_size(name, limit, self.at + len(piece))
        self._look(piece)
        try:
            self._file.write(piece)
            self._file.flush()
        except OSError as error:
            raise (no_room(name) if error.errno in FULL else error) from error
        self.at += len(piece)

    def _look(self, piece: bytes) -> None:
        if self.at >= FIRST:
            return
        if len(self._first) < self.at:
            self._first = self.errand.part.read_bytes()
        self._first += piece[:FIRST]
        if is_web_page("", self._first):
            raise web_page(self.errand.name)

    def end(self) -> int:
        """Put the whole file in its place and return its size.

        Raises:
            Unreachable: some of it is missing. BadInput: it is empty.
        """
        if self._size is not None and self.at < self._size:
            raise Unreachable(f"{self.errand.name} broke off after {self.at / 1e6:.1f} of {self._size / 1e6:.1f} MB.")
        check_size(self.errand.name, self.at, self.errand.most)
        os.fsync(self._file.fileno())
        self.errand.part.replace(self.errand.path)
        self._beside.unlink(missing_ok=True)
        folder = os.open(self.errand.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return self.at

    def _remove(self) -> None:
        self.errand.part.unlink(missing_ok=True)
        self._beside.unlink(missing_ok=True)


class Pace:
    """Sees to it that bytes come at all: a server that sends one a second holds a place for ever."""

    def __init__(self, errand: Errand, clock: Callable[[], float] = time.monotonic) -> None:
        self._errand = errand
        self._clock = clock
        self._since = clock()
        self._came = 0

    def tell(self, count: int) -> None:
        """Take in how many bytes came just now.

        Raises:
            Unreachable: hardly any came for a while.
        """
        self._came += count
        passed = self._clock() - self._since
        if passed < self._errand.window:
            return
        if self._came < FLOOR * passed:
            raise stalled(self._errand.name)
        self._since, self._came = self._clock(), 0


def forget(errand: Errand) -> None:
    """Throw away what has come of a file that is not wanted any more, unless somebody else fetches it just now."""
    _discard(errand.part)


def sweep(folder: Path, age: float, wanted: Collection[Path] = ()) -> int:
    """Throw away what came of files that nobody went on with for some seconds; return how many those were.

    Args:
        wanted: places of files that are still to come.
    """
    found = [part for part in folder.rglob(f"*{PART}") if part.with_name(part.name.removesuffix(PART)) not in wanted]
    return sum(_discard(part, time.time() - age) for part in found)


def _discard(part: Path, before: float = math.inf) -> bool:
    """Throw away what was last written before a time and is held by nobody; return whether that was done."""
    with suppress(FileNotFoundError, BlockingIOError), part.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(file.fileno()).st_mtime < before:
            part.unlink()
            _beside(part).unlink(missing_ok=True)
            return True
    return False


def _beside(part: Path) -> Path:
    """Return where it is kept which version of a file the bytes of a part are of."""
    return part.with_name(f"{part.name}-of")
