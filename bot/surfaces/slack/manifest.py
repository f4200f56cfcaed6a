"""The app's manifest: what Slack must allow and tell, and the ids that its buttons and forms are known by."""

from __future__ import annotations

from typing import Any

BOT = "Rushes"
COMMAND = "/rushes"

SCOPES = (
    "app_mentions:read",
    "assistant:write",
    "channels:history",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "im:history",
    "mpim:history",
    "reactions:write",
)
"""What the bot may do in a workspace."""
EVENTS = (
    "agent_session_stopped",
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "message.channels",
    "message.groups",
    "message.im",
    "message.mpim",
    "team_access_revoked",
    "tokens_revoked",
)
"""What Slack tells it of."""

APPROVE, CHANGE, NEXT, REJECT = "plan.approve", "plan.change", "plan.next", "plan.reject"
ACCEPT, REVISE, RERUN, DOWNLOAD = "review.accept", "review.change", "review.rerun", "review.download"
STOP, RESUME, CANCEL, RETRY = "job.pause", "job.resume", "job.cancel", "job.retry"
FEEDBACK = "job.feedback"
OPEN, SETTINGS, NEW = "home.open", "home.settings", "home.new"
ACTIONS = (
    *(APPROVE, CHANGE, NEXT, REJECT),
    *(ACCEPT, REVISE, RERUN, DOWNLOAD),
    *(STOP, RESUME, CANCEL, RETRY, FEEDBACK),
    *(OPEN, SETTINGS, NEW),
)
"""What can be pressed or chosen in a message or in App Home."""
CHANGE_VIEW, RERUN_VIEW, REJECT_VIEW, JOB_VIEW, SETTINGS_VIEW = (
    "change",
    "rerun",
    "reject_reason",
    "job_new",
    "settings",
)
VIEWS = (CHANGE_VIEW, RERUN_VIEW, REJECT_VIEW, JOB_VIEW, SETTINGS_VIEW)
"""Forms that can be sent off."""
FROM_MESSAGE = "job_from_message"
SHORTCUTS = (FROM_MESSAGE, JOB_VIEW)

EVENTS_PATH = "/slack/events"
REDIRECT_PATH = "/slack/oauth_redirect"


def manifest(http_url: str | None = None, pages_url: str | None = None) -> dict[str, Any]:
    """Return the manifest that an operator pastes into Slack.

    Args:
        http_url: where this machine is reached in HTTP mode (https://host); None for Socket Mode.
        pages_url: where browsers reach it; in HTTP mode it is the same.
    """
    address = f"{http_url.rstrip('/')}{EVENTS_PATH}" if http_url else None
    asked = {"request_url": address} if address else {}
    scopes: dict[str, Any] = {"scopes": {"bot": list(SCOPES)}}
    back = http_url or pages_url
    redirect = {"redirect_urls": [f"{back.rstrip('/')}{REDIRECT_PATH}"]} if back else {}
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": BOT,
            "description": "Edits videos by conversation: drop footage and a brief in a thread.",
            "background_color": "#1f2933",
        },
        "features": _features(address),
        "oauth_config": {**redirect, **scopes},
        "settings": {
            "event_subscriptions": {**asked, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **asked},
            "org_deploy_enabled": True,
            "socket_mode_enabled": address is None,
            "token_rotation_enabled": False,
        },
    }


def _features(address: str | None) -> dict[str, Any]:
    return {
        "agent_view": {
            "agent_description": "Drop footage and a brief in a thread. I plan the edit, ask before I render, and "
            "deliver the video in the same thread.",
            "suggested_prompts": [
                {"title": "Start an edit", "message": "I want to edit a video. What do you need from me?"},
                {"title": "What can you do?", "message": "help"},
            ],
        },
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": False,
        },
        "bot_user": {"display_name": BOT, "always_online": False},
        "shortcuts": _shortcuts(),
        "slash_commands": [_command(address)],
    }


def _shortcuts() -> list[dict[str, str]]:
    return [
        {
            "name": "Edit this footage",
            "type": "message",
            "callback_id": FROM_MESSAGE,
            "description": "Start a video edit from the files in this message",
        },
        {
            "name": "New video edit",
            "type": "global",
            "callback_id": JOB_VIEW,
            "description": "Write a brief and start a video edit",
        },
    ]


def _command(address: str | None) -> dict[str, Any]:
    return {
        "command": COMMAND,
        "description": "Video edits: status, cancel, help",
        "usage_hint": "status | cancel <job> | rerun <job> <what to change> | help",
        "should_escape": True,
        **({"url": address} if address else {}),
    }
