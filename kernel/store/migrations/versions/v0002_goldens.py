"""Golden renders."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
NUMBER = sa.Integer().with_variant(sa.BigInteger(), "postgresql")


def upgrade() -> None:
    """Take the database one form up."""
    op.create_table(
        "goldens",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("pipeline", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("documents", JSON, nullable=False),
        sa.Column("scores", JSON, nullable=False),
        sa.Column("brief", JSON, nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("asker", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["job"], ["jobs.id"], name="fk_goldens_job"),
        sa.PrimaryKeyConstraint("number", name="pk_goldens"),
        sa.UniqueConstraint("job", "step", "hash", name="uq_goldens_job_step_hash"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_goldens_pipeline_profile", "goldens", ["pipeline", "profile"])


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_goldens_pipeline_profile", "goldens")

    op.drop_table("goldens")
