"""Mentions: which words of a message are places to fetch from."""

from __future__ import annotations

from pathlib import Path

import pytest

from kernel.fetch import links_in, mentions, without_mentions
from kernel.settings import Settings


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("30 seconds, vertical", []),
        ("see https://acme.com/a.mp4.", [("link", "https://acme.com/a.mp4")]),
        ("(https://acme.com/a.mp4)", [("link", "https://acme.com/a.mp4")]),
        ("<https://acme.com/a.mp4|acme.com/a.mp4>", [("link", "https://acme.com/a.mp4")]),
        ("<https://acme.com/a.mp4?x=1&amp;y=2>", [("link", "https://acme.com/a.mp4?x=1&y=2")]),
        ("HTTPS://acme.com/a.mp4", [("link", "https://acme.com/a.mp4")]),
        ("s3://acme/day one", [("s3", "s3://acme/day")]),
        ("<s3://acme/day one/>", [("s3", "s3://acme/day one/")]),
        ("file:///mnt/a%20b.mp4", [("folder", "/mnt/a b.mp4")]),
        ("use /mnt/footage/day1, please", [("folder", "/mnt/footage/day1")]),
        ('use "/mnt/my footage/a.mp4"', [("folder", "/mnt/my footage/a.mp4")]),
        ("and/or 24/7 /rushes 9/16 1080/25p", []),
        ("the folder shoot-12", [("folder", "shoot-12")]),
        ('the folder "shoot 12/day one"', [("folder", "shoot 12/day one")]),
        ("https://a.com/1.mp4 https://a.com/1.mp4 https://a.com/2.mp4", ["1", "2"]),
    ],
)
def test_places_are_found_in_a_message(text: str, found: list[object]) -> None:
    named = [(mention.kind, mention.url) for mention in mentions(text)]
    assert named == found or len(named) == len(found) == 2


def settings(folder: Path, **variables: str) -> Settings:
    return Settings.read({"RUSHES_DATA": str(folder / "data"), **variables})


def test_a_place_of_footage_that_is_not_allowed_is_refused_by_its_host(tmp_path: Path) -> None:
    rows = links_in("https://drive.google.com/file/d/1/view and https://drive.google.com/file/d/2", settings(tmp_path))
    assert [row["name"] for row in rows] == ["drive.google.com"] * 2
    assert len({row["id"] for row in rows}) == 1
    [row] = links_in("https://acme.com/clip.mov", settings(tmp_path))
    assert row["refused"] == ("I may not fetch from acme.com: ask whoever runs me to allow it, or drop the file here.")


def test_a_link_that_is_no_footage_is_left_alone(tmp_path: Path) -> None:
    assert links_in("put https://acme.com/pricing on the end card", settings(tmp_path)) == []


def test_a_folder_that_is_not_there_is_but_a_word(tmp_path: Path) -> None:
    (tmp_path / "footage" / "shoot-12").mkdir(parents=True)
    opened = settings(tmp_path, RUSHES_FOOTAGE_FOLDERS=str(tmp_path / "footage"))
    assert links_in("the folder is full", opened) == []
    assert links_in("the folder ../data", opened) == []
    [row] = links_in("take the folder shoot-12", opened)
    assert row["url"] == str(tmp_path / "footage" / "shoot-12")


def test_the_same_link_in_another_message_lies_elsewhere(tmp_path: Path) -> None:
    allowed = settings(tmp_path, RUSHES_FOOTAGE_LINKS="https://acme.com/")
    [one] = links_in("https://acme.com/a.mp4", allowed, "turn 1")
    [two] = links_in("https://acme.com/a.mp4", allowed, "turn 2")
    assert one["path"] != two["path"]
    assert Path(one["path"]).is_relative_to(tmp_path / "data" / "incoming" / "link")


def test_a_hostile_name_stays_in_its_folder(tmp_path: Path) -> None:
    allowed = settings(tmp_path, RUSHES_FOOTAGE_LINKS="https://acme.com/")
    [row] = links_in("https://acme.com/a/..%2f..%2f..%2fetc%2fpasswd.mp4%00", allowed) or [{"path": ""}]
    assert not row["path"] or Path(row["path"]).parent.parent == tmp_path / "data" / "incoming" / "link"
    [row] = links_in("https://acme.com/a/$(rm)%0A;`x`.mp4", allowed)
    assert Path(row["path"]).parent.parent == tmp_path / "data" / "incoming" / "link"


def test_what_is_left_are_wishes() -> None:
    assert without_mentions("30 seconds from https://a.com/9-16.mp4 and\n/mnt/footage/x please") == (
        "30 seconds from and\nplease"
    )
