"""The listeners: what comes in is kept first and acknowledged then; all else happens in workers.

A middleware keeps turns before Bolt acknowledges anything. An exception there gives status 500, for which the socket
sends no acknowledgement and HTTP answers 500: Slack delivers again. What is none of ours is dropped before any log.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.surfaces.slack import clicks, intake
from bot.surfaces.slack import manifest as m
from bot.surfaces.slack.clicks import STRANGER
from bot.surfaces.slack.desk import TROUBLES, Desk, Listener, log, tell, whisper
from bot.surfaces.slack.home import opened
from bot.surfaces.slack.keeping import Keeping
from bot.surfaces.slack.oauth import NOT_INSTALLED, flow, many
from bot.surfaces.slack.roots import Roots
from bot.surfaces.slack.slash import slash
from bot.surfaces.slack.trouble import read
from bot.surfaces.slack.workspaces import depart, departure

Next = Callable[[], Awaitable[BoltResponse]]
MINE = "That is a message of mine: choose one with footage in it."
KNOWN = "That message is part of a job already: look at its thread."
NO_MEMBER = (
    "I am not in this conversation, so I can neither see its files nor answer here: bring me in with /invite and drop "
    "the footage in this thread, or drop it where I am."
)
OUTSIDE = ("channel_not_found", "not_in_channel")
EYES = "eyes"
"""What each message that is kept is marked with at once: it was seen, however long the answer takes."""


class OneTeam(AsyncAuthorize):
    """Authorises all by one workspace's token, found out once at the start: no event waits for Slack."""

    def __init__(self, known: AuthorizeResult) -> None:
        self._known = known

    async def __call__(self, **_: Any) -> AuthorizeResult:
        """Return the one bot."""
        return self._known


def build(desk: Desk, roots: Roots, client: AsyncWebClient, authorize: OneTeam | None) -> AsyncApp:
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
        "user_facing_authorize_error_message": NOT_INSTALLED,
    }
    if authorize is None and desk.workspaces is not None and many(settings):
        bolt = AsyncApp(**shared, oauth_flow=flow(settings, desk.app.services.store, desk.workspaces, client))
    else:
        bolt = AsyncApp(**shared, authorize=authorize)
    bolt.middleware(_keep_first(desk))
    for name, listener in events(desk).items():
        bolt.event(name)(listener)
    clicks.add_to(bolt, desk, roots)
    for name, listener in shortcuts(desk).items():
        bolt.shortcut(name)(listener)
    bolt.shortcut(clicks.ANYTHING)(_nothing)
    bolt.command(m.COMMAND)(slash(desk))
    bolt.event(clicks.ANYTHING)(_nothing_told)
    return bolt


def _keep_first(desk: Desk) -> Callable[..., Awaitable[BoltResponse]]:
    async def keep_first(body: dict[str, Any], context: AsyncBoltContext, next: Next) -> BoltResponse:
        if desk.workspaces and context.is_enterprise_install:
            # Authorizing is told of the organisation alone: which of its workspaces this is, only the body says.
            await asyncio.to_thread(desk.workspaces.heard, context.enterprise_id or "", intake.team_of(body))
        taken = _read(body, desk.own(context))
        kept = await desk.keeper.keep(taken) if taken else None
        context["taken"], context["kept"] = taken, kept
        if gone := departure(body):
            await asyncio.to_thread(depart, desk.app.office, desk.workspaces, gone)
        if kept is None and (body.get("event") or {}).get("type") in ("message", "app_mention"):
            _refuse(desk, body, context)
            return BoltResponse(status=200, body="")
        return await next()

    return keep_first


def _refuse(desk: Desk, body: dict[str, Any], context: AsyncBoltContext) -> None:
    """Tell somebody of elsewhere who speaks to the bot why they get no answer; nobody else sees it."""
    event, friends = body["event"], desk.own(context).friends
    if event["type"] != "app_mention" or event.get("bot_id") or not intake.stranger(body, friends):
        return
    assert context.client is not None
    user, channel = str(event.get("user")), str(event["channel"])
    desk.errand(whisper(context.client, user, STRANGER, channel, event.get("thread_ts")))


def _read(body: dict[str, Any], own: intake.Own) -> intake.Taken | None:
    try:
        return intake.taken(body, own)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        log.warning("Something came from Slack that cannot be read: %s in %s", type(error).__name__, body.get("type"))
        return None


def events(desk: Desk) -> dict[str, Listener]:
    """Return the listeners of events, by the event's type."""

    async def seen(context: AsyncBoltContext, client: AsyncWebClient) -> None:
        kept: Keeping | None = context.get("kept")
        if kept and kept.new:
            place = context["taken"].turn.payload["place"]
            desk.errand(_mark_seen(client, place["channel"], place["ts"]))

    async def done() -> None:
        """Nothing more: what matters was done before the acknowledgement."""

    return {
        "app_home_opened": opened(desk),
        "app_mention": seen,
        "message": seen,
        "agent_session_stopped": done,
        "app_uninstalled": done,
        "team_access_revoked": done,
        "tokens_revoked": done,
    }


async def _mark_seen(client: AsyncWebClient, channel: str, ts: str, respond: AsyncRespond | None = None) -> None:
    """Mark a message; where we are no member of its channel, whoever chose it is told: they see nothing else."""
    try:
        await client.reactions_add(channel=channel, timestamp=ts, name=EYES)
    except TROUBLES as error:
        log.info("A message could not be marked as seen: %s", type(error).__name__)
        if respond is not None and read(error).code in OUTSIDE:
            await tell(respond, NO_MEMBER)


def shortcuts(desk: Desk) -> dict[str, Listener]:
    """Return the listeners of shortcuts, by their ids."""
    return {m.FROM_MESSAGE: _from_message(desk), m.JOB_VIEW: clicks.new_job}


def _from_message(desk: Desk) -> Listener:
    async def from_message(
        ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        """Somebody's message was chosen: kept before this as the first turn of its thread."""
        await ack()
        kept: Keeping | None = context.get("kept")
        if kept is None and intake.stranger(body, desk.own(context).friends):
            await tell(respond, STRANGER)
        elif kept is None:
            mine = body["message"].get("user") == context.bot_user_id
            await tell(respond, MINE if mine else KNOWN)
        elif kept.new:
            place = context["taken"].turn.payload["place"]
            desk.errand(_mark_seen(client, place["channel"], place["ts"], respond))
        else:
            await tell(respond, KNOWN)

    return from_message


async def _nothing(ack: AsyncAck) -> None:
    await ack()


async def _nothing_told() -> None:
    """An event that nobody asked for."""
