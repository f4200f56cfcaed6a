"""What tests of the stand-in send: a manifest, some blocks, a modal; and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

BYTES = bytes(range(256)) * 1000
"""What a file consists of."""
WORDS = [{"type": "section", "text": {"type": "mrkdwn", "text": "Hello"}}]
MANIFEST: dict[str, Any] = {
    "features": {"agent_view": {}, "app_home": {"home_tab_enabled": True}},
    "oauth_config": {
        "scopes": {
            "bot": ["channels:history", "im:history", "chat:write", "files:read", "files:write", "reactions:write"],
            "bot_optional": ["channels:read", "users:read", "im:write", "assistant:write"],
        }
    },
    "settings": {"event_subscriptions": {"bot_events": ["message.channels", "app_mention", "agent_session_stopped"]}},
}
MODAL = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Change"},
    "submit": {"type": "plain_text", "text": "Send"},
    "callback_id": "change",
    "blocks": [
        {
            "type": "input",
            "block_id": "words",
            "label": {"type": "plain_text", "text": "What?"},
            "element": {"type": "plain_text_input", "action_id": "words", "multiline": True},
        }
    ],
}


def error(act: Any, **given: Any) -> str:
    """Return the error that Slack answers a call with."""
    with pytest.raises(SlackApiError) as told:
        act(**given)
    return str(told.value.response["error"])
