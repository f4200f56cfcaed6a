"""Socket Mode: WebSockets to the app, envelopes over them, and what the app acknowledges."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
import uuid
from typing import Any

from aiohttp import WSMsgType, web

from tests.fakes.slack.carry import Carrier
from tests.fakes.slack.delivery import Delivery
from tests.fakes.slack.state import APP
from tests.fakes.slack.things import Json
from tests.fakes.slack.world import World

MOST = 10
"""Sockets that an app may have open at once."""
PING = 10.0
"""Seconds of Slack's between two pings."""
GRACE = 10.0
"""Seconds of Slack's between a `disconnect` and the end of its socket."""
FAREWELL = 1.0
"""Seconds here for the other side to say farewell as well."""


class Link:
    """One open socket."""

    def __init__(self, request: web.Request, socket: web.WebSocketResponse) -> None:
        self.request = request
        self.socket = socket
        self.leaving = False
        self.sent = 0

    @property
    def open(self) -> bool:
        """Whether something can still be sent over it."""
        return not self.socket.closed

    def abort(self) -> None:
        """Cut the TCP connection, with no word of farewell."""
        self.leaving = True
        if self.request.transport is not None:
            self.request.transport.abort()


class Sockets(Carrier):
    """The app's sockets. Envelopes go round robin over those that are open; each must be acknowledged in 3 s.

    Attributes:
        links: the open sockets.
        disabled: Socket Mode was switched off for the app: new sockets are sent away.
        opened: how many sockets were opened until now.
    """

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.links: list[Link] = []
        self.disabled = False
        self.opened = 0
        self._turn = itertools.count()
        self._waiting: dict[str, asyncio.Future[Json | None]] = {}
        self._known: set[str] = set()
        self._come = asyncio.Event()

    # -- what tests do (from any thread) ------------------------------------------------------------------------

    @property
    def count(self) -> int:
        """How many sockets are open."""
        return len(self.links)

    def cut(self, which: int | None = None) -> None:
        """Cut the TCP connection of a socket (all of them if None) with no close frame."""
        chosen = [*self.links] if which is None else [self.links[which]]
        self.world.note("cut", sockets=len(chosen))
        for link in chosen:
            self._do(link.abort)

    def disconnect(self, reason: str = "refresh_requested", which: int | None = None) -> None:
        """Send `disconnect` (`warning`, `refresh_requested`, `link_disabled`) over a socket, or all; it closes after.

        With `link_disabled` it closes at once, and no new one is taken until `disabled` is put back.
        """
        self.disabled = self.disabled or reason == "link_disabled"
        for link in [*self.links] if which is None else [self.links[which]]:
            self._do(lambda link=link: self.spawn(self._dismiss(link, reason)))

    def _do(self, act: Any) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(act)

    # -- the socket ---------------------------------------------------------------------------------------------

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Take a socket that comes with a ticket, and keep it until it ends."""
        ticket = request.query.get("ticket", "")
        if ticket not in self.world.tickets:
            self.world.problem("A socket came with a ticket that was used already, or never given")
            return web.Response(status=404, text="invalid ticket")
        self.world.tickets.discard(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        link = Link(request, socket)
        if self.disabled or len(self.links) >= MOST:
            await self._dismiss(link, "link_disabled" if self.disabled else "too_many_websockets")
            return socket
        await self._keep(link)
        return socket

    async def _keep(self, link: Link) -> None:
        self.links.append(link)
        self.opened += 1
        pings = asyncio.ensure_future(self._ping(link))
        try:
            await link.socket.send_json(self._hello())
            self._come.set()
            self.world.note("socket_open", count=len(self.links))
            async for message in link.socket:
                if message.type is WSMsgType.TEXT:
                    self._heard(message.data)
        except ConnectionError:
            pass
        finally:
            pings.cancel()
            self.links.remove(link)
            self.world.note("socket_closed", count=len(self.links))

    def _hello(self) -> Json:
        debug = {"host": "applink-1", "started": time.strftime("%F %T"), "build_number": 1}
        debug["approximate_connection_time"] = 18060
        return {
            "type": "hello",
            "num_connections": len(self.links),
            "debug_info": debug,
            "connection_info": {"app_id": APP},
        }

    async def _ping(self, link: Link) -> None:
        while link.open:
            await asyncio.sleep(max(0.05, self.world.clock.real(PING)))
            await link.socket.ping(b"Ping from applink-1")

    async def _dismiss(self, link: Link, reason: str) -> None:
        link.leaving = True
        farewell = {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-1"}}
        try:
            await link.socket.send_json(farewell)
            self.world.note("disconnect", reason=reason)
            if reason in ("warning", "refresh_requested"):
                await self.pause(GRACE)
            await asyncio.wait_for(link.socket.close(), FAREWELL)
        except (ConnectionError, TimeoutError):
            pass
        finally:
            link.abort()

    # -- envelopes ----------------------------------------------------------------------------------------------

    async def attempt(self, delivery: Delivery, number: int, why: str) -> str:
        """Send it in an envelope and wait for the acknowledgement."""
        patience = self.world.clock.real(self.patience)
        try:
            link = await asyncio.wait_for(self._pick(), patience)
        except TimeoutError:
            return "no_socket"
        id_ = str(uuid.uuid4())
        self._known.add(id_)
        heard = self._waiting[id_] = asyncio.get_running_loop().create_future()
        began = time.monotonic()
        try:
            await link.socket.send_json(self._envelope(id_, delivery, number, why))
            link.sent += 1
            answer = await asyncio.wait_for(heard, patience)
        except (TimeoutError, ConnectionError):
            return "timeout"
        finally:
            del self._waiting[id_]
        delivery.took = time.monotonic() - began
        self.taken(delivery, answer)
        self.world.note("acked", kind=delivery.kind, took=delivery.took)
        return ""

    def _envelope(self, id_: str, delivery: Delivery, number: int, why: str) -> Json:
        body: Json = {"envelope_id": id_, "payload": delivery.payload, "type": delivery.kind}
        body["accepts_response_payload"] = delivery.accepts_answer
        again = {"retry_attempt": number, "retry_reason": why}
        return {**body, **again} if delivery.kind == "events_api" else body

    async def _pick(self) -> Link:
        """Choose the socket whose turn it is, waiting for one if there is none."""
        while True:
            free = [link for link in self.links if link.open and not link.leaving]
            if free:
                return free[next(self._turn) % len(free)]
            self._come.clear()
            await self._come.wait()

    def _heard(self, text: str) -> None:
        try:
            body = json.loads(text)
        except json.JSONDecodeError:
            body = None
        id_ = body.get("envelope_id") if isinstance(body, dict) else None
        if id_ not in self._known:
            self.world.problem(f"The app acknowledged what it was never sent: {text[:80]}")
            return
        heard = self._waiting.get(str(id_))
        if heard is None or heard.done():
            self.world.note("late_ack", envelope=id_)
        else:
            heard.set_result(body.get("payload") or None)


SOCKETS = web.AppKey("sockets", Sockets)


def add_to(app: web.Application, world: World) -> None:
    """Put Socket Mode into the server; `app[SOCKETS]` holds the sockets."""
    sockets = app[SOCKETS] = Sockets(world)
    app.router.add_get("/link/", sockets.serve)

    async def _living(app: web.Application) -> Any:
        sockets.start()
        world.transports.append(sockets)
        yield
        for link in [*sockets.links]:
            link.abort()
        await sockets.stop()

    app.cleanup_ctx.append(_living)
