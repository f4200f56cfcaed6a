"""Folders of the own machine: below what was opened, wherever links and dots lead."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kernel.errors import BadInput
from kernel.fetch import links_in
from kernel.fetch.folder import Folder
from kernel.fetch.part import Errand
from kernel.settings import Settings


@pytest.fixture
def opened(tmp_path: Path) -> Settings:
    (tmp_path / "footage" / "day").mkdir(parents=True)
    (tmp_path / "footage" / "day" / "clip.mp4").write_bytes(b"pictures")
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "clip.mp4").write_bytes(b"secret")
    return Settings.read({"RUSHES_DATA": str(tmp_path / "data"), "RUSHES_FOOTAGE_FOLDERS": str(tmp_path / "footage")})


def fetch(settings: Settings, path: str) -> int:
    row = {"name": Path(path).name, "url": path, "path": path, "id": "1"}
    return Folder(settings).fetch(row, Errand(row["name"], Path(path), 100))


def test_a_file_is_used_where_it_lies(opened: Settings, tmp_path: Path) -> None:
    assert fetch(opened, str(tmp_path / "footage/day/clip.mp4")) == 8
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("way", ["../private/clip.mp4", "day/../../private/clip.mp4", "out/clip.mp4", "out.mp4"])
def test_no_way_leads_out(opened: Settings, tmp_path: Path, way: str) -> None:
    (tmp_path / "footage" / "out").symlink_to(tmp_path / "private")
    (tmp_path / "footage" / "out.mp4").symlink_to(tmp_path / "private" / "clip.mp4")
    path = f"{tmp_path}/footage/{way}"
    with pytest.raises(BadInput, match="I may not fetch from"):
        fetch(opened, path)
    [row] = links_in(path, opened)
    assert "refused" in row


def test_a_link_within_is_followed(opened: Settings, tmp_path: Path) -> None:
    (tmp_path / "footage" / "in.mp4").symlink_to(tmp_path / "footage" / "day" / "clip.mp4")
    assert fetch(opened, str(tmp_path / "footage/in.mp4")) == 8


def test_a_neighbour_whose_name_begins_alike_is_not_below(opened: Settings, tmp_path: Path) -> None:
    (tmp_path / "footage2").mkdir()
    (tmp_path / "footage2" / "clip.mp4").write_bytes(b"secret")
    with pytest.raises(BadInput, match="I may not fetch from"):
        fetch(opened, str(tmp_path / "footage2/clip.mp4"))


def test_what_is_no_file_is_refused(opened: Settings, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "footage" / "pipe.mp4")
    with pytest.raises(BadInput, match="is no file"):
        fetch(opened, str(tmp_path / "footage/pipe.mp4"))


def test_hidden_files_of_a_folder_are_left_out(opened: Settings, tmp_path: Path) -> None:
    (tmp_path / "footage" / "day" / "._clip.mp4").write_bytes(b"of a Mac")
    row = {"name": "day", "url": str(tmp_path / "footage/day"), "id": "1", "from": "folder"}
    assert [row["name"] for row in Folder(opened).files(row)] == ["clip.mp4"]
