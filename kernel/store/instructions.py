"""Instructions: what was asked of a step in words, all of it, oldest first."""

from __future__ import annotations

import builtins

from kernel.store.database import Database, columns, once, read_all, rows
from kernel.store.records import Instruction
from kernel.store.tables import InstructionRow


class Instructions:
    """The instructions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, instruction: Instruction) -> None:
        """Keep an instruction, once per id."""
        with self._database.write() as connection:
            once(connection, InstructionRow, columns(instruction))

    def of(self, job: str) -> builtins.list[Instruction]:
        """Return what was asked of all steps of a job, oldest first."""
        query = rows(InstructionRow).where(InstructionRow.job == job).order_by(InstructionRow.number)
        with self._database.read() as connection:
            return read_all(connection, Instruction, query)

    def list(self, job: str, step: str) -> builtins.list[Instruction]:
        """Return what was asked of a step, oldest first."""
        query = rows(InstructionRow).where(InstructionRow.job == job, InstructionRow.step == step)
        with self._database.read() as connection:
            return read_all(connection, Instruction, query.order_by(InstructionRow.number))
