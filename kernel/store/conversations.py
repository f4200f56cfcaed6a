"""Conversations: threads with people in them, and the job each is about now."""

from __future__ import annotations

import sqlalchemy as sa

from kernel.errors import NotFound
from kernel.store.database import Database, columns, once, read_one, rows
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
        with self._database.write() as connection:
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

    def set_job(self, id: str, job: str | None) -> None:
        """Say which job the conversation is about now."""
        with self._database.write() as connection:
            connection.execute(sa.update(ConversationRow).where(ConversationRow.id == id).values(job=job))
