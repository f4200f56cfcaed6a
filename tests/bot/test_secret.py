"""The secret: from the setting, or made once in a file that only its owner may read."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest
from cryptography.fernet import InvalidToken

from bot.secret import FILE, sealer, secret_of
from kernel.errors import SetUp
from kernel.settings import Settings


def settings(data: Path, **variables: str) -> Settings:
    """Return settings with their data in a folder."""
    return Settings.read({"RUSHES_DATA": str(data), **variables})


def test_the_setting_is_the_secret_and_no_file_is_made(tmp_path: Path) -> None:
    assert secret_of(settings(tmp_path, RUSHES_SECRET_KEY="sixteen letters!")) == b"sixteen letters!"
    assert not (tmp_path / FILE).exists()


def test_a_secret_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    data = tmp_path / "new"
    first = secret_of(settings(data))
    assert len(first) == 43
    assert secret_of(settings(data)) == first
    assert stat.S_IMODE((data / FILE).stat().st_mode) == 0o600
    assert [path.name for path in data.iterdir()] == [FILE]


def test_processes_that_start_together_share_one_secret(tmp_path: Path) -> None:
    together = threading.Barrier(8)
    seen: list[bytes] = []

    def start() -> None:
        together.wait()
        seen.append(secret_of(settings(tmp_path)))

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 8
    assert len(set(seen)) == 1


@pytest.mark.parametrize("where", ["setting", "file"])
def test_a_short_secret_is_refused_by_name(tmp_path: Path, where: str) -> None:
    variables = {"RUSHES_SECRET_KEY": "short"} if where == "setting" else {}
    (tmp_path / FILE).write_text("short" if where == "file" else "")
    with pytest.raises(SetUp, match="RUSHES_SECRET_KEY" if where == "setting" else FILE):
        secret_of(settings(tmp_path, **variables))


def test_a_place_that_cannot_be_written_says_what_to_set(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(SetUp, match="set RUSHES_SECRET_KEY"):
        secret_of(settings(tmp_path / "file"))


def test_what_is_sealed_opens_with_the_same_secret_alone(tmp_path: Path) -> None:
    ours = settings(tmp_path, RUSHES_SECRET_KEY="a" * 32)
    sealed = sealer(ours).encrypt(b"xoxb-1")
    assert sealer(ours).decrypt(sealed) == b"xoxb-1"
    with pytest.raises(InvalidToken):
        sealer(settings(tmp_path, RUSHES_SECRET_KEY="b" * 32)).decrypt(sealed)
