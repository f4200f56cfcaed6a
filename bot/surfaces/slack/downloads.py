"""Downloads: files that people dropped come from Slack to our disk, a piece at a time, whatever their size."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.surfaces.slack import intake
from bot.surfaces.slack.clients import Clients
from bot.surfaces.slack.trouble import read
from kernel.errors import BadInput, Busy, RushesError, Unreachable
from kernel.fetch.base import PIECE, Row
from kernel.fetch.kinds import check_kind, is_usable
from kernel.fetch.link import seconds
from kernel.fetch.part import Answer, Errand, Pace, Part
from kernel.fetch.words import check_size
from kernel.settings import Settings
from kernel.store import Store

REDIRECTS = 3
PASSED_ON = (301, 302, 303, 307, 308)
OUTSIDE = 416
"""The place that was asked for lies behind the file's end."""
GONE = (404, 410)
RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")
ELSEWHERE = {"gdrive": "Google Drive", "dropbox": "Dropbox", "box": "Box", "onedrive": "OneDrive"}
AGAIN = "drop it here once more."
REFUSALS = {
    "file_not_found": f"is not in Slack any more: {AGAIN}",
    "file_deleted": f"was deleted in Slack: {AGAIN}",
    "missing_scope": "was not given to me, for I may read no files here: ask whoever installed me to do it again.",
}
"""What Slack answers when asked about a file, and how that is said."""
HIDDEN = {
    "tombstone": REFUSALS["file_deleted"],
    "hidden_by_limit": "is hidden by Slack, because your workspace is full: make room there, then drop it again.",
}


class SlackFiles:
    """Files that people dropped into a thread. Used from a worker's thread, which has no loop of its own."""

    kind = "slack"

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings = settings
        self._store = store

    def files(self, row: Row) -> Sequence[Row]:
        """Return the footage of the message that a row names; a row of a file is that file."""
        return [row] if "path" in row else asyncio.run(self._above(row))

    async def _above(self, row: Row) -> Sequence[Row]:
        client = await Clients(self._settings, self._store).for_team(row["team"])
        try:
            page = await client.conversations_replies(channel=row["channel"], ts=row["id"], limit=1)
        except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
            raise _refusal(error, row["name"]) from error
        files = [file for message in page["messages"][:1] for file in message.get("files") or ()]
        rows = [intake.row(file, row["team"], self._settings.data) for file in files]
        return [{**one, "above": row["id"]} for one in rows if is_usable(one["name"], one["mimetype"])]

    def fetch(self, row: Row, errand: Errand) -> int:
        """Bring a file to its place, from where an earlier try stood, and return its size."""
        return asyncio.run(self._fetched(row, errand))

    async def _fetched(self, row: Row, errand: Errand) -> int:
        client = await Clients(self._settings, self._store).for_team(row["team"])
        # Slack's answers are read as they come: a compressed one would not have the length that was announced.
        times = aiohttp.ClientTimeout(total=None, sock_connect=errand.window, sock_read=errand.window)
        async with aiohttp.ClientSession(timeout=times, auto_decompress=False) as session:
            return await download(client, session, row, errand, self._settings.slack_file_hosts)


async def download(
    client: AsyncWebClient, session: aiohttp.ClientSession, row: Row, errand: Errand, hosts: Sequence[str]
) -> int:
    """Bring a file from Slack to its place, from where an earlier try stood, and return its size.

    Args:
        hosts: the hosts that files come from; the token goes to no other.

    Raises:
        BadInput: it will never come; says why and what to do. TryAgain: it may come at the next try.
    """
    file = await _told(client, row, errand)
    known = replace(errand, size=int(file.get("size") or 0) or None)
    address = str(file.get("url_private_download") or file.get("url_private") or "")
    with Part(known) as part:
        if part.done:
            return known.path.stat().st_size
        if part.at and part.at == known.size:
            return await asyncio.to_thread(part.end)
        async with _sent(session, address, client.token or "", part.at, errand.name, hosts) as reply:
            part.begin(_answer(reply))
            return await _poured(reply, part)


async def _poured(reply: aiohttp.ClientResponse, part: Part) -> int:
    pace = Pace(part.errand)
    while piece := await _read(reply, part.errand.name):
        part.errand.check()
        pace.tell(len(piece))
        await asyncio.to_thread(part.write, piece)
    return await asyncio.to_thread(part.end)


async def _read(reply: aiohttp.ClientResponse, name: str) -> bytes:
    try:
        return await reply.content.read(PIECE)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise Unreachable(f"{name} stopped coming.") from error


async def _told(client: AsyncWebClient, row: Row, errand: Errand) -> Mapping[str, Any]:
    """Ask Slack about a file: its address may be an old one, and in a shared channel an event carries but its id.

    Raises:
        BadInput: it is none that can be taken.
    """
    try:
        file: Mapping[str, Any] = (await client.files_info(file=row["id"]))["file"]
    except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
        raise _refusal(error, row["name"]) from error
    told, mode = file.get("name") if row.get("unnamed") else None, str(file.get("mode", ""))
    name = str(told or row["name"])
    if mode in HIDDEN:
        raise BadInput(f"{name} {HIDDEN[mode]}")
    if mode == "external" or file.get("is_external"):
        place = ELSEWHERE.get(str(file.get("external_type", "")), "another place")
        raise BadInput(f"{name} lies in {place}, not in Slack, so I cannot read it: drop the file itself here.")
    check_kind(name, str(file.get("mimetype") or ""))
    if "size" in file:
        check_size(name, int(file["size"]), errand.most)
    return file


def _refusal(error: Exception, name: str) -> RushesError:
    """Return one of our errors for one of Slack's."""
    trouble = read(error)
    if trouble.means == "wait":
        return Busy(f"Slack asks to wait before it tells of {name}.", trouble.seconds)
    if trouble.means in ("lost", "unsent"):
        return Unreachable(f"Slack does not tell of {name} just now.")
    return BadInput(f"{name} {REFUSALS.get(trouble.code, f'was not given to me by Slack: {AGAIN}')}")


@asynccontextmanager
async def _sent(
    session: aiohttp.ClientSession, address: str, token: str, at: int, name: str, hosts: Sequence[str]
) -> AsyncIterator[aiohttp.ClientResponse]:
    """Ask for the bytes of a file from a place on. The token goes nowhere but to `hosts`."""
    for _ in range(REDIRECTS + 1):
        check_address(address, hosts, name)
        headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}
        if at:
            headers["Range"] = f"bytes={at}-"
        async with _reached(session, address, headers, name) as reply:
            if reply.status not in (*PASSED_ON, OUTSIDE):
                _checked(reply, name)
                yield reply
                return
            address, at = _next(reply, address, at, name)
    raise BadInput(f"{name} was passed on from one address to the next without an end: {AGAIN}")


def _next(reply: aiohttp.ClientResponse, address: str, at: int, name: str) -> tuple[str, int]:
    if reply.status == OUTSIDE:
        return address, 0
    there = urljoin(address, reply.headers.get("Location", ""))
    if "redir" in parse_qs(urlsplit(there).query):  # a workspace's own page, which leads back once somebody signed in
        raise _signed_out(name)
    return there, at


def _signed_out(name: str) -> BadInput:
    return BadInput(f"In place of {name} Slack sent its sign-in page: ask whoever installed me to install me again.")


@asynccontextmanager
async def _reached(
    session: aiohttp.ClientSession, address: str, headers: Mapping[str, str], name: str
) -> AsyncIterator[aiohttp.ClientResponse]:
    try:
        reply = await session.get(address, headers=headers, allow_redirects=False)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise Unreachable(f"Slack does not send {name} just now.") from error
    async with reply:
        yield reply


def check_address(address: str, hosts: Sequence[str], name: str) -> None:
    """Refuse an address that files do not come from; Slack passes some on from one of its hosts to another.

    Args:
        hosts: host names, with a port where it is not the usual one. Plain http is for this machine alone.

    Raises:
        BadInput: it is not https, or another host.
    """
    url = urlsplit(address)
    here = url.hostname == "127.0.0.1" and url.scheme == "http"
    host = url.netloc.lower().removesuffix(":443") if url.scheme == "https" else url.netloc.lower()
    if not (url.scheme == "https" or here) or host not in hosts:
        raise BadInput(f"Slack sends me elsewhere for {name}, where I fetch nothing from: {AGAIN}")


def _checked(reply: aiohttp.ClientResponse, name: str) -> None:
    if reply.content_type == "text/html" and reply.status < 400:
        raise _signed_out(name)
    if reply.status in (200, 206):
        return
    if reply.status == 429:
        raise Busy(f"Slack asks to wait before it sends {name}.", seconds(reply.headers.get("Retry-After")))
    if reply.status >= 500 or reply.status == 408:
        raise Unreachable(f"Slack cannot send {name} just now.")
    if reply.status in GONE:
        raise BadInput(f"{name} {REFUSALS['file_not_found']}")
    raise BadInput(f"{name} was not given to me by Slack: {AGAIN}")


def _answer(reply: aiohttp.ClientResponse) -> Answer:
    match = RANGE.fullmatch(reply.headers.get("Content-Range", "")) if reply.status == 206 else None
    if match:
        total = None if match[2] == "*" else int(match[2])
        return Answer(int(match[1]), total, reply.content_type)
    return Answer(0, reply.content_length, reply.content_type if "Content-Type" in reply.headers else "")
