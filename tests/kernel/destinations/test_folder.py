"""A file delivered into a folder: whole, checked, and the same again does nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from kernel.destinations.folder import deliver
from kernel.errors import BadInput
from kernel.studio import hash_of


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A finished file."""
    path = tmp_path / "master.mp4"
    path.write_bytes(b"video" * 1000)
    return path


def test_a_file_arrives_whole_in_a_folder_that_is_made(tmp_path: Path, source: Path) -> None:
    target = deliver(source, tmp_path / "out" / "cut.mp4", hash_of(source))
    assert target.read_bytes() == source.read_bytes()
    assert [path.name for path in target.parent.iterdir()] == ["cut.mp4"], "nothing half is left over"


def test_what_is_there_already_is_not_written_again(tmp_path: Path, source: Path) -> None:
    target = deliver(source, tmp_path / "cut.mp4", hash_of(source))
    before = target.stat()
    assert deliver(source, target, hash_of(source)) == target
    assert (target.stat().st_ino, target.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_another_file_in_its_place_is_replaced(tmp_path: Path, source: Path) -> None:
    target = tmp_path / "cut.mp4"
    target.write_bytes(b"an older cut")
    assert hash_of(deliver(source, target, hash_of(source))) == hash_of(source)


def test_a_place_that_cannot_be_written_is_told_with_what_to_do(tmp_path: Path, source: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(BadInput, match=r"cannot be written to .*file/cut\.mp4: .*; choose another place with -o"):
        deliver(source, tmp_path / "file" / "cut.mp4", hash_of(source))


def test_a_source_that_is_not_what_was_approved_is_not_delivered(tmp_path: Path, source: Path) -> None:
    with pytest.raises(BadInput, match="no longer the one that was approved"):
        deliver(source, tmp_path / "cut.mp4", "another hash")
    assert not (tmp_path / "cut.mp4").exists()
