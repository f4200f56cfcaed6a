"""Votes: each person's yes or no to a document, once; a second thought replaces the first."""

from __future__ import annotations

import builtins

import sqlalchemy as sa

from kernel.store.database import Database, columns, once, read_all, rows
from kernel.store.records import Vote
from kernel.store.tables import VoteRow


class Votes:
    """The votes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def cast(self, vote: Vote) -> None:
        """Keep a vote; a person's newer one about the same document takes the place of the older."""
        with self._database.write("votes", vote.job) as connection:
            if once(connection, VoteRow, columns(vote)) is None:
                same = (VoteRow.job == vote.job, VoteRow.step == vote.step, VoteRow.hash == vote.hash)
                older = (*same, VoteRow.by == vote.by, VoteRow.id != vote.id)
                connection.execute(sa.delete(VoteRow).where(*older))
                once(connection, VoteRow, columns(vote))

    def list(self, job: str, step: str, hash: str) -> builtins.list[Vote]:
        """Return who said what about a document, oldest first."""
        query = rows(VoteRow).where(VoteRow.job == job, VoteRow.step == step, VoteRow.hash == hash)
        with self._database.read() as connection:
            return read_all(connection, Vote, query.order_by(VoteRow.number))
