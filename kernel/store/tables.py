"""The tables, one class each, with the indexes that the queries beside them need; `number` is the order of keeping."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Json = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
Object = dict[str, Any]
Array = list[Any]


class UtcTime(sa.types.TypeDecorator[datetime]):
    """A moment: aware and in UTC on both sides, also on SQLite, which forgets time zones."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Take any aware moment to UTC."""
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the moment its time zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of all tables: names of keys are given by rule, so that a migration can drop what another made."""

    metadata = sa.MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcTime(),
        str: sa.Text(),
        float: sa.Float(53),
        Object: Json,
        Array: Json,
    }


def numbered() -> Mapped[int]:
    """Return a primary key that only rises and never comes back."""
    return mapped_column(sa.Integer().with_variant(sa.BigInteger(), "postgresql"), primary_key=True, autoincrement=True)


def owned() -> Mapped[str]:
    """Return a column that names a kept job."""
    return mapped_column(sa.ForeignKey("jobs.id"))


class JobRow(Base):
    """Jobs."""

    __tablename__ = "jobs"
    __table_args__ = (
        sa.UniqueConstraint("id"),
        sa.Index(None, "fingerprint"),
        sa.Index(None, "conversation"),
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = numbered()
    id: Mapped[str]
    pipeline: Mapped[str]
    title: Mapped[str]
    asker: Mapped[str]
    surface: Mapped[str]
    conversation: Mapped[str]
    settings: Mapped[Object]
    budget_usd: Mapped[float]
    fingerprint: Mapped[str]
    trace_id: Mapped[str]
    decision: Mapped[str | None]
    decided_by: Mapped[str]
    created: Mapped[datetime]


class AssetRow(Base):
    """Files of a job."""

    __tablename__ = "assets"
    __table_args__ = (sa.UniqueConstraint("job", "hash"), sa.Index(None, "hash"), {"sqlite_autoincrement": True})

    number: Mapped[int] = numbered()
    job: Mapped[str] = owned()
    hash: Mapped[str]
    role: Mapped[str]
    name: Mapped[str]
    url: Mapped[str]
    size: Mapped[int] = mapped_column(sa.BigInteger())
    metadata_: Mapped[Object] = mapped_column("metadata")
    source: Mapped[str]
    created: Mapped[datetime]


class DocumentRow(Base):
    """Documents: append-only, versions 1, 2, 3, ... per job and step."""

    __tablename__ = "documents"
    __table_args__ = (
        sa.UniqueConstraint("job", "step", "version"),
        sa.UniqueConstraint("run"),
        sa.Index(None, "hash"),
        sa.Index(None, "job", "step", "input_hash"),
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = numbered()
    job: Mapped[str] = owned()
    step: Mapped[str]
    version: Mapped[int]
    hash: Mapped[str]
    schema: Mapped[str]
    schema_version: Mapped[int]
    body: Mapped[Object]
    lineage: Mapped[Array]
    instructions: Mapped[Array]
    input_hash: Mapped[str]
    run: Mapped[str]
    expert: Mapped[str]
    model: Mapped[str]
    prompt_tokens: Mapped[int]
    completion_tokens: Mapped[int]
    confidence: Mapped[float | None]
    cost_usd: Mapped[float]
    created: Mapped[datetime]


class InstructionRow(Base):
    """What was asked of a step in words."""

    __tablename__ = "instructions"
    __table_args__ = (sa.UniqueConstraint("id"), sa.Index(None, "job", "step"), {"sqlite_autoincrement": True})

    number: Mapped[int] = numbered()
    id: Mapped[str]
    job: Mapped[str] = owned()
    step: Mapped[str]
    text: Mapped[str]
    scope: Mapped[Object | None] = mapped_column(Json)
    by: Mapped[str]
    made_for: Mapped[str | None]
    created: Mapped[datetime]


class ApprovalRow(Base):
    """Decisions of people, one per document hash."""

    __tablename__ = "approvals"
    __table_args__ = (
        sa.UniqueConstraint("id"),
        sa.UniqueConstraint("job", "step", "hash"),
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = numbered()
    id: Mapped[str]
    job: Mapped[str] = owned()
    step: Mapped[str]
    hash: Mapped[str]
    verdict: Mapped[str]
    by: Mapped[str]
    note: Mapped[str]
    how: Mapped[str]
    created: Mapped[datetime]


class GoldenRow(Base):
    """Golden renders: one per job and approved document."""

    __tablename__ = "goldens"
    __table_args__ = (
        sa.UniqueConstraint("job", "step", "hash"),
        sa.Index(None, "pipeline", "profile"),
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = numbered()
    job: Mapped[str] = owned()
    pipeline: Mapped[str]
    step: Mapped[str]
    hash: Mapped[str]
    documents: Mapped[Object]
    scores: Mapped[Object]
    brief: Mapped[Object]
    profile: Mapped[str]
    brand: Mapped[str]
    asker: Mapped[str]
    approved_by: Mapped[str]
    created: Mapped[datetime]


class RunRow(Base):
    """Runs of steps."""

    __tablename__ = "runs"
    __table_args__ = (
        sa.UniqueConstraint("id"),
        sa.Index(None, "job", "step"),
        sa.Index(None, "job", "ended"),
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = numbered()
    id: Mapped[str]
    job: Mapped[str] = owned()
    step: Mapped[str]
    walk: Mapped[str]
    input_hash: Mapped[str]
    inputs: Mapped[Object]
    status: Mapped[str]
    attempts_limit: Mapped[int]
    document_hash: Mapped[str | None]
    error: Mapped[str | None]
    stack: Mapped[str | None]
    draft: Mapped[str | None]
    created: Mapped[datetime]
    ended: Mapped[datetime | None]


class AttemptRow(Base):
    """Tries within a run."""

    __tablename__ = "attempts"
    __table_args__ = (sa.Index(None, "run"), {"sqlite_autoincrement": True})

    row: Mapped[int] = mapped_column(
        sa.Integer().with_variant(sa.BigInteger(), "postgresql"), primary_key=True, autoincrement=True
    )
    run: Mapped[str] = mapped_column(sa.ForeignKey("runs.id"))
    number: Mapped[int]
    error: Mapped[str | None]
    stack: Mapped[str | None]
    seconds: Mapped[float]
    created: Mapped[datetime]


class VerdictRow(Base):
    """What policies said."""

    __tablename__ = "verdicts"
    __table_args__ = (sa.UniqueConstraint("id"), sa.Index(None, "job"), {"sqlite_autoincrement": True})

    number: Mapped[int] = numbered()
    id: Mapped[str]
    job: Mapped[str] = owned()
    step: Mapped[str]
    run: Mapped[str]
    policy: Mapped[str]
    answer: Mapped[str]
    why: Mapped[str]
    created: Mapped[datetime]


class ConversationRow(Base):
    """Threads with people in them."""

    __tablename__ = "conversations"
    __table_args__ = (
        sa.UniqueConstraint("id"),
        sa.UniqueConstraint("surface", "address"),
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = numbered()
    id: Mapped[str]
    surface: Mapped[str]
    address: Mapped[str]
    job: Mapped[str | None] = mapped_column(sa.ForeignKey("jobs.id"))


class TurnRow(Base):
    """What came in, in kept order, each once."""

    __tablename__ = "turns"
    __table_args__ = (
        sa.UniqueConstraint("id"),
        sa.Index(None, "conversation", "handled"),
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = numbered()
    id: Mapped[str]
    conversation: Mapped[str]
    surface: Mapped[str]
    author: Mapped[str]
    kind: Mapped[str]
    text: Mapped[str]
    files: Mapped[Array]
    payload: Mapped[Object]
    created: Mapped[datetime]
    handled: Mapped[bool] = mapped_column(default=False)


class MessageRow(Base):
    """Remembered messages of chats."""

    __tablename__ = "messages"
    __table_args__ = (sa.UniqueConstraint("chat", "seq"), {"sqlite_autoincrement": True})

    number: Mapped[int] = numbered()
    chat: Mapped[str]
    seq: Mapped[int]
    role: Mapped[str]
    parts: Mapped[Array]
    model: Mapped[str]
    created: Mapped[datetime]


class ChargeRow(Base):
    """The ledger."""

    __tablename__ = "charges"
    __table_args__ = (sa.UniqueConstraint("id"), sa.Index(None, "job"), {"sqlite_autoincrement": True})

    number: Mapped[int] = numbered()
    id: Mapped[str]
    job: Mapped[str | None]
    step: Mapped[str]
    run: Mapped[str]
    model: Mapped[str]
    prompt_tokens: Mapped[int]
    cached_tokens: Mapped[int]
    completion_tokens: Mapped[int]
    usd: Mapped[float]
    created: Mapped[datetime]


class EventRow(Base):
    """What happened, in one order for all."""

    __tablename__ = "events"
    __table_args__ = (sa.UniqueConstraint("id"), sa.Index(None, "job", "seq"), {"sqlite_autoincrement": True})

    seq: Mapped[int] = numbered()
    id: Mapped[str]
    job: Mapped[str | None]
    conversation: Mapped[str | None]
    kind: Mapped[str]
    step: Mapped[str]
    payload: Mapped[Object]
    created: Mapped[datetime]


class LogRow(Base):
    """Lines of the jobs' logs."""

    __tablename__ = "logs"
    __table_args__ = (sa.Index(None, "job", "level"), {"sqlite_autoincrement": True})

    number: Mapped[int] = numbered()
    job: Mapped[str | None]
    level: Mapped[str]
    step: Mapped[str]
    message: Mapped[str]
    metadata_: Mapped[Object] = mapped_column("metadata")
    created: Mapped[datetime]


class SpanRow(Base):
    """Traces, span by span."""

    __tablename__ = "spans"
    __table_args__ = (
        sa.UniqueConstraint("trace_id", "span_id", "started"),
        sa.Index(None, "job"),
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = numbered()
    trace_id: Mapped[str]
    span_id: Mapped[str]
    parent_id: Mapped[str | None]
    job: Mapped[str | None]
    name: Mapped[str]
    step: Mapped[str]
    kind: Mapped[str]
    started: Mapped[datetime]
    ended: Mapped[datetime]
    status: Mapped[str]
    failure: Mapped[str | None]
    attributes: Mapped[Object]


class BotRow(Base):
    """The registered bot."""

    __tablename__ = "bots"
    __table_args__ = (sa.UniqueConstraint("name"), {"sqlite_autoincrement": True})

    number: Mapped[int] = numbered()
    name: Mapped[str]
    version: Mapped[str]
    description: Mapped[str]
    settings_schema: Mapped[Object]
    schedules: Mapped[Array]


class RegisteredExpertRow(Base):
    """The registered experts, every version of each."""

    __tablename__ = "experts"
    __table_args__ = (sa.UniqueConstraint("pipeline", "name", "version"), {"sqlite_autoincrement": True})

    number: Mapped[int] = numbered()
    name: Mapped[str]
    step: Mapped[str]
    pipeline: Mapped[str]
    version: Mapped[int]
    prompt_hash: Mapped[str]
    prompt_path: Mapped[str]
    tier: Mapped[str]


class PostRow(Base):
    """The outbox: what a surface is to post, kept before it is sent; `number` is the order of sending."""

    __tablename__ = "posts"
    __table_args__ = (
        sa.UniqueConstraint("id"),
        sa.Index(None, "status", "number"),
        sa.Index(None, "conversation", "kind"),
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = numbered()
    id: Mapped[str]
    surface: Mapped[str]
    conversation: Mapped[str]
    job: Mapped[str | None]
    kind: Mapped[str]
    target: Mapped[str]
    body: Mapped[Object]
    status: Mapped[str]
    place: Mapped[Object]
    attempts: Mapped[int]
    error: Mapped[str]
    created: Mapped[datetime]


class CursorRow(Base):
    """How far a follower of the events has come."""

    __tablename__ = "cursors"
    __table_args__ = (sa.UniqueConstraint("name"), {"sqlite_autoincrement": True})

    number: Mapped[int] = numbered()
    name: Mapped[str]
    seq: Mapped[int] = mapped_column(sa.BigInteger())


class VoteRow(Base):
    """Who said yes or no to a document; what is decided by them stands in `approvals`."""

    __tablename__ = "votes"
    __table_args__ = (
        sa.UniqueConstraint("job", "step", "hash", "by"),
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = numbered()
    id: Mapped[str]
    job: Mapped[str] = owned()
    step: Mapped[str]
    hash: Mapped[str]
    verdict: Mapped[str]
    by: Mapped[str]
    note: Mapped[str]
    created: Mapped[datetime]


class HouseRulesRow(Base):
    """What holds in a place where people talk; `number` rises, the newest of a place counts."""

    __tablename__ = "house_rules"
    __table_args__ = (sa.UniqueConstraint("id"), sa.Index(None, "surface", "place"), {"sqlite_autoincrement": True})

    number: Mapped[int] = numbered()
    id: Mapped[str]
    surface: Mapped[str]
    place: Mapped[str]
    body: Mapped[Object]
    by: Mapped[str]
    created: Mapped[datetime]


class InstallationRow(Base):
    """Workspaces that installed the bot; the tokens are encrypted before they come here."""

    __tablename__ = "installations"
    __table_args__ = (sa.UniqueConstraint("surface", "enterprise", "team"), {"sqlite_autoincrement": True})

    number: Mapped[int] = numbered()
    surface: Mapped[str]
    enterprise: Mapped[str]
    team: Mapped[str]
    sealed: Mapped[str]
    by: Mapped[str]
    created: Mapped[datetime]


class TicketRow(Base):
    """What was used up, so that nobody uses it again."""

    __tablename__ = "tickets"
    __table_args__ = (sa.UniqueConstraint("id"), {"sqlite_autoincrement": True})

    number: Mapped[int] = numbered()
    id: Mapped[str]
    created: Mapped[datetime]
