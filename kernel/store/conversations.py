"""Conversations: threads with people in them, and the job each is about now."""

from __future__ import annotations

import sqlalchemy as sa

from kernel.errors import NotFound
from kernel.store.database import Database, columns, once, read_all, read_one, rows
from kernel.store.records import Conversation, new_id
from kernel.store.tables import ConversationRow


class Conversations:
    """The conversations."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def ensure(self, surface: str, address: str) -> str:
        """Return the id of the conversation at an address, made new where there was none."""
        begun = Conversation(id=new_id(), surface=surface, address=address)
        same = (ConversationRow.surface == surface, ConversationRow.address == address)
        with self._database.write_first() as connection:
            once(connection, ConversationRow, columns(begun))
            id: str = connection.execute(sa.select(ConversationRow.id).where(*same)).scalar_one()
        return id

    def get(self, id: str) -> Conversation:
        """Return a conversation.

        Raises:
            NotFound: there is none with this id.
        """
        with self._database.read() as connection:
            found = read_one(connection, Conversation, rows(ConversationRow).where(ConversationRow.id == id))
        if found is None:
            raise NotFound(f"There is no conversation {id}.")
        return found

    def find(self, surface: str, address: str) -> Conversation | None:
        """Return the conversation at an address, None where nobody has begun one."""
        same = (ConversationRow.surface == surface, ConversationRow.address == address)
        with self._database.read() as connection:
            return read_one(connection, Conversation, rows(ConversationRow).where(*same))

    def begun(self, surface: str, prefix: str, limit: int = 10) -> list[Conversation]:
        """Return the newest conversations first whose address begins so."""
        there = ConversationRow.surface == surface, ConversationRow.address.startswith(prefix, autoescape=True)
        query = rows(ConversationRow).where(*there).order_by(ConversationRow.number.desc()).limit(limit)
        with self._database.read() as connection:
            return read_all(connection, Conversation, query)

    def set_job(self, id: str, job: str | None) -> None:
        """Say which job the conversation is about now."""
        with self._database.write() as connection:
            connection.execute(sa.update(ConversationRow).where(ConversationRow.id == id).values(job=job))
