"""Tickets: what may be used once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NUMBER = sa.Integer().with_variant(sa.BigInteger(), "postgresql")


def upgrade() -> None:
    """Take the database one form up."""
    op.create_table(
        "tickets",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_tickets"),
        sa.UniqueConstraint("id", name="uq_tickets_id"),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("tickets")
