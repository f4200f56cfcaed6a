"""What goes wrong as something is posted: waited out, looked up, repeated where that is safe; all stands once."""

from __future__ import annotations

from typing import Any

import pytest

from tests.bot.surfaces.slack.room import SlackRoom

POST, UPDATE = "chat.postMessage", "chat.update"
GET_URL, COMPLETE = "files.getUploadURLExternal", "files.completeUploadExternal"
BROKEN: tuple[dict[str, Any], ...] = (
    {"status": 500},
    {"status": 503},
    {"error": "fatal_error"},
    {"error": "internal_error"},
    {"body": "<html>not JSON</html>"},
    {"drop_request": True},
)
"""Ways in which Slack fails and did nothing; with `do` it did it all the same."""


def named(how: dict[str, Any]) -> str:
    """Return a short name of a fault."""
    return "-".join(f"{name}={str(value)[:12]}" for name, value in how.items())


WAITS: tuple[dict[str, Any], ...] = ({"ratelimited": 1}, {"ratelimited": 30}, {"status": 429})
"""Too many calls: come back after a second, after half a minute, and with no word of when."""


@pytest.mark.parametrize("methods", [(POST, UPDATE), (GET_URL, "upload", COMPLETE)], ids=["messages", "files"])
def test_a_429_is_waited_out_and_nothing_is_lost(room: SlackRoom, methods: tuple[str, ...]) -> None:
    for method in methods:
        for how in WAITS:
            room.slack.faults.next(method, **how)
    root, gate = room.opened()
    room.ann.clicks(gate, "plan.approve")
    room.gate(root, "review.accept")
    room.require_each_once(root)
    assert all(room.hits(method) == len(WAITS) for method in methods)


def test_an_answer_that_was_lost_leads_to_no_second_message(room: SlackRoom) -> None:
    methods = (POST, UPDATE, "upload", COMPLETE)
    for method in methods:
        room.slack.faults.next(method, times=2, drop_reply=True)
    root, gate = room.opened()
    room.ann.clicks(gate, "plan.approve")
    room.gate(root, "review.accept")
    room.require_each_once(root)
    assert all(room.hits(method) == 2 for method in methods)


@pytest.mark.parametrize("how", BROKEN, ids=named)
def test_a_server_error_is_tried_again_and_what_stands_is_not_repeated(room: SlackRoom, how: dict[str, Any]) -> None:
    for method in (POST, UPDATE, COMPLETE):
        room.slack.faults.next(method, **how)
        room.slack.faults.next(method, **({"drop_reply": True} if "drop_request" in how else {**how, "do": True}))
    root, _ = room.opened()
    room.require_each_once(root)
    assert room.hits(POST) == 2


def test_a_bad_hour_of_slack_is_outlived(room: SlackRoom) -> None:
    room.slack.faults.chance(7, 0.3, POST, UPDATE, GET_URL, COMPLETE, "conversations.replies")
    root, gate = room.opened()
    room.ann.clicks(gate, "plan.approve")
    done = room.gate(root, "review.accept")
    room.ann.clicks(done, "review.accept")
    room.wait(lambda: room.app.office.jobs.status(room.job_of(root)) == "completed")
    room.require_each_once(root)
