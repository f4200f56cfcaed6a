"""A form opens one thread, whatever happens on the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.surfaces.slack import roots
from tests.bot.surfaces.slack.quiet import Quiet


@pytest.fixture
def quiet(tmp_path: Path) -> Iterator[Quiet]:
    """The room, in socket mode."""
    with Quiet(tmp_path) as room:
        yield room
    assert room.slack.problems == []


@pytest.mark.parametrize("look", [{"ratelimited": 0.1}, {"status": 500}, {"drop_request": True}], ids=str)
def test_a_message_whose_answer_was_lost_is_not_posted_again_because_slack_cannot_be_asked(
    quiet: Quiet, monkeypatch: pytest.MonkeyPatch, look: dict[str, Any]
) -> None:
    monkeypatch.setattr(roots, "AGAIN", 0.1)
    quiet.slack.faults.next("chat.postMessage", drop_reply=True)
    quiet.slack.faults.next("conversations.history", **look)
    quiet.ann.shortcut("job_new")
    quiet.ann.submits(quiet.ann.sees_view(), {"brief": "20 seconds", "channel": quiet.videos.id})
    [turn] = quiet.turns(1)
    quiet.wait(lambda: not quiet.store.posts.open(roots.OUTBOX))
    assert [posted.ts for posted in quiet.slack.read(quiet.videos)] == [turn.payload["place"]["ts"]]


def test_of_two_processes_one_posts_the_message(quiet: Quiet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roots, "AGAIN", 2.0)
    another = quiet.build(quiet.engine)
    quiet.slack.faults.next("chat.postMessage", slow=1.5 / quiet.slack.clock.scale)
    quiet.ann.shortcut("job_new")
    quiet.ann.submits(quiet.ann.sees_view(), {"brief": "20 seconds", "channel": quiet.videos.id})
    [row] = quiet.wait(lambda: [row for row in quiet.store.posts.open(roots.OUTBOX) if row.status == "sending"])
    quiet.open(another)
    quiet.wait(lambda: not quiet.store.posts.open(roots.OUTBOX))
    assert len(quiet.turns(1)) == 1
    assert quiet.store.posts.get(row.id).attempts == 1
    assert len(quiet.slack.read(quiet.videos)) == 1
