"""New jobs that a form asked for: the message is posted that their thread hangs on.

The form is kept as a row of an outbox of its own before it is acknowledged, with all that it says. Then its message is
posted, marked with the row's id; the conversation begins at that message; the form becomes its first turn. A row whose
answer was never seen is looked for in the channel before it is posted again.
"""

from __future__ import annotations

import asyncio
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.surfaces.slack import forms
from bot.surfaces.slack.blocks import modals
from bot.surfaces.slack.blocks.parts import context, message, section
from bot.surfaces.slack.blocks.text import channel as linked
from bot.surfaces.slack.blocks.text import mention, mentions, prose, quote
from bot.surfaces.slack.desk import TROUBLES, Desk, log
from bot.surfaces.slack.intake import SURFACE, Place, Taken, team_of
from bot.surfaces.slack.trouble import Trouble, read
from kernel.store.records import Post, Turn

OUTBOX = f"{SURFACE}-roots"
METADATA = "rushes_root"
AGAIN = 5.0
"""Seconds before what did not go well is tried again."""
TRIES = 20
RECENT = 100
"""Messages of a channel that are looked at."""


class Roots:
    """Opens the threads of new jobs."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._posts = desk.app.services.store.posts
        self._more = asyncio.Event()
        self._tried: dict[str, int] = {}
        """How often a row was tried, as this process knows."""

    async def keep(self, body: dict[str, Any], values: dict[str, Any]) -> None:
        """Keep a form; its thread is opened soon after."""
        team = team_of(body)
        id = forms.id_of(body, team)
        said = {
            "team": team,
            "channel": str(values[modals.CHANNEL]),
            "user": str(body["user"]["id"]),
            "brief": str(values[modals.BRIEF]).strip(),
            "approvers": list(values.get(modals.APPROVERS) or ()),
        }
        row = Post(id=f"root:{id}", surface=OUTBOX, kind="message", body=said)
        await self._desk.keeper.write(self._posts.add, [row])
        self._more.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Open threads until told to stop; those that an earlier process left open first."""
        self._more.set()
        stopped = asyncio.create_task(stop.wait())
        while not stop.is_set():
            more = asyncio.create_task(self._more.wait())
            await asyncio.wait([more, stopped], return_when=asyncio.FIRST_COMPLETED)
            more.cancel()
            if not stop.is_set():
                self._more.clear()
                await self._round()
        stopped.cancel()

    async def _round(self) -> None:
        for row in await self._desk.reading(self._posts.open, OUTBOX):
            try:
                await self._open(row)
            except Exception as error:  # noqa: BLE001  nothing that goes wrong with one may stop the others
                await self._troubled(row, read(error))

    async def _open(self, row: Post) -> None:
        said = row.body
        client = await self._desk.clients.for_team(said["team"])
        ts = row.place.get("ts")
        if ts is None and row.status == "sending":
            if self._is_elsewhere(row):
                return
            ts = await _found(client, row)
        if ts is None:
            if not await self._desk.keeper.write(self._posts.take, row):
                return
            self._tried[row.id] = row.attempts + 1
            ts = await _posted(client, row)
        await self._mark(row, "sending", place={"channel": said["channel"], "ts": ts})
        await self._desk.keeper.keep(_first(row, ts))
        await self._mark(row, "sent")

    def _is_elsewhere(self, row: Post) -> bool:
        """Say whether another process may be posting a row just now: it is given a moment to say where it stands."""
        if self._tried.get(row.id) == row.attempts:
            return False
        self._tried[row.id] = row.attempts
        asyncio.get_running_loop().call_later(AGAIN, self._more.set)
        return True

    async def _troubled(self, row: Post, trouble: Trouble) -> None:
        log.warning("The thread of a new job could not be opened: %s", trouble.code)
        if trouble.means in ("departed", "unreachable", "refused") or row.attempts >= TRIES:
            await self._mark(row, "failed", error=trouble.code)
            self._desk.errand(self._tell(row))
            return
        if row.status == "waiting" and trouble.means in ("wait", "unsent"):  # it stands nowhere: no need to look
            await self._mark(row, "waiting")
        asyncio.get_running_loop().call_later(trouble.seconds or AGAIN, self._more.set)

    async def _tell(self, row: Post) -> None:
        """Tell whoever asked, directly, that their thread cannot be opened."""
        text = (
            f"I cannot write in {linked(row.body['channel'])}: invite me there with /invite, then start once more. "
            f"Your brief was: {prose(row.body['brief'], 1500)}"
        )
        try:
            client = await self._desk.clients.for_team(row.body["team"])
            await client.chat_postMessage(channel=row.body["user"], **message(text, [section(text)]))
        except TROUBLES as error:
            log.warning("Nobody could be told of it: %s", type(error).__name__)

    async def _mark(self, row: Post, status: str, **changed: Any) -> None:
        await self._desk.keeper.write(lambda: self._posts.mark(row.id, status, **changed))


async def _posted(client: AsyncWebClient, row: Post) -> str:
    lead = f"{mention(row.body['user'])} asked for a video:"
    asked = row.body.get("approvers") or ()
    approving = [f"{mentions(asked)} can approve it too."] if asked else []
    said = message(
        f"{lead} {prose(row.body['brief'], 1500)}",
        [
            section(f"{lead}\n{quote(row.body['brief'], 2500)}"),
            context("Drop the footage into this thread, over as many messages as you like.", *approving),
        ],
    )
    answer = await client.chat_postMessage(
        channel=row.body["channel"],
        metadata={"event_type": METADATA, "event_payload": {"id": row.id}},
        unfurl_links=False,
        unfurl_media=False,
        **said,
    )
    return str(answer["ts"])


async def _found(client: AsyncWebClient, row: Post) -> str | None:
    """Look for a message whose answer was never seen."""
    page = await client.conversations_history(channel=row.body["channel"], include_all_metadata=True, limit=RECENT)
    for each in page["messages"]:
        metadata = each.get("metadata") or {}
        if metadata.get("event_type") == METADATA and metadata.get("event_payload", {}).get("id") == row.id:
            return str(each["ts"])
    return None


def _first(row: Post, ts: str) -> Taken:
    """Return the form as the first turn of its thread."""
    said = row.body
    place = Place(team=said["team"], channel=said["channel"], root=ts)
    turn = Turn(
        id=row.id.removeprefix("root:"),
        conversation="",
        surface=SURFACE,
        author=said["user"],
        text=said["brief"],
        payload={
            "place": {"channel": said["channel"], "ts": ts, "thread_ts": ts, "team": said["team"]},
            "settings": {},
            "approvers": said.get("approvers", []),
        },
    )
    return Taken(place=place, turn=turn, opens=True)
