"""Jobs: one pass through a pipeline each, and what people decided about them."""

from __future__ import annotations

import builtins

import sqlalchemy as sa

from kernel.errors import NotFound
from kernel.store.database import Database, columns, once, read_all, read_one, rows
from kernel.store.records import Decision, Job
from kernel.store.tables import JobRow


class Jobs:
    """The jobs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, job: Job) -> Job:
        """Keep a job, once per id, and return it as kept."""
        with self._database.write() as connection:
            once(connection, JobRow, columns(job))
        return self.get(job.id)

    def get(self, id: str) -> Job:
        """Return a job by its id or by the beginning of it that no other job shares.

        Raises:
            NotFound: no job, or several, begin so.
        """
        begun = id.strip().lower()
        with self._database.read() as connection:
            like = rows(JobRow).where(JobRow.id.startswith(begun, autoescape=True))
            found = read_all(connection, Job, like.order_by(JobRow.id != begun, JobRow.number.desc()).limit(6))
        if not found or not begun:
            raise NotFound(f"There is no job {id!r}: `rushes status` lists them.")
        if len(found) > 1 and found[0].id != begun:
            several = ", ".join(job.id[: len(begun) + 4] for job in found)
            raise NotFound(f"Several jobs begin with {id!r} ({several}): give more of it.")
        return found[0]

    def list(self, limit: int = 50, conversation: str | None = None) -> list[Job]:
        """Return the newest jobs first, of one conversation or of all."""
        query = rows(JobRow).order_by(JobRow.number.desc()).limit(limit)
        if conversation is not None:
            query = query.where(JobRow.conversation == conversation)
        with self._database.read() as connection:
            return read_all(connection, Job, query)

    def asked_by(self, asker: str, surface: str, limit: int = 50) -> builtins.list[Job]:
        """Return the newest jobs that a person asked for on a surface, newest first."""
        query = rows(JobRow).where(JobRow.asker == asker, JobRow.surface == surface)
        with self._database.read() as connection:
            return read_all(connection, Job, query.order_by(JobRow.number.desc()).limit(limit))

    def find(self, fingerprint: str) -> Job | None:
        """Return the newest job with this fingerprint."""
        query = rows(JobRow).where(JobRow.fingerprint == fingerprint).order_by(JobRow.number.desc())
        with self._database.read() as connection:
            return read_one(connection, Job, query)

    def decide(self, id: str, decision: Decision | None, by: str) -> Job:
        """Keep what a person decided about the job as a whole; None lets it go on.

        Raises:
            NotFound: there is no such job.
        """
        job = self.get(id)
        with self._database.write() as connection:
            change = {"decision": decision, "decided_by": by}
            connection.execute(sa.update(JobRow).where(JobRow.id == job.id).values(change))
        return self.get(job.id)
