"""Telemetry: spans under the job's trace id, kept always, sent when asked, never in the way."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from kernel.document import Value
from kernel.errors import Cancelled
from kernel.store import Store
from kernel.store.records import Job, Span
from kernel.telemetry import LONGEST, Telemetry, cut, logger, number, traces_url

TRACE = "0af7651916cd43dd8448eb211c80319c"
Got = list[tuple[str, ExportTraceServiceRequest]]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'rushes.sqlite'}"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = Store.open(url)
    yield opened
    opened.close()


@pytest.fixture
def telemetry(store: Store) -> Iterator[Telemetry]:
    made = Telemetry(store)
    yield made
    made.close()


def by_name(store: Store, trace_id: str = TRACE) -> dict[str, Span]:
    return {span.name: span for span in store.traces.list(trace_id=trace_id)}


def test_a_span_is_kept_with_all_that_is_known_of_it(store: Store, telemetry: Telemetry) -> None:
    class Shape(Value):
        width: int

    with telemetry.span(
        "render", job="j", trace_id=TRACE, step="master", kind="client", gpu=False, seconds=1.5
    ) as span:
        span.set(ffmpeg_arguments=["-i", "a b.mp4"], shape=Shape(width=2), nothing=None)
        span.log("frame=1")
    kept = by_name(store)["render"]
    assert (kept.job, kept.step, kept.kind, kept.status, kept.failure) == ("j", "master", "client", "unset", None)
    assert (kept.trace_id, kept.span_id) == (span.trace_id, span.id)
    assert kept.started <= kept.ended
    assert kept.attributes == {
        "gpu": False,
        "seconds": 1.5,
        "ffmpeg_arguments": '["-i", "a b.mp4"]',
        "shape": '{"width": 2}',
        "log": ["frame=1"],
    }


def test_a_span_inside_another_belongs_to_it_and_to_its_job(store: Store, telemetry: Telemetry) -> None:
    with telemetry.span("step", job="j", trace_id=TRACE, step="plan") as outer, telemetry.span("ask"):
        pass
    inner = by_name(store)["ask"]
    assert (inner.parent_id, inner.job, inner.step) == (outer.id, "j", "plan")


def test_threads_join_a_trace_by_the_key_of_the_span_above(store: Store, telemetry: Telemetry) -> None:
    def work(number: int) -> None:
        with telemetry.span(f"piece {number}", trace_id=TRACE, parent="run-7"):
            pass

    with telemetry.span("step", trace_id=TRACE, span_key="run-7") as step, ThreadPoolExecutor(4) as threads:
        list(threads.map(work, range(20)))
    spans = by_name(store)
    assert {span.parent_id for name, span in spans.items() if name != "step"} == {step.id}
    assert len({span.span_id for span in spans.values()}) == 21


def test_a_parent_may_be_given_as_a_span_id(store: Store, telemetry: Telemetry) -> None:
    with telemetry.span("a", trace_id=TRACE) as first:
        pass
    with telemetry.span("b", trace_id=TRACE, parent=first.id):
        pass
    assert by_name(store)["b"].parent_id == first.id


def test_another_process_joins_the_trace(store: Store, telemetry: Telemetry, url: str) -> None:
    code = (
        "import sys; from kernel.store import Store; from kernel.telemetry import Telemetry\n"
        "store = Store.open(sys.argv[1])\n"
        "with Telemetry(store).span('elsewhere', trace_id=sys.argv[2], parent='run-7'): pass\n"
        "store.close()"
    )
    subprocess.run([sys.executable, "-c", code, url, TRACE], cwd=ROOT, check=True)
    with telemetry.span("here", trace_id=TRACE, span_key="run-7") as here:
        pass
    assert by_name(store)["elsewhere"].parent_id == here.id


def test_all_hangs_below_one_root_that_every_process_can_name(store: Store, telemetry: Telemetry) -> None:
    with telemetry.span("turn", trace_id=TRACE, span_key=TRACE) as root:
        pass
    with telemetry.span("step", trace_id=TRACE):
        pass
    spans = by_name(store)
    assert spans["turn"].parent_id is None
    assert spans["step"].parent_id == root.id == f"{number(TRACE):016x}"


def test_a_span_of_another_trace_does_not_hang_below_the_one_around_it(store: Store, telemetry: Telemetry) -> None:
    other = "f" * 32
    with telemetry.span("one", trace_id=TRACE) as one, telemetry.span("two", trace_id=other):
        pass
    assert by_name(store, other)["two"].parent_id not in (None, one.id)


def test_a_run_that_is_begun_again_shows_twice(store: Store, telemetry: Telemetry) -> None:
    for _ in range(2):
        with telemetry.span("step", trace_id=TRACE, span_key="run"):
            pass
    first, second = store.traces.list(trace_id=TRACE)
    assert first.span_id == second.span_id


def test_without_a_trace_id_a_new_trace_begins(store: Store, telemetry: Telemetry) -> None:
    with telemetry.span("a", job="j") as one, telemetry.span("b"):
        pass
    with telemetry.span("c", job="j") as two:
        pass
    assert one.trace_id != two.trace_id
    assert [span.name for span in store.traces.list("j")] == ["a", "b", "c"]


def test_an_error_marks_its_span_and_goes_on(store: Store, telemetry: Telemetry) -> None:
    with pytest.raises(Cancelled), telemetry.span("stopped", trace_id=TRACE):
        raise Cancelled("Ada said stop, key sk-secret123")
    with pytest.raises(ZeroDivisionError), telemetry.span("broken", trace_id=TRACE):
        raise ZeroDivisionError("oh")
    spans = by_name(store)
    assert (spans["stopped"].status, spans["stopped"].failure) == ("error", "Cancelled: Ada said stop, key [secret]")
    assert "stack" not in spans["stopped"].attributes
    assert "ZeroDivisionError: oh" in spans["broken"].attributes["stack"]


def test_secrets_and_long_texts_are_cut_out(store: Store, telemetry: Telemetry) -> None:
    with telemetry.span("ask", trace_id=TRACE, prompt={"key": "xoxb-1-a"}, reply="ü" * LONGEST):
        pass
    attributes = by_name(store)["ask"].attributes
    assert json.loads(attributes["prompt"]) == {"key": "[secret]"}
    assert len(attributes["reply"].encode()) <= LONGEST
    assert attributes["reply"].endswith(f"[cut: {2 * LONGEST} bytes]")
    assert cut("a" * LONGEST) == "a" * LONGEST


def test_a_store_that_is_gone_does_not_stop_the_work(
    url: str, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    store = Store.open(url)
    telemetry = Telemetry(store)
    with store.database.write() as connection:
        connection.exec_driver_sql("DROP TABLE spans")
    with telemetry.span("work", trace_id=TRACE):
        pass
    telemetry.close()
    store.close()
    assert "could not be kept" in caplog.text


class Collector(BaseHTTPRequestHandler):
    """Takes spans as an OTLP/HTTP collector does."""

    got: ClassVar[Got]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append((self.path, ExportTraceServiceRequest.FromString(body)))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def test_spans_are_sent_to_an_endpoint_when_one_is_set(store: Store) -> None:
    class OneCollector(Collector):
        got: ClassVar[Got] = []

    with ThreadingHTTPServer(("127.0.0.1", 0), OneCollector) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        telemetry = Telemetry(store, f"http://127.0.0.1:{server.server_port}")
        with telemetry.span("ask", trace_id=TRACE, prompt="sk-secret123"):
            pass
        telemetry.close()
        server.shutdown()
    path, sent = OneCollector.got[0]
    span = sent.resource_spans[0].scope_spans[0].spans[0]
    assert path == "/v1/traces"
    assert (span.name, span.trace_id.hex()) == ("ask", TRACE)
    assert {one.key: one.value.string_value for one in span.attributes}["prompt"] == "[secret]"
    assert "ask" in by_name(store)


def test_the_address_for_spans_is_completed() -> None:
    assert traces_url("http://h:4318/") == traces_url("http://h:4318/v1/traces") == "http://h:4318/v1/traces"


def test_records_that_name_a_job_go_to_its_log_and_to_the_open_span(store: Store, telemetry: Telemetry) -> None:
    job = store.jobs.create(Job(pipeline="edit", title="A talk"))
    log = logger(store)
    with telemetry.span("step", job=job.id, trace_id=TRACE):
        log.warning("slow: %s", "xapp-1-a", extra={"job": job.id, "step": "master"})
    log.info("of no job")
    log.debug("too quiet", extra={"job": job.id})
    try:
        raise ValueError("odd")
    except ValueError:
        log.exception("fault", extra={"job": job.id})
    slow, fault = store.logs.list(job.id)
    assert (slow.level, slow.step, slow.message) == ("warning", "master", "slow: [secret]")
    assert fault.level == "error"
    assert "ValueError: odd" in fault.metadata["stack"]
    assert by_name(store)["step"].attributes["log"] == ["slow: [secret]"]


def test_a_line_that_cannot_be_kept_does_not_stop_the_work(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    store = Store.open(url)
    with store.database.write() as connection:
        connection.exec_driver_sql("DROP TABLE logs")
    logger(store).info("lost", extra={"job": "j"})
    store.close()
    assert "lost" in capsys.readouterr().err
