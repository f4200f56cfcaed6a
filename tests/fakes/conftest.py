"""A Slack whose clock runs fast, with Ann in #videos, a clip, and a client of the Web API."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from slack_sdk import WebClient

from tests.fakes.slack.people import Person
from tests.fakes.slack.server import FakeSlack
from tests.fakes.slack.things import Channel
from tests.fakes.slack_samples import BYTES, MANIFEST


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack(MANIFEST, scale=0.05) as slack:
        yield slack


@pytest.fixture
def ann(slack: FakeSlack) -> Person:
    return slack.person("ann")


@pytest.fixture
def videos(slack: FakeSlack, ann: Person) -> Channel:
    return slack.channel("videos", [ann])


@pytest.fixture
def client(slack: FakeSlack) -> WebClient:
    return WebClient(token=slack.bot_token, base_url=slack.url)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clip one.mp4"
    path.write_bytes(BYTES)
    return path
