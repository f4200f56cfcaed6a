"""The cache of what was made before: every piece under the hash of all that it depends on.

A file appears here whole or not at all: it is written in a work folder beside, brought to the disk, then renamed. Its
own sha256 lies beside it, so that one that has gone bad on the disk is found out. The work folder is held by a lock
that the system frees when its process dies, so that the next render sweeps what was left.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO
from uuid import uuid4

from kernel.document import digest

WORKER = "1"
"""Version of the worker: raise it when the same plan is to look or sound otherwise, and nothing old is reused."""
LOCK, SUM = ".lock", ".sum"
FRESH = 3600
"""Seconds: nothing that was used so recently is evicted, since a render may be about to join it."""


class Cache:
    """Finished pieces by hash; several renders may share one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def path(self, key: str, suffix: str) -> Path:
        """Return where the piece of that hash lies, or would lie."""
        return self.folder / f"{key}{suffix}"

    def find(self, key: str, suffix: str) -> Path | None:
        """Return the piece of that hash where it is there and whole; it counts as used now."""
        place = self.path(key, suffix)
        try:
            whole = sum_of(place) == _beside(place).read_text()
            place.touch()
        except OSError:
            return None
        if not whole:
            self.drop(key, suffix)
        return place if whole else None

    def sum(self, key: str, suffix: str) -> str:
        """Return the sha256 of a piece, as it was when it was kept."""
        return _beside(self.path(key, suffix)).read_text()

    def keep(self, made: Path, key: str, suffix: str) -> Path:
        """Take in a finished file under its hash and return its place."""
        place = self.path(key, suffix)
        half = made.with_name(made.name + SUM)
        half.write_text(sum_of(made))
        half.replace(_beside(place))
        settle(made, place)
        return place

    def drop(self, key: str, suffix: str) -> None:
        """Forget a piece that proved bad."""
        for path in (self.path(key, suffix), _beside(self.path(key, suffix))):
            path.unlink(missing_ok=True)

    def trim(self, limit: int, now: float | None = None) -> int:
        """Evict what was not used for longest until the folder holds at most `limit` bytes; return the bytes freed.

        What was used within the last hour stays, even over the limit.
        """
        kept = [(path.stat(), path) for path in self.folder.iterdir() if path.is_file() and path.suffix != LOCK]
        over, freed = sum(state.st_size for state, _ in kept) - limit, 0
        fresh = (time.time() if now is None else now) - FRESH
        for state, path in sorted(kept, key=lambda each: each[0].st_mtime):
            if freed >= over or state.st_mtime > fresh:
                break
            if path.suffix != SUM:
                path.unlink(missing_ok=True)
                _beside(path).unlink(missing_ok=True)
                freed += state.st_size
        return freed

    @contextmanager
    def work(self) -> Iterator[Path]:
        """Yield an empty folder on the same disk that is gone afterwards, however this ends."""
        self._sweep()
        lock, path = self._locked()
        folder = path.with_suffix("")
        try:
            folder.mkdir()
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            path.unlink(missing_ok=True)
            lock.close()

    def _locked(self) -> tuple[IO[str], Path]:
        """Return a lock that is held, and its path, which is a work folder's with a suffix."""
        while True:
            path = self.folder / f"work-{uuid4().hex}{LOCK}"
            lock = path.open("w")
            fcntl.flock(lock, fcntl.LOCK_EX)
            # Another render may have swept it between its making and its holding.
            if path.exists():
                return lock, path
            lock.close()

    def _sweep(self) -> None:
        """Remove the work folders of renders that were killed."""
        for path in self.folder.glob(f"work-*{LOCK}"):
            with suppress(OSError), path.open("r") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(path.with_suffix(""), ignore_errors=True)
                path.unlink(missing_ok=True)


def _beside(place: Path) -> Path:
    return place.with_name(place.name + SUM)


def sum_of(path: Path) -> str:
    """Return the sha256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def borrow(path: Path, place: Path) -> None:
    """Give a file a second name, without copying it where the disk allows."""
    try:
        os.link(path, place)
    except OSError:
        shutil.copyfile(path, place)


def settle(made: Path, place: Path) -> None:
    """Bring a finished file to the disk, then give it its name in one stroke; both lie on the same disk."""
    for path in (made, place.parent):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if path == made:
            made.replace(place)


def key_of(what: str, version: str, **parts: object) -> str:
    """Return the hash of a piece: what it is, who made it (worker and ffmpeg), and everything that went into it."""
    return digest({"what": what, "worker": WORKER, "ffmpeg": version, **parts})
