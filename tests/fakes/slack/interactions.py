"""What the app is told when a person presses, chooses, sends off a form or takes a shortcut."""

from __future__ import annotations

import re
from typing import Any

from tests.fakes.slack.elements import FIELDS, holding, named, state
from tests.fakes.slack.things import Channel, Json, Message, User, View
from tests.fakes.slack.world import World

FEEDBACK = ("positive_button", "negative_button")


def who(user: User) -> Json:
    """A person, as payloads name them."""
    return {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team}


def called(place: Channel) -> str:
    """What payloads call a channel: the names of those that are not open to all are not told."""
    return {"channel": place.name, "group": "privategroup", "im": "directmessage", "mpim": place.name}[place.kind]


def action(world: World, block: Json, element: Json, value: Any) -> Json:
    """What was pressed or chosen."""
    common = {"action_id": element.get("action_id", ""), "block_id": block["block_id"], "action_ts": world.clock.ts()}
    if element["type"] == "button":
        own: Json = {key: element[key] for key in ("text", "value", "style") if key in element}
        return {"type": "button", **own, **common}
    if element["type"] == "feedback_buttons":
        sides = [element[side] for side in FEEDBACK if side in element]
        chosen = next((side for side in sides if side["value"] == value), sides[0])
        return {"type": "feedback_buttons", "value": chosen["value"], "text": chosen["text"], **common}
    return {**holding(element, value), **common}


def in_message(world: World, user: User, message: Message, acts: list[Json], held: Json) -> Json:
    """`block_actions` of a message; an ephemeral one is not sent along, as at Slack."""
    place = world.channels[message.channel]
    container: Json = {"type": "message", "message_ts": message.ts, "channel_id": message.channel}
    container["is_ephemeral"] = message.ephemeral_to is not None
    container |= {"thread_ts": message.thread_ts} if message.thread_ts else {}
    seen = {} if message.ephemeral_to else {"message": world.shown(message)}
    return {
        "type": "block_actions",
        "user": who(user),
        "container": container,
        "trigger_id": world.trigger(user.team, user.id, channel=place.id),
        "channel": {"id": place.id, "name": called(place)},
        **seen,
        "state": {"values": state(message.blocks, held)},
        "response_url": world.response_url(user.team, user.id, place.id, message),
        "actions": acts,
    }


def in_view(world: World, user: User, view: View, acts: list[Json]) -> Json:
    """`block_actions` of a form or of App Home."""
    complete(view)
    return {
        "type": "block_actions",
        "user": who(user),
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": world.trigger(user.team, user.id, view.id),
        "view": world.shown_view(view),
        "actions": acts,
    }


def submission(world: World, user: User, view: View) -> Json:
    """`view_submission`."""
    complete(view)
    shown = world.shown_view(view)
    trigger = world.trigger(user.team, user.id, view.id)
    return {"type": "view_submission", "user": who(user), "trigger_id": trigger, "view": shown} | {
        "response_urls": _response_urls(world, user, view)
    }


def _response_urls(world: World, user: User, view: View) -> list[Json]:
    """One url for each conversation that was chosen where the form asked for it."""
    urls = []
    for block in named(view.view["blocks"]):
        element = block.get("element", {})
        if element.get("response_url_enabled"):
            held = view.state["values"][block["block_id"]][element["action_id"]]
            channel = held[FIELDS[element["type"]]]
            url = world.response_url(user.team, user.id, channel)
            own = {"block_id": block["block_id"], "action_id": element["action_id"], "channel_id": channel}
            urls.append({**own, "response_url": url})
    return urls


def closing(world: World, user: User, view: View, cleared: bool = False) -> Json:
    """`view_closed`, of views that asked to be told."""
    return {
        "type": "view_closed",
        "user": who(user),
        "view": world.shown_view(view),
        "is_cleared": cleared,
    }


def shortcut(world: World, user: User, callback: str, channel: str = "") -> Json:
    """`shortcut`, a global one; `channel` is what they look at meanwhile, of which Slack says nothing."""
    trigger = world.trigger(user.team, user.id, channel=channel)
    base = {"type": "shortcut", "callback_id": callback, "action_ts": world.clock.ts()}
    named = {key: value for key, value in who(user).items() if key != "name"}
    return {**base, "user": named, "trigger_id": trigger}


def message_shortcut(world: World, user: User, callback: str, message: Message) -> Json:
    """`message_action`, a shortcut taken from a message's menu."""
    place = world.channels[message.channel]
    return {
        "type": "message_action",
        "callback_id": callback,
        "user": who(user),
        "trigger_id": world.trigger(user.team, user.id, channel=place.id),
        "action_ts": world.clock.ts(),
        "message_ts": message.ts,
        "channel": {"id": place.id, "name": called(place)},
        "message": world.shown(message),
        "response_url": world.response_url(user.team, user.id, place.id, message),
    }


def command(world: World, user: User, line: str, channel: str) -> Json:
    """A slash command, from the line as it was typed."""
    name, _, text = line.strip().partition(" ")
    return {
        "command": name,
        "text": _escaped(world, name, text.strip()),
        "user_id": user.id,
        "user_name": user.name,
        "channel_id": channel,
        "channel_name": called(world.channels[channel]),
        "trigger_id": world.trigger(user.team, user.id, channel=channel),
        "response_url": world.response_url(user.team, user.id, channel),
    }


def _escaped(world: World, command: str, text: str) -> str:
    """People as the app gets them: by id and handle where the manifest asks for escapes, else as they were typed."""
    known = world.manifest["features"].get("slash_commands", [])
    escapes = any(each["command"] == command and each.get("should_escape") for each in known)

    def person(found: re.Match[str]) -> str:
        user = world.users.get(found[1])
        handle = user.name if user else found[1]
        return f"<@{found[1]}|{handle}>" if escapes else f"@{handle}"

    return re.sub(r"<@([A-Z0-9]+)>", person, text)


def complete(view: View) -> None:
    """Let a view's state hold all its fields, touched or not."""
    view.state["values"] = state(view.view["blocks"], view.state["values"])
