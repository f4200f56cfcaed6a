"""The durable engine: DBOS behind its one door, on a SQLite file by default, on PostgreSQL by another URL.

Recovery of other processes' work is DBOS's paid part; `kernel/liveness.py` does it here. For it, and so that work
starts at once without a busy idle process, this file leans on four names that DBOS does not publish:
`DBOS._recover_pending_workflows`, `queue_worker_thread`, and two columns of its tables that order and count work. That
is why the version is pinned below the next minor.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import dbos._dbos
import sqlalchemy as sa
from dbos import DBOS, DBOSClient, DBOSConfig, EnqueueOptions, Serializer
from dbos import error as refusals
from dbos._queue import queue_worker_thread

from kernel.engine import (
    JSON,
    KEYED,
    QUEUES,
    STOPPED,
    Outcome,
    Status,
    carried,
    checked_outside,
    checked_queue,
    ours,
    packed,
    told,
    unpacked,
)
from kernel.errors import Cancelled, NotFound, RushesError, SetUp, Unreachable
from kernel.liveness import AdvisoryLocks, FileLocks, Liveness, Locks

T = TypeVar("T")

NAME = "rushes"
VERSION = "1"
"""Pinned: a version of its own for every change of the code would strand what an older Rushes left unfinished."""
CRASHES = 25
"""A workflow that took its process down so often at one place is failed, so that it does not do so for ever."""
POLLS = {KEYED: 0.4, "steps": 0.5, "renders": 0.5, "timers": 1.0}
"""Seconds between two looks at each queue for what other processes began; what this one begins rings a bell."""
LIVELY = 0.3
"""Seconds for which a queue is looked at often after its bell rang: an end is recorded a little after it is known."""
FRESH = 0.25
"""Seconds for which an answer of `cancelled` is trusted."""
LOOK = 0.02
"""Seconds between two looks while waiting."""
GRACE = 1.0
"""Seconds for acts to end once `cancelled` tells them that the engine stops."""
POOL = 20
"""Connections to the database, as DBOS itself would open."""
STANDING: dict[str, Status] = {
    "ENQUEUED": "waiting",
    "DELAYED": "waiting",
    "PENDING": "running",
    "SUCCESS": "done",
    "CANCELLED": "cancelled",
}
"""DBOS's words in ours; every other one is a failure."""


class _Left(BaseException):
    """The engine stops in the middle of a workflow: nothing is recorded, the next start runs it again."""


class _Json(Serializer):
    """JSON in place of DBOS's pickle, which breaks when a class moves. An error's text starts with a mark."""

    MARK = "!"

    def name(self) -> str:
        return "rushes_json"

    def serialize(self, data: Any) -> str:
        return self.MARK + json.dumps(packed(data)) if isinstance(data, Exception) else json.dumps(data)

    def deserialize(self, serialized_data: str) -> Any:
        if serialized_data.startswith(self.MARK):
            return unpacked(json.loads(serialized_data.removeprefix(self.MARK)))
        return json.loads(serialized_data)


class _Bell(threading.Event):
    """The event that ends a queue's thread, with a bell that wakes the thread between two looks."""

    def __init__(self) -> None:
        super().__init__()
        self._rung = threading.Event()
        self._lively = 0.0

    def ring(self) -> None:
        """Have the queue looked at now, and often for a moment."""
        self._lively = time.monotonic() + LIVELY
        self._rung.set()

    def set(self) -> None:
        super().set()
        self._rung.set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the end, the bell or the time; return whether it is the end."""
        if time.monotonic() < self._lively:
            timeout = LOOK
        self._rung.wait(timeout)
        self._rung.clear()
        return self.is_set()


class DurableEngine:
    """Durable execution in a database that this process may share with others; one in a process at a time.

    `url` names the database, `executor` this process among all that use it (by default a name of its own), `renders`
    how many renders run at once here, `listens` the queues that this process works on, and `crashes` after how many of
    them at one place a workflow is failed.
    """

    def __init__(
        self,
        url: str,
        executor: str | None = None,
        renders: int = 1,
        listens: Sequence[str] = QUEUES,
        crashes: int = CRASHES,
    ) -> None:
        self._url = sa.make_url(url)
        self._executor = executor or uuid.uuid4().hex
        self._places = {KEYED: None, "steps": 8, "renders": renders, "timers": 8}
        self._listens = tuple(listens)
        self._crashes = crashes
        self._workflows: dict[str, Callable[..., JSON]] = {}
        self._wishes: dict[str, tuple[float, bool]] = {}
        self._left: set[str] = set()
        self._leaving = threading.Event()
        self._bells: dict[str, _Bell] = {}
        self._threads: list[threading.Thread] = []
        schema = None if self._url.get_backend_name() == "sqlite" else "dbos"
        self._works = sa.table("workflow_status", *columns(), schema=schema)
        self._memories = sa.table("operation_outputs", sa.column("workflow_uuid"), schema=schema)
        self._db: sa.Engine
        self._client: DBOSClient
        self._live: Liveness | None = None

    def register(self, name: str, workflow: Callable[..., JSON]) -> None:
        """Make a workflow known by name; before `start`."""
        self._workflows[name] = workflow

    def start(self) -> None:
        """Open the database, prove that this process lives, and begin to work.

        Raises:
            SetUp: the database cannot be used, another process has this executor's name, or this process already
                has a durable engine.
        """
        if dbos._dbos._dbos_global_instance is not None:
            raise SetUp("This process already runs a durable engine: stop it before another one starts.")
        quiet()
        self._db, locks = opened(self._url)
        live = Liveness(locks, self._executor, self._owners, self._recover)
        live.claim()
        self._live = live
        self._leaving.clear()
        try:
            self._launch()
            live.start()
        except BaseException:
            self._close(live)
            raise

    def _launch(self) -> None:
        DBOS.migrate(self._url.render_as_string(hide_password=False))
        self._client = DBOSClient(system_database_engine=self._db, serializer=_Json(), application_name=NAME)
        for queue, places in self._places.items():
            self._client.register_queue(
                queue,
                worker_concurrency=places,
                partition_concurrency=1 if queue == KEYED else None,
                polling_interval_sec=POLLS[queue],
            )
        program = DBOS(config=self._config())
        for name, workflow in self._workflows.items():
            DBOS.workflow(name=name, max_recovery_attempts=None)(self._guarded(workflow))
        DBOS.listen_queues([])
        DBOS.launch()
        self._bells = {queue: _Bell() for queue in self._listens}
        for queue, bell in self._bells.items():
            arguments = bell, program, DBOS.retrieve_queue(queue)
            thread = threading.Thread(target=queue_worker_thread, args=arguments, name=f"queue-{queue}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def _config(self) -> DBOSConfig:
        return DBOSConfig(
            name=NAME,
            system_database_url=self._url.render_as_string(hide_password=False),
            system_database_engine=self._db,
            application_version=VERSION,
            executor_id=self._executor,
            serializer=_Json(),
            use_listen_notify=False,
            run_migrations=False,
            enable_otlp=False,
            log_level="WARNING",
            notification_listener_polling_interval_sec=FRESH,
        )

    def stop(self, patience: float = 10) -> None:
        """Take nothing new, wait for what runs, then ask it to leave; the next start runs again what has not ended.

        An act that never asks `cancelled` holds the process until it ends.
        """
        if self._live is None:
            return
        self._end_queues()
        self._settle(patience)
        self._leaving.set()
        self._settle(GRACE)
        self._close(self._live)

    def _settle(self, patience: float) -> None:
        until = time.monotonic() + patience
        while self._unfinished() - self._left and time.monotonic() < until:
            time.sleep(LOOK)

    def _end_queues(self) -> None:
        for bell in self._bells.values():
            bell.set()
        for thread in self._threads:
            thread.join()
        self._bells, self._threads = {}, []

    def _ring(self, *queues: str) -> None:
        for queue in queues:
            if bell := self._bells.get(queue):
                bell.ring()

    def _close(self, live: Liveness) -> None:
        live.stop()
        self._end_queues()
        DBOS.destroy(destroy_registry=True)
        live.release()
        self._db.dispose()
        self._live = None
        self._left.clear()

    def begin(self, workflow: str, id: str, *arguments: JSON, queue: str = "steps", key: str | None = None) -> None:
        """Write a piece of work into a queue, once for each id."""
        checked_queue(queue, key)
        options = EnqueueOptions(workflow_name=workflow, workflow_id=id, queue_name=queue, app_version=VERSION)
        if queue == KEYED:
            options["queue_partition_key"] = id if key is None else key
        self._write(options, arguments)

    def later(self, workflow: str, id: str, seconds: float, *arguments: JSON) -> None:
        """Write a piece of work that enters its queue after that time, give or take a second."""
        options = EnqueueOptions(workflow_name=workflow, workflow_id=id, queue_name="timers", app_version=VERSION)
        options["delay_seconds"] = seconds
        self._write(options, arguments)

    def _write(self, options: EnqueueOptions, arguments: tuple[JSON, ...]) -> None:
        values = carried(list(arguments))
        with self._asked() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            if self._standing(connection, options["workflow_id"]) is None:
                self._client.enqueue_in_transaction(connection, options, *values)
                self._put_last(connection, options["workflow_id"], options["queue_name"])
        self._ring(options["queue_name"])

    def _put_last(self, connection: sa.Connection, id: str, queue: str) -> None:
        """Put a piece of work behind all others of its queue.

        DBOS takes them by `created_at`, which SQLite fills in whole seconds under Python 3.11.
        """
        works = self._works.c
        others = works.queue_name == queue, works.status.in_(("ENQUEUED", "PENDING")), works.workflow_uuid != id
        last = connection.execute(sa.select(sa.func.max(works.created_at)).where(*others)).scalar() or 0
        when = max(int(time.time() * 1000), last + 1)
        connection.execute(sa.update(self._works).where(works.workflow_uuid == id).values(created_at=when))

    def remember(self, name: str, act: Callable[[], T]) -> T:
        """Do `act` once and keep what it returned by position."""
        id = self.current()
        try:
            return DBOS.run_step({"name": name}, self._done, id, act)
        except refusals.DBOSWorkflowCancelledError:
            raise Cancelled(STOPPED) from None
        except refusals.DBOSWorkflowConflictIDError:
            if id is not None and self._wished(id):
                raise Cancelled(STOPPED) from None
            raise
        except refusals.DBOSException as error:
            raise RushesError(f"What this work remembers no longer fits the program: {error}.") from error

    def _done(self, id: str | None, act: Callable[[], T]) -> T:
        if self._leaving.is_set():
            raise _Left
        try:
            result: T = carried(act())
        except Exception as error:
            if self._leaving.is_set() and isinstance(error, Cancelled):
                raise _Left from None
            raise ours(error) from error
        return result

    def outcome(self, id: str) -> Outcome | None:
        """Read how a piece of work stands."""
        with self._asked():
            found = self._client.list_workflows(workflow_ids=[id], load_input=False)
        if not found:
            return None
        [work] = found
        error = told(work.error) if work.error else None
        return Outcome(status=STANDING.get(work.status, "failed"), result=work.output, error=error)

    def wait(self, id: str, timeout: float) -> Outcome:
        """Look until it has ended or the time is over."""
        checked_outside(self.current())
        until = time.monotonic() + timeout
        while self._word(id) in ("waiting", "running") and time.monotonic() < until:
            time.sleep(LOOK)
        found = self.outcome(id)
        if found is None:
            raise NotFound(f"Nothing was begun with the id {id}.")
        return found

    def cancel(self, id: str) -> None:
        """Write that it is to stop, for every process to see."""
        with self._asked():
            self._client.cancel_workflow(id)
        self._wishes.pop(id, None)
        self._ring(*QUEUES)

    def cancelled(self, id: str) -> bool:
        """Whether an act of this workflow should end now; reads the database four times a second at most."""
        return self._leaving.is_set() or self._wished(id)

    def _wished(self, id: str) -> bool:
        asked, wish = self._wishes.get(id, (0.0, False))
        if not wish and time.monotonic() - asked > FRESH:
            wish = self._word(id) == "cancelled"
            self._wishes[id] = time.monotonic(), wish
        return wish

    def current(self) -> str | None:
        """Return the id of the workflow of this thread."""
        return DBOS.workflow_id

    def _guarded(self, workflow: Callable[..., JSON]) -> Callable[..., JSON]:
        def run(*arguments: JSON) -> JSON:
            id = self.current() or ""
            try:
                self._count_crash(id)
                return carried(workflow(*arguments))
            except _Left:
                self._client.update_workflow_attributes(id, {"place": None}, merge=True)
                raise
            finally:
                if not isinstance(sys.exc_info()[1], Exception | None):
                    self._left.add(id)
                self._wishes.pop(id, None)
                self._ring(*QUEUES)

        return run

    def _count_crash(self, id: str) -> None:
        """Count a start after a crash, and refuse one too many at the same place.

        Raises:
            RushesError: it crashed there too often.
        """
        works, memories = self._works, self._memories
        with self._asked() as connection:
            starts, notes = connection.execute(
                sa.select(works.c.recovery_attempts, works.c.attributes).where(works.c.workflow_uuid == id)
            ).one()
            if starts < 2:
                return
            count = sa.select(sa.func.count()).select_from(memories).where(memories.c.workflow_uuid == id)
            place = connection.execute(count).scalar_one()
        crashes = notes["crashes"] + 1 if notes and notes.get("place") == place else 1
        if crashes >= self._crashes:
            raise RushesError(
                f"This work took its process down {crashes} times at the same place, after {place} remembered acts, "
                "and was given up: look into the log of that act, then begin it anew."
            )
        self._client.update_workflow_attributes(id, {"place": place, "crashes": crashes}, merge=True)

    def _word(self, id: str) -> Status | None:
        with self._asked() as connection:
            return self._standing(connection, id)

    def _standing(self, connection: sa.Connection, id: str) -> Status | None:
        word = connection.execute(sa.select(self._works.c.status).where(self._works.c.workflow_uuid == id)).scalar()
        return None if word is None else STANDING.get(word, "failed")

    def _unfinished(self) -> set[str]:
        works = self._works
        mine = works.c.status == "PENDING", works.c.executor_id == self._executor
        with self._asked() as connection:
            return set(connection.execute(sa.select(works.c.workflow_uuid).where(*mine)).scalars())

    def _owners(self) -> set[str]:
        works = self._works
        with self._asked() as connection:
            owners = sa.select(works.c.executor_id).where(works.c.status == "PENDING").distinct()
            return set(connection.execute(owners).scalars())

    def _recover(self, executor: str) -> int:
        count = len(DBOS._recover_pending_workflows([executor]))
        self._ring(*QUEUES)
        return count

    @contextmanager
    def _asked(self) -> Iterator[sa.Connection]:
        """Hold a transaction; a database that does not answer is worth another try."""
        try:
            with self._db.begin() as connection:
                yield connection
        except sa.exc.OperationalError as error:
            raise Unreachable(f"The database does not answer: {error.orig}.") from error


def columns() -> Iterator[sa.ColumnClause[Any]]:
    """Yield those columns of DBOS's table of work that are read or written here."""
    for name in ("workflow_uuid", "status", "queue_name", "executor_id"):
        yield sa.column(name, sa.Text())
    for name in ("created_at", "recovery_attempts"):
        yield sa.column(name, sa.BigInteger())
    yield sa.column("attributes", sa.JSON())


def opened(url: sa.URL) -> tuple[sa.Engine, Locks]:
    """Return the database, and the place for locks beside it.

    Raises:
        SetUp: it cannot be opened.
    """
    try:
        db, locks = in_file(url) if url.get_backend_name() == "sqlite" else on_server(url)
        db.connect().close()
    except (sa.exc.SQLAlchemyError, OSError) as error:
        why = str(getattr(error, "orig", None) or error).strip()
        raise SetUp(f"The database {url.render_as_string()} cannot be opened ({why}): check its address.") from error
    return db, locks


def in_file(url: sa.URL) -> tuple[sa.Engine, Locks]:
    """Return a SQLite file, made where there is none, and the lock files beside it."""
    file = Path(url.database or "")
    file.parent.mkdir(parents=True, exist_ok=True)
    return sqlite(url), FileLocks(file)


def on_server(url: sa.URL) -> tuple[sa.Engine, Locks]:
    """Return a PostgreSQL database and its advisory locks."""
    url = url.set(drivername="postgresql+psycopg")
    return sa.create_engine(url, pool_size=POOL, max_overflow=0, pool_pre_ping=True), AdvisoryLocks(url)


def sqlite(url: sa.URL) -> sa.Engine:
    """Return a SQLite file for several processes: a write-ahead log, and one fsync for each commit."""
    db = sa.create_engine(url, pool_size=POOL, max_overflow=0)

    @sa.event.listens_for(db, "connect")
    def prepare(connection: sqlite3.Connection, record: object) -> None:
        connection.isolation_level = "IMMEDIATE"
        for pragma in ("busy_timeout=30000", "foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")
        if sys.version_info >= (3, 12) and sqlite3.sqlite_version_info < (3, 42):
            # DBOS asks for unixepoch('subsec') by the version of Python; this SQLite does not know it yet.
            connection.create_function("unixepoch", 1, lambda _: round(time.time(), 3))

    return db


def quiet() -> None:
    """Have DBOS log through `logging` from WARNING on; without a handler it would write to the terminal."""
    logger = logging.getLogger("dbos")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    logger.setLevel(logging.WARNING)
    logger.propagate = True
