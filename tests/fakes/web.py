"""A web server of files on 127.0.0.1, with ranges, redirects and all that goes wrong with downloads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote, urlsplit


@dataclass
class Page:
    """What stands at an address.

    Attributes:
        tag: its ETag; none if empty.
        ranges: whether a download may begin in the middle.
        cuts: places at which the next downloads are cut off, one a download.
        pace: bytes a second; None for as fast as it goes.
        stall: after how many bytes it stops sending, and neither ends nor closes.
        length: whether its length is told.
        statuses: answers in place of it, one a request, with these headers.
    """

    body: bytes
    mimetype: str = "video/mp4"
    tag: str = '"1"'
    ranges: bool = True
    cuts: list[int] = field(default_factory=list)
    pace: float | None = None
    stall: int | None = None
    length: bool = True
    statuses: list[tuple[int, dict[str, str]]] = field(default_factory=list)


class FakeWeb:
    """The server; `url` ends with a slash."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        """Path and headers of each request, in order."""
        self.closing = threading.Event()
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self.port = int(self._server.server_address[1])
        self.url = f"http://127.0.0.1:{self.port}/"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def ranges(self, path: str) -> list[str | None]:
        """Return the ranges that were asked for at a path."""
        return [headers.get("range") for asked, headers in self.asked if asked == path]

    def page(self, request: BaseHTTPRequestHandler) -> Page | None:
        """Return what stands where a request asks."""
        return self.pages.get(unquote(urlsplit(request.path).path))


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, fake: FakeWeb, handler: Callable[..., BaseHTTPRequestHandler] | None = None) -> None:
        self.fake = fake
        super().__init__(("127.0.0.1", 0), handler or Request)

    def handle_error(self, *_: Any) -> None:
        """Say nothing of a client that went away."""


class Request(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Send a page."""
        fake = self.server.fake
        fake.asked.append((urlsplit(self.path).path, {name.lower(): value for name, value in self.headers.items()}))
        page = fake.page(self)
        if page is None:
            self.plain(404)
        elif page.statuses:
            status, headers = page.statuses.pop(0)
            self.plain(status, headers)
        else:
            self.send_page(page)

    def plain(self, status: int, headers: dict[str, str] | None = None, body: bytes = b"") -> None:
        """Answer with nothing but a status."""
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def send_page(self, page: Page) -> None:
        """Send a page from the place that was asked for."""
        start, part = self._start(page)
        if start >= len(page.body) and part:
            return self.plain(416, {"Content-Range": f"bytes */{len(page.body)}"})
        self.send_response(206 if part else 200)
        for name, value in self._headers(page, start, part).items():
            self.send_header(name, value)
        self.end_headers()
        return self._pour(page, start)

    def _start(self, page: Page) -> tuple[int, bool]:
        asked = self.headers.get("Range", "")
        newer = self.headers.get("If-Range", page.tag) != page.tag
        if not asked or not page.ranges or newer:
            return 0, False
        return int(asked.removeprefix("bytes=").partition("-")[0]), True

    def _headers(self, page: Page, start: int, part: bool) -> dict[str, str]:
        size = len(page.body)
        headers = {"Content-Type": page.mimetype, **({"ETag": page.tag} if page.tag else {})}
        if part:
            headers["Content-Range"] = f"bytes {start}-{size - 1}/{size}"
        if page.length:
            return {**headers, "Content-Length": str(size - start)}
        self.close_connection = True
        return {**headers, "Connection": "close"}

    def _pour(self, page: Page, start: int) -> None:
        at, end = start, len(page.body)
        last = max(at, min(page.cuts.pop(0), end)) if page.cuts else end
        while at < last:
            if page.stall is not None and at >= page.stall:
                self.server.fake.closing.wait()
                break
            step = max(1, int(page.pace / 20)) if page.pace else 16_384
            piece = page.body[at : min(at + step, last)]
            self.wfile.write(piece)
            at += len(piece)
            if page.pace and self.server.fake.closing.wait(len(piece) / page.pace):
                break
        self.close_connection = self.close_connection or at < end
