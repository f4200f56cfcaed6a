"""Who the app is, and how it gets its socket."""

from __future__ import annotations

import secrets

from tests.fakes.slack.call import Call, Refusal
from tests.fakes.slack.state import APP
from tests.fakes.slack.things import Json, User


def auth_test(call: Call) -> Json:
    """`auth.test`."""
    if call.token is not None and call.token.kind == "app":
        return {"app_name": "Rushes", "app_id": APP}
    team = call.team
    who = call.world.users[team.bot]
    body: Json = {
        "url": f"https://{team.name}.slack.com/",
        "team": team.name,
        "user": who.name,
        "team_id": team.id,
        "user_id": who.id,
        "bot_id": team.bot_id,
        "is_enterprise_install": team.by_org,
    }
    return body | ({"enterprise_id": team.enterprise} if team.enterprise else {})


def auth_revoke(call: Call) -> Json:
    """`auth.revoke`."""
    if call.flag("test") or call.token is None:
        return {"revoked": False}
    call.token.revoked = True
    return {"revoked": True}


def open_connection(call: Call) -> Json:
    """`apps.connections.open`: a ticket for one socket."""
    ticket = secrets.token_hex(16)
    call.world.tickets.add(ticket)
    address = call.world.url.replace("http://", "ws://", 1)
    return {"url": f"{address}link/?ticket={ticket}&app_id={APP}"}


def users_info(call: Call) -> Json:
    """`users.info`."""
    user = call.world.users.get(call.must("user"))
    if user is None:
        raise Refusal("user_not_found")
    return {"user": _user(user)}


def bots_info(call: Call) -> Json:
    """`bots.info`."""
    team = call.team
    if call.text("bot") not in (None, team.bot_id):
        raise Refusal("bot_not_found")
    return {"bot": {"id": team.bot_id, "deleted": False, "name": "Rushes", "app_id": APP, "user_id": team.bot}}


def _user(user: User) -> Json:
    return {
        "id": user.id,
        "team_id": user.team,
        "name": user.name,
        "deleted": user.deleted,
        "real_name": user.real_name,
        "tz": user.tz,
        "tz_label": "Greenwich Mean Time",
        "tz_offset": 0,
        "profile": {"real_name": user.real_name, "display_name": user.name},
        "is_admin": False,
        "is_owner": False,
        "is_restricted": user.guest,
        "is_ultra_restricted": False,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": 0,
    }


HANDLERS = {
    "auth.test": auth_test,
    "auth.revoke": auth_revoke,
    "apps.connections.open": open_connection,
    "users.info": users_info,
    "bots.info": bots_info,
}
