"""The Web API over HTTP: who calls, whether they may, whether the arguments are right; then the method itself."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from tests.fakes.slack.call import OURS_TO_AVOID, Call, Refusal
from tests.fakes.slack.faulty import Faulty, too_many
from tests.fakes.slack.looks import KINDS
from tests.fakes.slack.methods import HANDLERS, Handler
from tests.fakes.slack.passes import Token
from tests.fakes.slack.table import ANY_METHOD, METHODS, Method
from tests.fakes.slack.things import Json
from tests.fakes.slack.world import World


def add_to(app: web.Application, world: World) -> Api:
    """Serve `/api/METHOD` and the response urls."""
    api = Api(world)
    app.router.add_route("*", "/api/{method}", api.serve)
    app.router.add_post("/actions/{team}/{id}", api.respond)
    return api


class Api:
    """Answers calls. `handlers` may be added to: a part that does a method of its own puts it there by name."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.handlers: dict[str, Handler] = dict(HANDLERS)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer one call."""
        name = request.match_info["method"]
        args = await arguments(request)
        team = self._team(request, args)
        faulty = Faulty(self.world, name, request, team)
        instead = await faulty.before()
        if instead is not None:
            return instead
        wait = self.world.limits.wait(name, team, str(args.get("channel", ""))) if name in METHODS else 0.0
        if wait:
            self.world.note("call", method=name, args=args, error="ratelimited")
            return too_many(self.world.limits.retry_after(wait))
        return await faulty.after(self._answer(request, name, args))

    async def respond(self, request: web.Request) -> web.StreamResponse:
        """A POST to a response url."""
        faulty = Faulty(self.world, "response_url", request)
        instead = await faulty.before()
        if instead is not None:
            return instead
        body = await arguments(request)
        said = self.world.respond(request.match_info["id"], body)
        self.world.note("response_url", body=body, said=said)
        if said != "ok":
            return web.json_response({"ok": False, "error": said}, status=404)
        return await faulty.after(web.Response(text="ok"))

    def _answer(self, request: web.Request, name: str, args: Json) -> web.Response:
        headers: dict[str, str] = {}
        with self.world.changed:
            try:
                body = {"ok": True, **self._act(request, name, args, headers)}
            except Refusal as refusal:
                body = refusal.body()
                self._complain(name, args, refusal)
            self.world.note("call", method=name, args=args, error=body.get("error"), ts=body.get("ts"))
        return web.json_response(body, headers=headers)

    def _act(self, request: web.Request, name: str, args: Json, headers: dict[str, str]) -> Json:
        if name not in METHODS or name not in self.handlers:
            raise Refusal("unknown_method", req_method=name)
        method = METHODS[name]
        token = self._token(request, args, method)
        call = Call(self.world, name, args, token)
        if token is not None:
            headers["x-oauth-scopes"] = ",".join(sorted(token.scopes))
            self._scope(call, method, token, headers)
        self._arguments(request, call, method)
        return self.handlers[name](call)

    def _complain(self, name: str, args: Json, refusal: Refusal) -> None:
        told = "; ".join(refusal.messages) or ", ".join(f"{k}={v}" for k, v in refusal.more.items())
        if refusal.error in OURS_TO_AVOID:
            self.world.problem(f"{name}: {refusal.error}: {told}" if told else f"{name}: {refusal.error}")
        known = METHODS[name].errors | ANY_METHOD if name in METHODS else {"unknown_method"}
        if refusal.error not in known:
            self.world.problem(f"{name}: the stand-in answered {refusal.error}, which that method does not document")

    def _team(self, request: web.Request, args: Mapping[str, Any]) -> str:
        token = self.world.tokens.get(bearer(request, args) or "")
        return (token.team or token.value) if token else ""

    def _token(self, request: web.Request, args: Json, method: Method) -> Token | None:
        if method.token is None:
            return None
        value = bearer(request, args)
        if not value:
            raise Refusal("not_authed")
        token = self.world.tokens.get(value)
        if token is None:
            raise Refusal("invalid_auth")
        if token.revoked:
            raise Refusal("token_revoked")
        if token.kind != method.token and request.match_info["method"] != "auth.test":
            raise Refusal("not_allowed_token_type")
        if token.team is not None and not self.world.teams[token.team].installed:
            raise Refusal("account_inactive")
        return token

    def _scope(self, call: Call, method: Method, token: Token, headers: dict[str, str]) -> None:
        if method.scope is None:
            return
        place = self.world.channels.get(str(call.args.get("channel", "")))
        kinds = [KINDS[place.kind]] if place else list(KINDS.values())
        good = {method.scope.format(kind=kind) for kind in kinds}
        headers["x-accepted-oauth-scopes"] = ",".join(sorted(good))
        if not good & token.scopes:
            provided = ",".join(sorted(token.scopes))
            raise Refusal("missing_scope", needed=",".join(sorted(good)), provided=provided)

    def _arguments(self, request: web.Request, call: Call, method: Method) -> None:
        for unknown in sorted(set(call.args) - method.known):
            call.problem(f"unknown argument {unknown}")
        missing = sorted(name for name in method.needs if call.args.get(name) in (None, ""))
        if missing:
            raise Refusal("invalid_arguments", *(f"missing required field: {name}" for name in missing))
        if request.content_type == "application/json" and not method.json:
            call.problem("this method takes no JSON body")
        if "token" in request.query:
            call.problem("the token stood in the address, where logs keep it")


def bearer(request: web.Request, args: Mapping[str, Any]) -> str | None:
    """The token of a request: from its header, or among its arguments."""
    kind, _, value = request.headers.get("Authorization", "").partition(" ")
    return value if kind == "Bearer" else args.get("token")


async def arguments(request: web.Request) -> Json:
    """The arguments of a call, from its address, its form or its JSON, and the client's id from its header."""
    args: Json = dict(request.query)
    if request.content_type == "application/json":
        text = await request.text()
        given = json.loads(text) if text else {}
        args |= given if isinstance(given, dict) else {}
    elif request.method == "POST":
        args |= {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
    kind, _, value = request.headers.get("Authorization", "").partition(" ")
    if kind == "Basic":
        args["client_id"], _, args["client_secret"] = base64.b64decode(value).decode().partition(":")
    return args
