"""Approvals: a person's decision about a document, bound to its hash, and never two about the same question."""

from __future__ import annotations

from typing import Literal

from kernel.store.database import Database, columns, once, read_all, read_one, rows
from kernel.store.records import Approval
from kernel.store.tables import ApprovalRow

Question = Literal["gate", "stale"]


class Approvals:
    """The decisions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def decide(self, approval: Approval) -> bool:
        """Keep a decision; False when the question was already decided for this hash.

        A gate (approved or rejected) and staleness (kept) are two questions: what was approved may later be kept.
        """
        with self._database.write() as connection:
            decided = columns(approval) | {"question": _question(approval)}
            return once(connection, ApprovalRow, decided) is not None

    def find(self, job: str, step: str, hash: str, question: Question | None = None) -> Approval | None:
        """Return the decision about this document, the newest one where no question is named."""
        query = rows(ApprovalRow).where(ApprovalRow.job == job, ApprovalRow.step == step, ApprovalRow.hash == hash)
        if question is not None:
            query = query.where(ApprovalRow.question == question)
        with self._database.read() as connection:
            return read_one(connection, Approval, query.order_by(ApprovalRow.number.desc()))

    def list(self, job: str) -> list[Approval]:
        """Return a job's decisions, oldest first."""
        query = rows(ApprovalRow).where(ApprovalRow.job == job).order_by(ApprovalRow.number)
        with self._database.read() as connection:
            return read_all(connection, Approval, query)


def _question(approval: Approval) -> Question:
    return "stale" if approval.verdict == "kept" else "gate"
