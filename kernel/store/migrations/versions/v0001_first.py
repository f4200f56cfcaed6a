"""The first form of the store."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
NUMBER = sa.Integer().with_variant(sa.BigInteger(), "postgresql")


def upgrade() -> None:
    """Take the database one form up."""
    op.create_table(
        "bots",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("settings_schema", JSON, nullable=False),
        sa.Column("schedules", JSON, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_bots"),
        sa.UniqueConstraint("name", name="uq_bots_name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "charges",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("job", sa.Text(), nullable=True),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("prompt_tokens", sa.Integer(), nullable=False),
        sa.Column("cached_tokens", sa.Integer(), nullable=False),
        sa.Column("completion_tokens", sa.Integer(), nullable=False),
        sa.Column("usd", sa.Float(precision=53), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_charges"),
        sa.UniqueConstraint("id", name="uq_charges_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_charges_job", "charges", ["job"])

    op.create_table(
        "events",
        sa.Column("seq", NUMBER, autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("job", sa.Text(), nullable=True),
        sa.Column("conversation", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_events"),
        sa.UniqueConstraint("id", name="uq_events_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_events_job_seq", "events", ["job", "seq"])

    op.create_table(
        "experts",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("pipeline", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("prompt_hash", sa.Text(), nullable=False),
        sa.Column("prompt_path", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_experts"),
        sa.UniqueConstraint("pipeline", "name", "version", name="uq_experts_pipeline_name_version"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "jobs",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("pipeline", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("asker", sa.Text(), nullable=False),
        sa.Column("surface", sa.Text(), nullable=False),
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("settings", JSON, nullable=False),
        sa.Column("budget_usd", sa.Float(precision=53), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("trace_id", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_jobs"),
        sa.UniqueConstraint("id", name="uq_jobs_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_jobs_conversation", "jobs", ["conversation"])
    op.create_index("ix_jobs_fingerprint", "jobs", ["fingerprint"])

    op.create_table(
        "logs",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("job", sa.Text(), nullable=True),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("metadata", JSON, nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_logs"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_logs_job_level", "logs", ["job", "level"])

    op.create_table(
        "messages",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("chat", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("parts", JSON, nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_messages"),
        sa.UniqueConstraint("chat", "seq", name="uq_messages_chat_seq"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "spans",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("trace_id", sa.Text(), nullable=False),
        sa.Column("span_id", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Text(), nullable=True),
        sa.Column("job", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("attributes", JSON, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_spans"),
        sa.UniqueConstraint("trace_id", "span_id", "started", name="uq_spans_trace_id_span_id_started"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_spans_job", "spans", ["job"])

    op.create_table(
        "turns",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("surface", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("files", JSON, nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_turns"),
        sa.UniqueConstraint("id", name="uq_turns_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_turns_conversation_handled", "turns", ["conversation", "handled"])

    op.create_table(
        "approvals",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["job"], ["jobs.id"], name="fk_approvals_job"),
        sa.PrimaryKeyConstraint("number", name="pk_approvals"),
        sa.UniqueConstraint("id", name="uq_approvals_id"),
        sa.UniqueConstraint("job", "step", "hash", name="uq_approvals_job_step_hash"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "assets",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("metadata", JSON, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["job"], ["jobs.id"], name="fk_assets_job"),
        sa.PrimaryKeyConstraint("number", name="pk_assets"),
        sa.UniqueConstraint("job", "hash", name="uq_assets_job_hash"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_assets_hash", "assets", ["hash"])

    op.create_table(
        "conversations",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("surface", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("job", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["job"], ["jobs.id"], name="fk_conversations_job"),
        sa.PrimaryKeyConstraint("number", name="pk_conversations"),
        sa.UniqueConstraint("id", name="uq_conversations_id"),
        sa.UniqueConstraint("surface", "address", name="uq_conversations_surface_address"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "documents",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("schema", sa.Text(), nullable=False),
        sa.Column("schema_version", sa.Integer(), nullable=False),
        sa.Column("body", JSON, nullable=False),
        sa.Column("lineage", JSON, nullable=False),
        sa.Column("instructions", JSON, nullable=False),
        sa.Column("input_hash", sa.Text(), nullable=False),
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("expert", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("prompt_tokens", sa.Integer(), nullable=False),
        sa.Column("completion_tokens", sa.Integer(), nullable=False),
        sa.Column("confidence", sa.Float(precision=53), nullable=True),
        sa.Column("cost_usd", sa.Float(precision=53), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["job"], ["jobs.id"], name="fk_documents_job"),
        sa.PrimaryKeyConstraint("number", name="pk_documents"),
        sa.UniqueConstraint("job", "step", "version", name="uq_documents_job_step_version"),
        sa.UniqueConstraint("run", name="uq_documents_run"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_documents_hash", "documents", ["hash"])
    op.create_index("ix_documents_job_step_input_hash", "documents", ["job", "step", "input_hash"])

    op.create_table(
        "instructions",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("scope", JSON, nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("made_for", sa.Text(), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["job"], ["jobs.id"], name="fk_instructions_job"),
        sa.PrimaryKeyConstraint("number", name="pk_instructions"),
        sa.UniqueConstraint("id", name="uq_instructions_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_instructions_job_step", "instructions", ["job", "step"])

    op.create_table(
        "runs",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("walk", sa.Text(), nullable=False),
        sa.Column("input_hash", sa.Text(), nullable=False),
        sa.Column("inputs", JSON, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attempts_limit", sa.Integer(), nullable=False),
        sa.Column("document_hash", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("stack", sa.Text(), nullable=True),
        sa.Column("draft", sa.Text(), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["job"], ["jobs.id"], name="fk_runs_job"),
        sa.PrimaryKeyConstraint("number", name="pk_runs"),
        sa.UniqueConstraint("id", name="uq_runs_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_runs_job_ended", "runs", ["job", "ended"])
    op.create_index("ix_runs_job_step", "runs", ["job", "step"])

    op.create_table(
        "verdicts",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["job"], ["jobs.id"], name="fk_verdicts_job"),
        sa.PrimaryKeyConstraint("number", name="pk_verdicts"),
        sa.UniqueConstraint("id", name="uq_verdicts_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_verdicts_job", "verdicts", ["job"])

    op.create_table(
        "attempts",
        sa.Column("row", NUMBER, autoincrement=True, nullable=False),
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("stack", sa.Text(), nullable=True),
        sa.Column("seconds", sa.Float(precision=53), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name="fk_attempts_run"),
        sa.PrimaryKeyConstraint("row", name="pk_attempts"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_attempts_run", "attempts", ["run"])


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_attempts_run", "attempts")

    op.drop_table("attempts")
    op.drop_index("ix_verdicts_job", "verdicts")

    op.drop_table("verdicts")
    op.drop_index("ix_runs_job_step", "runs")
    op.drop_index("ix_runs_job_ended", "runs")

    op.drop_table("runs")
    op.drop_index("ix_instructions_job_step", "instructions")

    op.drop_table("instructions")
    op.drop_index("ix_documents_job_step_input_hash", "documents")
    op.drop_index("ix_documents_hash", "documents")

    op.drop_table("documents")
    op.drop_table("conversations")
    op.drop_index("ix_assets_hash", "assets")

    op.drop_table("assets")
    op.drop_table("approvals")
    op.drop_index("ix_turns_conversation_handled", "turns")

    op.drop_table("turns")
    op.drop_index("ix_spans_job", "spans")

    op.drop_table("spans")
    op.drop_table("messages")
    op.drop_index("ix_logs_job_level", "logs")

    op.drop_table("logs")
    op.drop_index("ix_jobs_fingerprint", "jobs")
    op.drop_index("ix_jobs_conversation", "jobs")

    op.drop_table("jobs")
    op.drop_table("experts")
    op.drop_index("ix_events_job_seq", "events")

    op.drop_table("events")
    op.drop_index("ix_charges_job", "charges")

    op.drop_table("charges")
    op.drop_table("bots")
