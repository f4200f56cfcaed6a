"""The door to the database: opens it, reads and writes rows as frozen values, and says what went wrong in words."""

from __future__ import annotations

import json
import sqlite3
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, Connection, Engine, RowMapping, make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError

from kernel.document import Value
from kernel.errors import Away, NotFound, RushesError, SetUp, TryAgain
from kernel.store.tables import Base

R = TypeVar("R", bound=Value)

BUSY_MS = 30_000
"""How long a writer waits for another one, in milliseconds."""
LOOK = 0.002
"""Seconds between two looks of a writer that goes first."""
PRAGMAS = (f"busy_timeout={BUSY_MS}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")
CHECKED_BYTES = 256 * 1024 * 1024
"""Up to this size the whole SQLite file is checked at each opening (well under a second)."""
POOL = 10
OVERFLOW = 30


class Database:
    """One database, for all threads of a process. Each `read` and `write` is one transaction."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writer = engine.execution_options(rushes_begin="IMMEDIATE")
        self._urgent = engine.execution_options(rushes_begin="IMMEDIATE", rushes_urgent=True)

    @property
    def is_sqlite(self) -> bool:
        """Whether it is the embedded one."""
        return self.engine.dialect.name == "sqlite"

    @property
    def name(self) -> str:
        """What to call it in a message: the file's path, or the address without its password."""
        url = self.engine.url
        return str(url.database) if self.is_sqlite else url.render_as_string(hide_password=True)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that only reads; it waits for no writer."""
        with self.telling(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def write(self, *lock: str) -> Iterator[Connection]:
        """Open a transaction that writes; those that name the same `lock` come one after the other."""
        with self.telling(), self._writer.begin() as connection:
            if lock:
                self.hold(connection, *lock)
            yield connection

    @contextmanager
    def write_first(self) -> Iterator[Connection]:
        """Open a transaction that writes, before others that wait: for what somebody outside waits for."""
        with self.telling(), self._urgent.begin() as connection:
            yield connection

    def hold(self, connection: Connection, *lock: str) -> None:
        """Hold one more lock until a writing transaction ends; several are to be taken in one order everywhere."""
        if not self.is_sqlite:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(zlib.crc32("/".join(lock).encode()))))

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Turn a driver's errors within the block into ours, one sentence each."""
        try:
            yield
        except IntegrityError as error:
            raise NotFound(f"This cannot be kept, because what it belongs to is not: {error.orig}.") from error
        except DBAPIError as error:
            raise told(error, self.name) from error


def connect(url: str) -> Database:
    """Return the database behind a URL, not yet migrated.

    Raises:
        SetUp: the URL names no database that Rushes can use.
    """
    try:
        address = make_url(url)
    except sa.exc.ArgumentError as error:
        raise SetUp("The database URL cannot be read: give sqlite:///path or postgresql://user@host/name.") from error
    if address.get_backend_name() == "sqlite":
        return Database(_sqlite(address))
    if address.get_backend_name() in ("postgresql", "postgres"):
        return Database(_postgresql(address))
    raise SetUp(
        f"Rushes keeps its data in SQLite or PostgreSQL, not in {address.get_backend_name()}: set RUSHES_DATABASE_URL."
    )


def _sqlite(address: URL) -> Engine:
    if address.database in (None, "", ":memory:"):
        raise SetUp("Rushes needs a database file: give sqlite:///path, a database in memory is lost with its thread.")
    engine = sa.create_engine(
        address,
        pool_size=POOL,
        max_overflow=OVERFLOW,
        connect_args={"isolation_level": None, "timeout": BUSY_MS / 1000},
        json_serializer=plain_json,
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: object) -> None:
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    if connection.get_execution_options().get("rushes_urgent"):
        _take_lock(connection)
        return
    # A deferred BEGIN that reads and then writes fails at once when another wrote in between, whatever the timeout.
    connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get('rushes_begin', 'DEFERRED')}")


def _take_lock(connection: Connection) -> None:
    """Begin a writing transaction as soon as the lock is free.

    SQLite's own waiters sleep for up to a tenth of a second between two looks, and come in no order: where many write,
    one of them may wait for seconds. Whoever looks more often comes before them.
    """
    driver = connection.connection.dbapi_connection
    assert driver is not None
    until = time.monotonic() + BUSY_MS / 1000
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while time.monotonic() < until:
            try:
                driver.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                if "locked" not in str(error):
                    break  # it is no matter of waiting: said below as any other error of the database
            time.sleep(LOOK)
    finally:
        driver.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _postgresql(address: URL) -> Engine:
    return sa.create_engine(
        address.set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        pool_size=POOL,
        max_overflow=OVERFLOW,
        connect_args={"connect_timeout": 10},
        json_serializer=plain_json,
    )


def plain_json(value: object) -> str:
    """Return JSON text; NaN and infinity, which JSON does not know, are an error."""
    return json.dumps(value, allow_nan=False)


def told(error: DBAPIError, name: str) -> RushesError:
    """Return a driver's error as one sentence: something to set up, or something to try again."""
    reason = str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else type(error.orig).__name__
    sentences: dict[str, RushesError] = {
        "not a database": SetUp(f"{name} is no Rushes database: move it away, or set another by RUSHES_DATABASE_URL."),
        "malformed": SetUp(
            f"The database {name} is damaged: put a backup in its place, or move it away to start anew."
        ),
        "readonly": SetUp(f"The database {name} cannot be written: make the file and its folder writable."),
        "unable to open": SetUp(f"The database {name} cannot be opened: see that its folder exists and is writable."),
        "disk is full": Away(f"The disk of the database {name} is full: free some space, nothing kept is lost."),
        "locked": Away(f"The database {name} stayed busy for {BUSY_MS // 1000} s: try again."),
    }
    found = next((sentence for mark, sentence in sentences.items() if mark in reason), None)
    if found:
        return found
    if isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated:
        return Away(f"The database {name} did not answer ({reason}): try again when it is back.")
    return RushesError(f"The database {name} refused a statement ({reason}): please report this.")


def check(database: Database) -> None:
    """See that the database can be opened, is whole and can be written, before anything is kept in it.

    Raises:
        SetUp: what is wrong with it and what to do.
    """
    try:
        with database.read() as connection:
            if not database.is_sqlite:
                return
            _check_file(connection, database.name)
        with database.write() as connection:
            connection.exec_driver_sql(
                f"PRAGMA user_version = {connection.exec_driver_sql('PRAGMA user_version').scalar()}"
            )
    except TryAgain as error:
        raise SetUp(str(error)) from error


def _check_file(connection: Connection, name: str) -> None:
    pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    size = pages * connection.exec_driver_sql("PRAGMA page_size").scalar_one()
    if size > CHECKED_BYTES:
        return
    answer = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
    if answer != "ok":
        raise SetUp(f"The database {name} is damaged ({answer}): put a backup in its place, or move it away.")


def make_folder(database: Database) -> None:
    """Make the folder of an embedded database."""
    path = database.engine.url.database
    if database.is_sqlite and path and not path.startswith("file:"):
        Path(path).parent.mkdir(parents=True, exist_ok=True)


def columns(record: Value, *left_out: str) -> dict[str, Any]:
    """Return a value as the columns of its row, with characters that a database cannot keep replaced."""
    values = record.model_dump(exclude=set(left_out))
    return {name: clean(value) for name, value in values.items()}


def clean(value: Any) -> Any:
    """Return text and JSON without NUL and half characters, which PostgreSQL refuses: both databases behave alike."""
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {clean(key): clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean(item) for item in value]
    return value


def once(connection: Connection, table: type[Base], values: Mapping[str, Any]) -> int | None:
    """Insert a row unless one with the same key is there; return its number, or None where it was there."""
    key = sa.inspect(table).primary_key[0]
    insert = sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
    number: int | None = connection.execute(
        insert.values(values).on_conflict_do_nothing().returning(key)
    ).scalar_one_or_none()
    return number


def read_all(connection: Connection, kind: type[R], query: sa.Select[Any]) -> list[R]:
    """Return the rows of a query over whole tables as values."""
    return [value(kind, row) for row in connection.execute(query).mappings()]


def read_one(connection: Connection, kind: type[R], query: sa.Select[Any]) -> R | None:
    """Return the first row of a query over a whole table as a value."""
    row = connection.execute(query.limit(1)).mappings().first()
    return value(kind, row) if row is not None else None


def value(kind: type[R], row: RowMapping) -> R:
    """Return a row as a value."""
    return kind.model_validate({name: row[name] for name in kind.model_fields})


def rows(table: type[Base]) -> sa.Select[Any]:
    """Begin a query for whole rows."""
    return sa.select(table.__table__)


def many(connection: Connection, table: type[Base], values: Iterable[Mapping[str, Any]]) -> None:
    """Insert rows, each unless it is there."""
    for row in values:
        once(connection, table, row)
