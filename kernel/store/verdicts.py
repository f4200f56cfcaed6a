"""Verdicts: what every policy said, and why."""

from __future__ import annotations

from kernel.store.database import Database, columns, once, read_all, rows
from kernel.store.records import Verdict
from kernel.store.tables import VerdictRow


class Verdicts:
    """The verdicts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, verdict: Verdict) -> None:
        """Keep a verdict, once per id."""
        with self._database.write() as connection:
            once(connection, VerdictRow, columns(verdict))

    def list(self, job: str) -> list[Verdict]:
        """Return a job's verdicts, oldest first."""
        query = rows(VerdictRow).where(VerdictRow.job == job).order_by(VerdictRow.number)
        with self._database.read() as connection:
            return read_all(connection, Verdict, query)
