"""Messages that the app posts, changes and takes away."""

from __future__ import annotations

import json
from typing import Any

from tests.fakes.slack import blockcheck
from tests.fakes.slack.call import Call, Refusal
from tests.fakes.slack.state import APP
from tests.fakes.slack.things import Channel, Json, Message

MOST_TEXT = 40_000
"""Characters after which Slack truncates a message's text."""
BEST_TEXT = 4_000
"""Characters that Slack advises to stay under, and the most that `chat.update` takes."""
MOST_BLOCKS = 13_200
"""Characters of all blocks' JSON: undocumented, bolt-js#2509."""
MOST_METADATA = 8_000
"""Bytes of a message's metadata."""


def post(call: Call) -> Json:
    """`chat.postMessage`; a user's id stands for the direct messages with them."""
    channel = _room(call)
    text, blocks = content(call)
    root = thread(call, channel)
    team = call.team
    message = Message(call.world.clock.ts(), team.id, channel.id, team.bot, text[:MOST_TEXT], blocks, via=call.method)
    message.bot_id, message.app_id, message.thread_ts = team.bot_id, APP, root
    message.metadata = metadata(call)
    if root and call.flag("reply_broadcast"):
        message.subtype = "thread_broadcast"
    elif call.flag("reply_broadcast"):
        call.problem("reply_broadcast without thread_ts")
    call.world.keep(message)
    return {"channel": channel.id, "ts": message.ts, "message": call.world.shown(message)}


def update(call: Call) -> Json:
    """`chat.update`."""
    channel = call.channel()
    _inside(call, channel, "channel_not_found")
    if channel.archived:
        raise Refusal("is_inactive")
    message = call.message(channel)
    if message.bot_id != call.team.bot_id:
        raise Refusal("cant_update_message")
    if "blocks" not in call.args and message.blocks:
        call.problem("blocks left out of an update of a message that has some")
    text, blocks = content(call)
    if len(text) > BEST_TEXT:
        raise Refusal("msg_too_long")
    changed = metadata(call)
    if changed is not None:
        message.metadata = changed or None
    call.world.edit(message, text, blocks)
    return {"channel": channel.id, "ts": message.ts, "text": text, "message": call.world.shown(message)}


def whisper(call: Call) -> Json:
    """`chat.postEphemeral`."""
    channel = call.channel()
    _inside(call, channel, "not_in_channel")
    if channel.archived:
        raise Refusal("is_archived")
    if call.must("user") not in channel.members:
        raise Refusal("user_not_in_channel")
    text, blocks = content(call)
    root = thread(call, channel)
    message = call.world.whisper(channel.id, call.must("user"), text, blocks, thread_ts=root, via=call.method)
    return {"message_ts": message.ts}


def delete(call: Call) -> Json:
    """`chat.delete`."""
    channel = call.channel()
    message = call.message(channel)
    if message.bot_id != call.team.bot_id:
        raise Refusal("cant_delete_message")
    call.world.delete(message)
    return {"channel": channel.id, "ts": message.ts}


def permalink(call: Call) -> Json:
    """`chat.getPermalink`."""
    channel = call.channel()
    message = call.message(channel, "message_ts")
    tail = f"?thread_ts={message.thread_ts}&cid={channel.id}" if message.thread_ts else ""
    path = f"archives/{channel.id}/p{message.ts.replace('.', '')}{tail}"
    return {"channel": channel.id, "permalink": f"https://{call.team.name}.slack.com/{path}"}


def content(call: Call) -> tuple[str, list[Json]]:
    """The text and blocks of a call, or the error that Slack answers; what is merely unwise is a problem."""
    text, blocks = call.text("text") or "", call.data("blocks") or []
    if call.text("markdown_text"):
        return _markdown(call, text, blocks), []
    if not isinstance(blocks, list):
        raise Refusal("invalid_blocks_format", "blocks must be an array")
    if not text and not blocks:
        raise Refusal("no_text")
    if not text.strip():
        call.problem("text is missing beside blocks")
    for complaint in blockcheck.text_problems(text):
        call.problem(f"text: {complaint}")
    if len(text) > BEST_TEXT and call.method != "chat.update":
        call.problem(f"text of {len(text)} characters, Slack advises to stay under {BEST_TEXT}")
    check(call, blocks)
    return text, blocks


def check(call: Call, blocks: list[Json]) -> None:
    """Refuse blocks of a message that Slack would refuse."""
    wrong = blockcheck.message(blocks)
    if wrong:
        raise Refusal("invalid_blocks", *wrong)
    size = len(json.dumps(blocks, ensure_ascii=False, separators=(",", ":")))
    if size > MOST_BLOCKS:
        raise Refusal("msg_blocks_too_long", f"{size} characters")
    for id_ in blockcheck.slack_files(blocks):
        if not call.world.pictured(id_):
            raise Refusal("invalid_blocks", f"invalid slack file {id_} [json-pointer:/blocks/0/slack_file]")


def _markdown(call: Call, text: str, blocks: object) -> str:
    words = call.must("markdown_text")
    if text or blocks:
        raise Refusal("markdown_text_conflict")
    if len(words) > blockcheck.MOST_MARKDOWN:
        raise Refusal("msg_too_long")
    return words


def metadata(call: Call) -> Json | None:
    """The metadata of a call; None if there is none."""
    given: Any = call.data("metadata")
    if given is None:
        return None
    if given == {} and call.method == "chat.update":
        return {}
    if not isinstance(given, dict) or set(given) - {"event_type", "event_payload", "entities"}:
        raise Refusal("invalid_metadata_format")
    if not isinstance(given.get("event_type"), str) or not isinstance(given.get("event_payload"), dict):
        raise Refusal("invalid_metadata_schema")
    if len(json.dumps(given).encode()) > MOST_METADATA:
        raise Refusal("metadata_too_large")
    return given


def thread(call: Call, channel: Channel) -> str | None:
    """The root that a call answers in; naming a reply in its place is a problem.

    An answer to a message that was deleted, and that nobody had answered, goes into the channel: Slack says nothing of
    it, but its answer has no `thread_ts` (slack-go/slack#1571).
    """
    ts = call.text("thread_ts")
    if not ts:
        return None
    root = channel.messages.get(ts)
    if root is None:
        call.problem("thread_ts names no message: it goes into the channel")
    if root is None or (root.deleted and not call.world.thread(channel.id, ts)):
        call.world.note("unthreaded", channel=channel.id, thread_ts=ts)
        return None
    if root.thread_ts:
        call.problem("thread_ts names a reply, not the thread's root")
    return root.root


def _room(call: Call) -> Channel:
    name = call.must("channel")
    world = call.world
    if name in world.users and world.users[name].team == call.team.id and not world.users[name].is_bot:
        return world.im(name)
    channel = call.channel()
    _inside(call, channel, "not_in_channel")
    if channel.archived:
        raise Refusal("is_archived")
    return channel


def _inside(call: Call, channel: Channel, error: str) -> None:
    if call.team.bot not in channel.members:
        raise Refusal(error)


HANDLERS = {
    "chat.postMessage": post,
    "chat.update": update,
    "chat.postEphemeral": whisper,
    "chat.delete": delete,
    "chat.getPermalink": permalink,
}
