"""Who is at the terminal, and which job a command line means."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.identity import files_of, fingerprint, local_user
from kernel.errors import BadInput


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"pictures")
    return path


def test_somebody_is_always_at_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    assert local_user()


def test_files_are_dropped_with_their_whole_path_and_their_name(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert files_of([Path("clip.mp4")]) == [{"path": str(clip), "name": "clip.mp4"}]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"^There is no file .*lost\.mp4: check the path and its spelling\.$"):
        files_of([tmp_path / "lost.mp4"])


def test_a_folder_is_no_footage(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is not a file: name the video"):
        files_of([tmp_path])


def test_an_empty_file_is_no_footage(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    with pytest.raises(BadInput, match=r"^empty\.mp4 is empty \(0 bytes\)"):
        files_of([tmp_path / "empty.mp4"])


def test_the_same_order_has_the_same_fingerprint_wherever_its_file_lies(clip: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(clip.read_bytes())
    assert fingerprint([clip], "12 seconds ", {}) == fingerprint([copy], "12 seconds", {})


def test_another_source_brief_option_or_order_is_another_job(clip: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.mp4"
    other.write_bytes(b"other pictures")
    orders = [
        fingerprint([clip], "12 seconds", {}),
        fingerprint([other], "12 seconds", {}),
        fingerprint([clip], "13 seconds", {}),
        fingerprint([clip], "12 seconds", {"model": "offline"}),
        fingerprint([clip, other], "12 seconds", {}),
        fingerprint([other, clip], "12 seconds", {}),
    ]
    assert len(set(orders)) == len(orders)
