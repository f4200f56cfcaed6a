"""Messages: what was said in a chat with a model, remembered for `show` and for traces."""

from __future__ import annotations

from kernel.redact import redacted
from kernel.store.database import Database, columns, once, read_all, rows
from kernel.store.records import KeptMessage
from kernel.store.tables import MessageRow


class Messages:
    """The messages."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, message: KeptMessage) -> None:
        """Keep a message, once per chat and place in it."""
        with self._database.write() as connection:
            once(connection, MessageRow, redacted(columns(message)))

    def list(self, chat: str) -> list[KeptMessage]:
        """Return a chat's messages in their order."""
        query = rows(MessageRow).where(MessageRow.chat == chat).order_by(MessageRow.seq)
        with self._database.read() as connection:
            return read_all(connection, KeptMessage, query)
