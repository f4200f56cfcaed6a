"""A model server on 127.0.0.1 that speaks OpenAI's Responses API and Anthropic's Messages API over real HTTP."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Literal, Self

from kernel.messages import Reply, Request
from kernel.providers.scripted import numbered
from tests.fakes.models.wire import WIRES, Wire

HEARTBEAT = 20.0
"""Seconds between two blanks that keep a connection awake while somebody thinks; JSON may begin with blanks."""


@dataclass(frozen=True)
class Fault:
    """An answer that goes wrong.

    Attributes:
        status: the HTTP status.
        code: the provider's code in the error's body; empty for none.
        message: what the error says.
        headers: sent beside the usual ones.
        body: sent as it is, in place of the provider's form of an error.
        how: `answer` sends all of it, `cut` closes the connection at once, `half` closes it in the middle of the
            body, `hang` sends nothing until the server closes.
    """

    status: int = 500
    code: str = ""
    message: str = "It went wrong."
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None
    how: Literal["answer", "cut", "half", "hang"] = "answer"


@dataclass(frozen=True)
class Bent:
    """A good answer whose body is changed before it is sent: `bend` gets the body in the wire's format."""

    reply: Reply
    bend: Callable[[dict[str, Any]], object]


Outcome = Reply | Fault | Bent
Line = Outcome | Callable[[Request], Outcome]


@dataclass(frozen=True)
class Asked:
    """One request as it came in: the wire's name, headers (names in lower case), the body, and what it means."""

    wire: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]
    request: Request


class ModelServer:
    """Answers line by line, or by a function of each request where `lines` is one (several may ask at once then).

    Args:
        lines: what to answer; when they are used up a request is refused with status 400.
        key: the key to insist on; None takes any.
        port: 0 for a free one.
        slow: lines take long: send blanks while they do, and the answer behind them.
        heartbeat: seconds between two of those blanks.

    Use it in a `with`; `openai_url` and `anthropic_url` are the base URLs for the two SDKs.
    """

    def __init__(
        self,
        lines: Sequence[Line] | Callable[[Request], Outcome] = (),
        key: str | None = None,
        port: int = 0,
        slow: bool = False,
        heartbeat: float = HEARTBEAT,
    ) -> None:
        self.asked: list[Asked] = []
        self.bad: list[str] = []
        self.key = key
        self.slow = slow
        self.heartbeat = heartbeat
        self.closing = threading.Event()
        self._lock = threading.Lock()
        self._lines = lines if callable(lines) else list(lines)
        self._http = _Http(("127.0.0.1", port), _Handler)
        self._http.models = self

    @property
    def openai_url(self) -> str:
        """The base URL for OpenAI's SDK."""
        return f"{self.anthropic_url}/v1"

    @property
    def anthropic_url(self) -> str:
        """The base URL for Anthropic's SDK."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    @property
    def requests(self) -> list[Request]:
        """The good requests, oldest first."""
        return [asked.request for asked in self.asked]

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()

    def outcome(self, asked: Asked) -> Outcome:
        """Record a good request and return the answer to it."""
        with self._lock:
            self.asked.append(asked)
            line = self._lines if callable(self._lines) else self._next()
        made = line(asked.request) if callable(line) else line
        return numbered(made, asked.request) if isinstance(made, Reply) else made

    def _next(self) -> Line:
        assert not callable(self._lines)
        return self._lines.pop(0) if self._lines else Fault(400, "script_over", "The script has no more lines.")


def _problems(wire: Wire, body: Mapping[str, Any]) -> list[str]:
    try:
        return wire.problems(body)
    except (KeyError, TypeError, AttributeError) as error:
        return [f"The body is malformed: {error!r}"]


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    models: ModelServer


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Http

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Answer GET /v1/models."""
        models = [{"id": name, "object": "model", "type": "model"} for name in ("model-a", "model-b")]
        self._send(200, json.dumps({"object": "list", "data": models, "has_more": False}))

    def do_POST(self) -> None:
        """Answer a question in the format of its path."""
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        wire = WIRES.get(self.path.partition("?")[0])
        if wire is None:
            self._send(404, json.dumps({"error": {"message": f"Invalid URL (POST {self.path})"}}))
            return
        try:
            self._answer(wire, json.loads(raw))
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _answer(self, wire: Wire, body: Mapping[str, Any]) -> None:
        models = self.server.models
        headers = {name.lower(): value for name, value in self.headers.items()}
        key = wire.key(headers)
        if not key or models.key not in (None, key):
            self._fault(wire, Fault(401, "invalid_api_key", f"Incorrect API key provided: {key}."))
            return
        problems = _problems(wire, body)
        if problems:
            models.bad += problems
            self._fault(wire, Fault(400, "invalid_request_error", problems[0]))
            return
        asked = Asked(wire.name, headers, body, wire.request(body))
        if models.slow:
            self._slowly(wire, asked)
        else:
            self._outcome(wire, models.outcome(asked))

    def _outcome(self, wire: Wire, outcome: Outcome) -> None:
        if isinstance(outcome, Fault):
            self._fault(wire, outcome)
        elif isinstance(outcome, Bent):
            body = wire.answer(outcome.reply)
            outcome.bend(body)
            self._send(200, json.dumps(body))
        else:
            self._send(200, json.dumps(wire.answer(outcome)))

    def _slowly(self, wire: Wire, asked: Asked) -> None:
        """Send blanks until the answer is there; only a Reply can come of it, for the status is out by then."""
        models = self.server.models
        made: list[Outcome] = []
        thinking = threading.Thread(target=lambda: made.append(models.outcome(asked)), daemon=True)
        thinking.start()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        thinking.join(models.heartbeat)
        while thinking.is_alive():
            self._chunk(b" ")
            thinking.join(models.heartbeat)
        assert isinstance(made[0], Reply)
        self._chunk(json.dumps(wire.answer(made[0])).encode())
        self._chunk(b"")

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def _fault(self, wire: Wire, fault: Fault) -> None:
        if fault.how == "hang":
            self.server.models.closing.wait()
        if fault.how in ("hang", "cut"):
            self._close()
            return
        said = json.dumps(wire.error(fault.status, fault.code, fault.message)) if fault.body is None else fault.body
        self._send(fault.status, said, fault.headers, half=fault.how == "half")

    def _close(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _send(self, status: int, text: str, headers: Mapping[str, str] | None = None, half: bool = False) -> None:
        body = text.encode()
        every = {"content-type": "application/json", **(headers or {}), "content-length": str(len(body))}
        self.send_response(status)
        for name, value in every.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if half else body)
        if half:
            self.wfile.flush()
            self._close()
