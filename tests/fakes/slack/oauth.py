"""How a workspace installs the app: the page at Slack, the way back, and the token for a code.

Somebody opens `/oauth/v2/authorize` and is sent back at once, as if they had pressed Allow. Whoever plays them may add
to the address: `team=T...` for a workspace (else the first without the app), `team=E...` for a whole organisation,
`deny=1` to press Cancel.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from aiohttp import web

from tests.fakes.slack.call import Call, Refusal
from tests.fakes.slack.passes import Grant
from tests.fakes.slack.state import APP, CLIENT_ID, CLIENT_SECRET
from tests.fakes.slack.things import Json, Team

if TYPE_CHECKING:
    from tests.fakes.slack.world import World

CODE_LIVES = 600.0
"""Seconds of Slack's in which a code must be changed for a token."""


def add_to(app: web.Application, world: World) -> None:
    """Serve the page where somebody allows the app in."""

    async def _authorize(request: web.Request) -> web.StreamResponse:
        wrong = refused(world, request)
        if wrong:
            world.problem(f"/oauth/v2/authorize: {wrong}")
            return web.Response(status=400, text=f"Something went wrong when authorizing this app: {wrong}")
        raise web.HTTPFound(_back(world, request))

    app.router.add_get("/oauth/v2/authorize", _authorize)


def refused(world: World, request: web.Request) -> str:
    """Return why Slack shows an error in place of the page; empty if it shows the page."""
    if request.query.get("client_id") != CLIENT_ID:
        return "invalid client_id"
    asked = set(request.query.get("scope", "").replace(" ", ",").split(",")) - {""}
    if not asked or asked - world.scopes:
        return f"invalid_scope: {', '.join(sorted(asked - world.scopes)) or 'none were asked for'}"
    known = world.manifest["oauth_config"].get("redirect_urls", [])
    given = request.query.get("redirect_uri", "")
    if known and not any(given.startswith(each) for each in known):
        return "bad_redirect_uri"
    return "" if given or known else "bad_redirect_uri"


def _back(world: World, request: web.Request) -> str:
    given = request.query.get("redirect_uri", "")
    address = given or world.manifest["oauth_config"]["redirect_urls"][0]
    more = {"state": request.query.get("state", "")}
    if request.query.get("deny"):
        return f"{address}?{urlencode({'error': 'access_denied', **more})}"
    scopes = frozenset(request.query["scope"].replace(" ", ",").split(","))
    code = secrets.token_hex(16)
    grant = Grant(code, _place(world, request.query.get("team", "")), scopes, given, world.clock.slack())
    with world.changed:
        world.grants[code] = grant
    world.note("authorized", place=grant.place)
    return f"{address}?{urlencode({'code': code, **more})}"


def _place(world: World, wanted: str) -> str:
    if wanted:
        return wanted
    without = [team.id for team in world.teams.values() if not team.installed]
    return (without or [*world.teams])[0]


def access(call: Call) -> Json:
    """`oauth.v2.access`: a token for a code, once."""
    world = call.world
    if call.must("client_id") != CLIENT_ID:
        raise Refusal("invalid_client_id")
    if call.must("client_secret") != CLIENT_SECRET:
        raise Refusal("bad_client_secret")
    grant = world.grants.pop(call.must("code"), None)
    if grant is None or world.clock.slack() - grant.made > CODE_LIVES:
        raise Refusal("invalid_code")
    if (call.text("redirect_uri") or "") != grant.redirect_uri:
        raise Refusal("bad_redirect_uri")
    return _installed(world, grant)


def _installed(world: World, grant: Grant) -> Json:
    org = grant.place not in world.teams
    homes = [team for team in world.teams.values() if grant.place in (team.id, team.enterprise)]
    for home in homes:
        home.installed, home.by_org = True, org
    first = homes[0]
    token = world.add_token("bot", None if org else first.id, first.bot, grant.scopes)
    token.enterprise = grant.place if org else None
    return {
        "access_token": token.value,
        "token_type": "bot",
        "scope": ",".join(sorted(grant.scopes)),
        "bot_user_id": first.bot,
        "app_id": APP,
        "team": None if org else {"id": first.id, "name": first.name},
        "enterprise": _enterprise(first),
        "is_enterprise_install": org,
        "authed_user": {"id": _installer(world, first)},
    }


def _enterprise(team: Team) -> Json | None:
    return {"id": team.enterprise, "name": "org"} if team.enterprise else None


def _installer(world: World, team: Team) -> str:
    people = [user.id for user in world.users.values() if user.team == team.id and not user.is_bot]
    return people[0] if people else world.add_user("owner", team.id).id


HANDLERS = {"oauth.v2.access": access}
