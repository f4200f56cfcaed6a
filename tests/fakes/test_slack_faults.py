"""tests/fakes/slack: limits hold, and what is meant to go wrong goes wrong, once and as told."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any
from urllib.error import URLError

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler, AsyncServerErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack.faults import Fault, Faults
from tests.fakes.slack.limits import BURST, Limits
from tests.fakes.slack.server import FakeSlack
from tests.fakes.slack.things import Channel
from tests.fakes.slack_samples import MANIFEST, error


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack(MANIFEST, scale=0.2) as slack:
        yield slack


@pytest.fixture
def videos(slack: FakeSlack) -> Channel:
    return slack.channel("videos")


@pytest.fixture
def client(slack: FakeSlack) -> WebClient:
    return WebClient(token=slack.bot_token, base_url=slack.url, retry_handlers=[])


def texts(slack: FakeSlack, videos: Channel) -> list[str]:
    return [message.text for message in slack.read(videos)]


def refused(act: Any, **given: Any) -> tuple[int, str | None]:
    with pytest.raises(SlackApiError) as told:
        act(**given)
    response = told.value.response
    return int(response.status_code), response.headers.get("Retry-After")


def test_a_channel_takes_a_short_burst_and_then_one_post_a_second(
    slack: FakeSlack, client: WebClient, videos: Channel
) -> None:
    for number in range(BURST):
        client.chat_postMessage(channel=videos.id, text=str(number))
    assert refused(client.chat_postMessage, channel=videos.id, text="x") == (429, "1")
    other = slack.channel("other")
    client.chat_postMessage(channel=other.id, text="here it goes on")
    slack.clock.skip(1.0)
    client.chat_postMessage(channel=videos.id, text="now")
    assert texts(slack, videos) == [*map(str, range(BURST)), "now"]


def test_a_method_takes_its_tiers_calls_a_minute_in_each_workspace(
    slack: FakeSlack, client: WebClient, videos: Channel
) -> None:
    slack.limits.tiers["chat.update"] = 3
    ts = client.chat_postMessage(channel=videos.id, text="0")["ts"]
    for number in range(3):
        client.chat_update(channel=videos.id, ts=ts, text=str(number))
    assert refused(client.chat_update, channel=videos.id, ts=ts, text="x") == (429, "12")
    other = slack.workspace("globex")
    room = slack.channel("room", team=other)
    theirs = WebClient(token=slack.world.bot_token(other.id), base_url=slack.url)
    theirs.chat_update(channel=room.id, ts=theirs.chat_postMessage(channel=room.id, text="0")["ts"], text="1")
    slack.clock.skip(60)
    client.chat_update(channel=videos.id, ts=ts, text="done")
    assert texts(slack, videos) == ["done"]


def test_tiers_are_slacks_own() -> None:
    with FakeSlack(MANIFEST) as slack:
        limits = Limits(slack.clock)
        waits = [limits.wait("chat.update", "T1", None) for _ in range(51)]
    assert waits[:50] == [0.0] * 50
    assert 59 < waits[50] <= 60


def test_limits_may_be_switched_off(slack: FakeSlack, client: WebClient, videos: Channel) -> None:
    slack.limits.on = False
    for number in range(BURST * 3):
        client.chat_postMessage(channel=videos.id, text=str(number))
    assert len(slack.read(videos)) == BURST * 3


def test_the_sdks_handler_waits_a_limit_out(slack: FakeSlack, videos: Channel) -> None:
    async def post() -> None:
        handlers = [AsyncRateLimitErrorRetryHandler(max_retry_count=2), AsyncServerErrorRetryHandler()]
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.url, retry_handlers=handlers)
        await client.chat_postMessage(channel=videos.id, text="Hello")

    slack.faults.next("chat.postMessage", ratelimited=5)
    began = time.monotonic()
    asyncio.run(post())
    assert time.monotonic() - began >= 1.0
    assert texts(slack, videos) == ["Hello"]
    assert slack.limits.early == []


def test_who_does_not_wait_is_refused_again_and_seen(slack: FakeSlack, client: WebClient, videos: Channel) -> None:
    slack.faults.next("chat.postMessage", ratelimited=10)
    given: dict[str, Any] = {"channel": videos.id, "text": "Hello"}
    assert refused(client.chat_postMessage, **given) == (429, "2")
    assert refused(client.chat_postMessage, **given) == (429, "2")
    assert slack.limits.early == ["chat.postMessage"]
    slack.clock.skip(10)
    client.chat_postMessage(**given)


def test_a_429_may_come_without_a_word_on_how_long(slack: FakeSlack, client: WebClient, videos: Channel) -> None:
    slack.faults.next("chat.postMessage", status=429)
    assert refused(client.chat_postMessage, channel=videos.id, text="Hello") == (429, None)
    client.chat_postMessage(channel=videos.id, text="Hello")


@pytest.mark.parametrize(
    ("fault", "posted"),
    [
        ({"drop_reply": True}, 1),
        ({"drop_request": True}, 0),
    ],
)
def test_a_lost_answer_is_no_lost_post(
    slack: FakeSlack, client: WebClient, videos: Channel, fault: dict[str, Any], posted: int
) -> None:
    slack.faults.next("chat.postMessage", **fault)
    with pytest.raises((URLError, ConnectionError, OSError)):
        client.chat_postMessage(channel=videos.id, text="Hello")
    assert len(slack.read(videos)) == posted
    client.chat_postMessage(channel=videos.id, text="Hello")
    assert len(slack.read(videos)) == posted + 1


@pytest.mark.parametrize(("do", "posted"), [(False, 0), (True, 1)])
def test_a_server_may_fail_before_or_after_it_did_its_work(
    slack: FakeSlack, client: WebClient, videos: Channel, do: bool, posted: int
) -> None:
    slack.faults.next("chat.postMessage", status=503, do=do)
    assert refused(client.chat_postMessage, channel=videos.id, text="Hello")[0] == 503
    assert len(slack.read(videos)) == posted


def test_an_error_or_a_page_may_stand_in_an_answers_place(slack: FakeSlack, client: WebClient, videos: Channel) -> None:
    slack.faults.next("chat.postMessage", error="channel_not_found")
    slack.faults.next("chat.postMessage", body="<html>Down for repairs</html>")
    assert error(client.chat_postMessage, channel=videos.id, text="x") == "channel_not_found"
    with pytest.raises(SlackApiError, match="Down for repairs"):
        client.chat_postMessage(channel=videos.id, text="x")
    assert slack.problems == []


def test_an_answer_may_be_slow(slack: FakeSlack, client: WebClient) -> None:
    slack.faults.next("auth.test", slow=1.0)
    began = time.monotonic()
    client.auth_test()
    assert time.monotonic() - began >= 0.2


def test_what_goes_wrong_for_good_does_so_until_it_is_cleared(slack: FakeSlack, client: WebClient) -> None:
    slack.faults.always("auth.test", status=500)
    assert [refused(client.auth_test)[0] for _ in range(3)] == [500] * 3
    slack.faults.clear("auth.test")
    client.auth_test()


def test_chance_is_the_same_for_the_same_seed() -> None:
    def picked(seed: int) -> list[Fault | None]:
        faults = Faults()
        faults.chance(seed, 0.3, "chat.update")
        return [faults.take("chat.update") for _ in range(100)]

    assert picked(1) == picked(1) != picked(2)
    assert 15 < sum(fault is not None for fault in picked(1)) < 45
    others = Faults()
    others.chance(1, 1.0, "chat.update")
    assert others.take("chat.postMessage") is None


def test_what_went_wrong_is_kept(slack: FakeSlack, client: WebClient) -> None:
    slack.faults.next("auth.test", times=2, status=500)
    for _ in range(2):
        refused(client.auth_test)
    assert slack.faults.hits == [("auth.test", Fault(status=500))] * 2
