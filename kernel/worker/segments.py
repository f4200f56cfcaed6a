"""The cache of what was made before: every piece under the hash of all that it depends on.

A file appears here whole or not at all: it is written in a work folder beside, brought to the disk, then renamed. The
work folder is held by a lock that the system frees when its process dies, so that the next render sweeps what was left.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kernel.document import digest

WORKER = "1"
"""Version of the worker: raise it when the same plan is to look or sound otherwise, and nothing old is reused."""
LOCK = "lock"


class Cache:
    """Finished pieces by hash; several renders may share one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def path(self, key: str, suffix: str) -> Path:
        """Return where the piece of that hash lies, or would lie."""
        return self.folder / f"{key}{suffix}"

    def keep(self, made: Path, key: str, suffix: str) -> Path:
        """Take in a finished file under its hash and return its place."""
        place = self.path(key, suffix)
        settle(made, place)
        return place

    def drop(self, key: str, suffix: str) -> None:
        """Forget a piece that proved bad."""
        self.path(key, suffix).unlink(missing_ok=True)

    @contextmanager
    def work(self) -> Iterator[Path]:
        """Yield an empty folder on the same disk that is gone afterwards, however this ends."""
        self._sweep()
        folder = Path(tempfile.mkdtemp(prefix="work-", dir=self.folder))
        with (folder / LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)

    def _sweep(self) -> None:
        for folder in self.folder.glob("work-*"):
            # A folder without its lock is one that another render is just making.
            if (folder / LOCK).exists() and _left(folder / LOCK):
                shutil.rmtree(folder, ignore_errors=True)


def _left(lock: Path) -> bool:
    try:
        with lock.open("r") as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
    except OSError:
        return False


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
