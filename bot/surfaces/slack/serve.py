"""`rushes slack`: listens and presents in one loop, and keeps a worker process beside it.

Nothing here works: no model is asked and nothing rendered in this process. The connection is watched; where it stays
dead the process ends with one sentence and a status other than 0, so that whatever supervises it starts it anew.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine
from typing import Any, NamedTuple

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import setup
from bot.app import App, build
from bot.secret import sealer
from bot.surfaces.slack import listeners
from bot.surfaces.slack.clients import Clients
from bot.surfaces.slack.desk import Desk, log
from bot.surfaces.slack.doors import Http, Socket
from bot.surfaces.slack.keeping import Keeper
from bot.surfaces.slack.listeners import OneTeam
from bot.surfaces.slack.oauth import many
from bot.surfaces.slack.presenter import Presenter
from bot.surfaces.slack.roots import Roots
from bot.surfaces.slack.worker import Worker
from bot.surfaces.slack.workspaces import Workspaces
from kernel.errors import SetUp
from kernel.settings import Settings

MANIFEST = "`rushes slack --manifest` prints the manifest to make the app from"
REFUSED = {
    "invalid_auth": "Slack does not know the token in {name}: copy it again from the app's page.",
    "not_authed": "Slack does not know the token in {name}: copy it again from the app's page.",
    "account_inactive": "The token in {name} belongs to an app that was removed: install it again and copy its token.",
    "token_revoked": "The token in {name} was revoked: install the app again and copy its new token.",
    "not_allowed_token_type": "The token in {name} is of the wrong kind: it begins with {kind}.",
    "missing_scope": "The token in {name} lacks a permission: " + MANIFEST + ".",
}
BOT_TOKEN, APP_TOKEN = ("RUSHES_SLACK_BOT_TOKEN", "xoxb-"), ("RUSHES_SLACK_APP_TOKEN", "xapp-")
LEAVE = 7.0
"""Seconds for everything to end once it is told to."""


class Options(NamedTuple):
    """How to serve."""

    http: tuple[str, int] | None = None
    """Where to listen for requests (HTTP mode); None for the socket."""
    works: bool = True
    """Whether a worker process is kept beside."""
    pages: tuple[str, int] | None = None
    """Where browsers come to, beside the socket: to install the bot, and for files too big for a thread. In HTTP mode
    they come to the same address."""
    speed: float = 1.0
    """How much faster what is presented waits, for tests."""


def serve(settings: Settings, options: Options, tell: Callable[[str], None]) -> None:
    """Serve until told to stop.

    Raises:
        SetUp: something is missing or wrong; says what to set. RushesError: the connection stayed dead.
    """
    require(settings, options)
    with build(settings, works=False) as app:
        setup.require_registered(app)
        asyncio.run(_until_signalled(app, options, tell))


def address(text: str) -> tuple[str, int]:
    """Read HOST:PORT.

    Raises:
        SetUp: it is none.
    """
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:
        raise SetUp(f"{text!r} is no address: write it as HOST:PORT, such as 0.0.0.0:3000.")
    return host.strip("[]"), int(port)


def require(settings: Settings, options: Options) -> None:
    """Refuse to start where something is not set.

    Raises:
        SetUp: names it.
    """
    if settings.slack_bot_token is None and not many(settings):
        raise SetUp(
            f"No Slack token is set: set RUSHES_SLACK_BOT_TOKEN (xoxb-..., from the page of the app; {MANIFEST})."
        )
    if options.http and settings.slack_signing_secret is None:
        raise SetUp("HTTP mode proves by a secret that Slack asks: set RUSHES_SLACK_SIGNING_SECRET.")
    if not options.http and settings.slack_app_token is None:
        raise SetUp(
            "No token for the socket is set: set RUSHES_SLACK_APP_TOKEN (xapp-..., with connections:write), or give "
            "--http HOST:PORT."
        )
    _require_pages(settings, options)


def _require_pages(settings: Settings, options: Options) -> None:
    """Refuse to promise links that nobody serves, and to serve what nobody is told of."""
    if options.http and options.pages:
        raise SetUp("In HTTP mode browsers come to the same address as Slack: leave --pages out.")
    if settings.public_url and not options.http and not options.pages:
        raise SetUp(
            "RUSHES_PUBLIC_URL promises links to files, and nothing serves them beside the socket: give "
            "--pages HOST:PORT, which that address leads to, or leave RUSHES_PUBLIC_URL out."
        )
    if options.pages and not settings.public_url:
        raise SetUp(
            "Nobody is told where the pages are: set RUSHES_PUBLIC_URL to the https:// address that leads to "
            "--pages, or leave --pages out."
        )


async def _until_signalled(app: App, options: Options, tell: Callable[[str], None]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await Serving(app, options, tell).until(stop)


class Serving:
    """One process that listens and presents."""

    def __init__(self, app: App, options: Options, tell: Callable[[str], None]) -> None:
        self._app = app
        self._options = options
        self._tell = tell
        self._settings = app.services.settings
        self._clients = Clients(self._settings, app.services.store)
        self.door: Http | Socket | None = None
        self.desk = Desk(app, Keeper(app), self._clients, self._workspaces())

    async def until(self, stop: asyncio.Event) -> None:
        """Serve until told to stop.

        Raises:
            SetUp: Slack refuses a token. RushesError: the connection stayed dead.
        """
        client = AsyncWebClient(base_url=self._settings.slack_api_url, logger=log)
        known = None if many(self._settings) else await self._known(client)
        roots = Roots(self.desk)
        try:
            bolt = listeners.build(self.desk, roots, client, OneTeam(known) if known else None)
            door = self.door = await self._door(bolt, client, known)
            self._tell(f"{door.name} {'' if self._options.works else 'Nothing is worked on here.'}".strip())
            await self._all(stop, [door.run, self.desk.keeper.run, roots.run, *self._beside(bolt)])
        finally:
            await self.desk.close()

    def _workspaces(self) -> Workspaces | None:
        return Workspaces(self._app.services.store, sealer(self._settings)) if many(self._settings) else None

    def _beside(self, bolt: AsyncApp) -> list[Callable[[asyncio.Event], Coroutine[Any, Any, None]]]:
        """Return what runs beside the door."""
        presenter = Presenter(self._app.office, self._clients, self._options.speed)
        worker = [Worker(self._tell).run] if self._options.works else []
        return [presenter.run, *worker, *self._pages(bolt)]

    def _pages(self, bolt: AsyncApp) -> list[Callable[[asyncio.Event], Coroutine[Any, Any, None]]]:
        """Return what serves browsers beside the socket."""
        if self._options.pages is None or self._options.http:
            return []
        pages = Http(bolt, *self._options.pages, office=self._app.office, events=False)
        self._tell(pages.name)
        return [pages.run]

    async def _all(
        self, stop: asyncio.Event, parts: list[Callable[[asyncio.Event], Coroutine[Any, Any, None]]]
    ) -> None:
        """Run all parts until told to stop, or until one of them fails; then give all of them a moment to end."""
        tasks = [asyncio.create_task(part(stop)) for part in parts]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stop.set()
            ended, late = await asyncio.wait(tasks, timeout=LEAVE)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        for task in ended:
            task.result()

    async def _known(self, client: AsyncWebClient) -> AuthorizeResult:
        token = self._settings.slack_bot_token
        assert token is not None
        answer = await asked(lambda: client.auth_test(token=token.get_secret_value()), *BOT_TOKEN)
        return AuthorizeResult(
            enterprise_id=answer.get("enterprise_id"),
            team_id=answer["team_id"],
            team=answer.get("team"),
            bot_user_id=answer["user_id"],
            bot_id=answer.get("bot_id"),
            bot_token=token.get_secret_value(),
        )

    async def _door(self, bolt: AsyncApp, client: AsyncWebClient, known: AuthorizeResult | None) -> Http | Socket:
        place = f" in {known.team}" if known and known.team else ""
        if self._options.http:
            return Http(bolt, *self._options.http, place, office=self._app.office)
        token = self._settings.slack_app_token
        assert token is not None
        await asked(lambda: client.apps_connections_open(app_token=token.get_secret_value()), *APP_TOKEN)
        return Socket(bolt, token.get_secret_value(), place)


async def asked(call: Callable[[], Coroutine[Any, Any, Any]], name: str, kind: str) -> Any:
    """Ask Slack at the start.

    Raises:
        SetUp: it refuses, or is not reached.
    """
    try:
        return await call()
    except SlackApiError as error:
        code = str(error.response.get("error", ""))
        otherwise = f"Slack refuses the token in {{name}} ({code}): see that Socket Mode is on in the app's settings."
        raise SetUp(REFUSED.get(code, otherwise).format(name=name, kind=kind)) from error
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise SetUp("Slack cannot be reached: look at this machine's network, then start again.") from error
