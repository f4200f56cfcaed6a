"""Files come from Slack whole or not at all, from where they stood, and the token goes nowhere else."""

from __future__ import annotations

import asyncio
import os
import resource
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.surfaces.slack.downloads import SlackFiles, check_address, download
from bot.surfaces.slack.intake import row as intake_row
from kernel.errors import BadInput, Busy, Cancelled, TryAgain, Unreachable
from kernel.fetch.part import Errand
from kernel.retry import persist
from kernel.settings import Settings
from kernel.store import Store
from tests.fakes.slack.server import FakeSlack
from tests.fakes.slack.things import File

WINDOW = 0.3
"""Seconds without news after which a connection is given up, where that is what is tried; else a busy machine is not
to be taken for one."""
SIZE = 300_000


@pytest.fixture(scope="module")
def slack() -> Iterator[FakeSlack]:
    with FakeSlack(scale=1 / 50) as fake:
        yield fake


@pytest.fixture(autouse=True)
def calm(slack: FakeSlack) -> Iterator[None]:
    """Every test begins with a Slack that works, and ends with one that has nothing to complain of."""
    yield
    slack.faults.clear()
    assert slack.problems == []


class Bench:
    """A clip in a channel, and what fetches it."""

    def __init__(self, slack: FakeSlack, folder: Path, **changes: Any) -> None:
        self.slack = slack
        self.bytes = os.urandom(SIZE)
        source = folder / "source.mp4"
        source.write_bytes(self.bytes)
        settings = {**slack.environ(), "RUSHES_DATA": str(folder / "data")}
        self.settings = Settings.read(settings)
        self.settings.data.mkdir()
        ann = slack.person("ann")
        self.file: File = slack.world.add_file(ann.id, source, "a talk.mp4", **changes)
        ann.says(slack.channel("videos", members=[ann]), "here", files=[self.file])
        self.row = intake_row({"id": self.file.id, "name": self.file.name}, slack.team.id, self.settings.data)
        stops = "pace" in changes or "stall" in changes
        self.errand = Errand(self.file.name, Path(self.row["path"]), 10**9, window=WINDOW if stops else 20 * WINDOW)
        self.stood: list[int] = []
        """How much of it had come before each try."""

    def fetch(self) -> int:
        """Fetch it as a turn does, with no time between tries."""
        store = Store.open(self.settings.database_url)
        fetcher = SlackFiles(self.settings, store)
        try:
            return persist(lambda: self._try(fetcher), lambda: self.errand.here, sleep=self._skip)
        finally:
            store.close()

    def _try(self, fetcher: SlackFiles) -> int:
        self.stood.append(self.errand.here)
        return fetcher.fetch(self.row, self.errand)

    def _skip(self, seconds: float) -> None:
        self.slack.clock.skip(seconds / self.slack.clock.scale)

    def refused(self) -> str:
        """Return why it does not come; nothing of it is left."""
        with pytest.raises(BadInput) as refusal:
            self.fetch()
        assert not self.errand.path.exists()
        assert not self.errand.part.exists()
        return str(refusal.value)

    def asked(self) -> list[str | None]:
        """Return the ranges that were asked for."""
        with self.slack.world.changed:
            lines = [line for line in self.slack.world.journal if line["what"] == "download"]
            return [line["range"] for line in lines if self.file.id in line["path"]]


def test_a_file_comes_whole(slack: FakeSlack, tmp_path: Path) -> None:
    bench = Bench(slack, tmp_path)
    assert bench.fetch() == SIZE
    assert bench.errand.path.read_bytes() == bench.bytes
    assert [path.name for path in bench.errand.path.parent.iterdir()] == ["a talk.mp4"]


def test_a_file_that_is_here_is_not_fetched_again(slack: FakeSlack, tmp_path: Path) -> None:
    bench = Bench(slack, tmp_path)
    assert bench.fetch() == bench.fetch() == SIZE
    assert len(bench.asked()) == 1
    assert not bench.errand.part.exists()


def test_a_download_that_is_cut_goes_on_where_it_stood(slack: FakeSlack, tmp_path: Path) -> None:
    bench = Bench(slack, tmp_path, cuts=[100_000, 200_000])
    assert bench.fetch() == SIZE
    assert bench.errand.path.read_bytes() == bench.bytes
    # Of what is on its way as a connection is cut, some may be lost: what counts is what had come.
    first, second, third = bench.stood
    assert first == 0 < second <= 100_000
    assert second < third <= 200_000
    assert bench.asked() == [None, f"bytes={second}-", f"bytes={third}-"]


def test_what_an_earlier_process_brought_is_not_fetched_again(slack: FakeSlack, tmp_path: Path) -> None:
    bench = Bench(slack, tmp_path)
    bench.errand.part.parent.mkdir(parents=True)
    bench.errand.part.write_bytes(bench.bytes[:123_456])
    assert bench.fetch() == SIZE
    assert bench.errand.path.read_bytes() == bench.bytes
    assert bench.asked() == ["bytes=123456-"]


def test_a_part_that_was_whole_already_only_goes_to_its_place(slack: FakeSlack, tmp_path: Path) -> None:
    bench = Bench(slack, tmp_path)
    bench.errand.part.parent.mkdir(parents=True)
    bench.errand.part.write_bytes(bench.bytes)
    assert bench.fetch() == SIZE
    assert bench.asked() == []


def test_a_server_that_knows_no_ranges_sends_all_of_it_anew(slack: FakeSlack, tmp_path: Path) -> None:
    bench = Bench(slack, tmp_path, cuts=[100_000], ranges=False)
    assert bench.fetch() == SIZE
    assert bench.errand.path.read_bytes() == bench.bytes


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"mode": "external"}, "not in Slack, so I cannot read it"),
        ({"mode": "tombstone"}, "was deleted in Slack"),
        ({"mode": "hidden_by_limit"}, "is hidden by Slack"),
        ({"deleted": True}, "in Slack"),
        ({"size": 0}, "is empty (0 bytes)"),
        ({"size": SIZE // 2}, "does not have the size that was announced"),
        ({"size": SIZE * 2}, "does not have the size that was announced"),
        ({"size": 2 * 10**9}, "has 2.0 GB, and I take at most 1.0 GB"),
        ({"login": True}, "Slack sent its sign-in page"),
        ({"redirect": "https://acme.slack.com/?redir=%2Ffiles-pri%2FT1-F1"}, "Slack sent its sign-in page"),
        ({"where": "http://files.example.com/a.mp4"}, "Slack sends me elsewhere"),
        ({"where": "https://files.example.com/a.mp4"}, "Slack sends me elsewhere"),
        ({"where": "https://files.slack.com.example.com/a.mp4"}, "Slack sends me elsewhere"),
    ],
)
def test_a_file_that_will_never_come_is_refused_with_the_reason(
    slack: FakeSlack, tmp_path: Path, changes: dict[str, Any], why: str
) -> None:
    refused = Bench(slack, tmp_path, **changes).refused()
    assert why in refused
    assert "a talk.mp4" in refused
    assert refused.endswith(".")


def test_the_token_is_sent_to_no_other_host(slack: FakeSlack, tmp_path: Path) -> None:
    for number, changes in enumerate(({"redirect": slack.elsewhere_url}, {"where": slack.elsewhere_url})):
        (tmp_path / str(number)).mkdir()
        assert "elsewhere" in Bench(slack, tmp_path / str(number), **changes).refused()
    assert slack.world.elsewhere == []


def test_a_file_that_slack_passes_on_to_another_of_its_hosts_comes_from_there(slack: FakeSlack, tmp_path: Path) -> None:
    bench = Bench(slack, tmp_path, moved=True, cuts=[100_000])
    assert bench.fetch() == SIZE
    assert bench.errand.path.read_bytes() == bench.bytes


def test_it_comes_from_no_host_that_is_not_known(slack: FakeSlack, tmp_path: Path) -> None:
    bench = Bench(slack, tmp_path, moved=True)
    first = bench.settings.slack_file_hosts[:1]
    bench.settings = bench.settings.model_copy(update={"slack_file_hosts": first})
    assert "elsewhere" in bench.refused()


def test_a_redirect_on_the_same_host_is_followed(slack: FakeSlack, tmp_path: Path) -> None:
    other = Bench(slack, tmp_path)
    (tmp_path / "b").mkdir()
    bench = Bench(slack, tmp_path / "b", redirect=f"/files-pri/{slack.team.id}-{other.file.id}/download/a.mp4")
    assert bench.fetch() == SIZE
    assert bench.errand.path.read_bytes() == other.bytes


def test_one_byte_a_second_is_given_up(slack: FakeSlack, tmp_path: Path) -> None:
    bench = Bench(slack, tmp_path, pace=1.0)
    began = time.monotonic()
    with pytest.raises(TryAgain, match="stopped coming"):
        bench.fetch()
    assert len(bench.asked()) == 3
    assert time.monotonic() - began < 10 * WINDOW


def test_a_download_that_stops_at_its_half_is_given_up(slack: FakeSlack, tmp_path: Path) -> None:
    bench = Bench(slack, tmp_path, stall=SIZE // 2)
    with pytest.raises(Unreachable, match="stopped coming"):
        bench.fetch()
    stood = f"bytes={bench.errand.here}-"
    assert bench.asked() == [None, stood, stood]
    assert SIZE // 2 <= bench.errand.here < SIZE


def test_a_download_that_stops_and_goes_on_arrives(slack: FakeSlack, tmp_path: Path) -> None:
    bench = Bench(slack, tmp_path, stall=SIZE // 2)

    with pytest.raises(Unreachable):
        asyncio.run(_once(bench))
    bench.file.stall = None
    assert bench.fetch() == SIZE
    assert bench.errand.path.read_bytes() == bench.bytes


async def _once(bench: Bench) -> int:
    client = AsyncWebClient(token=bench.slack.bot_token, base_url=bench.slack.url)
    times = aiohttp.ClientTimeout(total=None, sock_read=WINDOW)
    async with aiohttp.ClientSession(timeout=times, auto_decompress=False) as session:
        return await download(client, session, bench.row, bench.errand, bench.settings.slack_file_hosts)


@pytest.mark.parametrize("fault", [{"status": 500}, {"drop_request": True}, {"status": 503}, {"ratelimited": 1}])
@pytest.mark.parametrize("method", ["files.info", "download"])
def test_a_passing_fault_is_got_over(slack: FakeSlack, tmp_path: Path, method: str, fault: dict[str, Any]) -> None:
    bench = Bench(slack, tmp_path)
    slack.faults.next(method, **fault)
    assert bench.fetch() == SIZE


def test_slack_says_how_long_to_wait(slack: FakeSlack, tmp_path: Path) -> None:
    bench = Bench(slack, tmp_path)
    slack.faults.next("download", ratelimited=100)
    with pytest.raises(Busy) as busy:
        asyncio.run(_once(bench))
    assert busy.value.retry_after


def test_a_disk_that_takes_no_more_is_not_taken_for_a_bad_connection(slack: FakeSlack, tmp_path: Path) -> None:
    bench = Bench(slack, tmp_path)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (SIZE // 2, before[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            asyncio.run(_once(bench))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("error", ["file_not_found", "file_deleted", "missing_scope", "not_authed"])
def test_what_slack_says_no_to_is_refused(slack: FakeSlack, tmp_path: Path, error: str) -> None:
    bench = Bench(slack, tmp_path)
    slack.faults.next("files.info", error=error)
    assert "a talk.mp4" in bench.refused()


@pytest.mark.parametrize("status", [404, 410, 403])
def test_an_address_that_has_expired_is_refused(slack: FakeSlack, tmp_path: Path, status: int) -> None:
    bench = Bench(slack, tmp_path)
    slack.faults.next("download", status=status)
    assert "drop it here once more" in bench.refused()


def test_a_web_page_under_a_films_name_is_known_by_its_first_bytes(slack: FakeSlack, tmp_path: Path) -> None:
    bench = Bench(slack, tmp_path)
    assert bench.file.path is not None
    bench.file.path.write_bytes(b"  <!DOCTYPE html><html>" + b" " * (SIZE - 23))
    assert "web page" in bench.refused()


def test_a_file_that_nothing_can_be_made_of_is_refused_before_it_comes(slack: FakeSlack, tmp_path: Path) -> None:
    bench = Bench(slack, tmp_path)
    bench.row["name"] = "plan.docx"
    bench.file.mimetype = "application/msword"
    assert "I take videos" in bench.refused()
    assert bench.asked() == []


def test_an_end_of_the_process_leaves_what_has_come(slack: FakeSlack, tmp_path: Path) -> None:
    bench = Bench(slack, tmp_path)

    def check() -> None:
        raise Cancelled("This work was stopped.")

    bench.errand = Errand(bench.file.name, bench.errand.path, 10**9, check=check)
    with pytest.raises(Cancelled):
        bench.fetch()
    assert bench.errand.part.exists()
    assert not bench.errand.path.exists()


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("https://files.slack.com/a", True),
        ("https://files.slack.com:443/a", True),
        ("https://FILES.slack.com/a", True),
        ("http://127.0.0.1:8000/a", True),
        ("http://127.0.0.1:8001/a", False),
        ("http://files.slack.com/a", False),
        ("https://files.slack.com:8443/a", False),
        ("https://files.slack.com@example.com/a", False),
        ("https://user:word@files.slack.com/a", False),
        ("https://evil.files.slack.com/a", False),
        ("ftp://files.slack.com/a", False),
        ("file:///etc/passwd", False),
        ("", False),
    ],
)
def test_only_hosts_that_files_come_from_are_asked(address: str, allowed: bool) -> None:
    hosts = ("files.slack.com", "127.0.0.1:8000")
    if allowed:
        check_address(address, hosts, "a.mp4")
        return
    with pytest.raises(BadInput):
        check_address(address, hosts, "a.mp4")
