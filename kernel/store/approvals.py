"""Approvals: a person's decision about a document, bound to its hash, and never two about the same hash."""

from __future__ import annotations

from kernel.store.database import Database, columns, once, read_all, read_one, rows
from kernel.store.records import Approval, Golden
from kernel.store.tables import ApprovalRow, GoldenRow


class Approvals:
    """The decisions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def decide(self, approval: Approval, golden: Golden | None = None) -> bool:
        """Keep a decision, and with it that what was approved is golden; False when it was decided about already."""
        with self._database.write() as connection:
            new = once(connection, ApprovalRow, columns(approval)) is not None
            if new and golden is not None:
                once(connection, GoldenRow, columns(golden))
            return new

    def find(self, job: str, step: str, hash: str) -> Approval | None:
        """Return the decision about this hash."""
        query = rows(ApprovalRow).where(ApprovalRow.job == job, ApprovalRow.step == step, ApprovalRow.hash == hash)
        with self._database.read() as connection:
            return read_one(connection, Approval, query)

    def list(self, job: str) -> list[Approval]:
        """Return a job's decisions, oldest first."""
        query = rows(ApprovalRow).where(ApprovalRow.job == job).order_by(ApprovalRow.number)
        with self._database.read() as connection:
            return read_all(connection, Approval, query)
