"""Channels, their members, and what was said in them."""

from __future__ import annotations

from collections.abc import Sequence

from tests.fakes.slack.call import Call, Refusal
from tests.fakes.slack.things import Channel, Json, Message

PAGE = 100


def replies(call: Call) -> Json:
    """`conversations.replies`: a thread, oldest first; its root stands on every page, as at Slack's."""
    channel = _inside(call)
    asked = channel.messages.get(call.must("ts"))
    if asked is None:
        raise Refusal("thread_not_found")
    kept = call.world.thread(channel.id, asked.root)
    if not kept:
        raise Refusal("thread_not_found")
    root = [channel.messages[asked.root]] if asked.root in channel.messages else []
    rest = [m for m in kept if m.ts != asked.root and _between(call, m)]
    return _page(call, rest, root)


def history(call: Call) -> Json:
    """`conversations.history`: what stands in the channel itself, newest first."""
    channel = _inside(call)
    kept = [m for m in channel.messages.values() if not m.deleted and _between(call, m)]
    top = [m for m in kept if m.thread_ts is None or m.subtype == "thread_broadcast"]
    return _page(call, top[::-1], [])


def info(call: Call) -> Json:
    """`conversations.info`."""
    channel = call.channel()
    body: Json = {
        "id": channel.id,
        "name": channel.name,
        "is_channel": channel.kind == "channel",
        "is_group": channel.kind == "group",
        "is_im": channel.kind == "im",
        "is_mpim": channel.kind == "mpim",
        "is_private": channel.kind != "channel",
        "is_archived": channel.archived,
        "is_member": call.team.bot in channel.members,
        "is_ext_shared": bool(channel.shared_with),
        "is_shared": bool(channel.shared_with),
        "context_team_id": channel.team,
        "created": 0,
    }
    if channel.kind == "im":
        body["user"] = channel.whose
    return {"channel": body | ({"num_members": len(channel.members)} if call.flag("include_num_members") else {})}


def members(call: Call) -> Json:
    """`conversations.members`."""
    who = sorted(call.channel().members)
    start = _start(call)
    most = int(call.text("limit") or PAGE)
    more = f"next-{start + most}" if start + most < len(who) else ""
    return {"members": who[start : start + most], "response_metadata": {"next_cursor": more}}


def open_(call: Call) -> Json:
    """`conversations.open`: the direct messages with one person."""
    if call.text("channel"):
        return {"channel": {"id": call.channel().id}}
    who = [user for user in (call.text("users") or "").split(",") if user]
    if not who:
        raise Refusal("users_list_not_supplied")
    if len(who) > 1 or who[0] not in call.world.users:
        raise Refusal("user_not_found")
    return {"channel": {"id": call.world.im(who[0]).id}}


def react(call: Call) -> Json:
    """`reactions.add`."""
    message, name = _reacted(call)
    who = message.reactions.setdefault(name, [])
    if call.team.bot in who:
        raise Refusal("already_reacted")
    who.append(call.team.bot)
    call.world.note("reaction", ts=message.ts, name=name)
    return {}


def unreact(call: Call) -> Json:
    """`reactions.remove`."""
    message, name = _reacted(call)
    if call.team.bot not in message.reactions.get(name, []):
        raise Refusal("no_reaction")
    message.reactions[name].remove(call.team.bot)
    call.world.note("reaction_gone", ts=message.ts, name=name)
    return {}


def _reacted(call: Call) -> tuple[Message, str]:
    channel = _inside(call)
    if channel.archived:
        raise Refusal("is_archived")
    name = call.must("name")
    if not name.replace("_", "").replace("-", "").replace("+", "").isalnum():
        raise Refusal("invalid_name")
    return call.message(channel, "timestamp"), name


def _inside(call: Call) -> Channel:
    channel = call.channel()
    if call.team.bot not in channel.members:
        raise Refusal("not_in_channel" if call.method == "conversations.history" else "channel_not_found")
    return channel


def _between(call: Call, message: Message) -> bool:
    oldest, latest = call.text("oldest") or "0", call.text("latest") or "9999999999.999999"
    at = float(message.ts)
    edges = message.ts in (oldest, latest) and call.flag("inclusive")
    return edges or float(oldest) < at < float(latest)


def _page(call: Call, kept: Sequence[Message], always: Sequence[Message]) -> Json:
    start, most = _start(call), min(int(call.text("limit") or PAGE), call.world.page)
    end = start + most
    shown = [*always, *kept[start:end]]
    world, metadata = call.world, call.flag("include_all_metadata")
    body: Json = {
        "messages": [world.tombstone(m) if m.deleted else world.shown(m, metadata) for m in shown],
        "has_more": end < len(kept),
    }
    return body | ({"response_metadata": {"next_cursor": f"next-{end}"}} if end < len(kept) else {})


def _start(call: Call) -> int:
    cursor = (call.text("cursor") or "").removeprefix("next-")
    if cursor and not cursor.isdigit():
        raise Refusal("invalid_cursor")
    return int(cursor or 0)


HANDLERS = {
    "conversations.replies": replies,
    "conversations.history": history,
    "conversations.info": info,
    "conversations.members": members,
    "conversations.open": open_,
    "reactions.add": react,
    "reactions.remove": unreact,
}
