"""Tickets: what may be used once, by whichever process comes first."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from kernel.store.database import Database, once
from kernel.store.records import now
from kernel.store.tables import TicketRow

KEPT = timedelta(days=1)
"""How long a used ticket is remembered: whoever makes one sees to it that it is void before."""


class Tickets:
    """The used tickets."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def use(self, id: str) -> bool:
        """Use a ticket up; False where somebody did before."""
        with self._database.write("tickets") as connection:
            connection.execute(sa.delete(TicketRow).where(TicketRow.created < now() - KEPT))
            return once(connection, TicketRow, {"id": id, "created": now()}) is not None
