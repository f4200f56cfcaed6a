"""A tiny bot on the real Bolt, in a thread and a loop of its own: what the tests of the stand-in talk with."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack.server import FakeSlack
from tests.fakes.slack.state import SIGNING_SECRET

PATIENCE = 10.0


class TinyBot:
    """Runs an AsyncApp against a stand-in while the `with` lasts; `dress` puts listeners on it.

    Args:
        slack: the stand-in.
        dress: gets the app and puts listeners on it.
        http: serve HTTP mode in place of opening a socket; `url` is the request URL then.
        ping: seconds between the socket's pings; a cut is found out after as many.
    """

    def __init__(
        self, slack: FakeSlack, dress: Callable[[AsyncApp], None], http: bool = False, ping: float = 0.2
    ) -> None:
        self.slack, self.dress, self.http, self.ping = slack, dress, http, ping
        self.url = ""
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._over = asyncio.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._live()), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(PATIENCE):
            raise TimeoutError("the tiny bot did not start")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.slack.http_mode.leave()
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(PATIENCE)

    async def _live(self) -> None:
        self._loop = asyncio.get_running_loop()
        client = AsyncWebClient(token=self.slack.bot_token, base_url=self.slack.url)
        app = AsyncApp(client=client, signing_secret=SIGNING_SECRET)
        self.dress(app)
        await (self._answer(app) if self.http else self._listen(app))

    async def _listen(self, app: AsyncApp) -> None:
        handler: Any = AsyncSocketModeHandler(app, self.slack.app_token, ping_interval=self.ping)
        await handler.connect_async()
        await asyncio.to_thread(self.slack.wait, lambda: self.slack.sockets.count)
        self._ready.set()
        await self._over.wait()
        await handler.close_async()

    async def _answer(self, app: AsyncApp) -> None:
        runner = web.AppRunner(app.web_app("/slack/events"), access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
        self._ready.set()
        await self._over.wait()
        await site.stop()
        await asyncio.sleep(0.02)  # whoever came in at the last moment gets a handler, which the clean-up then closes
        await runner.cleanup()
