"""Goldens: the renders that are examples for later jobs; kept together with the yes that made them so."""

from __future__ import annotations

import builtins
from datetime import datetime

import sqlalchemy as sa

from kernel.store.database import Database, read_all, rows
from kernel.store.records import Golden
from kernel.store.tables import GoldenRow

LOOKED_THROUGH = 50
"""So many of the nearest are looked through for different jobs."""


class Goldens:
    """The golden renders."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self, profile: str | None = None, limit: int = 1000) -> builtins.list[Golden]:
        """Return the golden renders, of one profile or of all, newest first."""
        query = rows(GoldenRow).order_by(GoldenRow.number.desc()).limit(limit)
        if profile is not None:
            query = query.where(GoldenRow.profile == profile)
        with self._database.read() as connection:
            return read_all(connection, Golden, query)

    def nearest(
        self, pipeline: str, profile: str, brand: str, asker: str, before: datetime, limit: int
    ) -> builtins.list[Golden]:
        """Return those of a profile that are nearest: of the same brand first, then of the same asker, then the newest;
        one of each job.

        Args:
            before: only what was golden already then, so that the answer stays the same for a job's whole life.
        """
        order = (GoldenRow.brand == brand, GoldenRow.asker == asker)
        query = rows(GoldenRow).where(GoldenRow.pipeline == pipeline, GoldenRow.profile == profile)
        query = query.where(GoldenRow.created < before)
        # SQLite and PostgreSQL both sort false before true.
        query = query.order_by(*(sa.desc(same) for same in order), GoldenRow.number.desc()).limit(LOOKED_THROUGH)
        with self._database.read() as connection:
            found = read_all(connection, Golden, query)
        first = {golden.job: golden for golden in reversed(found)}
        return [golden for golden in found if first[golden.job] is golden][:limit]
