"""The two ways in, with the same listeners: a socket that we open to Slack, or requests that Slack sends and signs."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import uvicorn
from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse

from bot.office import Office
from bot.surfaces.slack.handing import Handing
from bot.surfaces.slack.install_pages import INSTALL_PATH
from bot.surfaces.slack.manifest import EVENTS_PATH
from bot.surfaces.slack.oauth import Install
from kernel.errors import RushesError, SetUp

LOOK = 1.0
"""Seconds between two looks at the socket."""
DEAD = 120.0
"""Seconds for which it may stay dead: a supervisor's new process helps then, and not we."""
log = logging.getLogger("rushes.slack.socket")


class Socket:
    """Socket Mode: no address of our own is needed."""

    def __init__(self, bolt: AsyncApp, token: str, place: str = "", dead: float = DEAD) -> None:
        # At its lower levels the library logs every message whole.
        log.setLevel(logging.WARNING)
        self._handler = AsyncSocketModeHandler(bolt, token, logger=log)
        self.dead = dead
        self.name = f"Listening{place} over a socket."

    async def run(self, stop: asyncio.Event) -> None:
        """Listen until told to stop.

        Raises:
            RushesError: the connection stayed dead.
        """
        watching = asyncio.create_task(self._watch())
        stopped = asyncio.create_task(stop.wait())
        connecting = asyncio.create_task(self._handler.connect_async())  # type: ignore[no-untyped-call]
        try:
            await asyncio.wait([watching, stopped], return_when=asyncio.FIRST_COMPLETED)
            if watching.done():
                watching.result()
        finally:
            tasks = (watching, stopped, connecting)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._handler.close_async()  # type: ignore[no-untyped-call]

    async def _watch(self) -> None:
        """Open a new socket soon after the old one was cut: the library itself only looks every ten seconds."""
        alive = time.monotonic()
        mending: asyncio.Task[Any] | None = None
        while time.monotonic() - alive < self.dead:
            await asyncio.sleep(LOOK)
            client = self._handler.client
            if await client.is_connected():
                alive = time.monotonic()
            elif client.current_session is not None and (mending is None or mending.done()):
                mending = asyncio.create_task(self._mend())
        raise RushesError(
            f"Slack has not been reached for {self.dead / 60:.0f} minutes: this process ends, so that it can be "
            "started anew; nothing is lost."
        )

    async def _mend(self) -> None:
        with suppress(Exception):  # whatever it is, the next look tries again, and `_watch` counts the time
            await self._handler.client.connect_to_new_endpoint()


class Http:
    """HTTP mode: Slack sends signed requests to an address of ours. Browsers come to the same one to install the bot.

    Without `events` only they do: what is open beside the socket. Files too big for a thread are fetched there too.
    """

    def __init__(
        self, bolt: AsyncApp, host: str, port: int, place: str = "", *, office: Office, events: bool = True
    ) -> None:
        road = Handing(Road(bolt, path=EVENTS_PATH, events=events), office)
        config = uvicorn.Config(
            road,
            host=host,
            port=port,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=5,
        )
        self._server = _Server(config)
        self._where = f"{host}:{port}"
        listening = f"Listening{place} at http://{self._where}{EVENTS_PATH}."
        self.name = listening if events else f"Browsers are answered at http://{self._where}: {_offered(bolt)}."

    @property
    def port(self) -> int:
        """Where it listens, once it does."""
        return int(self._server.servers[0].sockets[0].getsockname()[1])

    @property
    def open(self) -> bool:
        """Whether it listens."""
        return self._server.started

    async def run(self, stop: asyncio.Event) -> None:
        """Listen until told to stop.

        Raises:
            SetUp: the address is taken.
        """
        serving = asyncio.create_task(self._serve())
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait([serving, stopped], return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        self._server.should_exit = True
        await serving

    async def _serve(self) -> None:
        try:
            await self._server.serve()
        except SystemExit as error:  # how uvicorn says that it could not begin
            raise SetUp(f"Nobody can listen at {self._where}: choose another address.") from error


class Road(AsyncSlackRequestHandler):
    """What answers there: events, and the install pages; what is not meant to be open is not found."""

    def __init__(self, bolt: AsyncApp, path: str, *, events: bool) -> None:
        super().__init__(bolt, path)
        self._events = events
        # Bolt makes a flow of its own, which keeps tokens in plain files, wherever it finds a client's id and secret.
        self._installs = installs(bolt)

    async def dispatch(self, request: Any) -> BoltResponse:
        """Take what Slack sends."""
        return await super().dispatch(request) if self._events else _not_found()

    async def handle_installation(self, request: Any) -> BoltResponse:
        """Show the first page."""
        return await super().handle_installation(request) if self._installs else _not_found()

    async def handle_callback(self, request: Any) -> BoltResponse:
        """Take a browser back from Slack."""
        return await super().handle_callback(request) if self._installs else _not_found()


def installs(bolt: AsyncApp) -> bool:
    """Say whether workspaces install the bot by themselves."""
    return isinstance(bolt.oauth_flow, Install)


def _offered(bolt: AsyncApp) -> str:
    return f"files, and {INSTALL_PATH} to install it" if installs(bolt) else "files"


def _not_found() -> BoltResponse:
    return BoltResponse(status=404, body="Not Found")


class _Server(uvicorn.Server):
    """uvicorn without its own handling of signals: the whole process ends together."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
