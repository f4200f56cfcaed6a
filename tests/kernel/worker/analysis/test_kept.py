"""What is kept of a file: found again by its content, made anew where it is torn, never half."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from kernel.document import Value
from kernel.worker.analysis.kept import Kept


class Found(Value):
    """What was found."""

    number: int


class Counted:
    """Makes one after the other."""

    def __init__(self) -> None:
        self.made = 0

    def __call__(self) -> Found:
        self.made += 1
        return Found(number=self.made)


def test_the_same_content_is_looked_at_once(tmp_path: Path) -> None:
    make = Counted()
    for _ in range(3):
        assert Kept.of(tmp_path, "a" * 64).once(Found, make).number == 1
    assert Kept.of(tmp_path, "b" * 64).once(Found, make).number == 2


def test_what_it_depends_on_besides_is_told_apart(tmp_path: Path) -> None:
    make, kept = Counted(), Kept.of(tmp_path, "a" * 64)
    assert [kept.once(Found, make, by).number for by in ([1.0], [2.0], [1.0])] == [1, 2, 1]
    assert kept.known(Found, [2.0]) == Found(number=2)
    assert kept.known(Found, [3.0]) is None


def test_without_a_folder_nothing_is_kept() -> None:
    make = Counted()
    assert [Kept().once(Found, make).number for _ in range(2)] == [1, 2]
    assert Kept().known(Found) is None


def test_what_is_torn_or_of_an_older_shape_is_made_anew(tmp_path: Path) -> None:
    for spoilt in (b"", b'{"numb', b'{"name": "old"}', b"\xff\xfe"):
        make, kept = Counted(), Kept(tmp_path)
        (tmp_path / "found.json").write_bytes(spoilt)
        assert kept.once(Found, make).number == 1
        assert kept.once(Found, make).number == 1


def test_a_process_that_is_killed_leaves_a_whole_part_or_none(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from kernel.document import Value\n"
        "from kernel.worker.analysis.kept import Kept\n"
        "class Found(Value):\n    number: int\n"
        "Path.replace = lambda self, other: os.kill(os.getpid(), signal.SIGKILL)\n"
        "Kept(Path(sys.argv[1])).once(Found, lambda: Found(number=7))\n"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=Path.cwd(), timeout=60)
    assert ended.returncode < 0
    assert Kept(tmp_path).known(Found) is None
    assert Kept(tmp_path).once(Found, Counted()).number == 1
