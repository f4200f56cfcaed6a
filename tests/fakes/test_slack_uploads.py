"""tests/fakes/slack: what the app uploads comes in three steps, and its message a moment later."""

from __future__ import annotations

import asyncio
import http.client
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack.people import Person
from tests.fakes.slack.server import FakeSlack
from tests.fakes.slack.things import Channel, File, Posted
from tests.fakes.slack_samples import BYTES, error


@pytest.fixture
def root(ann: Person, videos: Channel, clip: Path) -> Posted:
    return ann.says(videos, "<@BOT> 30 seconds", files=[clip])


@pytest.fixture
def file(slack: FakeSlack, root: Posted) -> File:
    return slack.world.files[root.files[0]]


def upload_url(client: WebClient, length: int = len(BYTES), name: str = "cut.mp4") -> tuple[str, str]:
    told = client.files_getUploadURLExternal(filename=name, length=length)
    return str(told["upload_url"]), str(told["file_id"])


def send(url: str, body: bytes) -> int:
    with closing(http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)) as connection:
        connection.request("POST", urlsplit(url).path, body, {"Content-Type": "application/octet-stream"})
        with connection.getresponse() as answer:
            return answer.status


def test_the_sdk_uploads_a_file_into_a_thread(
    slack: FakeSlack, client: WebClient, videos: Channel, root: Posted, clip: Path
) -> None:
    told = client.files_upload_v2(
        channel=videos.id, thread_ts=root.ts, file=str(clip), title="The cut", initial_comment="Job 12"
    )
    slack.wait(lambda: len(slack.thread(root)) == 2)
    sent = slack.thread(root)[1]
    assert (sent.text, list(sent.files), sent.user) == ("Job 12", [told["file"]["id"]], slack.team.bot)
    assert slack.world.files[sent.files[0]].title == "The cut"
    assert slack.problems == []


def test_the_async_sdk_uploads_too(slack: FakeSlack, videos: Channel, clip: Path) -> None:
    async def upload() -> None:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.url)
        await client.files_upload_v2(channel=videos.id, file=str(clip))

    asyncio.run(upload())
    slack.wait(lambda: slack.read(videos))
    assert slack.problems == []


def test_its_message_appears_after_the_answer(
    slack: FakeSlack, client: WebClient, videos: Channel, root: Posted
) -> None:
    slack.world.share_delay = 2.0
    url, id_ = upload_url(client)
    assert send(url, BYTES) == 200
    client.files_completeUploadExternal(files=[{"id": id_, "title": "cut"}], channel_id=videos.id, thread_ts=root.ts)
    assert client.files_info(file=id_)["file"]["shares"] == {}
    slack.wait(lambda: len(slack.thread(root)) == 2)
    shares = client.files_info(file=id_)["file"]["shares"]["public"]
    assert shares[videos.id][0]["ts"] == slack.thread(root)[1].ts


def test_bytes_that_were_not_announced_raise_the_alarm(slack: FakeSlack, client: WebClient, videos: Channel) -> None:
    url, id_ = upload_url(client, length=len(BYTES) + 1)
    assert send(url, BYTES) == 400
    with pytest.raises(SlackApiError):
        client.files_completeUploadExternal(files=[{"id": id_}], channel_id=videos.id)
    assert [p.partition(":")[0] for p in slack.problems] == ["cut.mp4", "files.completeUploadExternal"]


def test_an_upload_is_completed_once(slack: FakeSlack, client: WebClient, videos: Channel) -> None:
    url, id_ = upload_url(client)
    send(url, BYTES)
    client.files_completeUploadExternal(files=[{"id": id_}], channel_id=videos.id)
    assert error(client.files_completeUploadExternal, files=[{"id": id_}], channel_id=videos.id) == "file_not_found"


def test_an_upload_that_broke_off_may_be_sent_again(slack: FakeSlack, client: WebClient, videos: Channel) -> None:
    url, id_ = upload_url(client)
    slack.faults.next("upload", drop_request=True)
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
        send(url, BYTES)
    assert send(url, BYTES) == 200
    client.files_completeUploadExternal(files=[{"id": id_}], channel_id=videos.id)
    slack.wait(lambda: slack.read(videos))
    assert slack.problems == []


def test_an_app_that_dies_while_it_uploads_may_send_again(slack: FakeSlack, client: WebClient) -> None:
    url, _ = upload_url(client)
    with closing(http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)) as connection:
        connection.putrequest("POST", urlsplit(url).path)
        connection.putheader("Content-Length", str(len(BYTES)))
        connection.endheaders(BYTES[:1000])
    slack.wait(lambda: any(line["what"] == "upload_broke_off" for line in slack.world.journal))
    assert send(url, BYTES) == 200
    assert slack.problems == []


@pytest.mark.parametrize(
    ("given", "code"),
    [({"upload_limit": 1000}, "file_upload_size_restricted"), ({"room_left": 1000}, "storage_limit_reached")],
)
def test_an_upload_may_be_too_large(slack: FakeSlack, client: WebClient, given: dict[str, Any], code: str) -> None:
    for name, value in given.items():
        setattr(slack.world, name, value)
    assert error(client.files_getUploadURLExternal, filename="cut.mp4", length=1001) == code
    assert slack.problems == []


def test_an_upload_into_a_closed_channel_is_refused(slack: FakeSlack, client: WebClient, ann: Person) -> None:
    strange, old = slack.channel("strange", [ann], bot=False), slack.channel("old", [ann])
    slack.world.archive(old.id)
    url, id_ = upload_url(client)
    send(url, BYTES)
    files = [{"id": id_}]
    assert error(client.files_completeUploadExternal, files=files, channel_id=strange.id) == "not_in_channel"
    assert error(client.files_completeUploadExternal, files=files, channel_id=old.id) == "posting_to_channel_denied"


def test_the_app_deletes_what_it_uploaded_and_nothing_else(
    slack: FakeSlack, client: WebClient, videos: Channel, file: File
) -> None:
    url, id_ = upload_url(client)
    send(url, BYTES)
    client.files_completeUploadExternal(files=[{"id": id_}])
    client.files_delete(file=id_)
    assert slack.world.files[id_].deleted
    assert error(client.files_delete, file=file.id) == "cant_delete_file"
