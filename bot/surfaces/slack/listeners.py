"""The listeners: what comes in is kept first and acknowledged then; all else happens in workers.

A middleware keeps turns before Bolt acknowledges anything. An exception there gives status 500, for which the socket
sends no acknowledgement and HTTP answers 500: Slack delivers again. What is none of ours is dropped before any log.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.app import App
from bot.surfaces.slack import intake
from bot.surfaces.slack.clients import Clients
from bot.surfaces.slack.keeping import Keeper, Keeping
from bot.surfaces.slack.oauth import flow, many
from bot.surfaces.slack.workspaces import Workspaces, depart, departure

log = logging.getLogger("rushes.slack")
Next = Callable[[], Awaitable[BoltResponse]]
EYES = "eyes"
"""What a message that begins a conversation is marked with at once: it was seen."""


@dataclass
class Desk:
    """What all listeners share."""

    app: App
    keeper: Keeper
    clients: Clients
    workspaces: Workspaces | None
    """None where one workspace's token stands in the settings."""
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


class OneTeam(AsyncAuthorize):
    """Authorises all by one workspace's token, found out once at the start: no event waits for Slack."""

    def __init__(self, known: AuthorizeResult) -> None:
        self._known = known

    async def __call__(self, **_: Any) -> AuthorizeResult:
        """Return the one bot."""
        return self._known


def build(desk: Desk, client: AsyncWebClient, authorize: OneTeam | None) -> AsyncApp:
    """Return the app with all its listeners.

    Args:
        authorize: the one workspace; None where workspaces install the bot by themselves.
    """
    settings = desk.app.services.settings
    secret = settings.slack_signing_secret
    shared: dict[str, Any] = {
        "name": "rushes",
        "client": client,
        "signing_secret": secret.get_secret_value() if secret else "",
        "logger": log,
    }
    if authorize is None and desk.workspaces is not None and many(settings):
        bolt = AsyncApp(**shared, oauth_flow=flow(settings, desk.app.services.store, desk.workspaces, client))
    else:
        bolt = AsyncApp(**shared, authorize=authorize)
    bolt.middleware(_keep_first(desk))
    for name, listener in events(desk).items():
        bolt.event(name)(listener)
    return bolt


def _keep_first(desk: Desk) -> Callable[..., Awaitable[BoltResponse]]:
    async def keep_first(body: dict[str, Any], context: AsyncBoltContext, next: Next) -> BoltResponse:
        taken = _read(body, desk.own(context))
        kept = await desk.keeper.keep(taken) if taken else None
        context["taken"], context["kept"] = taken, kept
        if gone := departure(body):
            await asyncio.to_thread(depart, desk.app.office, desk.workspaces, gone)
        if kept is None and (body.get("event") or {}).get("type") in ("message", "app_mention"):
            return BoltResponse(status=200, body="")
        return await next()

    return keep_first


def _read(body: dict[str, Any], own: intake.Own) -> intake.Taken | None:
    try:
        return intake.taken(body, own)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        log.warning("Something came from Slack that cannot be read: %s in %s", type(error).__name__, body.get("type"))
        return None


def events(desk: Desk) -> dict[str, Callable[..., Awaitable[None]]]:
    """Return the listeners of events, by the event's type."""

    async def seen(context: AsyncBoltContext, client: AsyncWebClient) -> None:
        kept: Keeping | None = context.get("kept")
        if kept and kept.begun and kept.new:
            place = context["taken"].turn.payload["place"]
            desk.errand(_mark_seen(client, place["channel"], place["ts"]))

    async def done() -> None:
        """Nothing more: what matters was done before the acknowledgement."""

    return {
        "app_mention": seen,
        "message": seen,
        "agent_session_stopped": done,
        "app_uninstalled": done,
        "tokens_revoked": done,
    }


async def _mark_seen(client: AsyncWebClient, channel: str, ts: str) -> None:
    try:
        await client.reactions_add(channel=channel, timestamp=ts, name=EYES)
    except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as error:
        log.info("A message could not be marked as seen: %s", type(error).__name__)
