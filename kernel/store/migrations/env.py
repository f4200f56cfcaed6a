"""Alembic runs this file for each command; it takes the connection that `kernel.store.migrate` opened."""

from __future__ import annotations

from typing import Literal

from alembic import context

from kernel.store.tables import Base, UtcTime


def render(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Write our own column type as the plain one below it, so that a migration leans on no code of ours."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcTime) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    render_item=render,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
