"""Links: only below what an operator allowed, never inside the own network, wherever they are passed on to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kernel.errors import BadInput
from kernel.fetch import link
from kernel.fetch.link import Link, allowed, seconds
from kernel.fetch.part import Errand
from kernel.settings import Settings
from tests.fakes.web import FakeWeb, Page

BODY = b"pictures" * 1000


@pytest.fixture
def web() -> Iterator[FakeWeb]:
    with FakeWeb() as fake:
        yield fake


def fetch(web: FakeWeb, folder: Path, path: str, prefix: str = "open/", name: str = "clip.mp4") -> int:
    settings = Settings.read({"RUSHES_DATA": str(folder), "RUSHES_FOOTAGE_LINKS": f"{web.url}{prefix}"})
    row = {"name": name, "url": f"{web.url}{path}"}
    return Link(settings).fetch(row, Errand(name, folder / "in" / name, 10**9, window=0.3))


PREFIXES = ("https://acme.com/footage", "https://cdn.acme.com", "http://127.0.0.1:9000/x/", "s3://acme/footage")


@pytest.mark.parametrize(
    ("url", "may"),
    [
        ("https://acme.com/footage/a.mp4", True),
        ("https://acme.com/footage", True),
        ("https://ACME.com/footage/a.mp4", True),
        ("https://acme.com:443/footage/a.mp4", True),
        ("https://acme.com/footage%2Fa.mp4", True),
        ("https://cdn.acme.com/anything?x=1", True),
        ("http://127.0.0.1:9000/x/a.mp4", True),
        ("https://acme.com/footage-of-others/a.mp4", False),
        ("https://acme.com/private/a.mp4", False),
        ("https://acme.com/footage/../private/a.mp4", False),
        ("https://acme.com/footage/%2e%2e/private/a.mp4", False),
        ("https://acme.com/footage/%252e%252e/private/a.mp4", False),
        ("https://acme.com/footage/..%5cprivate/a.mp4", False),
        ("http://acme.com/footage/a.mp4", False),
        ("https://acme.com:8443/footage/a.mp4", False),
        ("https://acme.com.evil.com/footage/a.mp4", False),
        ("https://acme.com@evil.com/footage/a.mp4", False),
        ("https://user:word@acme.com/footage/a.mp4", False),
        ("https://evil.com/https://acme.com/footage/a.mp4", False),
        ("http://127.0.0.1:9001/x/a.mp4", False),
        ("http://127.0.0.1/x/a.mp4", False),
        ("https://[bad/footage", False),
    ],
)
def test_only_what_lies_below_an_allowed_beginning_is_fetched(url: str, may: bool) -> None:
    assert allowed(url, PREFIXES) is may


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.5",
        "172.16.3.4",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:127.0.0.1",
        "2002:7f00:1::",
    ],
)
def test_addresses_inside_are_known(address: str) -> None:
    assert not link._public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_addresses_outside_are_known(address: str) -> None:
    assert link._public(address)


def test_a_name_that_leads_inside_is_refused_unless_it_can_only_mean_that() -> None:
    with pytest.raises(BadInput, match="lies inside my own network"):
        link._addresses("localhost", 80, "clip.mp4", named=False)
    assert link._addresses("localhost", 80, "clip.mp4", named=True)
    assert link._names_inside("localhost")
    assert link._names_inside("nas.local")
    assert link._names_inside("10.0.0.5")
    assert not link._names_inside("acme.com")


def test_it_is_passed_on_below_what_is_allowed(web: FakeWeb, tmp_path: Path) -> None:
    web.pages["/open/a"] = Page(b"x", statuses=[(302, {"Location": "b.mp4"})])
    web.pages["/open/b.mp4"] = Page(BODY)
    assert fetch(web, tmp_path, "open/a") == len(BODY)


@pytest.mark.parametrize("to", ["/private/b.mp4", "http://127.0.0.1:1/open/b.mp4", "https://evil.com/b.mp4", ""])
def test_it_is_passed_on_nowhere_else(web: FakeWeb, tmp_path: Path, to: str) -> None:
    web.pages["/open/a"] = Page(b"x", statuses=[(302, {"Location": to})] * 9)
    web.pages["/private/b.mp4"] = Page(BODY)
    with pytest.raises(BadInput, match="is passed on"):
        fetch(web, tmp_path, "open/a")
    assert {path for path, _ in web.asked} == {"/open/a"}


@pytest.mark.parametrize(
    ("status", "why"), [(404, "any more"), (410, "any more"), (401, "does not give"), (403, "open")]
)
def test_what_a_server_says_no_to_is_refused(web: FakeWeb, tmp_path: Path, status: int, why: str) -> None:
    web.pages["/open/a"] = Page(b"x", statuses=[(status, {})])
    with pytest.raises(BadInput, match=why):
        fetch(web, tmp_path, "open/a")


@pytest.mark.parametrize(
    "changes", [{"tag": ""}, {"length": False}, {"tag": 'W/"weak"'}, {"ranges": False}, {"mimetype": ""}]
)
def test_a_plain_server_will_do(web: FakeWeb, tmp_path: Path, changes: dict[str, Any]) -> None:
    web.pages["/open/a.mp4"] = Page(BODY, **changes)
    assert fetch(web, tmp_path, "open/a.mp4") == len(BODY)


def test_a_part_that_is_longer_than_the_file_is_thrown_away(web: FakeWeb, tmp_path: Path) -> None:
    web.pages["/open/a.mp4"] = Page(BODY, tag="")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "clip.mp4.part").write_bytes(BODY + b"more")
    assert fetch(web, tmp_path, "open/a.mp4") == len(BODY)
    assert (tmp_path / "in" / "clip.mp4").read_bytes() == BODY


def test_a_link_without_an_end_is_taken_by_what_the_server_says(web: FakeWeb, tmp_path: Path) -> None:
    web.pages["/open/download"] = Page(BODY, mimetype="video/quicktime")
    assert fetch(web, tmp_path, "open/download", name="download") == len(BODY)
    web.pages["/open/other"] = Page(BODY, mimetype="application/zip")
    with pytest.raises(BadInput, match="no kind"):
        fetch(web, tmp_path, "open/other", name="other")


def test_no_secret_travels_along(web: FakeWeb, tmp_path: Path) -> None:
    web.pages["/open/a.mp4"] = Page(BODY)
    fetch(web, tmp_path, "open/a.mp4?token=theirs")
    [(_, headers)] = web.asked
    assert not {"authorization", "cookie", "referer"} & set(headers)


def test_a_wait_is_read() -> None:
    assert (seconds("30"), seconds("0.5"), seconds("soon"), seconds(None)) == (30.0, 0.5, None, None)
