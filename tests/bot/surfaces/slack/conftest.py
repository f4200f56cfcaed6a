"""The stage of what is posted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bot.surfaces.slack.stage import SCALE, Stage
from tests.fakes.slack.server import FakeSlack


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """The small room in a thread of a Slack whose seconds are short; a real Slack had nothing to complain of."""
    with FakeSlack(scale=SCALE) as slack:
        built = Stage(tmp_path, slack=slack)
        yield built
        built.close()
        assert slack.problems == []
