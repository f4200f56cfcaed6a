"""Logs: the lines that concern a job."""

from __future__ import annotations

from typing import get_args

from kernel.redact import redacted
from kernel.store.database import Database, columns, once, read_all, rows
from kernel.store.records import Level, Log
from kernel.store.tables import LogRow

LEVELS: tuple[Level, ...] = get_args(Level)
"""From the least to the most serious."""


class Logs:
    """The lines."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, log: Log) -> None:
        """Keep a line."""
        with self._database.write() as connection:
            once(connection, LogRow, redacted(columns(log)))

    def list(self, job: str, level: Level | None = None) -> list[Log]:
        """Return a job's lines, oldest first; with a level only those that are at least as serious."""
        query = rows(LogRow).where(LogRow.job == job).order_by(LogRow.number)
        if level is not None:
            query = query.where(LogRow.level.in_(LEVELS[LEVELS.index(level) :]))
        with self._database.read() as connection:
            return read_all(connection, Log, query)
