"""The box: what stands between the program that opens people's files and the machine.

A decoder meets hostile bytes, so it is taken for lost beforehand: it sees its own files, writes into its own work
folder, has no network, no environment and little memory, and ends with the process that started it. What a machine can
do of this differs, so there are three tiers, the strongest that really works first:

1. `Bubblewrap`: namespaces of its own; what it may not touch is not there at all.
2. `Landlock`: the kernel refuses every other path and every socket; needs no program and no root.
3. `Bare`: limits alone. Refuses footage from outside unless the operator allows it.

Paths are the same inside as outside, so that a command can be run again by hand and an error names a file as people
know it.
"""

from __future__ import annotations

import errno
import os
import shutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, NamedTuple, Protocol, TypeVar

import py_landlock
from py_landlock import AccessFs

from kernel.errors import SetUp

if TYPE_CHECKING:
    import pyseccomp

MEMORY = 4 * 2**30
"""Bytes of address space, which is more than what is used. Measured in GiB: 1080p on one thread takes 1.1 (0.3 used),
three inputs in one graph 1.9, sixteen threads 2.3; 4K takes 1.9 (1.2 used), three inputs 3.3, sixteen threads 3.7."""
OUTPUT = 64 * 2**30
"""Bytes of one file: four hours of 4K at the best quality stay below."""
FILES = 256
"""Files open at once."""
SYSTEM = "/usr/local/bin:/usr/bin:/bin"
ROOTS = ("/bin", "/sbin", "/lib", "/lib32", "/lib64")
"""What lies beside /usr, or points into it."""
LINKER = ("/etc/ld.so.cache", "/etc/alternatives")
"""How a program finds its libraries; Debian's BLAS is a link in the second."""
NOBODY = "65534"
OLDEST = 3
"""The first Landlock that can refuse to cut a file short; before, any file could be emptied."""
REFUSED = frozenset(
    [
        "acct",
        "add_key",
        "adjtimex",
        "bpf",
        "chmod",
        "chown",
        "chroot",
        "clock_adjtime",
        "clock_settime",
        "delete_module",
        "fchmod",
        "fchmodat",
        "fchmodat2",
        "fchown",
        "fchownat",
        "finit_module",
        "fremovexattr",
        "fsconfig",
        "fsetxattr",
        "fsmount",
        "fsopen",
        "futimesat",
        "init_module",
        "io_uring_setup",
        "ioperm",
        "iopl",
        "kexec_file_load",
        "kexec_load",
        "keyctl",
        "kill",
        "lchown",
        "lremovexattr",
        "lsetxattr",
        "mount",
        "mount_setattr",
        "move_mount",
        "mq_open",
        "msgget",
        "name_to_handle_at",
        "open_by_handle_at",
        "open_tree",
        "perf_event_open",
        "personality",
        "pidfd_getfd",
        "pidfd_open",
        "pidfd_send_signal",
        "pivot_root",
        "process_vm_readv",
        "process_vm_writev",
        "ptrace",
        "quotactl",
        "reboot",
        "removexattr",
        "removexattrat",
        "request_key",
        "semget",
        "setdomainname",
        "sethostname",
        "setns",
        "settimeofday",
        "setxattr",
        "setxattrat",
        "shmget",
        "socket",
        "socketpair",
        "swapoff",
        "swapon",
        "syslog",
        "tkill",
        "umount2",
        "unshare",
        "userfaultfd",
        "utime",
        "utimensat",
        "utimes",
    ]
)
"""System calls that Landlock lets pass and no coder needs: sockets, other processes, owners and rights of files."""

T = TypeVar("T")


class Limits(NamedTuple):
    """What one run may use up, in bytes and files."""

    memory: int = MEMORY
    output: int = OUTPUT
    files: int = FILES


LIMITS = Limits()


class Reach(NamedTuple):
    """All that one run may touch besides its program: files it reads, files it writes, the folder it works in."""

    reads: tuple[Path, ...] = ()
    writes: tuple[Path, ...] = ()
    work: Path | None = None


class Inside(Protocol):
    """Calls something that starts a process, where that process is held."""

    def __call__(self, begin: Callable[[], T], /) -> T: ...


def reach_of(arguments: Sequence[str], work: Path | None) -> Reach:
    """Return what a command of ours may touch, from its own words: `-i file:/...`, any other `file:/...`, its folder.

    Names that do not begin with `file:/` lie in the folder or nowhere.
    """
    reads: list[Path] = []
    writes: list[Path] = []
    folder = work.absolute() if work else None
    for before, name in pairwise(["", *arguments]):
        if name.startswith("file:/"):
            path = Path(name.removeprefix("file:"))
            (reads if before == "-i" else writes).append(path)
    outside = [path for path in writes if folder is None or not path.is_relative_to(folder)]
    return Reach(tuple(dict.fromkeys(reads)), tuple(outside), folder)


class Box(ABC):
    """One tier.

    Args:
        limits: what a run may use up.
        system: where the programs of the machine are looked for.
    """

    tier: ClassVar[int]
    name: ClassVar[str]
    holds: ClassVar[str]
    """What it does, in a few words for the operator."""
    lacks: ClassVar[str] = ""
    """What a stronger tier would add, and what to install for it."""

    def __init__(self, limits: Limits = LIMITS, system: str = SYSTEM) -> None:
        self.limits = limits
        self.prlimit = shutil.which("prlimit", path=system)
        self.setpriv = shutil.which("setpriv", path=system)

    def __str__(self) -> str:
        return f"{self.name} (tier {self.tier} of 3): {self.holds}"

    @abstractmethod
    def missing(self) -> str:
        """Return what this machine lacks for this tier; empty where it may be tried."""

    @abstractmethod
    def wrap(self, command: Sequence[str], reach: Reach, cpu_seconds: int) -> list[str]:
        """Return the command line that runs `command`, whose first word is the program's absolute path, in the box."""

    @contextmanager
    def inside(self, program: Path, reach: Reach) -> Iterator[Inside]:
        """Lend a thread through which a run is started, as long as the run lasts.

        A program that dies with its parent dies with the thread that started it: with this one, not with the caller's.

        Raises:
            SetUp: the thread could not be held.
        """
        with ThreadPoolExecutor(1, "box") as cell:
            cell.submit(self._enter, program, reach).result()
            yield lambda begin: cell.submit(begin).result()

    def _enter(self, program: Path, reach: Reach) -> None:  # noqa: B027  # most hold by their command line alone
        """Hold the thread that is about to start a run."""

    def _limited(self, line: Sequence[str], cpu_seconds: int) -> list[str]:
        if not self.prlimit:
            return list(line)
        held = self.limits
        caps = [f"--as={held.memory}", f"--cpu={cpu_seconds}", f"--fsize={held.output}", f"--nofile={held.files}"]
        return [self.prlimit, *caps, "--core=0", "--", *line]

    def _mortal(self, line: Sequence[str], *more: str) -> list[str]:
        """Have the program die with its parent."""
        return [self.setpriv, "--pdeathsig", "KILL", *more, "--", *line] if self.setpriv else list(line)


class Bubblewrap(Box):
    """Tier 1: a file system, processes and network of its own, made by bubblewrap."""

    tier = 1
    name = "bubblewrap"
    holds = "own files only, no network, no other process in sight, limits on memory, time and output"

    def __init__(self, limits: Limits = LIMITS, system: str = SYSTEM) -> None:
        super().__init__(limits, system)
        self.bwrap = shutil.which("bwrap", path=system)

    def missing(self) -> str:
        lost = [name for name, path in (("bubblewrap", self.bwrap), ("prlimit", self.prlimit)) if not path]
        return f"{' and '.join(lost)} not installed" if lost else ""

    def wrap(self, command: Sequence[str], reach: Reach, cpu_seconds: int) -> list[str]:
        # No --new-session: the run has a session of its own already, and one group can be killed in one stroke.
        # --as-pid-1: else bwrap leaves without having waited for the run, and nobody learns the time it took.
        # No --proc: nothing in the box needs one, and what is not there tells nothing.
        line = [self.bwrap or "bwrap", "--unshare-all", "--die-with-parent", "--as-pid-1", "--cap-drop", "ALL"]
        line += ["--uid", NOBODY, "--gid", NOBODY, "--ro-bind", "/usr", "/usr", *_roots(), "--dev", "/dev"]
        for path in (*LINKER, *_own(command[0])):
            line += ["--ro-bind-try", str(path), str(path)]
        if reach.work:
            line += ["--bind", str(reach.work), str(reach.work)]
        for path in reach.reads:
            line += ["--ro-bind-try", str(path), str(path)]
        for path in reach.writes:
            line += ["--bind-try", str(path), str(path)]
        line += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", str(reach.work or "/"), "--", *command]
        return self._limited(line, cpu_seconds)


class Landlock(Box):
    """Tier 2: the kernel's Landlock and a seccomp filter, laid upon the thread that starts the run.

    Both hold for one thread and all that it starts, never for the whole process: so the thread of a run gives up its
    rights, then starts it. No second Python is needed, and nothing happens between fork and exec.
    """

    tier = 2
    name = "Landlock and seccomp"
    holds = "own files only, no network, limits on memory, time and output"
    lacks = (
        "it shares users and kernel interfaces with the bot, where bubblewrap gives it its own: "
        "apt install bubblewrap, and allow user namespaces"
    )

    def missing(self) -> str:
        lost = [name for name, path in (("prlimit", self.prlimit), ("setpriv", self.setpriv)) if not path]
        if lost:
            return f"{' and '.join(lost)} not installed"
        try:
            found = py_landlock.get_abi_version()
            _filter()
        except (py_landlock.LandlockError, OSError, RuntimeError) as error:
            return str(error)
        return "" if found >= OLDEST else f"this kernel's Landlock is too old ({found}, {OLDEST} is needed)"

    def wrap(self, command: Sequence[str], reach: Reach, cpu_seconds: int) -> list[str]:
        powers = ["--inh-caps=-all", "--bounding-set=-all"] if os.geteuid() == 0 else []
        return self._mortal(self._limited(command, cpu_seconds), *powers)

    def _enter(self, program: Path, reach: Reach) -> None:
        try:
            _lock_in(str(program), reach)
        except (py_landlock.LandlockError, OSError, RuntimeError) as error:
            raise SetUp(f"Landlock does not hold ffmpeg here ({error}): install bubblewrap.") from error


class Bare(Box):
    """Tier 3: limits and an empty environment; what ffmpeg may open rests on its allow-lists alone."""

    tier = 3
    name = "no box"
    holds = "allow-lists and limits alone"
    lacks = (
        "a file that breaks ffmpeg could read, write and send whatever the bot can: "
        "apt install bubblewrap, and allow user namespaces (or use Linux 6.2 or newer, for Landlock)"
    )

    def __str__(self) -> str:
        lost = [] if self.prlimit else ["no limits (prlimit is missing)"]
        lost += [] if self.setpriv else ["it may outlive the bot (setpriv is missing)"]
        return "; ".join([super().__str__(), *lost])

    def missing(self) -> str:
        return ""

    def wrap(self, command: Sequence[str], reach: Reach, cpu_seconds: int) -> list[str]:
        return self._mortal(self._limited(command, cpu_seconds))


def tiers(limits: Limits = LIMITS, system: str = SYSTEM) -> tuple[Box, ...]:
    """Return every box that this platform knows, the strongest first; whether one works is to be tried."""
    return (Bubblewrap(limits, system), Landlock(limits, system), Bare(limits, system))


def _roots() -> Iterator[str]:
    """Yield what makes /bin, /lib and their like as they are here: links into /usr, or folders."""
    for name in ROOTS:
        if Path(name).is_symlink():
            yield from ("--symlink", str(Path(name).readlink()), name)
        else:
            yield from ("--ro-bind-try", name, name)


def _own(program: str) -> list[Path]:
    """Return what a program needs of its own: itself, and the libraries that lie beside a `bin`."""
    given = Path(program)
    found = [given, given.resolve()]
    return list(dict.fromkeys([*found, *(path.parent.parent / "lib" for path in found if path.parent.name == "bin")]))


READ = AccessFs.READ_FILE
LIST = READ | AccessFs.READ_DIR | AccessFs.EXECUTE
WRITE = READ | AccessFs.WRITE_FILE | AccessFs.TRUNCATE
MAKE = WRITE | AccessFs.READ_DIR | AccessFs.MAKE_REG | AccessFs.MAKE_DIR | AccessFs.REMOVE_FILE | AccessFs.REMOVE_DIR
OF_A_FILE = READ | WRITE | AccessFs.EXECUTE
"""What may be allowed of a file; the rest is of folders."""


def _lock_in(program: str, reach: Reach) -> None:
    """Give up this thread's rights, for good."""
    # Made first: once the rules hold, this thread may not even import.
    calls = _filter()
    rules = py_landlock.Landlock(strict=False)
    given: list[tuple[AccessFs, Sequence[Path]]] = [
        (LIST, [Path(name) for name in ("/usr", *ROOTS, *LINKER)]),
        (LIST, _own(program)),
        (READ, [*reach.reads, Path("/dev/urandom")]),
        (WRITE, [*reach.writes, Path(os.devnull)]),
        (MAKE, [reach.work] if reach.work else []),
    ]
    for access, paths in given:
        for path in filter(Path.exists, paths):
            rules.add_path_rule(path, access=access if path.is_dir() else access & OF_A_FILE)
    rules.apply()
    calls.load()


def _filter() -> pyseccomp.SyscallFilter:
    """Return a filter that refuses what Landlock does not look at.

    Raises:
        RuntimeError: this machine has no libseccomp.
    """
    # Its import looks for libseccomp and fails without: that is one tier's affair, not the whole program's.
    import pyseccomp

    made = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    numbers = [pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name) for name in REFUSED]
    for number in numbers:
        # Negative: this platform, or this libseccomp, does not know it.
        if number >= 0:
            made.add_rule(pyseccomp.ERRNO(errno.EPERM), number)
    return made
