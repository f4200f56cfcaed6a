"""From what Slack sends to turns: pure functions of payloads.

What is none of ours gives None: other people's talk, edits, deletions, bots, other workspaces in shared channels.
Which conversation a turn belongs to is found afterwards, by its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.commands import Command, Name
from bot.surfaces.slack import manifest as m
from bot.surfaces.slack.plain import is_aside, mentions, words
from kernel.document import Value
from kernel.fetch.names import safe_name
from kernel.store.records import Turn

SURFACE = "slack"
Body = Mapping[str, Any]
"""A payload as Slack sends it."""

SPOKEN = ("", "file_share", "thread_broadcast", "me_message")
"""Kinds of messages in which a person says something; all others tell of changes."""
COMMANDS: dict[str, Name] = {
    m.APPROVE: "approve",
    m.ACCEPT: "approve",
    m.STOP: "pause",
    m.RESUME: "resume",
    m.CANCEL: "cancel",
    m.RETRY: "resume",
    m.DOWNLOAD: "download",
    m.FEEDBACK: "feedback",
}
"""What a button that needs no form does."""
GATES = (m.APPROVE, m.ACCEPT)
UNNAMED = "A file"
"""What a file is called whose name Slack did not send along: it is asked for as the file is fetched."""


class Own(Value):
    """What is known of ourselves when something comes in."""

    bot: str
    """The bot's user id in that workspace."""
    data: Path
    friends: tuple[str, ...] = ()
    """Other workspaces whose people may talk with the bot in shared channels."""


class Place(Value):
    """Where something was said."""

    team: str
    channel: str
    root: str
    """The message that the thread hangs on."""
    direct: bool = False
    """Whether it stands outside of any thread in a direct message: it goes on with what was last talked about there."""

    @property
    def address(self) -> str:
        """The address of the conversation."""
        return f"{self.team}:{self.channel}:{self.root}"


class Taken(Value):
    """Something that came in."""

    place: Place
    turn: Turn
    """The turn, in no conversation yet."""
    opens: bool = False
    """Whether it begins a conversation where there is none."""
    joins: bool = True
    """Whether it goes on with a conversation that there is."""


def taken(body: Body, own: Own) -> Taken | None:
    """Return what came in as a turn and its place; None where there is nothing to keep."""
    kinds = {
        "event_callback": _event,
        "block_actions": _click,
        "message_action": _from_message,
    }
    kind = kinds.get(str(body.get("type")))
    return kind(body, own) if kind and not stranger(body, own.friends) else None


def team_of(body: Body) -> str:
    """Return the workspace that the bot is asked in."""
    view = body.get("view") or {}
    authorizations = body.get("authorizations") or [{}]
    team = body.get("team") or {}
    card = (body.get("message") or {}) if body.get("type") == "block_actions" else {}
    found = (
        view.get("app_installed_team_id"),
        card.get("team"),  # our own message: in a shared channel whoever presses may be of another workspace
        authorizations[0].get("team_id"),
        team.get("id") if isinstance(team, Mapping) else team,
        body.get("team_id"),
        (body.get("user") or {}).get("team_id") if isinstance(body.get("user"), Mapping) else None,
    )
    return next((str(id) for id in found if id), "")


def stranger(body: Body, friends: tuple[str, ...] = ()) -> bool:
    """Say whether somebody of another workspace acts, or a guest of a shared channel."""
    event, user = body.get("event") or {}, body.get("user")
    profile = event.get("user_profile") or {}
    if profile.get("is_restricted") or profile.get("is_ultra_restricted"):
        return True
    named = user.get("team_id") if isinstance(user, Mapping) else None
    home = named or event.get("user_team") or event.get("source_team") or event.get("team")
    organisation = body.get("enterprise") or {}
    own = {team_of(body), body.get("team_id"), body.get("enterprise_id"), organisation.get("id"), None}
    return home not in own and home not in friends


def _event(body: Body, own: Own) -> Taken | None:
    event = body.get("event") or {}
    if event.get("type") == "agent_session_stopped":
        return _stopped(body, event)
    if event.get("type") in ("message", "app_mention"):
        return _message(body, event, own)
    return None


def _message(body: Body, event: Body, own: Own) -> Taken | None:
    if event.get("subtype", "") not in SPOKEN or event.get("bot_id") or not event.get("user"):
        return None
    if event["user"] == own.bot:
        return None
    team, channel, ts = team_of(body), str(event["channel"]), str(event["ts"])
    private = event.get("channel_type") == "im" or channel.startswith("D")
    spoken = event["type"] == "app_mention" or mentions(event.get("text") or "", own.bot)
    ours = event.get("parent_user_id") == own.bot  # a thread of ours may be written in before it is known
    place = Place(
        team=team, channel=channel, root=event.get("thread_ts") or ts, direct=private and not event.get("thread_ts")
    )
    turn = _said(event, place, ts, str(event["user"]), own)
    if not (private or spoken or turn.files) and is_aside(event.get("text") or ""):
        turn = turn.model_copy(update={"payload": {**turn.payload, "aside": True}})
    if spoken and place.root != ts:
        above = {"name": "What hangs above", "id": place.root, "from": SURFACE, "team": team, "channel": channel}
        turn = turn.model_copy(update={"payload": {**turn.payload, "above": above}})
    return Taken(place=place, turn=turn, opens=private or spoken or ours)


def _said(message: Body, place: Place, ts: str, author: str, own: Own) -> Turn:
    where = {"team": place.team, "channel": place.channel, "ts": ts, "thread_ts": place.root}
    return Turn(
        id=f"slack:{place.team}:{place.channel}:{ts}",
        conversation="",
        surface=SURFACE,
        author=author,
        text=words(message.get("text") or "", own.bot),
        files=tuple(row(file, place.team, own.data) for file in message.get("files") or ()),
        payload={"place": where, "settings": {}},
    )


def row(file: Body, team: str, data: Path) -> dict[str, Any]:
    """Return a file of a message as a row of its turn; where it will lie is settled here, before it is fetched."""
    id = str(file["id"])
    name = str(file.get("name") or file.get("title") or UNNAMED)
    found = {
        "name": name,
        "size": int(file.get("size") or 0),
        "mimetype": str(file.get("mimetype") or ""),
        "from": SURFACE,
        "id": id,
        "team": team,
        "path": str(data / "incoming" / SURFACE / safe_name(team) / safe_name(id) / safe_name(name)),
        "mode": str(file.get("mode") or file.get("file_access") or ""),
    }
    external = file.get("is_external") or file.get("mode") == "external"
    marks = {"external": external, "unnamed": name == UNNAMED}
    return {**found, **{mark: True for mark, holds in marks.items() if holds}}


def _stopped(body: Body, event: Body) -> Taken | None:
    """Slack's own Stop button above a thread."""
    place = Place(team=team_of(body), channel=str(event["channel"]), root=str(event.get("thread_ts") or ""))
    where = {"channel": place.channel, "message_ts": "", "thread_ts": place.root, "user": event.get("user", "")}
    payload = _pressed(Command(name="pause"), "", where)
    return _turn(place, f"slack:{body['event_id']}", str(event.get("user") or ""), payload)


def _click(body: Body, own: Own) -> Taken | None:
    action = body["actions"][0]
    place = place_of_click(body)
    name = COMMANDS.get(str(action.get("action_id")))
    if name is None or place is None:
        return None
    token, thing = _token(action)
    command = Command(name=name, text=thing)
    stands = str((body.get("container") or {}).get("message_ts") or "")
    parts = (place.team, place.channel, stands, action["action_id"], body["user"]["id"], action.get("action_ts", ""))
    payload = _pressed(command, token, _where(body, place, stands))
    return _turn(place, "slack:" + ":".join(parts), str(body["user"]["id"]), payload)


def _token(action: Body) -> tuple[str, str]:
    """Return what a gate's button carries, and which file or which verdict was chosen."""
    value = chosen(action)
    if action["action_id"] == m.FEEDBACK:
        return "", value
    if action["action_id"] in GATES:
        return value, ""
    token, _, thing = value.rpartition(":") if action["action_id"] == m.DOWNLOAD else ("", "", "")
    return token, thing


def chosen(action: Body) -> str:
    """Return the value of a button, or of what was chosen from a list."""
    option = action.get("selected_option") or {}
    return str(action.get("value") or option.get("value") or "")


def place_of_click(body: Body) -> Place | None:
    """Return the thread that a button stands in; None in App Home."""
    container, message = body.get("container") or {}, body.get("message") or {}
    channel = (body.get("channel") or {}).get("id") or container.get("channel_id")
    root = container.get("thread_ts") or message.get("thread_ts") or container.get("message_ts") or message.get("ts")
    if not channel or not root:
        return None
    return Place(team=team_of(body), channel=str(channel), root=str(root))


def _where(body: Body, place: Place, stands: str) -> dict[str, Any]:
    return {
        "channel": place.channel,
        "message_ts": stands,
        "thread_ts": place.root,
        "user": body["user"]["id"],
        "response_url": body.get("response_url", ""),
    }


def _pressed(command: Command, token: str, place: Mapping[str, Any]) -> dict[str, Any]:
    return {"command": command.model_dump(mode="json"), "token": token, "how": "button", "place": dict(place)}


def _turn(place: Place, id: str, author: str, payload: dict[str, Any]) -> Taken:
    turn = Turn(id=id, conversation="", surface=SURFACE, author=author, kind="button", payload=payload)
    return Taken(place=place, turn=turn)


def _from_message(body: Body, own: Own) -> Taken | None:
    """Somebody's message that another person chose "Edit this footage" for: it opens its own thread's conversation.

    In a conversation that there is, its footage alone is news: nobody else's words become those of whoever chose it.
    """
    message = body["message"]
    if body.get("callback_id") != m.FROM_MESSAGE or message.get("user") == own.bot:
        return None
    ts = str(message.get("ts") or body.get("message_ts"))
    root = str(message.get("thread_ts") or ts)
    place = Place(team=team_of(body), channel=str(body["channel"]["id"]), root=root)
    turn = _said(message, place, ts, str(body["user"]["id"]), own)
    return Taken(place=place, turn=turn, opens=True, joins=bool(turn.files))
