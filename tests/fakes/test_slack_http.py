"""The stand-in's HTTP mode, with the real Bolt at the other end."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from aiohttp import web

from tests.fakes.slack.http_mode import signature
from tests.fakes.slack.people import Person
from tests.fakes.slack.server import FakeSlack
from tests.fakes.slack.things import Channel
from tests.fakes.tiny_bot import TinyBot
from tests.fakes.tiny_listeners import dress, shown_card


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as there:
        yield there


@pytest.fixture
def ann(slack: FakeSlack) -> Person:
    return slack.person("ann")


@pytest.fixture
def videos(slack: FakeSlack, ann: Person) -> Channel:
    return slack.channel("videos", members=[ann])


def test_http_mode_signs_what_it_sends_and_the_same_listeners_answer(
    slack: FakeSlack, ann: Person, videos: Channel
) -> None:
    with TinyBot(slack, dress, http=True) as bot:
        slack.http_mode.point_at(bot.url)
        assert asyncio.run(slack.http_mode.verify())
        card = shown_card(slack, ann, videos)
        assert ann.submits(ann.opens(card, "change"), {"words": "no"}).errors == {"words": "Say a little more."}
        ann.command("/rushes help", videos)
        assert slack.private(ann)[-1].text == "You asked for help"
    assert slack.problems == []


@pytest.mark.parametrize(("wrong", "value"), [("secret", "not-it"), ("late", 600.0)])
def test_http_mode_can_send_what_an_app_must_refuse(
    slack: FakeSlack, ann: Person, videos: Channel, wrong: str, value: Any
) -> None:
    with TinyBot(slack, dress, http=True) as bot:
        slack.http_mode.point_at(bot.url)
        setattr(slack.http_mode, wrong, value)
        ann.says(videos, "hello")
        slack.wait(lambda: len(_answers(slack)) == 2)
    assert _answers(slack) == [401, 401]


def _answers(slack: FakeSlack) -> list[int]:
    return [line["status"] for line in slack.world.journal if line["what"] == "answered"]


def test_http_mode_tries_again_with_headers_until_told_not_to(ann: Person, slack: FakeSlack, videos: Channel) -> None:
    heard: list[Any] = []
    with Sour(slack, heard) as sour:
        slack.http_mode.point_at(sour.url)
        ann.says(videos, "hello")
        slack.wait(lambda: len(heard) == 2)
        slack.clock.skip(60)
        slack.wait(lambda: slack.world.deliveries[0].over.is_set())
    retries = [(h.get("X-Slack-Retry-Num"), h.get("X-Slack-Retry-Reason")) for h, _ in heard]
    assert retries == [(None, None), ("1", "http_error"), ("2", "http_error")]
    assert slack.world.deliveries[0].why_lost == "http_error"
    headers, body = heard[0]
    assert headers["X-Slack-Signature"] == signature(slack.http_mode.secret, headers["X-Slack-Request-Timestamp"], body)


class Sour:
    """An app that answers 500, and asks for no more at the third time."""

    def __init__(self, slack: FakeSlack, heard: list[Any]) -> None:
        self.slack, self.heard, self.url = slack, heard, ""
        self._ready, self._over = threading.Event(), asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._live()), daemon=True)

    def __enter__(self) -> Sour:
        self._thread.start()
        self._ready.wait(5)
        return self

    def __exit__(self, *_: object) -> None:
        self.slack.http_mode.leave()
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(5)

    async def _live(self) -> None:
        self._loop = asyncio.get_running_loop()

        async def refuse(request: web.Request) -> web.Response:
            self.heard.append((dict(request.headers), await request.read()))
            self.slack.world.note("heard")
            headers = {"X-Slack-No-Retry": "1"} if len(self.heard) == 3 else {}
            return web.Response(status=500, headers=headers)

        app = web.Application()
        app.router.add_post("/", refuse)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        self._ready.set()
        await self._over.wait()
        await site.stop()
        await asyncio.sleep(0.02)  # whoever came in at the last moment gets a handler, which the clean-up then closes
        await runner.cleanup()
