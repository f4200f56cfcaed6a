"""The one door to ffmpeg, and the only place of Rushes that starts a process.

Every run is launched alike: no shell, no standard input, an empty environment, a process group of its own, limits on
memory and processor time, a wall clock, standard error drained and its end kept. Where the machine has util-linux, a
run also dies with the process that started it. Input files are opened by absolute `file:` name, with lists of the
protocols and formats that are allowed, so that a playlist named `holiday.mp4` reads nothing else.
"""

from __future__ import annotations

import os
import selectors
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import IO

from kernel.document import Value
from kernel.errors import Cancelled, SetUp, TimedOut, WorkerError

MEDIA = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpeg,mpegts,mpegvideo,mxf,flv,asf,ogg,wav,w64,aiff,caf,mp3,flac,aac,"
    "amr,ac3,eac3,dts,gif,apng,dv,ivf,h264,hevc,png_pipe,jpeg_pipe,webp_pipe,tiff_pipe,bmp_pipe"
)
"""Formats that hold media and point at no other file: no playlists, no scripts, no devices, no text as pictures."""
MAX_PIXELS = 40_000_000
"""Per picture: 8K is 33 million."""
MAX_ALLOC = 512 * 2**20
"""Bytes in one allocation."""
MEMORY = 4 * 2**30
"""Bytes of address space: a 4K encode was measured at 0.8 GB, several 4K inputs in one graph come near 2."""
KEPT = 8192
"""Bytes of standard error that are kept."""
TICK = 0.1
"""Seconds between two looks at the clock and at the wish to stop."""
SYSTEM = "/usr/local/bin:/usr/bin:/bin"

Log = Callable[["Run"], None]
Wish = Callable[[], bool]


class Run(Value):
    """One run of ffmpeg, as it was."""

    command: tuple[str, ...]
    """The exact arguments, box included."""
    stderr: str
    """The last 8 kB of what it said, unless more was asked for."""
    seconds: float
    """Wall clock."""
    cpu_seconds: float
    status: int
    """Exit status; negative: the signal that ended it."""


def opening(path: Path, *before: str) -> list[str]:
    """Return the arguments that open a file of unknown origin; `before` are further options of this input, as -ss."""
    guards = [
        "-protocol_whitelist",
        "file",
        "-format_whitelist",
        MEDIA,
        "-max_pixels",
        str(MAX_PIXELS),
    ]
    return [*guards, *before, "-i", f"file:{path.absolute()}"]


def opening_ours(path: Path, format: str, *before: str) -> list[str]:
    """Return the arguments that open a file which the worker wrote itself, as a concat list or raw samples.

    Never for a file that came from outside: a list may name any file of the machine.
    """
    return [
        "-protocol_whitelist",
        "file",
        "-f",
        format,
        *before,
        "-i",
        f"file:{path.absolute()}",
    ]


def bundled() -> Path:
    """Return the ffmpeg that came with the installation.

    Raises:
        SetUp: this platform's package holds none.
    """
    found = sorted(Path(str(files("imageio_ffmpeg"))).glob("binaries/ffmpeg-*"))
    if not found:
        raise SetUp("The package imageio-ffmpeg holds no ffmpeg for this machine: install ffmpeg and set its path.")
    return found[0]


class Box:
    """What stands between ffmpeg and the machine: the tier that this machine can offer."""

    def __init__(self, system: str = SYSTEM) -> None:
        self.setpriv = shutil.which("setpriv", path=system)
        self.prlimit = shutil.which("prlimit", path=system)

    def __str__(self) -> str:
        held = [
            "memory and processor limits" if self.prlimit else "no limits (prlimit is missing)",
            "ends with its parent" if self.setpriv else "may outlive its parent (setpriv is missing)",
        ]
        return f"allow-lists, empty environment, wall clock; {'; '.join(held)}"

    def wrap(self, command: Sequence[str], cpu_seconds: int) -> list[str]:
        """Return the command line that runs `command` inside the box."""
        line = list(command)
        if self.prlimit:
            line = [
                self.prlimit,
                f"--as={MEMORY}",
                f"--cpu={cpu_seconds}",
                "--core=0",
                "--",
                *line,
            ]
        if self.setpriv:
            line = [self.setpriv, "--pdeathsig", "KILL", "--", *line]
        return line


class Ffmpeg:
    """Runs one ffmpeg program.

    Args:
        program: absolute path of the program.
        log: is told of every run, failed ones too.
    """

    def __init__(self, program: Path, log: Log | None = None) -> None:
        self.program = program
        self.box = Box()
        self._log = log

    def telling(self, log: Log) -> Ffmpeg:
        """Return the same program with one more listener."""

        def both(run: Run) -> None:
            log(run)
            if self._log:
                self._log(run)

        return Ffmpeg(self.program, both)

    @cached_property
    def version(self) -> str:
        """The program's own version text, as 9.0.2-static."""
        said = self.read(["-version"], cwd=Path("/"), timeout=20, limit=65536).decode(errors="replace")
        return said.split()[2]

    def run(
        self,
        arguments: Sequence[str],
        *,
        cwd: Path,
        timeout: float,
        on_progress: Callable[[float], None] | None = None,
        cancelled: Wish | None = None,
        level: str = "error",
        kept: int = KEPT,
    ) -> Run:
        """Run ffmpeg to its end; nothing is read from its standard output.

        Args:
            arguments: inputs, filters and outputs; outputs by a name relative to `cwd` or an absolute `file:` name.
            cwd: the folder that it runs in.
            timeout: wall clock, in seconds.
            on_progress: is told the seconds of output made so far, about twice a second.
            cancelled: asked ten times a second; True kills the run.
            level: how much it says on standard error.
            kept: bytes of standard error to keep.

        Raises:
            WorkerError: it failed.
            TimedOut: it ran over its wall clock.
            Cancelled: `cancelled` said so.
        """
        told = ["-progress", "pipe:1", "-stats_period", "0.5", "-y", *arguments]
        child = _Child(self._line(told, timeout, level), cwd, timeout, cancelled, kept)
        for line in _lines(child.output(self._log)):
            if on_progress and line.startswith("out_time_us=") and line[12:].isdigit():
                on_progress(int(line[12:]) / 1e6)
        return child.run()

    def stream(
        self,
        arguments: Sequence[str],
        *,
        cwd: Path,
        timeout: float,
        size: int,
        cancelled: Wish | None = None,
        told: Log | None = None,
    ) -> Iterator[bytes]:
        """Run ffmpeg and yield what it writes to `pipe:1` in blocks of `size` bytes, in bounded memory.

        A last, shorter block is yielded too. Leaving the loop early ends the run. `told` hears of the run at its end,
        as for the complaints of a decoder. Raises as `run` does.
        """
        child = _Child(self._line(arguments, timeout), cwd, timeout, cancelled, KEPT)
        rest = bytearray()
        for chunk in child.output(self._log, told):
            rest += chunk
            whole = len(rest) - len(rest) % size
            for at in range(0, whole, size):
                yield bytes(rest[at : at + size])
            del rest[:whole]
        if rest:
            yield bytes(rest)

    def lines(
        self,
        arguments: Sequence[str],
        *,
        cwd: Path,
        timeout: float,
        cancelled: Wish | None = None,
        told: Log | None = None,
        level: str = "error",
        kept: int = KEPT,
    ) -> Iterator[str]:
        """Run ffmpeg and yield what it writes to `pipe:1` line by line, as filters' metadata.

        `told` hears of the run at its end; `level` and `kept` as for `run`. Raises as `run` does.
        """
        child = _Child(self._line(arguments, timeout, level), cwd, timeout, cancelled, kept)
        yield from _lines(child.output(self._log, told))

    def read(
        self,
        arguments: Sequence[str],
        *,
        cwd: Path,
        timeout: float,
        limit: int,
        cancelled: Wish | None = None,
    ) -> bytes:
        """Run ffmpeg and return what it writes to `pipe:1`.

        Raises:
            WorkerError: it failed, or wrote more than `limit` bytes. Else as `run` does.
        """
        child = _Child(self._line(arguments, timeout), cwd, timeout, cancelled, KEPT)
        held = bytearray()
        for chunk in child.output(self._log):
            held += chunk
            if len(held) > limit:
                raise WorkerError(
                    f"ffmpeg wrote more than the {limit} bytes that were expected.",
                    child.command,
                )
        return bytes(held)

    def _line(self, arguments: Sequence[str], timeout: float, level: str = "error") -> tuple[str, ...]:
        fixed = ["-nostdin", "-hide_banner", "-v", level, "-max_alloc", str(MAX_ALLOC)]
        cpu_seconds = int(timeout * (os.cpu_count() or 1)) + 1
        return tuple(self.box.wrap([str(self.program), *fixed, *arguments], cpu_seconds))


class _Child:
    """One started process: yields its output while watching the clock, the wish to stop and its errors."""

    def __init__(
        self,
        command: tuple[str, ...],
        cwd: Path,
        timeout: float,
        cancelled: Wish | None,
        kept: int,
    ) -> None:
        self.command = command
        self._cwd = cwd
        self._timeout = timeout
        self._cancelled = cancelled
        self._kept = kept
        self._said = bytearray()
        self._begun = time.monotonic()
        self._ended: Run | None = None

    def output(self, *logs: Log | None) -> Iterator[bytes]:
        process = self._start()
        try:
            yield from self._watch(process)
        finally:
            self._end(process)
            for log in filter(None, logs):
                log(self.run())
        self._judge()

    def run(self) -> Run:
        if self._ended is None:
            raise WorkerError("This run of ffmpeg has not ended.", self.command)
        return self._ended

    def _start(self) -> subprocess.Popen[bytes]:
        self._begun = time.monotonic()
        try:
            return subprocess.Popen(
                self.command,
                cwd=self._cwd,
                env={"LANG": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            raise SetUp(f"ffmpeg could not be started ({error.strerror}): set the path of a working ffmpeg.") from error

    def _watch(self, process: subprocess.Popen[bytes]) -> Iterator[bytes]:
        with selectors.DefaultSelector() as pipes:
            for pipe in (process.stdout, process.stderr):
                if pipe:
                    pipes.register(pipe, selectors.EVENT_READ)
            while pipes.get_map():
                self._check()
                for key, _ in pipes.select(TICK):
                    yield from self._take(process, pipes, key.fd)
        while _running(process):
            self._check()
            time.sleep(TICK / 10)

    def _take(
        self,
        process: subprocess.Popen[bytes],
        pipes: selectors.DefaultSelector,
        descriptor: int,
    ) -> Iterator[bytes]:
        chunk = os.read(descriptor, 1 << 20)
        if not chunk:
            pipes.unregister(descriptor)
        elif descriptor == _number(process.stderr):
            self._said += chunk
            del self._said[: -self._kept]
        else:
            yield chunk

    def _check(self) -> None:
        if self._cancelled and self._cancelled():
            raise Cancelled("Stopped while ffmpeg was at work, as asked.")
        if time.monotonic() - self._begun > self._timeout:
            raise TimedOut(
                f"ffmpeg was stopped after {self._timeout:g} seconds: that is all this work may take.",
                self.command,
                self._words(),
            )

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        if process.returncode is None and _running(process):
            os.killpg(process.pid, signal.SIGKILL)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        for pipe in (process.stdout, process.stderr):
            if pipe:
                pipe.close()
        self._ended = Run(
            command=self.command,
            stderr=self._words(),
            seconds=time.monotonic() - self._begun,
            cpu_seconds=used.ru_utime + used.ru_stime,
            status=process.returncode,
        )

    def _judge(self) -> None:
        run = self.run()
        if run.status:
            last = run.stderr.strip().splitlines()[-1:] or ["it said nothing"]
            raise WorkerError(
                f"ffmpeg ended with status {run.status}: {last[0]}",
                run.command,
                run.stderr,
            )

    def _words(self) -> str:
        return self._said.decode(errors="replace")


def _running(process: subprocess.Popen[bytes]) -> bool:
    # WNOWAIT leaves the dead child in place, so that wait4 can still say what it used.
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None


def _number(pipe: IO[bytes] | None) -> int:
    return pipe.fileno() if pipe else -1


def _lines(chunks: Iterator[bytes]) -> Iterator[str]:
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from (line.decode(errors="replace").rstrip("\r") for line in whole)
    if rest:
        yield rest.decode(errors="replace")
