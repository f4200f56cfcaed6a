"""The calls by which a row of the outbox comes to stand in Slack, and the look whether it stands there."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.office import Office
from bot.surfaces.slack.blocks.parts import section
from bot.surfaces.slack.blocks.text import channel, line
from bot.surfaces.slack.clients import Clients
from bot.surfaces.slack.files import upload
from bot.surfaces.slack.threads import Threads
from bot.surfaces.slack.trouble import UNREACHABLE
from kernel.errors import NotFound
from kernel.store import Store
from kernel.store.records import Post

METADATA = "rushes_post"
PAGE = 200
APART = 300.0
"""Seconds by which Slack's clock and ours may differ."""
GONE = "thread_not_found"
"""What is said of a thread whose message was deleted before anybody answered it; Slack itself puts answers elsewhere
then, and says nothing."""


class Where(NamedTuple):
    """Where a row is posted."""

    team: str
    channel: str
    root: str
    """The message that the thread hangs on; empty for a message to one person."""


def where_of(store: Store, row: Post) -> Where:
    """Return where a row is posted: in its conversation's thread, or to the one person that it names."""
    team, channel_, root = store.conversations.get(row.conversation).address.split(":")
    to = row.body.get("to")
    return Where(team, to, "") if to and row.kind == "message" else Where(team, channel_, root)


class Calls:
    """The calls. Each raises what its client raises."""

    session: aiohttp.ClientSession
    """Carries files; given once there is a loop."""

    def __init__(self, office: Office, clients: Clients, threads: Threads) -> None:
        self._office = office
        self._store = office.services.store
        self._clients = clients
        self._threads = threads

    async def message(self, row: Post, where: Where, body: dict[str, Any]) -> dict[str, Any]:
        """Post a message, marked with the row's id; return where it stands."""
        await self._require_thread(row, where)
        client = await self._clients.for_team(where.team)
        answer = await client.chat_postMessage(
            channel=where.channel,
            thread_ts=where.root or None,
            text=body["text"],
            blocks=body.get("blocks"),
            metadata={"event_type": METADATA, "event_payload": {"id": row.id}},
            unfurl_links=False,
            unfurl_media=False,
            reply_broadcast=True if body.get("broadcast") else None,
        )
        if where.root and "thread_ts" not in (answer.get("message") or {"thread_ts": ""}):
            await _taken_back(client, answer)
            raise _gone()
        return {"channel": str(answer["channel"]), "ts": str(answer["ts"])}

    async def update(self, row: Post, where: Where, body: dict[str, Any]) -> dict[str, Any]:
        """Change a message; done twice it is the same."""
        place = await self.target(row)
        await self.change(where.team, place, body)
        return place

    async def change(self, team: str, place: dict[str, Any], body: dict[str, Any]) -> None:
        """Give a message another text and other blocks."""
        client = await self._clients.for_team(team)
        # Without blocks the old ones could stay, and their buttons with them.
        blocks = body.get("blocks") or [section(body["text"])]
        await client.chat_update(channel=place["channel"], ts=place["ts"], text=body["text"], blocks=blocks)

    async def private(self, row: Post, where: Where, body: dict[str, Any]) -> dict[str, Any]:
        """Show a message to one person alone."""
        client = await self._clients.for_team(where.team)
        answer = await client.chat_postEphemeral(
            channel=body.get("channel") or where.channel,
            user=body["to"],
            thread_ts=body.get("thread_ts") or where.root,
            text=body["text"],
            blocks=body.get("blocks"),
        )
        return {"channel": where.channel, "ts": str(answer.get("message_ts") or "")}

    async def upload(self, row: Post, where: Where, body: dict[str, Any]) -> dict[str, Any]:
        """Put a file into the thread, going on where the row's place says that it was left."""
        await self._require_thread(row, where)

        async def save(state: dict[str, Any]) -> None:
            await self._threads(self._store.posts.mark, row.id, "sending", place=state)

        client = await self._clients.for_team(where.team)
        path = await self._threads(self._file, row.job or "", body)
        comment, state = body.get("comment", ""), dict(row.place)
        return await upload(client, self.session, path, body["name"], where.channel, where.root, comment, state, save)

    async def _require_thread(self, row: Post, where: Where) -> None:
        """Refuse what would hang from a message that is known to be deleted."""
        hangs = row.job and where.root
        card = await self._threads(self._store.posts.find, f"card:{row.job}") if hangs else None
        if card is not None and card.status == "failed" and card.error == GONE:
            raise _gone()

    def _file(self, job: str, body: dict[str, Any]) -> Path:
        if "hash" in body:
            return self._office.services.studio.path(body["hash"], job)
        path = Path(body["path"])
        if not path.is_file():
            raise NotFound(f"{body['name']} is no longer where it was written.")
        return path

    async def found(self, row: Post, where: Where) -> dict[str, Any] | None:
        """Return where a row stands in its thread, by the id that it was marked with; None where it does not.

        Only what was said since the row was made is looked at: some apps are told of 15 messages a minute.
        """
        client = await self._clients.patient(where.team)
        since = f"{row.created.timestamp() - APART:.6f}"
        cursor: str | None = None
        while True:
            page = await client.conversations_replies(
                channel=where.channel,
                ts=where.root,
                oldest=since,
                include_all_metadata=True,
                limit=PAGE,
                cursor=cursor,
            )
            for message in page["messages"]:
                if _is(message, row):
                    return {"channel": where.channel, "ts": str(message["ts"])}
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return None

    async def target(self, row: Post) -> dict[str, Any]:
        """Return where the message stands that a row changes; empty where it was never posted."""
        target = await self._threads(self._store.posts.find, row.target)
        return target.place if target is not None and target.status == "sent" and target.place.get("ts") else {}

    async def moved(self, row: Post, place: dict[str, Any]) -> None:
        """Remember that a card stands elsewhere now."""
        target = await self._threads(self._store.posts.get, row.target)
        changed = {**target.place, "channel": place["channel"], "ts": place["ts"]}
        await self._threads(self._store.posts.mark, target.id, "sent", place=changed)

    def notice(self, row: Post, where: Where, because: str) -> Post:
        """Return what tells a job's owner that its thread cannot be reached: one for each conversation."""
        job = self._store.jobs.get(row.job or "")
        title = line(job.title)
        mend = "let me back in, then write `status` in its thread"
        if because == UNREACHABLE[GONE]:
            mend = "mention me once more, with the footage, to begin anew"
        text = (
            f"I can no longer post in {channel(where.channel)}, because {because}. Your video “{title}” is kept and "
            f"goes on as far as it can without an answer: {mend}."
        )
        return Post(
            id=f"unreachable:{row.conversation}",
            surface=row.surface,
            conversation=row.conversation,
            job=row.job,
            kind="message",
            body={"text": text, "to": job.asker},
        )


async def _taken_back(client: AsyncWebClient, answer: AsyncSlackResponse) -> None:
    """Take away what Slack has put into the channel, since the message that it answers was deleted."""
    with suppress(SlackClientError, aiohttp.ClientError, TimeoutError, OSError):
        await client.chat_delete(channel=str(answer["channel"]), ts=str(answer["ts"]))


def _gone() -> SlackApiError:
    why = "The message that the thread hung from was deleted."
    return SlackApiError(why, {"ok": False, "error": GONE})  # type: ignore[no-untyped-call]


def _is(message: dict[str, Any], row: Post) -> bool:
    metadata = message.get("metadata") or {}
    same = metadata.get("event_type") == METADATA and (metadata.get("event_payload") or {}).get("id") == row.id
    return same and message.get("ts") not in row.body.get("gone", ())
