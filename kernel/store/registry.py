"""The registry: which bot and which experts this machine has, and which version of an expert had which prompt."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kernel.store.database import Database, columns, once, read_all, read_one, rows
from kernel.store.records import Bot, ExpertRow
from kernel.store.tables import BotRow, RegisteredExpertRow


class Registry:
    """The bot and its experts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def register_bot(self, bot: Bot) -> None:
        """Keep the bot as it is now."""
        with self._database.write("registry") as connection:
            if once(connection, BotRow, columns(bot)) is None:
                connection.execute(sa.update(BotRow).where(BotRow.name == bot.name).values(columns(bot)))

    def bot(self, name: str) -> Bot | None:
        """Return the registered bot of this name."""
        with self._database.read() as connection:
            return read_one(connection, Bot, rows(BotRow).where(BotRow.name == name))

    def register_expert(self, expert: ExpertRow) -> ExpertRow:
        """Keep an expert as it is now and return it with its version, which rises when its prompt's hash changes."""
        with self._database.write("registry") as connection:
            last = read_one(connection, ExpertRow, _versions(expert).order_by(RegisteredExpertRow.version.desc()))
            changed = last is None or last.prompt_hash != expert.prompt_hash
            version = (last.version if last else 0) + changed
            registered = expert.model_copy(update={"version": version})
            _put(connection, registered)
        return registered

    def experts(self) -> list[ExpertRow]:
        """Return the newest version of every expert, by pipeline and name."""
        query = rows(RegisteredExpertRow).order_by(RegisteredExpertRow.version)
        with self._database.read() as connection:
            newest = {(row.pipeline, row.name): row for row in read_all(connection, ExpertRow, query)}
        return [newest[key] for key in sorted(newest)]


def _versions(expert: ExpertRow) -> sa.Select[Any]:
    same = (RegisteredExpertRow.pipeline == expert.pipeline, RegisteredExpertRow.name == expert.name)
    return rows(RegisteredExpertRow).where(*same)


def _put(connection: Connection, expert: ExpertRow) -> None:
    if once(connection, RegisteredExpertRow, columns(expert)) is not None:
        return
    same = (
        RegisteredExpertRow.pipeline == expert.pipeline,
        RegisteredExpertRow.name == expert.name,
        RegisteredExpertRow.version == expert.version,
    )
    connection.execute(sa.update(RegisteredExpertRow).where(*same).values(columns(expert)))
