"""Handing files over: what is too big for a thread lies behind a signed link, which opens it for two weeks.

The link says nothing about where a file lies, and opens no other. It is served where the bot's own address is: in HTTP
mode, or beside the socket (`--pages`).
"""

from __future__ import annotations

import asyncio
import base64
import hmac
import mimetypes
import re
import time
from collections.abc import Awaitable, Callable, Iterable
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, NamedTuple
from urllib.parse import quote, urljoin

from bot.office import Office
from bot.secret import secret_of
from kernel.errors import RushesError
from kernel.settings import Settings
from kernel.store.records import Asset

Scope = dict[str, Any]
"""What a request asks for, as ASGI has it."""
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Asgi = Callable[[Any, Any, Any], Awaitable[None]]
PATH = "/slack/files/"
DAYS = 14
PIECE = 256 * 1024
"""Bytes that are read and sent at a time."""
ADDRESS = re.compile(
    rf"{PATH}(?P<job>[0-9a-f]{{32}})/(?P<hash>[0-9a-f]{{64}})/(?P<until>\d{{1,12}})/(?P<sign>[\w-]{{43}})/[^/]*"
)
RANGE = re.compile(r"bytes=(\d+)-(\d*)")
GONE = "This link is not in use any more: ask whoever runs Rushes for the file."


class Part(NamedTuple):
    """The bytes of a file that are asked for: from a place up to another one, which is not among them."""

    start: int
    end: int
    whole: int

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """How long it is, and where in the file it lies."""
        where = f"bytes {self.start}-{self.end - 1}/{self.whole}".encode()
        several = [(b"content-range", where)] if self.end - self.start < self.whole else []
        return [(b"content-length", str(self.end - self.start).encode()), *several]


def link(settings: Settings, job: str, asset: Asset, name: str) -> str | None:
    """Return the link to a file of a job; None where this machine has no address that people reach."""
    if settings.public_url is None:
        return None
    until = str(int(time.time()) + DAYS * 86_400)
    sign = _sign(secret_of(settings), job, asset.hash, until)
    return urljoin(settings.public_url, f"{PATH}{job}/{asset.hash}/{until}/{sign}/{quote(name)}")


def _sign(secret: bytes, job: str, hash_: str, until: str) -> str:
    said = "|".join(("file", job, hash_, until)).encode()
    return base64.urlsafe_b64encode(hmac.new(secret, said, sha256).digest())[:43].decode()


class Handing:
    """Answers such links; all other requests go on to the app behind."""

    def __init__(self, behind: Asgi, office: Office) -> None:
        self._behind = behind
        self._studio = office.services.studio
        self._secret = secret_of(office.services.settings)

    async def __call__(self, scope: Scope, receive: Any, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or not str(scope["path"]).startswith(PATH):
            await self._behind(scope, receive, send)
            return
        path = await asyncio.to_thread(self._found, str(scope["path"]))
        if path is None or scope["method"] not in ("GET", "HEAD"):
            await _say(send, 404, GONE)
            return
        await hand(path, scope, receive, send)

    def _found(self, address: str) -> Path | None:
        match = ADDRESS.fullmatch(address)
        if match is None or int(match["until"]) < time.time():
            return None
        own = _sign(self._secret, match["job"], match["hash"], match["until"])
        if not hmac.compare_digest(own.encode(), match["sign"].encode()):
            return None
        try:
            return self._studio.path(match["hash"], match["job"])
        except RushesError:
            return None


async def hand(path: Path, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request with a file, or with the part of it that is asked for."""
    size = (await asyncio.to_thread(path.stat)).st_size
    part = _part(scope["headers"], size)
    if part is None:
        await _say(send, 416, "This part is not in the file.", [(b"content-range", f"bytes */{size}".encode())])
        return
    status = 200 if part.end - part.start == size else 206
    await send({"type": "http.response.start", "status": status, "headers": [*_headers(path), *part.headers]})
    if scope["method"] == "GET":
        gone = asyncio.ensure_future(_gone(receive))
        try:
            await _pour(path, part, send, gone)
        finally:
            gone.cancel()
    await send({"type": "http.response.body", "body": b""})


async def _gone(receive: Receive) -> None:
    """Return once whoever asked has left: a player asks anew for each place that somebody jumps to."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _pour(path: Path, part: Part, send: Send, gone: asyncio.Future[None]) -> None:
    """Send bytes a piece at a time, as long as somebody is there; whoever reads slowly is waited for."""
    file: IO[bytes] = await asyncio.to_thread(path.open, "rb")
    try:
        await asyncio.to_thread(file.seek, part.start)
        left = part.end - part.start
        while left and not gone.done() and (piece := await asyncio.to_thread(file.read, min(PIECE, left))):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            left -= len(piece)
    finally:
        await asyncio.to_thread(file.close)


def _part(headers: Iterable[tuple[bytes, bytes]], size: int) -> Part | None:
    """Return the part that is asked for, the whole where none is; None where there is no such part."""
    asked = next((value.decode("latin-1") for name, value in headers if name == b"range"), "")
    match = RANGE.fullmatch(asked)
    if match is None:
        return Part(0, size, size)
    start, end = int(match[1]), min(int(match[2] or size), size - 1) + 1
    return Part(start, end, size) if start < end else None


def _headers(path: Path) -> list[tuple[bytes, bytes]]:
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return [
        (b"content-type", kind.encode()),
        (b"content-disposition", b"inline" if kind.startswith("video/") else b"attachment"),
        (b"accept-ranges", b"bytes"),
        (b"cache-control", b"private, no-store"),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
    ]


async def _say(send: Send, status: int, text: str, headers: Iterable[tuple[bytes, bytes]] = ()) -> None:
    plain = [(b"content-type", b"text/plain; charset=utf-8"), (b"x-content-type-options", b"nosniff"), *headers]
    await send({"type": "http.response.start", "status": status, "headers": plain})
    await send({"type": "http.response.body", "body": text.encode()})
