"""kill -9 of a real process, again and again: nothing remembered is asked again, the documents are the same."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from kernel.store import Store
from tests.kernel.house import MADE, House
from tests.kernel.house_program import JOB

POINTS = ("log 1", "look", "selects_talk 2", "sound", "plan 1", "master", "end")
"""Before the second answer of the log (its subchat is half over), in a tool, before a hand-in, in tasks, at the end."""

BESIDE = {"sound", "titles 0", "titles 1", "titles 2"}
"""Steps that are made at once: one of them may be under way when the process dies in the other."""


def run(folder: Path, root: Path, point: str = "") -> int:
    """Run the program until it ends or dies, and return its exit status."""
    line = [sys.executable, "-m", "tests.kernel.house_program", str(folder), *point.split()]
    return subprocess.run(line, cwd=root, timeout=60, check=False).returncode


@pytest.fixture(scope="module")
def unhurt(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The documents of a job that nobody killed, by step."""
    house = House(tmp_path_factory.mktemp("unhurt"))
    job = house.open(JOB)
    house.run_all(job, "w1")
    found = {name: kept.hash for name, kept in house.store.documents.current(job.id).items()}
    house.close()
    return found


def test_a_job_killed_at_seven_points_ends_as_if_nobody_had(tmp_path: Path, root: Path, unhurt: dict[str, str]) -> None:
    for point in POINTS:
        assert run(tmp_path, root, point) == -signal.SIGKILL, point
    assert run(tmp_path, root) == 0
    passed = Counter((tmp_path / "log").read_text().splitlines())
    looks = passed.pop("look")
    assert looks in (4 + 1, 4 + 2), "each expert looks once; only a look that was killed is done again"
    again = {point for point, count in passed.items() if count > 1}
    killed = set(POINTS) - {"look"}
    assert {point for point in killed if passed[point] != 2} <= BESIDE
    assert killed <= again <= killed | BESIDE, "only what was under way may happen again"
    store = Store.open(f"sqlite:///{tmp_path}/rushes.sqlite")
    current = store.documents.current(JOB)
    assert {name: kept.hash for name, kept in current.items()} == unhurt
    assert {kept.version for kept in current.values()} == {1}
    runs = store.runs.list(JOB)
    assert {run.step for run in runs} == set(MADE)
    assert [run.status for run in runs] == ["done"] * len(MADE)
    ends = [event for event in store.events.since(0, JOB) if event.kind == "walk_ended"]
    assert [event.payload["end"] for event in ends] == ["gate"]
    charges = store.ledger.list(JOB)
    assert 4 * 3 <= len(charges) <= 4 * 3 + len(BESIDE)
    assert sum(kept.cost_usd for kept in current.values()) == pytest.approx(store.ledger.spent(JOB))
    store.close()
