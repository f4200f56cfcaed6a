"""Names and kinds: what comes from outside is never a path, and not every file is footage."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kernel.errors import BadInput
from kernel.fetch import safe_name
from kernel.fetch.kinds import check_kind, is_footage, is_web_page


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("a talk.mp4", "a talk.mp4"),
        ("../../etc/passwd", "passwd"),
        ("C:\\clips\\a.mov", "a.mov"),
        (".hidden.mp4", "hidden.mp4"),
        ("-rf.mp4", "rf.mp4"),
        ("a\n\x00b;`$|.mp4", "a__b____.mp4"),
        ("Überblick – 1.mp4", "Überblick _ 1.mp4"),
        ("", "file"),
        ("..", "file"),
        ("/", "file"),
    ],
)
def test_a_name_is_but_a_name(given: str, safe: str) -> None:
    assert safe_name(given) == safe


def test_a_long_name_keeps_its_end() -> None:
    name = safe_name("ü" * 400 + ".mp4")
    assert name.endswith(".mp4")
    assert len(name.encode()) <= 120


@given(st.text(max_size=400))
@example("\ud800.mp4")
@example("a" * 200 + "." + "b" * 200)
def test_no_name_leads_out_of_its_folder(name: str) -> None:
    found = safe_name(name)
    assert found == Path(found).name
    assert found not in ("", ".", "..")
    assert len(found.encode()) <= 120
    assert "/" not in found
    assert "\x00" not in found


@pytest.mark.parametrize("name", ["a.MP4", "a.wav", "a.png", "a.otio", "a.fcpxml", "a.edl", "a.ttf", "kit.json"])
def test_what_can_be_used_is_taken(name: str) -> None:
    check_kind(name)


def test_what_says_by_its_content_what_it_is_is_taken() -> None:
    check_kind("clip", "video/mp4")
    check_kind("IMG_0001.rawvideo", "image/png")


@pytest.mark.parametrize(
    ("name", "mimetype", "hint"),
    [
        ("a.docx", "", "I take videos"),
        ("a.exe", "application/octet-stream", "I take videos"),
        ("a.zip", "application/zip", "Unpack it"),
        ("a.svg", "image/svg+xml", "PNG"),
        ("a.m3u8", "audio/mpegurl", "names other files"),
        ("a", "", "I take videos"),
    ],
)
def test_other_files_are_refused_with_what_is_taken(name: str, mimetype: str, hint: str) -> None:
    with pytest.raises(BadInput, match=hint):
        check_kind(name, mimetype)


def test_what_belongs_to_a_brand_or_a_timeline_is_no_footage() -> None:
    assert [name for name in ("a.mp4", "a.png", "a.otio", "a.xml", "a.ttf", "kit.json") if is_footage(name)] == [
        "a.mp4",
        "a.png",
    ]


@pytest.mark.parametrize(
    ("first", "page"),
    [
        (b"<!DOCTYPE html>", True),
        (b"\xef\xbb\xbf  <html lang='en'>", True),
        (b"<!-- a --><HTML>", True),
        (b"\x00\x00\x00\x20ftypisom", False),
        (b"<?xml version='1.0'?><!DOCTYPE fcpxml><fcpxml>", False),
        (b'{"OTIO_SCHEMA": "Timeline.1"}', False),
        (b"", False),
    ],
)
def test_a_web_page_is_known(first: bytes, page: bool) -> None:
    assert is_web_page("", first) is page
