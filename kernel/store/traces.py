"""Traces: the spans of every job, from the turn to the ffmpeg process."""

from __future__ import annotations

import builtins
from collections.abc import Iterable

from kernel.redact import redacted
from kernel.store.database import Database, columns, many, read_all, rows
from kernel.store.records import Span
from kernel.store.tables import SpanRow


class Traces:
    """The spans."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, spans: Iterable[Span]) -> None:
        """Keep ended spans, each once; a run that was begun twice shows twice."""
        with self._database.write() as connection:
            many(connection, SpanRow, [redacted(columns(span)) for span in spans])

    def list(self, job: str | None = None, trace_id: str | None = None) -> builtins.list[Span]:
        """Return the spans of a job or of a trace, in the order they started."""
        query = rows(SpanRow).order_by(SpanRow.started, SpanRow.number)
        if job is not None:
            query = query.where(SpanRow.job == job)
        if trace_id is not None:
            query = query.where(SpanRow.trace_id == trace_id)
        with self._database.read() as connection:
            return read_all(connection, Span, query)
