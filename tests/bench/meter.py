"""Running a program and metering it: wall clock, processor time and memory, of it and all its children.

All but the wall clock is sampled from /proc twenty times a second. Memory: the sum of resident sizes over the tree
(pages that several processes share count for each of them), and four times a second the proportional sizes, where
shared pages count once. Processor time is sampled too, since a sandbox that ends without reaping its child hides what
that took; so it misses what a process does in its last twentieth of a second.
"""

from __future__ import annotations

import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

PROC = Path("/proc")
TICK = 0.05
PSS_EVERY = 5
PAGE = os.sysconf("SC_PAGE_SIZE")
JIFFY = os.sysconf("SC_CLK_TCK")


class Failed(Exception):
    """A metered program ended with an error; the text holds the last of what it said."""


@dataclass(frozen=True)
class Usage:
    """What a run took."""

    wall: float
    """Seconds."""
    cpu: float
    """Seconds of processor, children included."""
    foreign: float
    """Seconds of processor that the rest of the machine took meanwhile."""
    tree: int
    """Peak of the summed resident sizes, in bytes."""
    shared: int
    """Peak of the summed proportional sizes, in bytes; 0 where the run was too short to sample."""
    root: int
    """Peak of the started process's own anonymous memory, in bytes."""
    largest: Mapping[str, int] = field(default_factory=dict)
    """Peak resident size of any one process, by program name, in bytes."""
    address: Mapping[str, int] = field(default_factory=dict)
    """Peak address space of any one process, by program name, in bytes."""
    commands: tuple[tuple[str, float], ...] = ()
    """Each process that was seen: its command line and its seconds of processor."""

    def text(self) -> str:
        """Return it in a few words."""
        return f"{self.wall:.2f} s wall, {self.cpu:.2f} s cpu (others {self.foreign:.1f}), {self.tree / 2**20:.0f} MiB"


class _Peaks:
    """The largest sizes that were seen of a tree."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self.tree = self.shared = self.root = 0
        self.largest: dict[str, int] = {}
        self.address: dict[str, int] = {}
        self.spent: dict[int, float] = {}
        self.lines: dict[int, str] = {}
        self._count = 0

    def look(self) -> None:
        """Sample all processes of the tree."""
        pids = family(self._pid)
        self.tree = max(self.tree, sum(self._one(pid) for pid in pids))
        if self._count % PSS_EVERY == 0:
            self.shared = max(self.shared, sum(_kilobytes(pid, "smaps_rollup").get("Pss", 0) for pid in pids))
        self._count += 1

    def _one(self, pid: int) -> int:
        facts, name = _kilobytes(pid, "status"), _name(pid)
        self.spent[pid] = max(self.spent.get(pid, 0.0), _spent(pid))
        self.lines[pid] = _line(pid) or self.lines.get(pid, "")
        resident = facts.get("VmRSS", 0)
        self.largest[name] = max(self.largest.get(name, 0), resident)
        self.address[name] = max(self.address.get(name, 0), facts.get("VmPeak", 0))
        if pid == self._pid:
            self.root = max(self.root, facts.get("RssAnon", 0))
        return resident


def family(pid: int) -> list[int]:
    """Return a process and all that came from it and still live."""
    found = [pid]
    for each in found:
        for task in _listed(PROC / str(each) / "task"):
            with suppress(OSError):
                found += [int(child) for child in (task / "children").read_text().split()]
    return found


def _listed(folder: Path) -> list[Path]:
    with suppress(OSError):
        return list(folder.iterdir())
    return []


def _name(pid: int) -> str:
    with suppress(OSError):
        return (PROC / str(pid) / "comm").read_text().strip().split("-")[0]
    return ""


def _spent(pid: int) -> float:
    """Return the seconds of processor of one process, its children left out."""
    with suppress(OSError):
        row = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        return (int(row[11]) + int(row[12])) / JIFFY
    return 0.0


def _line(pid: int) -> str:
    with suppress(OSError):
        return (PROC / str(pid) / "cmdline").read_bytes().rstrip(b"\0").replace(b"\0", b" ").decode(errors="replace")
    return ""


def _kilobytes(pid: int, file: str) -> dict[str, int]:
    """Return the lines of a file of /proc that tell kilobytes, in bytes."""
    with suppress(OSError):
        rows = (line.split() for line in (PROC / str(pid) / file).read_text().splitlines())
        return {row[0].rstrip(":"): int(row[1]) * 1024 for row in rows if len(row) == 3 and row[2] == "kB"}
    return {}


def busy() -> float:
    """Return the seconds of processor that the machine has spent on anything since it started."""
    user, nice, system, _idle, _wait, *rest = (
        int(number) for number in (PROC / "stat").read_text().splitlines()[0].split()[1:]
    )
    return (user + nice + system + sum(rest[:2])) / JIFFY


def metered(
    command: Sequence[str],
    cwd: Path,
    env: Mapping[str, str] | None = None,
    timeout: float = 3600,
) -> Usage:
    """Run a program to its end.

    Raises:
        Failed: it ended with an error, or ran over its time.
    """
    with tempfile.TemporaryFile() as said:
        before, spent, began = busy(), _children(), time.monotonic()
        child = subprocess.Popen(command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        peaks = _Peaks(child.pid)
        while child.poll() is None:
            peaks.look()
            if time.monotonic() - began > timeout:
                child.kill()
            time.sleep(TICK)
        wall, reaped = time.monotonic() - began, _children() - spent
        if child.returncode:
            said.seek(0)
            raise Failed(f"{command[0]} ended with {child.returncode}: {said.read()[-2000:].decode(errors='replace')}")
    cpu = max(reaped, sum(peaks.spent.values()))
    commands = tuple((peaks.lines[pid], seconds) for pid, seconds in peaks.spent.items())
    sizes = (peaks.tree, peaks.shared, peaks.root, peaks.largest, peaks.address)
    return Usage(wall, cpu, max(0.0, busy() - before - cpu), *sizes, commands)


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def best(runs: Sequence[Usage]) -> Usage:
    """Return the quietest of several runs of one thing: each figure's minimum; of memory the largest."""
    first = min(runs, key=lambda run: run.wall)
    return Usage(
        wall=first.wall,
        cpu=min(run.cpu for run in runs),
        foreign=first.foreign,
        tree=max(run.tree for run in runs),
        shared=max(run.shared for run in runs),
        root=max(run.root for run in runs),
        largest=_most([run.largest for run in runs]),
        address=_most([run.address for run in runs]),
        commands=first.commands,
    )


def _most(seen: Sequence[Mapping[str, int]]) -> dict[str, int]:
    names = {name for each in seen for name in each}
    return {name: max(each.get(name, 0) for each in seen) for name in names}
