"""Posts: the outbox. A row stands here before anything is sent, and says afterwards where it stands."""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from kernel.errors import NotFound
from kernel.store.database import Database, columns, many, read_all, read_one, rows
from kernel.store.records import Post
from kernel.store.tables import CursorRow, PostRow

OPEN = ("waiting", "sending")
CARD = "card:"
"""How the ids of cards begin that are kept true as long as their job lasts."""


class Posts:
    """The outbox, and how far its filler has come in the events."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, posts: Iterable[Post], cursor: str = "", seq: int = 0) -> None:
        """Keep posts, each once per id, and with them (where named) how far the events were read."""
        with self._database.write("posts") as connection:
            many(connection, PostRow, [columns(post) for post in posts])
            if cursor:
                many(connection, CursorRow, [{"name": cursor, "seq": seq}])
                moved = sa.update(CursorRow).where(CursorRow.name == cursor, CursorRow.seq < seq).values(seq=seq)
                connection.execute(moved)

    def cursor(self, name: str) -> int:
        """Return how far a follower has come; 0 at first."""
        with self._database.read() as connection:
            return connection.execute(sa.select(CursorRow.seq).where(CursorRow.name == name)).scalar() or 0

    def open(self, surface: str, limit: int = 200) -> builtins.list[Post]:
        """Return what is not sent yet, in the order of sending."""
        query = rows(PostRow).where(PostRow.surface == surface, PostRow.status.in_(OPEN))
        with self._database.read() as connection:
            return read_all(connection, Post, query.order_by(PostRow.number).limit(limit))

    def get(self, id: str) -> Post:
        """Return a post.

        Raises:
            NotFound: there is none.
        """
        found = self.find(id)
        if found is None:
            raise NotFound(f"Nothing was posted under {id}.")
        return found

    def find(self, id: str) -> Post | None:
        """Return a post, None where there is none."""
        with self._database.read() as connection:
            return read_one(connection, Post, rows(PostRow).where(PostRow.id == id))

    def list(self, conversation: str, *kinds: str) -> builtins.list[Post]:
        """Return the posts of a conversation, oldest first."""
        query = rows(PostRow).where(PostRow.conversation == conversation)
        query = query.where(PostRow.kind.in_(kinds)) if kinds else query
        with self._database.read() as connection:
            return read_all(connection, Post, query.order_by(PostRow.number))

    def live(self, surface: str) -> builtins.list[Post]:
        """Return the cards of a surface that are kept true as long as their job lasts, oldest first."""
        query = rows(PostRow).where(PostRow.surface == surface, PostRow.id.startswith(CARD, autoescape=True))
        with self._database.read() as connection:
            return read_all(connection, Post, query.order_by(PostRow.number))

    def take(self, post: Post) -> bool:
        """Say that a post is being sent once more; False where somebody else has had it since it was read."""
        same = PostRow.id == post.id, PostRow.status == post.status, PostRow.attempts == post.attempts
        taken = sa.update(PostRow).where(*same).values(status="sending", attempts=post.attempts + 1)
        with self._database.write() as connection:
            return connection.execute(taken).rowcount == 1

    def mark(self, id: str, status: str, **changed: Any) -> None:
        """Say how a post stands now; `changed` may name place, body, attempts, error."""
        with self._database.write() as connection:
            connection.execute(sa.update(PostRow).where(PostRow.id == id).values(status=status, **changed))
