"""Agent sessions: what a thread's agent is at, its title, and the prompts it suggests."""

from __future__ import annotations

from tests.fakes.slack.call import Call, Refusal
from tests.fakes.slack.things import Channel, Json, Session

STATUSES = ("active", "processing", "suspended", "closed")
MOST_TITLE = 200
MOST_PROMPTS = 4
MOST_LOADING = 10
UNHEARD = "missing_agent_session_stopped_event_subscription"


def set_status(call: Call) -> Json:
    """`agents.sessions.setStatus`; the title counts only when the session begins."""
    _agent(call)
    channel, root = _thread(call)
    status, title = call.must("status"), call.text("title") or ""
    if status not in STATUSES:
        raise Refusal("invalid_arguments", "must be a valid enum value [json-pointer:/status]")
    if len(title) > MOST_TITLE:
        raise Refusal("invalid_arguments", f"title must be no more than {MOST_TITLE} characters")
    if call.text("initiator_user_id") not in (None, *call.world.users):
        raise Refusal("user_not_found")
    session = call.world.sessions.setdefault((channel.id, root), Session(channel.id, root, status, title))
    session.status = status
    session.history.append(status)
    call.world.note("session", channel=channel.id, thread_ts=root, status=status)
    return {"status": status, "agent_status": status, "title": session.title, **_warning(call)}


def rename(call: Call) -> Json:
    """`agents.sessions.rename`."""
    _agent(call)
    channel, root = _thread(call)
    session = call.world.sessions.get((channel.id, root))
    if session is None:
        raise Refusal("session_not_found")
    if len(call.must("title")) > MOST_TITLE:
        raise Refusal("invalid_name")
    session.title = call.must("title")
    return {"title": session.title}


def suggest(call: Call) -> Json:
    """`assistant.threads.setSuggestedPrompts`: kept in `world.prompts` by channel."""
    if not _is_agent(call):
        raise Refusal("not_agent_app")
    channel = call.channel("channel_id")
    prompts = call.data("prompts")
    good = isinstance(prompts, list) and all(isinstance(p, dict) and set(p) == {"title", "message"} for p in prompts)
    if not good or not 1 <= len(prompts) <= MOST_PROMPTS:
        raise Refusal("invalid_arguments", f"prompts must be 1 to {MOST_PROMPTS} of title and message")
    call.world.prompts[channel.id] = {"title": call.text("title"), "prompts": prompts}
    call.world.note("prompts", channel=channel.id)
    return {}


def legacy_status(call: Call) -> Json:
    """`assistant.threads.setStatus`, the older line of words."""
    channel = call.channel("channel_id")
    if call.must("thread_ts") not in channel.messages:
        raise Refusal("invalid_thread_ts")
    loading = call.data("loading_messages") or []
    if len(loading) > MOST_LOADING:
        raise Refusal("invalid_arguments", f"loading_messages must be no more than {MOST_LOADING}")
    call.world.note("legacy_status", channel=channel.id, status=call.text("status"))
    return {}


def _thread(call: Call) -> tuple[Channel, str]:
    channel, root = call.channel("channel_id"), call.text("thread_ts")
    if call.team.bot not in channel.members:
        raise Refusal("not_authorized")
    if not root:
        raise Refusal("thread_ts_required")
    if root not in channel.messages:
        raise Refusal("channel_not_found")
    if channel.messages[root].thread_ts:
        call.problem("thread_ts names a reply, not the thread's root")
    return channel, channel.messages[root].root


def _is_agent(call: Call) -> bool:
    return bool({"agent_view", "assistant_view"} & set(call.world.manifest["features"]))


def _agent(call: Call) -> None:
    if not _is_agent(call):
        call.problem("the manifest does not declare the app an agent")
        raise Refusal("not_authorized")


def _warning(call: Call) -> Json:
    if "agent_session_stopped" in call.world.events:
        return {}
    call.problem(f"Slack warns: {UNHEARD}")
    return {"warning": UNHEARD, "response_metadata": {"warnings": [UNHEARD]}}


HANDLERS = {
    "agents.sessions.setStatus": set_status,
    "agents.sessions.rename": rename,
    "assistant.threads.setSuggestedPrompts": suggest,
    "assistant.threads.setStatus": legacy_status,
}
