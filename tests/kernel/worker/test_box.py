"""The box: what a run may touch, and that each tier keeps it to that."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from kernel.errors import Cancelled, WorkerError
from kernel.worker.box import Bare, Box, Bubblewrap, Landlock, Limits, Reach, reach_of, tiers
from kernel.worker.ffmpeg import Ffmpeg
from tests.kernel.worker.boxes import EVERY, STRONG, held, running, script, wait_for, working

every = pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.__name__)
strong = pytest.mark.parametrize("kind", STRONG, ids=lambda kind: kind.__name__)
NOWHERE = "/nowhere"
GREY = ["-f", "lavfi", "-i", "color=s=64x36:r=10:d=1"]


def test_what_a_run_may_touch_follows_from_its_words(tmp_path: Path) -> None:
    work = tmp_path / "work"
    line = ["-i", "file:/a/b.mp4", "-i", "file:/a/b.mp4", "-i", "file:near.mp4", "-vf", "movie=file:/c.mp4"]
    reach = reach_of([*line, f"file:{work}/o.mp4", "file:/d/e.mp4", "f.mp4"], work)
    assert reach == Reach((Path("/a/b.mp4"),), (Path("/d/e.mp4"),), work)
    assert reach_of(["-version"], None) == Reach()


def test_a_machine_without_programs_says_what_it_lacks() -> None:
    one, two, three = tiers(system=NOWHERE)
    assert one.missing() == "bubblewrap and prlimit not installed"
    assert two.missing() == "prlimit and setpriv not installed"
    assert three.missing() == ""
    assert "no limits" in str(three)
    assert "outlive" in str(three)
    assert three.wrap(["/x/ffmpeg"], Reach(), 9) == ["/x/ffmpeg"]


def test_the_tiers_come_strongest_first_and_say_what_is_lacking() -> None:
    assert [type(box) for box in tiers()] == [Bubblewrap, Landlock, Bare]
    assert [box.tier for box in tiers()] == [1, 2, 3]
    assert [bool(box.lacks) for box in tiers()] == [False, True, True]


@every
def test_there_is_no_environment_and_no_standard_input(kind: type[Box], tmp_path: Path) -> None:
    program = script(tmp_path / "told", "/usr/bin/env >&2\n/usr/bin/wc -c >&2")
    ffmpeg = Ffmpeg(program, box=working(kind))
    os.environ["A_SECRET"] = "xoxb"
    try:
        with typed(b"q"):
            said = ffmpeg.run([], cwd=tmp_path, timeout=30).stderr
    finally:
        del os.environ["A_SECRET"]
    assert "xoxb" not in said
    assert said.splitlines()[-1].strip() == "0"


@contextmanager
def typed(keys: bytes) -> Iterator[None]:
    """Have keys waiting in this process's standard input."""
    kept = os.dup(0)
    there, here = os.pipe()
    os.write(here, keys)
    os.close(here)
    os.dup2(there, 0)
    try:
        yield
    finally:
        os.dup2(kept, 0)
        os.close(kept)
        os.close(there)


@every
def test_memory_time_output_files_and_cores_are_limited(kind: type[Box], tmp_path: Path) -> None:
    box = working(kind, Limits(memory=2**30, output=2**20, files=99))
    program = script(tmp_path / "told", "ulimit -v >&2; ulimit -f >&2; ulimit -n >&2; ulimit -c >&2; ulimit -t >&2")
    before = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (before[1], before[1]))
    try:
        said = Ffmpeg(program, box=box).run([], cwd=tmp_path, timeout=30).stderr.split()
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, before)
    assert said == [str(2**20), "2048", "99", "0", str(30 * (os.cpu_count() or 1) + 1)]


def test_in_bubblewrap_it_is_nobody_has_no_powers_and_sees_nothing_else(tmp_path: Path) -> None:
    wants = (
        "id -u; ls -A /; ls -A /proc /home /root /etc/passwd; mount -t tmpfs none . && echo MOUNTED; echo x > /dev/x; "
    )
    program = script(tmp_path / "told", f"exec >&2\n{wants} echo x > /x; ls /x /dev/x; exit 0")
    said = Ffmpeg(program, box=working(Bubblewrap)).run([], cwd=tmp_path, timeout=30).stderr
    lines = said.splitlines()
    assert lines[0] == "65534"
    assert not {"proc", "home", "root", "var", "x", "/x", "/dev/x", "/etc/passwd", "MOUNTED"} & set(lines)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has powers to lose")
def test_with_landlock_root_has_no_powers(tmp_path: Path) -> None:
    program = script(tmp_path / "told", "exec >&2\n/usr/bin/setpriv --dump")
    said = Ffmpeg(program, box=working(Landlock)).run([], cwd=tmp_path, timeout=30).stderr
    assert "Capability bounding set: [none]" in said


@every
def test_too_much_memory_ends_a_run_and_enough_lets_it_through(kind: type[Box], tmp_path: Path) -> None:
    big = ["-f", "lavfi", "-i", "color=s=12000x12000:d=0.04", "-vf", "negate", "-f", "null", "-"]
    with pytest.raises(WorkerError) as caught:
        held(kind, Limits(memory=700 * 2**20)).run(big, cwd=tmp_path, timeout=30)
    assert "Cannot allocate memory" in caught.value.stderr
    assert held(kind).run(big, cwd=tmp_path, timeout=30).status == 0


@every
def test_the_processor_time_of_a_run_is_known(kind: type[Box], tmp_path: Path) -> None:
    run = held(kind).run(
        ["-f", "lavfi", "-i", "testsrc2=s=640x360:d=2", "-c:v", "libx264", "-f", "null", "-"], cwd=tmp_path, timeout=30
    )
    assert 0.1 < run.cpu_seconds < 20


@every
def test_too_much_output_ends_a_run(kind: type[Box], tmp_path: Path) -> None:
    raw = [*GREY, "-f", "rawvideo", "o.raw"]
    with pytest.raises(WorkerError):
        held(kind, Limits(output=10_000)).run(raw, cwd=tmp_path, timeout=30)
    assert (tmp_path / "o.raw").stat().st_size <= 10_000
    assert held(kind).run(raw, cwd=tmp_path, timeout=30).status == 0


@every
def test_too_much_processor_time_ends_a_run_before_its_wall_clock(kind: type[Box], tmp_path: Path) -> None:
    box = working(kind)
    program = script(tmp_path / "told", "while :; do :; done")
    line = box.wrap([str(program)], Reach(work=tmp_path), 1)
    begun = time.monotonic()
    assert subprocess.run(line, cwd=tmp_path, capture_output=True, timeout=60).returncode != 0
    assert time.monotonic() - begun < 30


@every
def test_a_wish_to_stop_kills_a_run_and_all_it_started_within_a_second(kind: type[Box], tmp_path: Path) -> None:
    first, second = f"6{uuid4().int % 10**9}", f"7{uuid4().int % 10**9}"
    program = script(tmp_path / "told", f"trap '' TERM INT\n/bin/sleep {first} &\nexec /bin/sleep {second}")
    box, stop = working(kind), threading.Event()
    ended: list[str] = []

    def run() -> None:
        try:
            Ffmpeg(program, box=box).run([], cwd=tmp_path, timeout=60, cancelled=stop.is_set)
        except Cancelled:
            ended.append("as asked")

    thread = threading.Thread(target=run)
    thread.start()
    wait_for(lambda: any(running(first)) and any(running(second)))
    stop.set()
    assert wait_for(lambda: not any(running(first)) and not any(running(second))) < 1
    thread.join()
    assert ended == ["as asked"]


@every
def test_a_run_dies_with_the_process_that_started_it(kind: type[Box], tmp_path: Path) -> None:
    box = working(kind)
    if not box.setpriv:
        pytest.skip("this machine has no setpriv")
    word = f"6{uuid4().int % 10**9}"
    script(tmp_path / "told", f"exec /bin/sleep {word}")
    code = "from pathlib import Path; from kernel.worker import box; from kernel.worker.ffmpeg import Ffmpeg; "
    code += f"p = Path({str(tmp_path)!r}); Ffmpeg(p / 'told', box=box.{kind.__name__}()).run([], cwd=p, timeout=60)"
    parent = subprocess.Popen([sys.executable, "-c", code], env={"PYTHONPATH": os.pathsep.join(sys.path)})
    wait_for(lambda: any(running(word)))
    parent.kill()
    parent.wait()
    assert wait_for(lambda: not any(running(word))) < 1


@every
def test_a_run_outlives_the_thread_that_asked_for_its_start(kind: type[Box], tmp_path: Path) -> None:
    blocks = held(kind).stream([*GREY, "-f", "rawvideo", "pipe:1"], cwd=tmp_path, timeout=30, size=64 * 36)
    asked = threading.Thread(target=lambda: next(blocks))
    asked.start()
    asked.join()
    assert sum(len(block) for block in blocks) > 0


@strong
def test_this_process_keeps_its_rights_whatever_a_run_gave_up(kind: type[Box], tmp_path: Path) -> None:
    held(kind).run([*GREY, "o.mp4"], cwd=tmp_path, timeout=30)
    (tmp_path / "mine").write_text("still")
    (tmp_path / "mine").chmod(0o600)
    assert Path("/proc/self/environ").read_bytes() is not None
