"""The ledger: what every call of a model cost."""

from __future__ import annotations

import sqlalchemy as sa

from kernel.store.database import Database, columns, once, read_all, rows
from kernel.store.records import Charge
from kernel.store.tables import ChargeRow


class Ledger:
    """The charges."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def charge(self, charge: Charge) -> None:
        """Keep a charge, once per id."""
        with self._database.write() as connection:
            once(connection, ChargeRow, columns(charge))

    def spent(self, job: str) -> float:
        """Return what a job has cost so far, in USD."""
        query = sa.select(sa.func.coalesce(sa.func.sum(ChargeRow.usd), 0.0)).where(ChargeRow.job == job)
        with self._database.read() as connection:
            return float(connection.execute(query).scalar_one())

    def list(self, job: str) -> list[Charge]:
        """Return a job's charges, oldest first."""
        query = rows(ChargeRow).where(ChargeRow.job == job).order_by(ChargeRow.number)
        with self._database.read() as connection:
            return read_all(connection, Charge, query)
