"""Turns: what came into a conversation, each once, in the order it was kept."""

from __future__ import annotations

import builtins
from collections.abc import Iterable

import sqlalchemy as sa

from kernel.store.database import Database, columns, once, read_all, read_one, rows
from kernel.store.records import Turn
from kernel.store.tables import TurnRow


class Turns:
    """The turns."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, turn: Turn) -> bool:
        """Keep a turn; False when its id is known already."""
        with self._database.write("turns", turn.conversation) as connection:
            return once(connection, TurnRow, columns(turn)) is not None

    def keep_all(self, turns: Iterable[Turn]) -> set[str]:
        """Keep several turns in their order, all or none; return the ids of those that were not known yet."""
        given = list(turns)
        with self._database.write_first() as connection:
            for conversation in sorted({turn.conversation for turn in given}):
                self._database.hold(connection, "turns", conversation)
            return {turn.id for turn in given if once(connection, TurnRow, columns(turn)) is not None}

    def find(self, id: str) -> Turn | None:
        """Return a turn as it was kept first; None where it was never kept."""
        with self._database.read() as connection:
            return read_one(connection, Turn, rows(TurnRow).where(TurnRow.id == id))

    def unanswered(self, surface: str, limit: int = 1000) -> builtins.list[Turn]:
        """Return the turns of a surface that were not handled yet, in the order they were kept."""
        query = rows(TurnRow).where(TurnRow.surface == surface, TurnRow.handled.is_(False))
        with self._database.read() as connection:
            return read_all(connection, Turn, query.order_by(TurnRow.number).limit(limit))

    def list(self, conversation: str) -> builtins.list[Turn]:
        """Return a conversation's turns in the order they were kept."""
        with self._database.read() as connection:
            return read_all(connection, Turn, _of(conversation))

    def mark(self, id: str) -> None:
        """Say that a turn was handled."""
        with self._database.write() as connection:
            connection.execute(sa.update(TurnRow).where(TurnRow.id == id).values(handled=True))

    def pending(self, conversation: str) -> builtins.list[Turn]:
        """Return the turns that were not handled yet, in the order they were kept."""
        with self._database.read() as connection:
            return read_all(connection, Turn, _of(conversation).where(TurnRow.handled.is_(False)))


def _of(conversation: str) -> sa.Select[tuple[object, ...]]:
    return rows(TurnRow).where(TurnRow.conversation == conversation).order_by(TurnRow.number)
