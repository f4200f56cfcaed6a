"""The stage of what is posted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bot.surfaces.slack.stage import SCALE, SlackRoom
from tests.fakes.slack.server import FakeSlack


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    """A Slack whose seconds are short."""
    with FakeSlack(scale=SCALE) as fake:
        yield fake


@pytest.fixture
def room(tmp_path: Path, slack: FakeSlack) -> Iterator[SlackRoom]:
    """The small room, in a thread of that Slack."""
    built = SlackRoom(tmp_path, slack=slack)
    yield built
    built.close()
