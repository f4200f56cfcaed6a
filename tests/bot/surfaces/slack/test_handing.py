"""Links to files that are too big for a thread: each opens one file, whole or in parts, for as long as it says."""

from __future__ import annotations

import asyncio
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.surfaces.slack import handing
from kernel.settings import Settings
from kernel.store.records import Asset
from tests.bot.surfaces.slack.room import SlackRoom

SMALL = {"RUSHES_SLACK_UPLOAD_LIMIT": "15"}


@pytest.fixture(params=["http", "pages"])
def room(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[SlackRoom]:
    """A room in which hardly any file fits into a thread: in HTTP mode, and with pages beside the socket."""
    with SlackRoom(tmp_path, http=request.param == "http", pages=request.param == "pages", variables=SMALL) as built:
        yield built


def fetched(url: str, method: str = "GET", **headers: str) -> tuple[int, bytes, dict[str, str]]:
    """Fetch an address; return the status, the bytes and the headers."""
    asked = urllib.request.Request(url, method=method, headers=headers)
    try:
        answer = urllib.request.urlopen(asked, timeout=10)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        return int(answer.status), answer.read(), {name.lower(): value for name, value in answer.headers.items()}


def test_a_file_too_big_for_a_thread_is_opened_by_the_link_in_it(room: SlackRoom) -> None:
    said = room.says(room.drops(), "watch or download it")
    match = re.search(r"<(http[^|]+)\|", said.text)
    assert match, said.text
    url = match[1]
    kept = room.store.documents.latest(room.job.id, "preview")
    assert kept is not None
    whole = room.app.services.studio.path(kept.body["video"], room.job.id).read_bytes()
    status, body, headers = fetched(url)
    assert (status, body) == (200, whole)
    assert headers["x-content-type-options"] == "nosniff"
    assert fetched(url, "HEAD")[:2] == (200, b"")
    assert fetched(url, Range="bytes=3-6")[:2] == (206, whole[3:7])
    assert fetched(url, Range="bytes=3-")[:2] == (206, whole[3:])
    assert fetched(url, Range="bytes=9999-")[0] == 416
    assert fetched(url, "POST")[0] == 404
    for there, other in ((kept.body["video"], kept.body["storyboard"]), (room.job.id, "0" * 32)):
        assert fetched(url.replace(there, other))[0] == 404, "a link opens one file of one job"
    assert fetched(re.sub(r"/(\d{10})/", lambda found: f"/{int(found[1]) + 1}/", url))[0] == 404
    assert room.slack.problems == []


def test_without_an_address_there_is_no_link(tmp_path: Path) -> None:
    settings = Settings.read({"RUSHES_DATA": str(tmp_path)})
    asset = Asset(job="j", hash="0" * 64, role="render", name="a.mp4", url="a.mp4", size=1)
    assert handing.link(settings, "j", asset, "a.mp4") is None


def test_nothing_is_read_for_somebody_who_left(tmp_path: Path) -> None:
    path = tmp_path / "final.mp4"
    with path.open("wb") as file:
        file.truncate(100 * handing.PIECE)
    sent: list[int] = []

    async def run() -> None:
        left = asyncio.Event()

        async def receive() -> dict[str, Any]:
            await left.wait()
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            sent.append(len(message.get("body", b"")))
            if sum(sent) >= 3 * handing.PIECE:
                left.set()

        await handing.hand(path, {"method": "GET", "headers": []}, receive, send)

    asyncio.run(run())
    assert 3 * handing.PIECE <= sum(sent) < 10 * handing.PIECE
