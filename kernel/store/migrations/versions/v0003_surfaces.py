"""Surfaces: the outbox, votes, house rules, installations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
NUMBER = sa.Integer().with_variant(sa.BigInteger(), "postgresql")


def upgrade() -> None:
    """Take the database one form up."""
    op.create_table(
        "posts",
        *_texts("id", "surface", "conversation"),
        sa.Column("job", sa.Text(), nullable=True),
        *_texts("kind", "target"),
        sa.Column("body", JSON, nullable=False),
        *_texts("status"),
        sa.Column("place", JSON, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        *_texts("error"),
        *_numbered("posts"),
        sa.UniqueConstraint("id", name="uq_posts_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_posts_status_number", "posts", ["status", "number"])
    op.create_index("ix_posts_conversation_kind", "posts", ["conversation", "kind"])
    op.create_table(
        "cursors",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        *_texts("name"),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_cursors"),
        sa.UniqueConstraint("name", name="uq_cursors_name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "votes",
        *_texts("id", "job", "step", "hash", "verdict", "by", "note"),
        *_numbered("votes"),
        sa.ForeignKeyConstraint(["job"], ["jobs.id"], name="fk_votes_job"),
        sa.UniqueConstraint("job", "step", "hash", "by", name="uq_votes_job_step_hash_by"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "house_rules",
        *_texts("id", "surface", "place"),
        sa.Column("body", JSON, nullable=False),
        *_texts("by"),
        *_numbered("house_rules"),
        sa.UniqueConstraint("id", name="uq_house_rules_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_house_rules_surface_place", "house_rules", ["surface", "place"])
    op.create_table(
        "installations",
        *_texts("surface", "enterprise", "team", "sealed", "by"),
        *_numbered("installations"),
        sa.UniqueConstraint("surface", "enterprise", "team", name="uq_installations_surface_enterprise_team"),
        sqlite_autoincrement=True,
    )


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _numbered(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.PrimaryKeyConstraint("number", name=f"pk_{table}"),
    ]


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_house_rules_surface_place", "house_rules")
    op.drop_index("ix_posts_conversation_kind", "posts")
    op.drop_index("ix_posts_status_number", "posts")
    for table in ("installations", "house_rules", "votes", "cursors", "posts"):
        op.drop_table(table)
