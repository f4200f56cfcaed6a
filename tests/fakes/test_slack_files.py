"""tests/fakes/slack: files come and go as at Slack's, with all that can happen to them on the way."""

from __future__ import annotations

import asyncio
import http.client
from collections.abc import Iterator
from contextlib import closing, contextmanager
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
from tests.fakes.test_slack_api import MANIFEST, error

BYTES = bytes(range(256)) * 1000


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


@pytest.fixture
def root(ann: Person, videos: Channel, clip: Path) -> Posted:
    return ann.says(videos, "<@BOT> 30 seconds", files=[clip])


@pytest.fixture
def file(slack: FakeSlack, root: Posted) -> File:
    return slack.world.files[root.files[0]]


@contextmanager
def get(slack: FakeSlack, url: str, token: str | None = None, **headers: str) -> Iterator[http.client.HTTPResponse]:
    """One GET, which follows no redirect; read the answer where the test is about its bytes."""
    bearer = {"Authorization": f"Bearer {token}"} if token else {}
    with closing(http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)) as connection:
        connection.request("GET", urlsplit(url).path, headers={**bearer, **headers})
        with connection.getresponse() as answer:
            yield answer


def address(client: WebClient, file: File) -> str:
    return str(client.files_info(file=file.id)["file"]["url_private_download"])


def upload_url(client: WebClient, length: int = len(BYTES), name: str = "cut.mp4") -> tuple[str, str]:
    told = client.files_getUploadURLExternal(filename=name, length=length)
    return str(told["upload_url"]), str(told["file_id"])


def send(url: str, body: bytes) -> int:
    with closing(http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)) as connection:
        connection.request("POST", urlsplit(url).path, body, {"Content-Type": "application/octet-stream"})
        with connection.getresponse() as answer:
            return answer.status


# -- from people to the app -------------------------------------------------------------------------------------


def test_a_file_is_downloaded_with_the_bots_token(
    slack: FakeSlack, client: WebClient, file: File, videos: Channel, root: Posted
) -> None:
    told = client.files_info(file=file.id)["file"]
    assert (told["size"], told["mimetype"], told["name"]) == (len(BYTES), "video/mp4", "clip one.mp4")
    assert told["shares"]["public"][videos.id][0]["ts"] == root.ts
    with get(slack, address(client, file), slack.bot_token) as answer:
        assert (answer.status, answer.headers["Content-Type"]) == (200, "video/mp4")
        assert answer.read() == BYTES


def test_a_file_of_a_place_that_the_bot_is_not_in_is_not_told_of(
    slack: FakeSlack, client: WebClient, ann: Person, clip: Path
) -> None:
    strange = slack.channel("strange", [ann], bot=False)
    hidden = ann.says(strange, "secret", files=[clip]).files[0]
    assert error(client.files_info, file=hidden) == "file_not_found"
    assert error(client.files_info, file=ann.has(clip).id) == "file_not_found"


def test_a_block_shows_a_picture_once_it_stands_somewhere(
    slack: FakeSlack, client: WebClient, ann: Person, videos: Channel, tmp_path: Path, file: File
) -> None:
    path = tmp_path / "frame.png"
    path.write_bytes(b"png")
    fresh = ann.has(path)

    def shown(id_: str) -> dict[str, Any]:
        return {"type": "image", "slack_file": {"id": id_}, "alt_text": "A frame"}

    for unfit in (fresh, file):
        assert error(client.chat_postMessage, channel=videos.id, text="x", blocks=[shown(unfit.id)]) == "invalid_blocks"
    ann.says(videos, "look", files=[fresh])
    client.chat_postMessage(channel=videos.id, text="x", blocks=[shown(fresh.id)])
    assert len(slack.problems) == 2


@pytest.mark.parametrize("token", [None, "xoxb-no"])
def test_without_a_good_token_there_is_a_page_to_log_in(
    slack: FakeSlack, client: WebClient, file: File, token: str | None
) -> None:
    with get(slack, address(client, file), token) as answer:
        assert (answer.status, answer.headers.get_content_type()) == (200, "text/html")
        assert b"Sign in" in answer.read()


def test_a_file_of_an_organisation_is_passed_on_to_another_host_that_wants_the_token_too(
    slack: FakeSlack, client: WebClient, file: File
) -> None:
    file.moved = True
    with get(slack, address(client, file), slack.bot_token) as answer:
        assert answer.status == 302
        there = answer.headers["Location"]
    assert there.startswith(slack.world.origin)
    with get(slack, there, slack.bot_token) as answer:
        assert answer.read() == BYTES
    with get(slack, there) as answer:
        assert b"Sign in" in answer.read()


def test_another_workspace_gets_the_page_to_log_in_too(slack: FakeSlack, client: WebClient, file: File) -> None:
    other = slack.workspace("globex")
    with get(slack, address(client, file), slack.world.bot_token(other.id)) as answer:
        assert b"Sign in" in answer.read()


def test_a_file_may_have_a_page_to_log_in_in_its_place(slack: FakeSlack, client: WebClient, file: File) -> None:
    file.login = True
    with get(slack, address(client, file), slack.bot_token) as answer:
        assert b"Sign in" in answer.read()


@pytest.mark.parametrize(
    ("asked", "status", "got"),
    [
        ("bytes=255000-", 206, BYTES[255000:]),
        ("bytes=10-19", 206, BYTES[10:20]),
        ("bytes=0-999999", 206, BYTES),
        ("bytes=256000-", 416, b""),
    ],
)
def test_a_download_may_begin_in_the_middle(
    slack: FakeSlack, client: WebClient, file: File, asked: str, status: int, got: bytes
) -> None:
    with get(slack, address(client, file), slack.bot_token, Range=asked) as answer:
        assert answer.status == status
        assert status == 416 or answer.read() == got


def test_a_server_may_know_no_ranges(slack: FakeSlack, client: WebClient, file: File) -> None:
    file.ranges = False
    with get(slack, address(client, file), slack.bot_token, Range="bytes=10-19") as answer:
        assert (answer.status, answer.read()) == (200, BYTES)


def test_a_download_that_is_cut_goes_on_from_there(slack: FakeSlack, client: WebClient, file: File) -> None:
    file.cuts = [100_000]
    with get(slack, address(client, file), slack.bot_token) as answer, pytest.raises(http.client.IncompleteRead) as cut:
        answer.read()
    got = cut.value.partial
    assert got == BYTES[: len(got)]
    assert len(got) <= 100_000
    with get(slack, address(client, file), slack.bot_token, Range=f"bytes={len(got)}-") as answer:
        assert got + answer.read() == BYTES


def test_a_download_may_be_slow_or_stop_in_the_middle(slack: FakeSlack, client: WebClient, file: File) -> None:
    file.pace, file.stall = 10_000_000.0, 128_000
    with get(slack, address(client, file), slack.bot_token) as answer:
        assert answer.read(128_000) == BYTES[:128_000]
        assert answer.length == 128_000


def test_a_redirect_leads_to_another_host_and_a_token_there_raises_the_alarm(
    slack: FakeSlack, client: WebClient, file: File
) -> None:
    file.redirect = f"{slack.elsewhere_url}stolen"
    with get(slack, address(client, file), slack.bot_token) as answer:
        assert (answer.status, answer.headers["Location"]) == (302, file.redirect)
    with get(slack, file.redirect) as answer:
        assert (answer.status, slack.problems) == (200, [])
    with get(slack, file.redirect, slack.bot_token) as answer:
        assert answer.status == 200
    assert slack.problems == ["A token was sent to another host"]
    assert len(slack.world.elsewhere) == 2


def test_a_size_may_lie(slack: FakeSlack, client: WebClient, ann: Person, videos: Channel, clip: Path) -> None:
    ann.says(videos, "", files=[ann.has(clip, size=5)])
    file = [*slack.world.files.values()][-1]
    assert client.files_info(file=file.id)["file"]["size"] == 5
    with get(slack, address(client, file), slack.bot_token) as answer:
        assert answer.read() == BYTES


def test_an_external_file_has_no_bytes_here(
    client: WebClient, ann: Person, videos: Channel, clip: Path, slack: FakeSlack
) -> None:
    ann.says(videos, "", files=[ann.has(clip, mode="external")])
    told = client.files_info(file=[*slack.world.files][-1])["file"]
    assert (told["is_external"], told["mode"], told["external_type"]) == (True, "external", "gdrive")
    assert "url_private_download" not in told


def test_an_event_may_carry_the_files_id_alone(
    slack: FakeSlack, client: WebClient, ann: Person, videos: Channel, clip: Path
) -> None:
    sent = ann.says(videos, "", files=[ann.has(clip, access="check_file_info")])
    shown = slack.world.shown(slack.message(sent))["files"][0]
    assert set(shown) == {"id", "mode", "file_access"}
    assert client.files_info(file=shown["id"])["file"]["size"] == len(BYTES)


def test_a_deleted_file_is_gone(slack: FakeSlack, client: WebClient, ann: Person, file: File, root: Posted) -> None:
    url = address(client, file)
    ann.deletes_file(file)
    assert error(client.files_info, file=file.id) == "file_deleted"
    assert error(client.files_info, file="F404") == "file_not_found"
    assert slack.world.shown(slack.message(root))["files"] == [{"id": file.id, "mode": "tombstone"}]
    with get(slack, url, slack.bot_token) as answer:
        assert answer.status == 404


# -- from the app to people -------------------------------------------------------------------------------------


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
