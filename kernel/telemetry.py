"""The door to OpenTelemetry: what happened in a job, as spans under its one trace id, over threads and processes.

Every ended span is kept in the store; with an endpoint set it is sent there too. No fault in here reaches the product.
"""

from __future__ import annotations

import hashlib
import json
import logging
import threading
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from opentelemetry import context, trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import NonRecordingSpan, SpanContext, Status, StatusCode, TraceFlags
from pydantic import BaseModel

from kernel.errors import RushesError
from kernel.redact import redact
from kernel.store import Store
from kernel.store.records import Level, Log, Span

LONGEST = 32 * 1024
"""Bytes of one attribute that are kept."""
TRACES_PATH = "/v1/traces"
Kind = Literal["internal", "client", "server", "producer", "consumer"]
STATUSES: dict[StatusCode, Literal["unset", "ok", "error"]] = {
    StatusCode.UNSET: "unset",
    StatusCode.OK: "ok",
    StatusCode.ERROR: "error",
}
log = logging.getLogger(__name__)


class OpenSpan:
    """A stretch of work that is under way."""

    def __init__(self, span: trace.Span) -> None:
        self._span = span

    @property
    def id(self) -> str:
        """Its span id, 16 hex digits: another thread or process may name it as `parent`."""
        return f"{self._span.get_span_context().span_id:016x}"

    @property
    def trace_id(self) -> str:
        """Its trace id, 32 hex digits."""
        return f"{self._span.get_span_context().trace_id:032x}"

    def set_attribute(self, name: str, value: object) -> None:
        """Keep a value with the span: text, number, yes or no as they are, all else as JSON text."""
        if value is not None:
            self._span.set_attribute(name, told(value))

    def set(self, **attributes: object) -> None:
        """Keep several values with the span."""
        for name, value in attributes.items():
            self.set_attribute(name, value)

    def log(self, line: str) -> None:
        """Keep a line with the span, at this moment."""
        self._span.add_event(cut(redact(line)))

    def fail(self, error: BaseException) -> None:
        """Say that the work failed; a fault that nobody raised on purpose keeps its stack."""
        self._span.set_status(Status(StatusCode.ERROR, cut(redact(f"{type(error).__name__}: {error}"))))
        if not isinstance(error, RushesError):
            self.set_attribute("stack", "".join(traceback.format_exception(error)))


class Telemetry:
    """Makes spans. One for a process; `close` sends what is still on its way."""

    def __init__(self, store: Store, otlp_endpoint: str | None = None) -> None:
        self._ids = Ids()
        self._provider = TracerProvider(
            sampler=ALWAYS_ON, resource=Resource.create({"service.name": "rushes"}), id_generator=self._ids
        )
        self._provider.add_span_processor(SimpleSpanProcessor(StoreExporter(store)))
        if otlp_endpoint:
            self._provider.add_span_processor(BatchSpanProcessor(_sender(otlp_endpoint)))
        self._tracer = self._provider.get_tracer("rushes")

    @contextmanager
    def span(
        self,
        name: str,
        *,
        job: str | None = None,
        trace_id: str | None = None,
        step: str | None = None,
        parent: str | None = None,
        span_key: str | None = None,
        kind: Kind = "internal",
        **attributes: object,
    ) -> Iterator[OpenSpan]:
        """Open a span for the time of a with block; an error in it marks the span and goes on.

        Args:
            name: what is done.
            job: the job; by default that of the span around it.
            trace_id: the job's trace id, 32 hex digits; by default that of the span around it, else a new one.
            step: the step; by default that of the span around it.
            parent: a span id of 16 hex digits, or the `span_key` of a span, maybe of another process; by default the
                span around it if it is of the same trace, else the trace's root.
            span_key: any text that the span's id is derived from; the trace id itself makes the root span.
            kind: its place between systems, in OpenTelemetry's words.
            attributes: values that are known already.
        """
        around = _around()
        trace_number = int(trace_id, 16) if trace_id else around.get_span_context().trace_id or self._ids.random()
        above = _above(around, trace_number, parent, span_key)
        self._ids.next = (trace_number, number(span_key) if span_key else None)
        whose = {"job": job or _given(around, "job"), "step": step or _given(around, "step")}
        begun = self._tracer.start_span(name, context=above, kind=trace.SpanKind[kind.upper()])
        span = OpenSpan(begun)
        span.set(**whose, **attributes)
        with trace.use_span(begun, end_on_exit=True, record_exception=False, set_status_on_exception=False):
            try:
                yield span
            except BaseException as error:
                span.fail(error)
                raise

    def flush(self) -> None:
        """Send what is still on its way."""
        self._provider.force_flush()

    def close(self) -> None:
        """Send what is still on its way and stop."""
        self._provider.shutdown()


class Ids(RandomIdGenerator):
    """Gives ids: those that were asked for by this thread for its next span, else random ones."""

    def __init__(self) -> None:
        self._asked = threading.local()

    @property
    def next(self) -> tuple[int, int | None]:
        """Trace id, and span id where one was asked for."""
        asked: tuple[int, int | None] = getattr(self._asked, "ids", (0, None))
        return asked

    @next.setter
    def next(self, ids: tuple[int, int | None]) -> None:
        self._asked.ids = ids

    def random(self) -> int:
        """Return a new trace id."""
        return super().generate_trace_id()

    def generate_trace_id(self) -> int:
        """Return the trace id of the next span."""
        return self.next[0] or self.random()

    def generate_span_id(self) -> int:
        """Return the span id of the next span."""
        return self.next[1] or super().generate_span_id()


class StoreExporter(SpanExporter):
    """Keeps ended spans in the store; where it cannot, it says so in the log and lets the work go on."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Keep ended spans."""
        try:
            self._store.traces.add([kept(span) for span in spans])
        except Exception as error:  # noqa: BLE001 - whatever is wrong with a trace, the work itself goes on
            log.warning("A span could not be kept: %s", redact(str(error)))
            return SpanExportResult.FAILURE
        return SpanExportResult.SUCCESS


class StoreHandler(logging.Handler):
    """Writes the records that name a job (`extra={"job": ..., "step": ...}`) to the store, and to the open span."""

    def __init__(self, store: Store, level: Level = "info") -> None:
        super().__init__(level.upper())
        self._store = store

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record; where it cannot be kept, logging's own way of saying so is taken."""
        try:
            job, step = getattr(record, "job", None), getattr(record, "step", None)
            if job:
                self._store.logs.add(_log(record, str(job), str(step or "")))
                OpenSpan(trace.get_current_span()).log(record.getMessage())
        except Exception:  # noqa: BLE001 - a line that cannot be kept must not stop what it tells of
            self.handleError(record)


def logger(store: Store, level: Level = "info") -> logging.Logger:
    """Return a logger of its own whose records go to the store."""
    made = logging.Logger("rushes", level.upper())
    made.addHandler(StoreHandler(store, level))
    return made


def number(key: str) -> int:
    """Return a span id for a key: 16 hex digits are one already, any other text is hashed."""
    if len(key) == 16 and all(digit in "0123456789abcdef" for digit in key):
        return int(key, 16)
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8]) or 1


def told(value: object) -> str | bool | int | float:
    """Return a value as an attribute: redacted, cut, and JSON where it is more than one."""
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="json")
    text = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
    return cut(redact(text))


def cut(text: str) -> str:
    """Return a text of at most LONGEST bytes; a mark says what was left out."""
    whole = text.encode("utf-8", "replace")
    if len(whole) <= LONGEST:
        return text
    mark = f" [cut: {len(whole)} bytes]"
    return whole[: LONGEST - len(mark)].decode("utf-8", "ignore") + mark


def _sender(endpoint: str) -> SpanExporter:
    """Return what sends spans to a collector; few have one, so that what it needs is loaded only here."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return OTLPSpanExporter(endpoint=traces_url(endpoint))


def traces_url(endpoint: str) -> str:
    """Return where an OTLP/HTTP collector takes spans."""
    plain = endpoint.rstrip("/")
    return plain if plain.endswith(TRACES_PATH) else plain + TRACES_PATH


def kept(span: ReadableSpan) -> Span:
    """Return an ended span as the value that the store keeps."""
    attributes: dict[str, Any] = dict(span.attributes or {})
    lines = [event.name for event in span.events]
    return Span(
        trace_id=f"{span.context.trace_id:032x}",
        span_id=f"{span.context.span_id:016x}",
        parent_id=f"{span.parent.span_id:016x}" if span.parent else None,
        job=attributes.pop("job", None),
        name=span.name,
        step=attributes.pop("step", ""),
        kind=span.kind.name.lower(),
        started=_moment(span.start_time),
        ended=_moment(span.end_time),
        status=STATUSES[span.status.status_code],
        failure=span.status.description,
        attributes=attributes | ({"log": lines} if lines else {}),
    )


def _around() -> trace.Span:
    return trace.get_current_span()


def _given(span: trace.Span, name: str) -> object:
    return (span.attributes or {}).get(name) if isinstance(span, ReadableSpan) else None


def _above(around: trace.Span, trace_number: int, parent: str | None, span_key: str | None) -> context.Context:
    """Return the context with the parent of a new span; an empty one for the root."""
    root = number(f"{trace_number:032x}")
    if parent is None and around.get_span_context().trace_id == trace_number:
        return trace.set_span_in_context(around, context.Context())
    above = number(parent) if parent else root
    if span_key is not None and above == number(span_key):
        return context.Context()
    flags = TraceFlags(TraceFlags.SAMPLED)
    return trace.set_span_in_context(
        NonRecordingSpan(SpanContext(trace_number, above, is_remote=True, trace_flags=flags)), context.Context()
    )


def _moment(nanoseconds: int | None) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=(nanoseconds or 0) // 1000)


def _log(record: logging.LogRecord, job: str, step: str) -> Log:
    levels: tuple[tuple[int, Level], ...] = (
        (logging.ERROR, "error"),
        (logging.WARNING, "warning"),
        (logging.INFO, "info"),
    )
    level: Level = next((name for least, name in levels if record.levelno >= least), "debug")
    stack = "".join(traceback.format_exception(*record.exc_info)) if record.exc_info else ""
    metadata = {"logger": record.name} | ({"stack": stack} if stack else {})
    return Log(job=job, level=level, step=step, message=record.getMessage(), metadata=metadata)
