"""Memory of a process while a big file comes in from Slack and another goes out, beside Slack's own client.

The stand-in for Slack runs here, the process that is measured is a child: its growth is the most that it ever held
less what it held before the first byte. Bar: 100 MB for both at once.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.surfaces.slack.downloads import download
from bot.surfaces.slack.files import upload
from kernel.fetch.part import Errand
from tests.bench.report import Line
from tests.fakes.slack.server import FakeSlack

COMES, GOES = 500 * 2**20, 300 * 2**20
"""Bytes of the file that comes in and of the one that goes out."""
BAR = 100.0
"""MB that a process may grow by."""
MB = 1e6
ROOT = Path(__file__).resolve().parents[2]


def lines() -> Iterable[Line]:
    """Yield the figures."""
    with tempfile.TemporaryDirectory() as folder, FakeSlack() as slack:
        ours, rival = (_measured(way, slack, Path(folder)) for way in ("ours", "rival"))
    assert slack.problems == []
    note = f"one process, both at once, in {ours['seconds']:.1f} s"
    yield Line("500 MB in and 300 MB out: growth of the process", ours["grew"] / MB, BAR, " MB", note)
    note = f"only out, in {rival['seconds']:.1f} s"
    yield Line("300 MB out by files_upload_v2: growth of the process", rival["grew"] / MB, None, " MB", note)
    yield Line("growth, ours against files_upload_v2", ours["grew"] / rival["grew"])


def _measured(way: str, slack: FakeSlack, folder: Path) -> dict[str, float]:
    """Have a child do it, and return what it says of itself."""
    comes, goes = _sparse(folder / f"{way} in.mp4", COMES), _sparse(folder / f"{way} out.mp4", GOES)
    ann = slack.person(f"ann-{way}")
    file = slack.world.add_file(ann.id, comes)
    root = ann.says(slack.channel(f"videos-{way}", members=[ann]), "here", files=[file])
    asked = {
        "url": slack.url,
        "token": slack.bot_token,
        "host": f"127.0.0.1:{slack.port}",
        "file": file.id,
        "in": str(folder / f"{way} came.mp4"),
        "out": str(goes),
        "channel": root.channel,
        "thread": root.ts,
    }
    command = [sys.executable, "-m", "tests.bench.files", way, json.dumps(asked)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=900)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _sparse(path: Path, size: int) -> Path:
    with path.open("wb") as file:
        file.write(b"film")
        file.truncate(size)
    return path


async def _ours(asked: Mapping[str, str]) -> None:
    client = AsyncWebClient(token=asked["token"], base_url=asked["url"])
    row = {"id": asked["file"], "name": "in.mp4"}
    errand = Errand("in.mp4", Path(asked["in"]), 2**33)

    async def save(_: dict[str, Any]) -> None:
        """Keep nothing."""

    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None), auto_decompress=False) as session:
        place = asked["channel"], asked["thread"], "it is done"
        await asyncio.gather(
            download(client, session, row, errand, (asked["host"],)),
            upload(client, session, Path(asked["out"]), "out.mp4", *place, {}, save),
        )


async def _rival(asked: Mapping[str, str]) -> None:
    client = AsyncWebClient(token=asked["token"], base_url=asked["url"], timeout=600)  # its own 30 s are too few
    await client.files_upload_v2(
        file=asked["out"], filename="out.mp4", channel=asked["channel"], thread_ts=asked["thread"]
    )


WAYS: Mapping[str, Callable[[Mapping[str, str]], Awaitable[None]]] = {"ours": _ours, "rival": _rival}


def _child(way: str, asked: Mapping[str, str]) -> dict[str, float]:
    """Do it in this process, and say what that took."""
    before = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    began = time.monotonic()
    asyncio.run(_run(way, asked))
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"grew": most - before, "seconds": time.monotonic() - began}


async def _run(way: str, asked: Mapping[str, str]) -> None:
    await WAYS[way](asked)


if __name__ == "__main__":
    print(json.dumps(_child(sys.argv[1], json.loads(sys.argv[2]))))
