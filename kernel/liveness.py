"""Who is alive: one process, one executor's name, proved by a lock that the system frees when the process dies.

The engine recovers a dead process's work only when that process comes back under its own name. So each process takes
a lock on its name, and looks on its rounds for unfinished work whose owner's lock is free; that work it gives back.
This is liveness only: who runs what stays the engine's business, and the engine refuses the late writes of a process
that was thought dead and was not.
"""

from __future__ import annotations

import fcntl
import logging
import os
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Protocol

import sqlalchemy as sa

from kernel.errors import SetUp

log = logging.getLogger(__name__)

ROUND = 1.5
"""Seconds between two looks: two of them and a start leave room in the five seconds until work goes on."""
TRIES, TRY = 10, 0.05
"""How often, and after how many seconds, a taken name is tried: a process on its rounds may hold it for a moment."""
SPACE = 0x0D805
"""The first half of the keys of our advisory locks."""
KEEPALIVE = "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
"""A server that lost its client's host frees the lock after about 25 s."""


class Lock(Protocol):
    """A lock that this process holds."""

    def held(self) -> bool:
        """Whether it is still ours."""
        ...

    def release(self) -> None:
        """Give it back."""
        ...


class Locks(Protocol):
    """A place for locks, one for each executor's name."""

    looks: int
    """How often in a row a lock must be found free before its owner counts as dead."""

    def take(self, executor: str) -> Lock | None:
        """Take the lock on a name; None where a living process holds it."""
        ...

    def names(self) -> Iterator[str]:
        """Yield the names that have left a trace."""
        ...


class FileLock:
    """A lock on a file; the kernel frees it however the process ends."""

    def __init__(self, path: Path, file: IO[str]) -> None:
        self._path = path
        self._file = file

    def held(self) -> bool:
        """A file lock is not lost before its process."""
        return True

    def release(self) -> None:
        """Remove the file while the lock still holds, then free it."""
        self._path.unlink(missing_ok=True)
        self._file.close()


class FileLocks:
    """Lock files beside a database file: `rushes.db.<executor>.lock`."""

    looks = 1

    def __init__(self, database: Path) -> None:
        self._database = database

    def take(self, executor: str) -> FileLock | None:
        """Take the lock on a name."""
        path = self._database.with_name(f"{self._database.name}.{executor}.lock")
        while True:
            file = path.open("a")
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.close()
                return None
            if self._same(path, file):
                return FileLock(path, file)
            file.close()

    def names(self) -> Iterator[str]:
        """Yield the names that have a lock file."""
        before, after = f"{self._database.name}.", ".lock"
        for path in self._database.parent.glob(f"{before}*{after}"):
            yield path.name.removeprefix(before).removesuffix(after)

    @staticmethod
    def _same(path: Path, file: IO[str]) -> bool:
        # Its last holder may have removed the file between our opening and our locking it.
        with suppress(FileNotFoundError):
            return os.fstat(file.fileno()).st_ino == path.stat().st_ino
        return False


class AdvisoryLock:
    """A session's lock in PostgreSQL; the server frees it when the connection ends."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def held(self) -> bool:
        """Ask over the very connection that holds it."""
        try:
            self._connection.execute(sa.text("select 1"))
        except sa.exc.SQLAlchemyError:
            return False
        return True

    def release(self) -> None:
        """Close the connection."""
        with suppress(sa.exc.SQLAlchemyError):
            self._connection.close()


class AdvisoryLocks:
    """Advisory locks of a PostgreSQL database; a restart of the server frees them all, so one look proves nothing."""

    looks = 2

    def __init__(self, url: sa.URL) -> None:
        self._engine = sa.create_engine(
            url, poolclass=sa.pool.NullPool, isolation_level="AUTOCOMMIT", connect_args={"options": KEEPALIVE}
        )

    def take(self, executor: str) -> AdvisoryLock | None:
        """Take the lock on a name."""
        connection = self._engine.connect()
        key = zlib.crc32(f"rushes/{executor}".encode()) - 2**31
        taken = connection.execute(sa.text("select pg_try_advisory_lock(:space, :key)"), {"space": SPACE, "key": key})
        if taken.scalar():
            return AdvisoryLock(connection)
        connection.close()
        return None

    def names(self) -> Iterator[str]:
        """Yield nothing: a freed advisory lock leaves no trace."""
        return iter(())


def locks_of(database: str) -> Locks:
    """Return the place for locks beside a database: whoever works on it finds the same ones."""
    url = sa.make_url(database)
    if url.get_backend_name() == "sqlite":
        return FileLocks(Path(url.database or ""))
    return AdvisoryLocks(url.set(drivername="postgresql+psycopg"))


class Liveness:
    """This process's name and lock, and its rounds for the work of the dead.

    `owners` returns the executors that have unfinished work, `recover` gives the work of one back and returns how
    much that was.
    """

    def __init__(
        self, locks: Locks, executor: str, owners: Callable[[], set[str]], recover: Callable[[str], int]
    ) -> None:
        self._locks = locks
        self._executor = executor
        self._owners = owners
        self._recover = recover
        self._own: Lock | None = None
        self._seen: dict[str, int] = {}
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None

    def claim(self) -> None:
        """Take this process's own lock, before any work is taken.

        Raises:
            SetUp: a living process has this name.
        """
        for _ in range(TRIES):
            self._own = self._locks.take(self._executor)
            if self._own or self._ending.wait(TRY):
                break
        if self._own is None:
            raise SetUp(
                f"Another process already runs as {self._executor!r}: stop it, or start this one under another name."
            )

    def start(self) -> None:
        """Give back at once what the dead left, then look again every round."""
        self.sweep(looks=1)
        for name in self._locks.names():
            self._tidy(name)
        self._thread = threading.Thread(target=self._rounds, name="liveness", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the rounds; the name stays taken until `release`."""
        self._ending.set()
        if self._thread:
            self._thread.join()

    def release(self) -> None:
        """Give the name back."""
        if self._own:
            self._own.release()
        self._own = None

    def sweep(self, looks: int) -> int:
        """Look once at every owner of unfinished work; recover those found dead `looks` times; return how much."""
        if not self._still_mine():
            return 0
        owners = self._owners() - {self._executor}
        self._seen = {name: count for name, count in self._seen.items() if name in owners}
        return sum(self._look(name, looks) for name in sorted(owners))

    def _look(self, name: str, looks: int) -> int:
        lock = self._locks.take(name)
        if lock is None:
            self._seen.pop(name, None)
            return 0
        try:
            self._seen[name] = self._seen.get(name, 0) + 1
            return self._recover(name) if self._seen[name] >= looks else 0
        finally:
            lock.release()

    def _tidy(self, name: str) -> None:
        if name != self._executor and (lock := self._locks.take(name)):
            lock.release()

    def _still_mine(self) -> bool:
        if self._own and self._own.held():
            return True
        # The server went away, and every lock with it: count anew, so that nobody is thought dead too early.
        self._seen.clear()
        if self._own:
            self._own.release()
        self._own = self._locks.take(self._executor)
        return False

    def _rounds(self) -> None:
        while not self._ending.wait(ROUND):
            try:
                if count := self.sweep(self._locks.looks):
                    log.info("%s gave back %s pieces of work of a process that ended", self._executor, count)
            except Exception as error:  # noqa: BLE001  a round that fails must not be the last one
                log.warning("The look for work of dead processes failed and is tried again: %s", error)
