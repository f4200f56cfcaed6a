"""Faults as they look over HTTP: waiting, closing, refusing in the place of an answer."""

from __future__ import annotations

import asyncio

from aiohttp import web

from tests.fakes.slack.faults import Fault
from tests.fakes.slack.table import ANY_METHOD, METHODS
from tests.fakes.slack.world import World


class Faulty:
    """One request and what goes wrong with it, if anything."""

    def __init__(self, world: World, method: str, request: web.Request, team: str = "") -> None:
        self.world = world
        self.method = method
        self.request = request
        self.team = team
        self.fault: Fault | None = world.faults.take(method)

    async def before(self) -> web.StreamResponse | None:
        """Wait if it is slow; the answer that stands in the place of doing it, if any."""
        fault = self.fault
        if fault is None:
            return None
        self.world.note("fault", method=self.method, fault=fault)
        if fault.slow:
            await asyncio.sleep(self.world.clock.real(fault.slow))
        return self._answer(fault) if fault.answers and not fault.do else None

    async def after(self, answer: web.StreamResponse) -> web.StreamResponse:
        """The answer after it was done: as it is, another, or none."""
        if self.fault is not None and self.fault.do:
            return self._answer(self.fault)
        return self._gone() if self.fault is not None and self.fault.drop_reply else answer

    def _answer(self, fault: Fault) -> web.StreamResponse:
        if fault.drop_request:
            return self._gone()
        if fault.ratelimited is not None:
            self.world.limits.hold(self.method, self.team, fault.ratelimited)
            return too_many(self.world.limits.retry_after(fault.ratelimited))
        if fault.status is not None or fault.body is not None:
            text = fault.body if fault.body is not None else "<html><body>Slack is having trouble</body></html>"
            return web.Response(status=fault.status or 200, text=text, content_type="text/html")
        known = METHODS[self.method].errors | ANY_METHOD if self.method in METHODS else ()
        if fault.error not in known:
            self.world.problem(f"{self.method}: a fault asks for {fault.error}, which that method does not document")
        return web.json_response({"ok": False, "error": fault.error})

    def _gone(self) -> web.StreamResponse:
        if self.request.transport is not None:
            self.request.transport.abort()
        return web.Response(status=500)


def too_many(retry_after: str) -> web.Response:
    """Slack's answer to too many calls."""
    return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": retry_after})
