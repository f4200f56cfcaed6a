"""One room for the rows of a file, each in a thread of its own; a real Slack would have nothing to complain of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bot.surfaces.slack.room import SlackRoom


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SlackRoom]:
    """A room that all rows of a file share."""
    folder: Path = tmp_path_factory.mktemp("room")
    with SlackRoom(folder) as opened:
        yield opened


@pytest.fixture
def room(shared: SlackRoom) -> Iterator[SlackRoom]:
    """The room, with nothing going wrong yet."""
    shared.slack.faults.clear()
    shared.slack.faults.hits.clear()
    shared.slack.problems.clear()
    shared.slack.limits.early.clear()
    yield shared
    assert shared.slack.problems == []
    assert shared.slack.limits.early == []
