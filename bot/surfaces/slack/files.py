"""Files: ours go into a thread, streamed from the disk, whatever their size; `downloads` brings people's to the disk.

Slack's client would hold a whole file in memory and give up after 30 seconds, so the bytes go their own way.

    address ─► bytes ─► asked ─► stands      each is saved before the next one begins; what was asked for and whose
                                             answer was lost is looked up before it is repeated
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from kernel.errors import Busy, Refused, Unreachable
from kernel.fetch.base import PIECE

State = dict[str, Any]
Save = Callable[[State], Awaitable[None]]

STALLS = 60.0
"""Seconds in which Slack must take the next piece."""
ON_THE_WAY = 5
"""Times as long for its answer after the last one: some megabytes are on their way still."""
SHARED = 30.0
"""Seconds for a file to appear in its thread once Slack has all of it."""
LOOKS = (0.1, 2.0)
"""Seconds between the first two looks whether it has, which double from look to look, and the longest."""
ADDRESSES = 3
"""Addresses that are asked for before the file counts as one that Slack does not take."""


async def upload(
    client: AsyncWebClient,
    session: aiohttp.ClientSession,
    path: Path,
    name: str,
    channel: str,
    thread_ts: str,
    comment: str,
    state: State,
    save: Save,
) -> State:
    """Put a file into a thread; called again with what was saved, it goes on from there.

    Args:
        state: what `save` was last given; empty at first.
        save: keeps how far it has come.

    Returns:
        Where it stands: `file` (its id), `channel`, and `ts`, None where it did not appear in time.

    Raises:
        SlackApiError: Slack said no; `file_upload_size_restricted` and its like mean that a file is too big.
        TryAgain: it may go on at another time. Refused: Slack does not take these bytes.
    """
    if state.get("asked") and await _stands(client, state["file"]):
        return await _place(client, state["file"], channel, thread_ts)
    state = await _addressed(client, name, path.stat().st_size, state, save)
    if not state.get("sent"):
        await _send(session, path, name, state, save)
        state = {**state, "sent": True}
        await save(state)
    state = {**state, "asked": True}
    await save(state)
    await _ask(client, state, name, channel, thread_ts, comment, save)
    return await _place(client, state["file"], channel, thread_ts)


async def _addressed(client: AsyncWebClient, name: str, size: int, state: State, save: Save) -> State:
    """Return the state with an address for the bytes; those of another version of the file count no more."""
    same = state if state.get("length") == size else {}
    if same.get("url"):
        return same
    answer = await client.files_getUploadURLExternal(filename=name, length=size)
    tries = same.get("tries", 0) + 1
    asked = {"file": answer["file_id"], "url": answer["upload_url"], "length": size, "tries": tries}
    await save(asked)
    return asked


async def _send(session: aiohttp.ClientSession, path: Path, name: str, state: State, save: Save) -> None:
    """Send the bytes, from the first one at each try.

    An address takes the file in one POST, as raw bytes or as a form, and anything but 200 is a failure: of ranges, and
    of asking how much has come, files.getUploadURLExternal says nothing.
    """
    status = await _posted(session, path, state)
    if status == 429 or status >= 500:
        raise Busy(f"Slack does not take {name} just now.")
    if status != 200:
        await _forget(state, save)
        if state["tries"] >= ADDRESSES:
            raise Refused(f"Slack does not take {name}.")
        raise Unreachable(f"Slack does not take {name} at the address that it gave.")


async def _posted(session: aiohttp.ClientSession, path: Path, state: State) -> int:
    headers = {"Content-Type": "application/octet-stream", "Content-Length": str(state["length"])}
    times = aiohttp.ClientTimeout(total=None, sock_connect=STALLS)
    try:
        async with asyncio.timeout(STALLS) as limit:
            body = _pieces(path, limit)
            async with session.post(
                state["url"], data=body, headers=headers, timeout=times, allow_redirects=False
            ) as reply:
                return reply.status
    except (aiohttp.ClientError, TimeoutError, ConnectionError) as error:
        raise Unreachable(f"{path.name} broke off on its way to Slack.") from error


async def _pieces(path: Path, limit: asyncio.Timeout) -> AsyncIterator[bytes]:
    """Yield a file's bytes; each piece that is taken puts the limit off."""
    loop = asyncio.get_running_loop()
    with path.open("rb") as file:
        while piece := await asyncio.to_thread(file.read, PIECE):
            yield piece
            limit.reschedule(loop.time() + STALLS)
    limit.reschedule(loop.time() + ON_THE_WAY * STALLS)


async def _ask(
    client: AsyncWebClient, state: State, name: str, channel: str, thread_ts: str, comment: str, save: Save
) -> None:
    """Have Slack put the file into the thread; what it put there already it knows no more as an upload.

    Raises:
        Unreachable: Slack has lost the bytes again; they are sent anew.
    """
    try:
        await client.files_completeUploadExternal(
            files=[{"id": state["file"], "title": name}],
            channel_id=channel,
            thread_ts=thread_ts or None,
            initial_comment=comment or None,
        )
    except SlackApiError as error:
        if error.response.get("error") != "file_not_found":
            raise
        if await _stands(client, state["file"]):
            return
        if state["tries"] >= ADDRESSES:
            raise
        await _forget(state, save)
        raise Unreachable(f"Slack has lost {name} again.") from error


async def _forget(state: State, save: Save) -> None:
    await save({"length": state["length"], "tries": state["tries"]})


async def _stands(client: AsyncWebClient, file: str) -> bool:
    """Say whether Slack has a file as one that was put somewhere."""
    try:
        await client.files_info(file=file)
    except SlackApiError as error:
        if error.response.get("error") in ("file_not_found", "file_deleted"):
            return False
        raise
    return True


async def _place(client: AsyncWebClient, file: str, channel: str, thread_ts: str) -> State:
    """Wait for a file to appear in its thread, and return where it stands."""
    ts, pause = None, LOOKS[0]
    try:
        async with asyncio.timeout(SHARED):
            while ts is None:
                ts = _share((await client.files_info(file=file))["file"], channel, thread_ts)
                await asyncio.sleep(0 if ts else pause)
                pause = min(2 * pause, LOOKS[1])
    except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError):
        pass  # it is on its way all the same: what was to be done here is done
    return {"file": file, "channel": channel, "ts": ts}


def _share(file: Mapping[str, Any], channel: str, thread_ts: str) -> str | None:
    """Return the ts of the message in which a file stands in a thread."""
    kinds = (file.get("shares") or {}).values()
    shares = [share for kind in kinds for share in kind.get(channel, ())]
    return next((s["ts"] for s in shares if not thread_ts or s.get("thread_ts", s["ts"]) == thread_ts), None)
