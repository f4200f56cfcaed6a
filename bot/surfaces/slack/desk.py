"""What all listeners share, and the small things that each of them does."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.app import App
from bot.surfaces.slack import intake
from bot.surfaces.slack.blocks.answers import private
from bot.surfaces.slack.clients import Clients
from bot.surfaces.slack.keeping import Keeper
from bot.surfaces.slack.threads import Threads
from bot.surfaces.slack.workspaces import Workspaces

log = logging.getLogger("rushes.slack")
Listener = Callable[..., Awaitable[None]]
TROUBLES = (SlackClientError, aiohttp.ClientError, OSError, TimeoutError)
"""What a call of Slack raises where it did not go well."""


@dataclass
class Desk:
    """What all listeners share."""

    app: App
    keeper: Keeper
    clients: Clients
    workspaces: Workspaces | None
    """None where one workspace's token stands in the settings."""
    reading: Threads = field(default_factory=lambda: Threads("slack-reading", 2))
    """Reads for answers that people wait for; what is kept has a thread of its own."""
    errands: set[asyncio.Task[None]] = field(default_factory=set)

    def own(self, context: AsyncBoltContext) -> intake.Own:
        """Return what is known of ourselves in a workspace."""
        settings = self.app.services.settings
        return intake.Own(bot=context.bot_user_id or "", data=settings.data, friends=settings.slack_teams)

    def errand(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something small beside: nobody waits for it, and nothing hangs on it."""
        task = asyncio.get_running_loop().create_task(work)
        self.errands.add(task)
        task.add_done_callback(self.errands.discard)

    async def close(self) -> None:
        """Finish what was begun."""
        await asyncio.gather(*self.errands, return_exceptions=True)
        await self.keeper.close()
        await asyncio.to_thread(self.reading.close)


async def tell(respond: AsyncRespond, text: str, thread: str = "") -> None:
    """Tell the person who pressed something, and nobody else; the card stays as it is."""
    words = private(text)
    try:
        await respond(
            text=words["text"],
            blocks=words["blocks"],
            response_type="ephemeral",
            replace_original=False,
            thread_ts=thread or None,
        )
    except (*TROUBLES, ValueError) as error:
        log.info("Somebody could not be told: %s", type(error).__name__)


async def whisper(client: AsyncWebClient, user: str, text: str, channel: str, thread_ts: str | None = None) -> None:
    """Tell one person something in a channel, and nobody else."""
    try:
        await client.chat_postEphemeral(channel=channel, user=user, thread_ts=thread_ts, **private(text))
    except TROUBLES as error:
        log.info("Somebody could not be told: %s", type(error).__name__)
