"""What an error of Slack's means for what was to be posted: wait, look whether it stands, say it shorter, give up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.surfaces.slack.clients import NotInstalled
from kernel.document import Value
from kernel.errors import BadInput, Busy, NotFound, Refused, SetUp, TryAgain
from kernel.redact import redact

Means = Literal["wait", "unsent", "lost", "departed", "unreachable", "shorter", "gone", "refused"]
"""wait: Slack said for how long. unsent: Slack was not reached. lost: it may stand or not. departed: the workspace took
the bot out. unreachable: nothing can be posted there. shorter: say it in fewer words and plainer. gone: what was to be
changed is no more."""

LIMITED = ("ratelimited", "rate_limited", "message_limit_exceeded")
LOST = ("fatal_error", "internal_error", "service_unavailable", "request_timeout", "team_added_to_org")
NOT_INSTALLED = "not_installed"
DEPARTED = (
    NOT_INSTALLED,
    "account_inactive",
    "token_revoked",
    "token_expired",
    "invalid_auth",
    "not_authed",
    "team_access_not_granted",
)
"""Where nobody of a whole workspace can be told anything, until it installs the bot again."""
UNREACHABLE: Mapping[str, str] = {
    "channel_not_found": "I no longer see that channel",
    "not_in_channel": "I am no longer a member of that channel",
    "is_archived": "that channel is archived",
    "no_permission": "I may not write in that channel",
    "restricted_action": "I may not write in that channel",
    "restricted_action_read_only_channel": "nobody but its managers may write in that channel",
    "restricted_action_thread_only_channel": "I may not write in that channel",
    "restricted_action_non_threadable_channel": "that channel allows no threads",
    "cannot_reply_to_message": "the message that the thread hung from cannot be answered any more",
    "thread_not_found": "the message that the thread hung from was deleted",
}
"""Where nothing can be posted, and how that is said: the rest of a sentence that begins with "because"."""
SHORTER = (
    "msg_too_long",
    "msg_blocks_too_long",
    "invalid_blocks",
    "invalid_blocks_format",
    "block_mismatch",
    "markdown_text_conflict",
    "no_text",
)
GONE = ("message_not_found", "edit_window_closed", "cant_update_message", "streaming_state_conflict")
REACHING = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


class Trouble(Value):
    """What went wrong, and what that means."""

    means: Means
    code: str
    """Slack's word for it, or what kind of error it was."""
    seconds: float | None = None
    """How long Slack said to wait; None where it did not say."""
    away: bool = False
    """Whether Slack as a whole did not answer: then it is no fault of what was to be posted."""


def read(error: BaseException) -> Trouble:
    """Say what an error means for what was to be posted."""
    if isinstance(error, REACHING):
        return Trouble(means="unsent", code=type(error).__name__)
    if isinstance(error, NotInstalled):
        return Trouble(means="departed", code=NOT_INSTALLED)
    if isinstance(error, Busy):
        return Trouble(means="wait", code=str(error), seconds=error.retry_after)
    if isinstance(error, NotFound | BadInput | Refused):
        return Trouble(means="refused", code=str(error))
    if not isinstance(error, SlackApiError):
        away = isinstance(error, aiohttp.ClientError | TimeoutError | OSError | SetUp | TryAgain)
        return Trouble(means="lost", code=redact(f"{type(error).__name__}: {error}")[:200], away=away)
    status, code, headers = _parts(error.response)
    if status == 429 or code in LIMITED:
        return Trouble(means="wait", code=code or "ratelimited", seconds=_after(headers))
    if status >= 500 or code in LOST or not code:
        return Trouble(means="lost", code=code or f"status {status}", away=status >= 500)
    return Trouble(means=_means(code), code=code)


def _means(code: str) -> Means:
    if code in DEPARTED or code in UNREACHABLE:
        return "departed" if code in DEPARTED else "unreachable"
    if code in SHORTER:
        return "shorter"
    return "gone" if code in GONE else "refused"


def _parts(response: Any) -> tuple[int, str, Mapping[str, str]]:
    """Return status, error word and headers of an answer; one that was no JSON has no word."""
    headers = getattr(response, "headers", None) or {}
    status = getattr(response, "status_code", None) or getattr(response, "status", None) or 0
    data = getattr(response, "data", response)
    code = data.get("error") if isinstance(data, Mapping) else ""
    return int(status), str(code or ""), headers


def _after(headers: Mapping[str, str]) -> float | None:
    found = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    try:
        return max(float(found), 0.1)
    except ValueError:
        return None
