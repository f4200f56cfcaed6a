"""Runs: each run of a step with its attempts, how long they took and what went wrong."""

from __future__ import annotations

import builtins
from typing import Literal

import sqlalchemy as sa

from kernel.errors import NotFound
from kernel.redact import redacted
from kernel.store.database import Database, clean, columns, once, read_all, read_one, rows
from kernel.store.records import Attempt, Run, now
from kernel.store.tables import AttemptRow, RunRow

Ending = Literal["done", "failed", "cancelled", "deduplicated"]


class Runs:
    """The runs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, run: Run) -> None:
        """Keep a run, once per id."""
        with self._database.write() as connection:
            once(connection, RunRow, columns(run))

    def attempt(self, id: str, number: int, error: str | None, stack: str | None, seconds: float) -> None:
        """Add one try to a run; `error` and `stack` are None where it went well."""
        made = Attempt(run=id, number=number, error=error, stack=stack, seconds=seconds)
        with self._database.write() as connection:
            once(connection, AttemptRow, redacted(columns(made)))

    def attempts(self, id: str) -> builtins.list[Attempt]:
        """Return the tries of a run in their order."""
        query = rows(AttemptRow).where(AttemptRow.run == id).order_by(AttemptRow.row)
        with self._database.read() as connection:
            return read_all(connection, Attempt, query)

    def end(
        self,
        id: str,
        status: Ending,
        document_hash: str | None = None,
        error: str | None = None,
        stack: str | None = None,
        draft: str | None = None,
    ) -> None:
        """Say how a run ended; a run that has made its document stays done, whatever comes after."""
        change = {"status": status, "document_hash": document_hash, "error": error, "stack": stack, "draft": draft}
        made = RunRow.status.in_(("done", "deduplicated"))
        with self._database.write() as connection:
            update = sa.update(RunRow).where(RunRow.id == id, ~made)
            connection.execute(update.values({**redacted(clean(change)), "ended": now()}))

    def get(self, id: str) -> Run:
        """Return a run.

        Raises:
            NotFound: there is none with this id.
        """
        with self._database.read() as connection:
            found = read_one(connection, Run, rows(RunRow).where(RunRow.id == id))
        if found is None:
            raise NotFound(f"There is no run {id}.")
        return found

    def list(self, job: str, step: str | None = None) -> builtins.list[Run]:
        """Return a job's runs, of one step or of all, newest first."""
        query = rows(RunRow).where(RunRow.job == job)
        if step is not None:
            query = query.where(RunRow.step == step)
        with self._database.read() as connection:
            return read_all(connection, Run, query.order_by(RunRow.number.desc()))

    def active(self, job: str) -> builtins.list[Run]:
        """Return a job's runs that have not ended, oldest first."""
        query = rows(RunRow).where(RunRow.job == job, RunRow.ended.is_(None)).order_by(RunRow.number)
        with self._database.read() as connection:
            return read_all(connection, Run, query)
