"""The cache: whole files or none, and nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from kernel.worker.segments import Cache, key_of


def test_a_kept_file_lies_under_its_hash(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    with cache.work() as work:
        (work / "a").write_bytes(b"made")
        place = cache.keep(work / "a", "k", ".x")
    assert place.read_bytes() == b"made"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["k.x", "k.x.sum"]
    assert cache.find("k", ".x") == place
    cache.drop("k", ".x")
    assert not list(tmp_path.iterdir())
    assert cache.find("k", ".x") is None


def test_a_file_that_has_gone_bad_is_not_found(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    _keep(cache, "k", 4).write_bytes(b"BAD!")
    assert cache.find("k", ".x") is None
    assert not list(tmp_path.iterdir())


def test_what_was_not_used_for_longest_is_evicted_first(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    for age, key in enumerate(("new", "old", "older")):
        place = _keep(cache, key, 1000)
        os.utime(place, (0, 10_000 - age))
    assert cache.trim(2200, now=100_000) == 1000
    assert sorted(path.name for path in tmp_path.glob("*.x")) == ["new.x", "old.x"]
    assert not (tmp_path / "older.x.sum").exists()


def test_what_was_used_within_the_hour_is_never_evicted(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    place = _keep(cache, "k", 1000)
    os.utime(place, (0, 5000))
    assert cache.trim(0, now=5000 + 3599) == 0
    assert cache.trim(0, now=5000 + 3601) == 1000


def test_finding_a_file_counts_as_using_it(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    place = _keep(cache, "k", 1000)
    os.utime(place, (0, 0))
    cache.find("k", ".x")
    assert cache.trim(0) == 0


def _keep(cache: Cache, key: str, size: int) -> Path:
    with cache.work() as work:
        (work / "a").write_bytes(bytes(size))
        return cache.keep(work / "a", key, ".x")


def test_the_work_folder_goes_even_when_the_work_fails(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), Cache(tmp_path).work() as work:
        (work / "half").rename(work / "nowhere" / "half")
    assert not list(tmp_path.iterdir())


LEFT = """
import sys, os
from pathlib import Path
from kernel.worker.segments import Cache
with Cache(Path(sys.argv[1])).work() as work:
    (work / "half").write_bytes(b"half")
    print(work, flush=True)
    sys.stdin.read()
"""


def test_what_a_killed_process_left_is_swept_by_the_next(tmp_path: Path) -> None:
    line = [sys.executable, "-c", LEFT, str(tmp_path)]
    root = Path(__file__).parents[3]
    with subprocess.Popen(line, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        left = Path(process.stdout.readline().strip())
        with Cache(tmp_path).work():
            assert (left / "half").exists()
        os.kill(process.pid, signal.SIGKILL)
    with Cache(tmp_path).work():
        assert not left.exists()
    assert not list(tmp_path.iterdir())


def test_many_renders_share_one_folder(tmp_path: Path) -> None:
    cache, failures = Cache(tmp_path), list[BaseException]()

    def work() -> None:
        try:
            for _ in range(30):
                with cache.work() as folder:
                    (folder / "a").write_bytes(b"a")
                    assert (folder / "a").exists()
        except (AssertionError, OSError) as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def test_a_key_is_a_hash_of_all_that_goes_in() -> None:
    assert key_of("a", "9", x=1) == key_of("a", "9", x=1)
    assert len({key_of("a", "9", x=1), key_of("b", "9", x=1), key_of("a", "8", x=1), key_of("a", "9", x=2)}) == 4
