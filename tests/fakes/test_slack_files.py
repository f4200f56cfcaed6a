"""tests/fakes/slack: files come and go as at Slack's, with all that can happen to them on the way."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from slack_sdk import WebClient

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
