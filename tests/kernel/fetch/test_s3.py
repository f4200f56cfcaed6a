"""S3-compatible stores: signed requests, listings in pages, and what their errors mean for a person."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kernel.errors import BadInput
from kernel.fetch.part import Errand
from kernel.fetch.s3 import S3, allowed
from kernel.settings import Settings
from tests.fakes.s3 import FakeS3

BODY = b"pictures" * 1000


@pytest.fixture
def store() -> Iterator[FakeS3]:
    with FakeS3({"AKID": "right"}) as fake:
        fake.put("acme", "footage/clip.mp4", BODY)
        yield fake


def settings(folder: Path, store: FakeS3, secret: str = "right", access: str = "AKID") -> Settings:
    given = {"RUSHES_DATA": str(folder), "RUSHES_FOOTAGE_LINKS": "s3://acme/", "RUSHES_S3_ENDPOINT": store.url[:-1]}
    keys = {"RUSHES_S3_ACCESS_KEY": access, "RUSHES_S3_SECRET_KEY": secret} if access else {}
    return Settings.read({**given, **keys})


def fetch(found: Settings, key: str = "footage/clip.mp4") -> int:
    name = key.rpartition("/")[2]
    row = {"name": name, "url": f"s3://acme/{key}"}
    return S3(found).fetch(row, Errand(name, found.data / "in" / name, 10**9, window=0.5))


def test_every_request_is_signed(store: FakeS3, tmp_path: Path) -> None:
    assert fetch(settings(tmp_path, store)) == len(BODY)
    assert store.refused == []
    assert all("authorization" in headers for _, headers in store.asked)


def test_a_name_with_odd_characters_is_signed_rightly(store: FakeS3, tmp_path: Path) -> None:
    key = "footage/Ünï côde + (1) & more, 100%.mp4"
    store.put("acme", key, BODY)
    assert fetch(settings(tmp_path, store), key) == len(BODY)


@pytest.mark.parametrize(("access", "secret"), [("AKID", "wrong"), ("NOBODY", "right"), ("", "")])
def test_who_may_not_read_is_told_so(store: FakeS3, tmp_path: Path, access: str, secret: str) -> None:
    with pytest.raises(BadInput, match="ask whoever runs me for access"):
        fetch(settings(tmp_path, store, secret, access))


def test_what_anybody_may_read_needs_no_keys(tmp_path: Path) -> None:
    with FakeS3() as store:
        store.put("acme", "footage/clip.mp4", BODY)
        assert fetch(settings(tmp_path, store, access="")) == len(BODY)


def test_a_listing_comes_in_pages_and_leaves_folders_within_out(store: FakeS3, tmp_path: Path) -> None:
    store.page_size = 2
    names = [f"footage/{number} & more.mp4" for number in range(5)]
    for name in (*names, "footage/deeper/x.mp4", "other/y.mp4"):
        store.put("acme", name, BODY)
    row = {"name": "footage", "id": "1", "from": "s3", "url": "s3://acme/footage/", "path": str(tmp_path / "1" / "x")}
    rows = S3(settings(tmp_path, store)).files(row)
    assert [row["url"] for row in rows] == [f"s3://acme/{name}" for name in (*names, "footage/clip.mp4")]
    assert all(Path(row["path"]).parent == tmp_path / "1" for row in rows)


def test_a_bucket_that_is_not_there_is_said_so(store: FakeS3, tmp_path: Path) -> None:
    store.pages.clear()
    with pytest.raises(BadInput, match=r"There is no clip\.mp4"):
        fetch(settings(tmp_path, store))


@pytest.mark.parametrize(
    ("url", "may"),
    [
        ("s3://acme/footage/a.mp4", True),
        ("s3://acme/footage/", True),
        ("s3://acme/footage", True),
        ("s3://acme/footage-b/a.mp4", False),
        ("s3://acme2/footage/a.mp4", False),
        ("https://acme/footage/a.mp4", False),
    ],
)
def test_only_what_lies_under_an_allowed_prefix_is_fetched(url: str, may: bool) -> None:
    assert allowed(url, ("s3://acme/footage",)) is may
