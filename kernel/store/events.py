"""Events: what happened, in one order for all, so that a follower who remembers a number misses nothing."""

from __future__ import annotations

import sqlalchemy as sa

from kernel.store.database import Database, columns, once, read_all, read_one, rows
from kernel.store.records import Event
from kernel.store.tables import EventRow


class Events:
    """The events."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, event: Event) -> int:
        """Keep an event, once per id, and return its place in the order of all events."""
        # One writer at a time: else a higher number could be seen before a lower one, and a follower pass it by.
        with self._database.write("events") as connection:
            seq = once(connection, EventRow, columns(event, "seq"))
            if seq is None:
                seq = connection.execute(sa.select(EventRow.seq).where(EventRow.id == event.id)).scalar_one()
        return seq

    def since(self, seq: int, job: str | None = None, limit: int = 1000) -> list[Event]:
        """Return the events after a place, of one job or of all, oldest first."""
        query = rows(EventRow).where(EventRow.seq > seq).order_by(EventRow.seq).limit(limit)
        if job is not None:
            query = query.where(EventRow.job == job)
        with self._database.read() as connection:
            return read_all(connection, Event, query)

    def said(self, conversation: str) -> list[Event]:
        """Return what was said in a conversation, oldest first."""
        query = rows(EventRow).where(EventRow.conversation == conversation, EventRow.kind == "said")
        with self._database.read() as connection:
            return read_all(connection, Event, query.order_by(EventRow.seq))

    def told(self, conversation: str, kind: str) -> list[Event]:
        """Return all events of one kind in a conversation, oldest first: also those before it had a job."""
        query = rows(EventRow).where(EventRow.conversation == conversation, EventRow.kind == kind)
        with self._database.read() as connection:
            return read_all(connection, Event, query.order_by(EventRow.seq))

    def of(self, job: str, kind: str) -> list[Event]:
        """Return all events of one kind in a job, oldest first."""
        query = rows(EventRow).where(EventRow.job == job, EventRow.kind == kind)
        with self._database.read() as connection:
            return read_all(connection, Event, query.order_by(EventRow.seq))

    def last(self, *kinds: str, job: str | None = None) -> Event | None:
        """Return the newest event of some kinds, or of any; of one job or of all."""
        query = rows(EventRow).order_by(EventRow.seq.desc()).limit(1)
        if kinds:
            query = query.where(EventRow.kind.in_(kinds))
        if job is not None:
            query = query.where(EventRow.job == job)
        with self._database.read() as connection:
            return read_one(connection, Event, query)
