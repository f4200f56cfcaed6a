"""What errors mean."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.surfaces.slack.clients import NotInstalled
from bot.surfaces.slack.trouble import read
from kernel.errors import BadInput, Busy, SetUp


def refused(error: str = "", status: int = 200, **headers: str) -> SlackApiError:
    """Return the error of Slack's client for such an answer."""
    data: dict[str, Any] = {"ok": False, "error": error} if error else {}
    answer = AsyncSlackResponse(
        client=None, http_verb="POST", api_url="", req_args={}, data=data, headers=headers, status_code=status
    )
    return SlackApiError("no", answer)  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    ("error", "means", "seconds"),
    [
        (refused("ratelimited", 429, **{"Retry-After": "30"}), "wait", 30),
        (refused("ratelimited", 429, **{"retry-after": "1"}), "wait", 1),
        (refused("", 429), "wait", None),
        (refused("ratelimited", 429, **{"Retry-After": "soon"}), "wait", None),
        (Busy("later", 4.0), "wait", 4.0),
        (refused("", 503), "lost", None),
        (refused("fatal_error"), "lost", None),
        (refused("internal_error"), "lost", None),
        (refused(""), "lost", None),
        (AttributeError("'str' object has no attribute 'get'"), "lost", None),
        (TimeoutError(), "lost", None),
        (ConnectionResetError(), "lost", None),
        (refused("is_archived"), "unreachable", None),
        (refused("channel_not_found"), "unreachable", None),
        (NotInstalled("out"), "departed", None),
        (refused("account_inactive"), "departed", None),
        (refused("token_revoked"), "departed", None),
        (refused("msg_too_long"), "shorter", None),
        (refused("invalid_blocks"), "shorter", None),
        (refused("message_not_found"), "gone", None),
        (refused("edit_window_closed"), "gone", None),
        (refused("a_word_of_tomorrow"), "refused", None),
        (BadInput("no"), "refused", None),
    ],
    ids=lambda value: str(value)[:40].split("\n")[0],
)
def test_an_error_means(error: Exception, means: str, seconds: float | None) -> None:
    trouble = read(error)
    assert (trouble.means, trouble.seconds) == (means, seconds)


@pytest.mark.parametrize(
    "error", [refused("", 502), TimeoutError(), ConnectionResetError(), SetUp("the secret")], ids=repr
)
def test_where_slack_is_away_no_post_is_to_blame(error: Exception) -> None:
    assert read(error).away


def test_a_word_of_slacks_that_no_post_gets_past_is_its_own_fault() -> None:
    assert not read(refused("fatal_error")).away


def test_no_token_is_told() -> None:
    assert "xoxb" not in read(RuntimeError("xoxb-123-secret was wrong")).code
