"""link: a file behind an https link whose beginning an operator allowed."""

from __future__ import annotations

import http.client
import ipaddress
import re
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from email.message import Message
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from kernel.errors import BadInput, Busy, Unreachable
from kernel.fetch.base import Row, Stream, pour
from kernel.fetch.kinds import check_kind, is_web_page
from kernel.fetch.part import Answer, Errand
from kernel.settings import Settings

REDIRECTS = 5
INSIDE = re.compile(r"localhost|[^.]+|.*\.(local|internal|intranet|lan|corp|home\.arpa)", re.IGNORECASE)
"""Names that can only mean a place inside: an operator who allows one means it."""
RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")
PASSED_ON = (301, 302, 303, 307, 308)
OUTSIDE = 416
"""The place that was asked for lies behind the file's end."""
GONE = (404, 410)
PASSING = (408, 425, 500, 502, 503, 504, 520, 521, 522, 523, 524)


class Link:
    """Files behind links."""

    kind = "link"

    def __init__(self, settings: Settings) -> None:
        self._allowed = tuple(link for link in settings.footage_links if link.startswith(("https://", "http://")))

    def files(self, row: Row) -> Sequence[Row]:
        """Return the row: a link is one file."""
        return [row]

    def fetch(self, row: Row, errand: Errand) -> int:
        """Bring the file to its place."""

        @contextmanager
        def opened(at: int, tag: str) -> Iterator[Stream]:
            with self._asked(row, errand, at, tag) as reply:
                answer = answered(reply)
                if not is_web_page(answer.mimetype, b""):
                    check_kind(row["name"], answer.mimetype or "video/")
                yield Stream(answer, lambda most: _read(reply, row["name"], most))

        return pour(errand, opened)

    @contextmanager
    def _asked(self, row: Row, errand: Errand, at: int, tag: str) -> Iterator[http.client.HTTPResponse]:
        url = row["url"]
        for _ in range(REDIRECTS):
            prefix = prefix_of(url, self._allowed)
            if prefix is None:
                raise BadInput(f"{row['name']} is passed on to {_host(url)}, where I may not fetch from: {DROP}")
            with closing(_connected(url, prefix, errand)) as connection:
                reply = _sent(connection, url, _headers(at, tag), row["name"])
                if reply.status not in (*PASSED_ON, OUTSIDE):
                    yield _checked(reply, row["name"], url)
                    return
                url, at = _next(reply, url, at)
        raise BadInput(f"{row['name']} is passed on from one address to the next without an end: {DROP}")


DROP = "drop the file here."


def _next(reply: http.client.HTTPResponse, url: str, at: int) -> tuple[str, int]:
    """Return where to ask next, and from which place on: from the start, where all that there is has come already."""
    return (url, 0) if reply.status == OUTSIDE else (urljoin(url, reply.headers.get("Location", "")), at)


def allowed(url: str, prefixes: Sequence[str]) -> bool:
    """Say whether a link may be fetched."""
    return prefix_of(url, prefixes) is not None


def prefix_of(url: str, prefixes: Sequence[str]) -> str | None:
    """Return the allowed beginning that a link has: same scheme, host and port, and a path that stays below it."""
    with suppress(ValueError):
        asked = urlsplit(url)
        if asked.username or asked.password or _climbs(asked.path):
            return None
        return next((prefix for prefix in prefixes if _below(asked, urlsplit(prefix))), None)
    return None


def _below(asked: SplitResult, prefix: SplitResult) -> bool:
    if (asked.scheme, asked.hostname, _port(asked)) != (prefix.scheme, prefix.hostname, _port(prefix)):
        return False
    path, start = unquote(asked.path) or "/", unquote(prefix.path) or "/"
    return path == start or path.startswith(start if start.endswith("/") else f"{start}/")


def _climbs(path: str) -> bool:
    plain = unquote(unquote(path)).replace("\\", "/")
    return any(part in (".", "..") for part in plain.split("/"))


def _port(url: SplitResult) -> int:
    return url.port or (443 if url.scheme == "https" else 80)


def _host(url: str) -> str:
    with suppress(ValueError):
        return urlsplit(url).hostname or "another place"
    return "another place"


def _connected(url: str, prefix: str, errand: Errand) -> http.client.HTTPConnection:
    """Connect to the very address that was looked at, so that a name cannot mean another one a moment later."""
    asked = urlsplit(url)
    host, port = asked.hostname or "", _port(asked)
    addresses = _addresses(host, port, errand.name, named=_names_inside(urlsplit(prefix).hostname or ""))
    connection = http.client.HTTPConnection(host, port, timeout=errand.window)
    try:
        connection.sock = _reached(addresses, port, errand.window)
        if asked.scheme == "https":
            context = ssl.create_default_context()
            connection.sock = context.wrap_socket(connection.sock, server_hostname=host)
    except ssl.SSLCertVerificationError as error:
        raise BadInput(f"{host} cannot prove that it is {host}, so I did not fetch {errand.name}: {DROP}") from error
    except OSError as error:
        raise Unreachable(f"{host} does not answer.") from error
    return connection


def _reached(addresses: Sequence[str], port: int, window: float) -> socket.socket:
    """Connect to the first address that answers."""
    for address in addresses[:-1]:
        with suppress(OSError):
            return socket.create_connection((address, port), window)
    return socket.create_connection((addresses[-1], port), window)


def _addresses(host: str, port: int, name: str, *, named: bool) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"There is no server called {host} just now.") from error
    addresses = [str(sockaddr[0]) for *_, sockaddr in found]
    if not named and not all(_public(address) for address in addresses):
        raise BadInput(f"{host} lies inside my own network, where I fetch nothing from, so {name} did not come: {DROP}")
    return addresses


def _public(address: str) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    return bool((inner or found).is_global) and not found.is_multicast


def _names_inside(host: str) -> bool:
    with suppress(ValueError):
        ipaddress.ip_address(host)
        return True
    return INSIDE.fullmatch(host) is not None


def _headers(at: int, tag: str) -> dict[str, str]:
    headers = {"User-Agent": "rushes", "Accept": "*/*", "Accept-Encoding": "identity"}
    if at:
        headers["Range"] = f"bytes={at}-"
        if tag.startswith('"') or tag.endswith("GMT"):
            headers["If-Range"] = tag
    return headers


def _sent(
    connection: http.client.HTTPConnection, url: str, headers: dict[str, str], name: str
) -> http.client.HTTPResponse:
    asked = urlsplit(url)
    target = (asked.path or "/") + (f"?{asked.query}" if asked.query else "")
    try:
        connection.request("GET", target, headers=headers)
        return connection.getresponse()
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable(f"{asked.hostname} broke off before {name} came.") from error


def _checked(reply: http.client.HTTPResponse, name: str, url: str) -> http.client.HTTPResponse:
    status, host = reply.status, _host(url)
    if status in (200, 206):
        return reply
    if status == 429:
        raise Busy(f"{host} asks to wait before it sends {name}.", seconds(reply.headers.get("Retry-After")))
    if status in PASSING:
        raise Unreachable(f"{host} cannot send {name} just now.")
    if status in GONE:
        raise BadInput(f"{name} is not at {host} any more (deleted or expired): make a new link, or {DROP}")
    raise BadInput(f"{host} does not give {name} to me (answer {status}): open the link to everybody, or {DROP}")


def answered(reply: http.client.HTTPResponse) -> Answer:
    """Return what a server says of the bytes to come."""
    headers: Message = reply.headers
    tag = headers.get("ETag") or headers.get("Last-Modified") or ""
    mimetype = headers.get_content_type() if headers.get("Content-Type") else ""
    match = RANGE.fullmatch(headers.get("Content-Range", "")) if reply.status == 206 else None
    if match:
        total = None if match[2] == "*" else int(match[2])
        return Answer(int(match[1]), total, mimetype, tag)
    length = headers.get("Content-Length", "")
    return Answer(0, int(length) if length.isdigit() else None, mimetype, tag)


def _read(reply: http.client.HTTPResponse, name: str, most: int) -> bytes:
    try:
        return reply.read1(most)
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable(f"{name} stopped coming.") from error


def seconds(text: str | None) -> float | None:
    """Return the seconds of a Retry-After; None where it names none."""
    return float(text) if text and re.fullmatch(r"\d{1,6}(\.\d+)?", text) else None
