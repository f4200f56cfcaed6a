"""Files go into a thread once, streamed, from where an earlier try stood."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.surfaces.slack import files
from bot.surfaces.slack.files import upload
from kernel.errors import Busy, Refused, Unreachable
from tests.fakes.slack.server import FakeSlack
from tests.fakes.slack.things import Posted

SIZE = 3 * 2**20 + 17


@pytest.fixture(scope="module")
def slack() -> Iterator[FakeSlack]:
    with FakeSlack(scale=1 / 50) as fake:
        yield fake


@pytest.fixture(autouse=True)
def calm(slack: FakeSlack) -> Iterator[None]:
    yield
    slack.faults.clear()
    slack.world.upload_limit = 1024**3
    assert slack.problems == []


class Kill(BaseException):
    """The process dies here."""


class Bench:
    """A thread, a video for it, and what is kept of how far it has come."""

    def __init__(self, slack: FakeSlack, folder: Path) -> None:
        self.slack = slack
        self.video = folder / "video.mp4"
        self.video.write_bytes(os.urandom(SIZE))
        ann = slack.person("ann")
        self.root = ann.says(slack.channel("videos", members=[ann]), "<@BOT> make it")
        self.state: dict[str, Any] = {}
        self.patient = False
        self.saves = 0

    def upload(self, dies: Callable[[dict[str, Any]], bool] = lambda state: False) -> dict[str, Any]:
        """Upload, going on from what was saved; die at a save."""

        async def save(state: dict[str, Any]) -> None:
            self.state = dict(state)
            self.saves += 1
            if dies(state):
                raise Kill

        return asyncio.run(self._run(save))

    async def _run(self, save: files.Save) -> dict[str, Any]:
        client = AsyncWebClient(token=self.slack.bot_token, base_url=self.slack.url)
        client.retry_handlers = client.retry_handlers if self.patient else []
        async with aiohttp.ClientSession() as session:
            place = self.root.channel, self.root.ts, "v1 of it"
            return await upload(client, session, self.video, "the cut.mp4", *place, dict(self.state), save)

    def stands(self) -> list[Posted]:
        """Return the messages with a file in the thread."""
        return [message for message in self.slack.thread(self.root) if message.user != self.root.user and message.files]

    def check(self, placed: dict[str, Any]) -> None:
        """Look that it stands there once and whole."""
        [message] = self.stands()
        assert placed["ts"] == message.ts
        assert placed["channel"] == self.root.channel
        path = self.slack.world.files[placed["file"]].path
        assert path is not None
        assert path.read_bytes() == self.video.read_bytes()


def test_a_file_stands_in_its_thread_with_its_words(slack: FakeSlack, tmp_path: Path) -> None:
    bench = Bench(slack, tmp_path)
    bench.check(bench.upload())
    assert bench.stands()[0].text == "v1 of it"


@pytest.mark.parametrize("at", ["url", "sent", "asked"])
def test_a_process_that_dies_on_the_way_is_gone_on_with(slack: FakeSlack, tmp_path: Path, at: str) -> None:
    bench = Bench(slack, tmp_path)
    with pytest.raises(Kill):
        bench.upload(dies=lambda state: at in state)
    bench.check(bench.upload())


def test_what_was_sent_is_not_sent_again(slack: FakeSlack, tmp_path: Path) -> None:
    bench = Bench(slack, tmp_path)
    before = _sent(slack)
    with pytest.raises(Kill):
        bench.upload(dies=lambda state: "sent" in state)
    bench.check(bench.upload())
    assert _sent(slack) - before == 1


def _sent(slack: FakeSlack) -> int:
    with slack.world.changed:
        return sum(line["what"] == "upload" for line in slack.world.journal)


def test_an_answer_that_was_lost_is_looked_up_before_it_is_repeated(slack: FakeSlack, tmp_path: Path) -> None:
    bench = Bench(slack, tmp_path)
    slack.faults.next("files.completeUploadExternal", drop_reply=True)
    with pytest.raises((aiohttp.ClientError, SlackApiError)):
        bench.upload()
    asked = len(slack.calls("files.completeUploadExternal"))
    bench.check(bench.upload())
    assert len(slack.calls("files.completeUploadExternal")) == asked


def test_a_client_that_repeats_by_itself_puts_nothing_there_twice(slack: FakeSlack, tmp_path: Path) -> None:
    bench = Bench(slack, tmp_path)
    bench.patient = True
    slack.faults.next("files.completeUploadExternal", drop_reply=True)
    bench.check(bench.upload())


def test_a_call_that_was_never_done_is_done_at_the_next_try(slack: FakeSlack, tmp_path: Path) -> None:
    bench = Bench(slack, tmp_path)
    slack.faults.next("files.completeUploadExternal", status=500)
    with pytest.raises((aiohttp.ClientError, SlackApiError)):
        bench.upload()
    bench.check(bench.upload())


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 429}, {"drop_request": True}, {"drop_reply": True}])
def test_bytes_that_did_not_arrive_are_sent_at_the_next_try(
    slack: FakeSlack, tmp_path: Path, fault: dict[str, Any]
) -> None:
    bench = Bench(slack, tmp_path)
    slack.faults.next("upload", **fault)
    with pytest.raises((Busy, Unreachable)):
        bench.upload()
    bench.check(bench.upload())


@pytest.mark.parametrize("status", [404, 302, 204])
def test_an_address_that_is_no_good_is_asked_for_anew(slack: FakeSlack, tmp_path: Path, status: int) -> None:
    bench = Bench(slack, tmp_path)
    slack.faults.next("upload", status=status)
    with pytest.raises(Unreachable):
        bench.upload()
    bench.check(bench.upload())


def test_bytes_that_are_never_taken_are_given_up(slack: FakeSlack, tmp_path: Path) -> None:
    bench = Bench(slack, tmp_path)
    slack.faults.next("upload", status=403, times=3)
    for _ in range(2):
        with pytest.raises(Unreachable):
            bench.upload()
    with pytest.raises(Refused, match="Slack does not take"):
        bench.upload()
    assert bench.stands() == []


def test_a_file_over_the_limit_is_refused_before_a_byte_is_sent(slack: FakeSlack, tmp_path: Path) -> None:
    bench = Bench(slack, tmp_path)
    slack.world.upload_limit = SIZE - 1
    before = _sent(slack)
    with pytest.raises(SlackApiError) as refusal:
        bench.upload()
    assert refusal.value.response["error"] == "file_upload_size_restricted"
    assert _sent(slack) == before


def test_a_slow_upload_takes_its_time(slack: FakeSlack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "STALLS", 0.5)
    slack.world.upload_pace = SIZE / 50  # a second here
    try:
        bench = Bench(slack, tmp_path)
        bench.check(bench.upload())
    finally:
        slack.world.upload_pace = None


def test_a_slack_that_stops_reading_is_given_up(
    slack: FakeSlack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "STALLS", 0.3)
    bench = Bench(slack, tmp_path)
    slack.faults.next("upload", slow=50 * 3)
    with pytest.raises(Unreachable, match="broke off"):
        bench.upload()
    bench.check(bench.upload())


def test_a_video_that_was_made_anew_meanwhile_is_sent_whole(slack: FakeSlack, tmp_path: Path) -> None:
    bench = Bench(slack, tmp_path)
    with pytest.raises(Kill):
        bench.upload(dies=lambda state: "sent" in state)
    bench.video.write_bytes(os.urandom(SIZE + 1))
    bench.check(bench.upload())


def test_a_file_that_does_not_appear_in_time_is_on_its_way_all_the_same(
    slack: FakeSlack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "SHARED", 0.2)
    bench = Bench(slack, tmp_path)
    slack.faults.always("files.info", error="internal_error")
    placed = bench.upload()
    assert placed["ts"] is None
    assert placed["file"]
