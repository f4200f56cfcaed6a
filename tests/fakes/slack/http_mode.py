"""HTTP mode: signed requests to the app's request URL, and again when it does not take them."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
import urllib.parse
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
from aiohttp import web

from tests.fakes.slack.carry import Carrier
from tests.fakes.slack.delivery import Delivery
from tests.fakes.slack.state import SIGNING_SECRET
from tests.fakes.slack.things import Json
from tests.fakes.slack.world import World

FORM = "application/x-www-form-urlencoded"
AGENT = "Slackbot 1.0 (+https://api.slack.com/robots)"


def signature(secret: str, at: str, body: bytes) -> str:
    """Return Slack's signature (version 0) of a body that is sent at `at` (seconds since 1970, as text)."""
    return "v0=" + hmac.new(secret.encode(), b"v0:" + at.encode() + b":" + body, hashlib.sha256).hexdigest()


class HttpMode(Carrier):
    """Posts to the app. `url` is the request URL; `point_at` sets it and puts this road before the sockets.

    Attributes:
        secret: what requests are signed with.
        late: seconds by which their time stamp lies in the past.
    """

    def __init__(self, world: World, url: str = "", secret: str = SIGNING_SECRET) -> None:
        super().__init__(world)
        self.url = url
        self.secret = secret
        self.late = 0.0

    def point_at(self, url: str) -> None:
        """Send everything to this address from now on."""
        self.url = url
        if self not in self.world.transports:
            self.world.transports.append(self)

    def leave(self) -> None:
        """Send nothing there any more, not even what is under way; the sockets carry again."""
        if self in self.world.transports:
            self.world.transports.remove(self)
        if self._loop is not None:
            asyncio.run_coroutine_threadsafe(self.drop(), self._loop).result()

    async def attempt(self, delivery: Delivery, number: int, why: str) -> str:
        """Post it and look at the answer."""
        body, kind = packed(delivery)
        headers = self.signed(body, kind)
        if number:
            headers |= {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": why}
        began = time.monotonic()
        try:
            status, answer, told = await self.post(body, headers)
        except TimeoutError:
            return "http_timeout"
        except aiohttp.ClientError:
            return "connection_failed"
        delivery.took = time.monotonic() - began
        return self._judge(delivery, status, answer, told)

    def _judge(self, delivery: Delivery, status: int, answer: str, told: Any) -> str:
        if status == 200:
            self.taken(delivery, read(answer))
        self.world.note("answered", kind=delivery.kind, status=status, took=delivery.took)
        if status == 200:
            return ""
        return "!http_error" if told.get("X-Slack-No-Retry") == "1" else "http_error"

    def signed(self, body: bytes, kind: str) -> dict[str, str]:
        """Return the headers that Slack sends with a body."""
        at = str(int(time.time() - self.late))
        own = {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": signature(self.secret, at, body)}
        return {"Content-Type": kind, "User-Agent": AGENT, **own}

    async def post(self, body: bytes, headers: dict[str, str]) -> tuple[int, str, Any]:
        """Post a body, and return the status, the text and the headers of the answer."""
        patience = aiohttp.ClientTimeout(total=self.world.clock.real(self.patience))
        async with (
            aiohttp.ClientSession(timeout=patience) as session,
            session.post(self.url, data=body, headers=headers, allow_redirects=False) as answer,
        ):
            return answer.status, await answer.text(), answer.headers

    async def verify(self) -> bool:
        """Ask as Slack does when an operator types in the address: does it echo a challenge, does it bear ssl_check?"""
        asked = {"token": "verification", "challenge": "3eZbrw1aB10", "type": "url_verification"}
        body = json.dumps(asked).encode()
        status, answer, _ = await self.post(body, self.signed(body, "application/json"))
        echoed = answer == asked["challenge"] or (read(answer) or {}).get("challenge") == asked["challenge"]
        body = b"ssl_check=1&token=verification"
        bears, _, _ = await self.post(body, self.signed(body, FORM))
        return status == 200 and echoed and bears == 200


def packed(delivery: Delivery) -> tuple[bytes, str]:
    """Return the body of a request and its content type."""
    if delivery.kind == "events_api":
        return json.dumps(delivery.payload).encode(), "application/json"
    fields = {"payload": json.dumps(delivery.payload)} if delivery.kind == "interactive" else delivery.payload
    return urllib.parse.urlencode(fields).encode(), FORM


def read(answer: str) -> Json | None:
    """Return what an app answered with; plain words are a text."""
    if not answer.strip():
        return None
    try:
        body = json.loads(answer)
    except json.JSONDecodeError:
        return {"text": answer}
    return body if isinstance(body, dict) and body else None


HTTP_MODE = web.AppKey("http_mode", HttpMode)


def add_to(app: web.Application, world: World) -> None:
    """Put HTTP mode into the server; `app[HTTP_MODE].point_at(url)` switches it on."""
    mode = app[HTTP_MODE] = HttpMode(world)

    async def _living(app: web.Application) -> AsyncIterator[None]:
        mode.start()
        yield
        await mode.stop()

    app.cleanup_ctx.append(_living)
