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
    assert sorted(path.name for path in tmp_path.iterdir()) == ["k.x"]
    cache.drop("k", ".x")
    assert not place.exists()


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
