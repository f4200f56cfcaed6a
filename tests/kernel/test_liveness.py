"""Who is alive, by locks of real processes."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from kernel.errors import SetUp
from kernel.liveness import AdvisoryLocks, FileLocks, Liveness, Locks

HOLD = """
import sys
from pathlib import Path
import sqlalchemy as sa
from kernel.liveness import AdvisoryLocks, FileLocks
where, name = sys.argv[1:]
locks = AdvisoryLocks(sa.make_url(where)) if "://" in where else FileLocks(Path(where))
lock = locks.take(name)
print("held", flush=True)
sys.stdin.readline()
"""


class Place:
    """A place for locks, and a process that holds one."""

    def __init__(self, where: str) -> None:
        self.where = where
        server = "://" in where
        self.locks: Locks = AdvisoryLocks(sa.make_url(where)) if server else FileLocks(Path(where))
        self.processes: list[subprocess.Popen[str]] = []

    def hold(self, name: str) -> subprocess.Popen[str]:
        """Start a process that holds the lock on a name."""
        pipe = subprocess.PIPE
        line = [sys.executable, "-c", HOLD, self.where, name]
        process = subprocess.Popen(line, stdin=pipe, stdout=pipe, text=True)
        self.processes.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        return process


@pytest.fixture(params=["file", "server"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    if request.param == "file":
        found = Place(f"{tmp_path}/work.db")
    else:
        found = Place(request.getfixturevalue("postgres")().replace("postgresql:", "postgresql+psycopg:"))
    yield found
    for process in found.processes:
        process.kill()
        process.communicate()


def death(process: subprocess.Popen[str]) -> None:
    """Kill it, and wait until it is gone."""
    process.send_signal(signal.SIGKILL)
    process.wait()


def swept(liveness: Liveness, looks: int) -> int:
    """Sweep until something is found; a server notices a death a moment later than the kernel."""
    for _ in range(200):
        if count := liveness.sweep(looks):
            return count
    return 0


def test_the_work_of_a_dead_process_is_given_back_and_that_of_a_living_one_is_not(place: Place) -> None:
    recovered: list[str] = []
    owners = {"me", "alive", "dead"}

    def recover(name: str) -> int:
        owners.remove(name)
        recovered.append(name)
        return 3

    liveness = Liveness(place.locks, "me", lambda: set(owners), recover)
    liveness.claim()
    place.hold("alive")
    dying = place.hold("dead")
    assert liveness.sweep(1) == 0
    death(dying)
    assert swept(liveness, 1) == 3
    assert recovered == ["dead"]
    assert liveness.sweep(1) == 0
    liveness.release()


def test_a_name_that_a_living_process_has_is_refused(place: Place) -> None:
    place.hold("me")
    liveness = Liveness(place.locks, "me", set, len)
    with pytest.raises(SetUp, match="Another process already runs as 'me'"):
        liveness.claim()


def test_a_name_is_free_again_after_its_process_died(place: Place) -> None:
    death(place.hold("me"))
    liveness = Liveness(place.locks, "me", set, len)
    liveness.claim()
    liveness.release()


def test_one_look_at_a_server_proves_no_death(place: Place) -> None:
    liveness = Liveness(place.locks, "me", lambda: {"gone"}, lambda name: 1)
    liveness.claim()
    assert [liveness.sweep(2) for _ in range(2)] == [0, 1]
    liveness.release()


def test_a_lock_lost_with_its_connection_is_taken_again_and_the_count_begins_anew(place: Place) -> None:
    if isinstance(place.locks, FileLocks):
        pytest.skip("a file's lock is not lost before its process")
    liveness = Liveness(place.locks, "me", lambda: {"gone"}, lambda name: 1)
    liveness.claim()
    assert liveness.sweep(3) == 0
    engine = sa.create_engine(place.where, isolation_level="AUTOCOMMIT")
    others = "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and pid <> pg_backend_pid()"
    with engine.connect() as connection:
        connection.execute(sa.text(others))
    engine.dispose()
    assert [liveness.sweep(2) for _ in range(3)] == [0, 0, 1]
    assert place.locks.take("me") is None
    liveness.release()


def test_the_lock_files_of_the_dead_are_tidied_away(tmp_path: Path) -> None:
    place = Place(f"{tmp_path}/work.db")
    death(place.hold("dead"))
    liveness = Liveness(place.locks, "me", set, len)
    liveness.claim()
    liveness.start()
    assert [path.name for path in tmp_path.iterdir()] == ["work.db.me.lock"]
    liveness.stop()
    liveness.release()
    assert list(tmp_path.iterdir()) == []
    place.processes[0].communicate()
