"""The one door to ffmpeg, and the only place of Rushes that starts a process.

Every run is launched alike: in the strongest box (box.py) that works here, no shell, no standard input, an empty
environment, a process group of its own, a wall clock, standard error drained and its end kept. Input files are opened
by absolute `file:` name, with lists of the protocols and formats that are allowed, so that a playlist named
`holiday.mp4` reads nothing else. What a run may touch follows from its own words: the files after `-i`, outputs by
their `file:` name, and the folder it works in.
"""

from __future__ import annotations

import copy
import fcntl
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import IO

from kernel.document import Value
from kernel.errors import Cancelled, SetUp, TimedOut, WorkerError
from kernel.worker.box import Bare, Box, Reach, reach_of, tiers

MEDIA = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpeg,mpegts,mpegvideo,mxf,flv,asf,ogg,wav,w64,aiff,caf,mp3,flac,aac,"
    "amr,ac3,eac3,dts,gif,apng,dv,ivf,h264,hevc,png_pipe,jpeg_pipe,webp_pipe,tiff_pipe,bmp_pipe"
)
"""Formats that hold media and point at no other file: no playlists, no scripts, no devices, no text as pictures."""
MAX_PIXELS = 40_000_000
"""Per picture: 8K is 33 million."""
MAX_ALLOC = 512 * 2**20
"""Bytes in one allocation."""
KEPT = 8192
"""Bytes of standard error that are kept."""
PIPE = 1 << 20
"""Bytes that a pipe holds: raw pictures go through it in larger pieces than the usual 64 kB."""
TICK = 0.1
"""Seconds between two looks at the clock and at the wish to stop."""

WARNING = "Nothing but limits holds ffmpeg on this machine: a hostile file could do there whatever the bot can."

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


def choose(program: Path, boxes: Iterable[Box]) -> tuple[Box, tuple[str, ...]]:
    """Return the first box in which a program really starts, and why those before it were not taken.

    Raises:
        SetUp: it starts in none.
    """
    passed: list[str] = []
    for box in boxes:
        trouble = box.missing() or _trouble(program, box)
        if not trouble:
            return box, tuple(passed)
        passed.append(f"{box.name}: {trouble}")
    raise SetUp(f"{program} could not be started ({'; '.join(passed)}): set the path of a working ffmpeg.")


def _trouble(program: Path, box: Box) -> str:
    """Return why a program does not start in a box; empty where it does."""
    try:
        Ffmpeg(program, box=box).run(["-version"], timeout=20)
    except WorkerError as error:
        return (error.stderr.strip().splitlines() or [str(error)])[-1]
    except SetUp as error:
        return str(error)
    return ""


class Ffmpeg:
    """Runs one ffmpeg program.

    Args:
        program: absolute path of the program.
        log: is told of every run, failed ones too.
        box: what holds it; by default the strongest in which it starts, found by trying when it is first needed.
        weak: whether files may be opened although nothing but limits holds it (tier 3).
    """

    def __init__(self, program: Path, log: Log | None = None, *, box: Box | None = None, weak: bool = False) -> None:
        self.program = program
        self.weak = weak
        self.passed: tuple[str, ...] = ()
        """Why each stronger box was not taken; known once `box` is."""
        self._log = log
        self._given = box

    def telling(self, log: Log) -> Ffmpeg:
        """Return the same program in the same box, with one more listener."""

        def both(run: Run) -> None:
            log(run)
            if self._log:
                self._log(run)

        # Chosen before the copy is made, so that no copy has to try again.
        _ = self.box
        made = copy.copy(self)
        made._log = both
        return made

    @cached_property
    def box(self) -> Box:
        """What holds every run.

        Raises:
            SetUp: the program starts in none.
        """
        if self._given:
            return self._given
        found, self.passed = choose(self.program, tiers())
        return found

    @property
    def warning(self) -> str:
        """What a person is to know with every job about how ffmpeg is held; empty where a box holds it."""
        return WARNING if isinstance(self.box, Bare) else ""

    @cached_property
    def version(self) -> str:
        """The program's own version text, as 9.0.2-static."""
        said = self.read(["-version"], timeout=20, limit=65536).decode(errors="replace")
        return said.split()[2]

    def run(
        self,
        arguments: Sequence[str],
        *,
        cwd: Path | None = None,
        timeout: float,
        on_progress: Callable[[float], None] | None = None,
        cancelled: Wish | None = None,
        level: str = "error",
        kept: int = KEPT,
    ) -> Run:
        """Run ffmpeg to its end; nothing is read from its standard output.

        Args:
            arguments: inputs, filters and outputs; outputs by a name relative to `cwd` or an absolute `file:` name.
            cwd: the folder of ours that it works in, where it may read, write and remove whatever lies there; None:
                it touches nothing but the files it names.
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
        child = self._child(told, cwd, timeout, cancelled, level, kept)
        for line in _lines(child.output(self._log)):
            if on_progress and line.startswith("out_time_us=") and line[12:].isdigit():
                on_progress(int(line[12:]) / 1e6)
        return child.run()

    def stream(
        self,
        arguments: Sequence[str],
        *,
        cwd: Path | None = None,
        timeout: float,
        size: int,
        cancelled: Wish | None = None,
        told: Log | None = None,
        level: str = "error",
        kept: int = KEPT,
    ) -> Iterator[bytes]:
        """Run ffmpeg and yield what it writes to `pipe:1` in blocks of `size` bytes, in bounded memory.

        A last, shorter block is yielded too. Leaving the loop early ends the run. `told` hears of the run at its end,
        as for the complaints of a decoder; `level` and `kept` as for `run`. Raises as `run` does.
        """
        child = self._child(arguments, cwd, timeout, cancelled, level, kept)
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
        cwd: Path | None = None,
        timeout: float,
        cancelled: Wish | None = None,
        told: Log | None = None,
        level: str = "error",
        kept: int = KEPT,
    ) -> Iterator[str]:
        """Run ffmpeg and yield what it writes to `pipe:1` line by line, as filters' metadata.

        `told` hears of the run at its end; `level` and `kept` as for `run`. Raises as `run` does.
        """
        child = self._child(arguments, cwd, timeout, cancelled, level, kept)
        yield from _lines(child.output(self._log, told))

    def read(
        self,
        arguments: Sequence[str],
        *,
        cwd: Path | None = None,
        timeout: float,
        limit: int,
        cancelled: Wish | None = None,
    ) -> bytes:
        """Run ffmpeg and return what it writes to `pipe:1`.

        Raises:
            WorkerError: it failed, or wrote more than `limit` bytes. Else as `run` does.
        """
        child = self._child(arguments, cwd, timeout, cancelled)
        held = bytearray()
        for chunk in child.output(self._log):
            held += chunk
            if len(held) > limit:
                raise WorkerError(
                    f"ffmpeg wrote more than the {limit} bytes that were expected.",
                    child.command,
                )
        return bytes(held)

    def _child(
        self,
        arguments: Sequence[str],
        cwd: Path | None,
        timeout: float,
        cancelled: Wish | None,
        level: str = "error",
        kept: int = KEPT,
    ) -> _Child:
        reach = reach_of(arguments, cwd)
        if reach.reads and isinstance(self.box, Bare) and not self.weak:
            raise SetUp(
                "This machine has nothing to hold ffmpeg by, so no footage is opened: install bubblewrap (rushes "
                "doctor says more), or set RUSHES_WEAK_BOX=true if all footage comes from people you trust."
            )
        fixed = ["-nostdin", "-hide_banner", "-v", level, "-max_alloc", str(MAX_ALLOC)]
        command = [str(self.program), *fixed, *arguments]
        return _Child(self.box, command, reach, timeout, cancelled, kept)


class _Child:
    """One started process: yields its output while watching the clock, the wish to stop and its errors."""

    def __init__(
        self,
        box: Box,
        command: Sequence[str],
        reach: Reach,
        timeout: float,
        cancelled: Wish | None,
        kept: int,
    ) -> None:
        cpu_seconds = int(timeout * (os.cpu_count() or 1)) + 1
        self.command = tuple(box.wrap(command, reach, cpu_seconds))
        self._box = box
        self._program = Path(command[0])
        self._reach = reach
        self._timeout = timeout
        self._cancelled = cancelled
        self._kept = kept
        self._said = bytearray()
        self._begun = time.monotonic()
        self._ended: Run | None = None

    def output(self, *logs: Log | None) -> Iterator[bytes]:
        self._begun = time.monotonic()
        self._make_room()
        with self._box.inside(self._program, self._reach) as inside:
            process = inside(self._start)
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

    def _make_room(self) -> None:
        """Have the files there that the run writes outside its folder: a box lets in files, not names."""
        for path in self._reach.writes:
            try:
                path.touch()
            except OSError as error:
                raise SetUp(f"{path} cannot be written ({error.strerror}): choose another place.") from error

    def _start(self) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                self.command,
                cwd=self._reach.work,
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
                    _widen(pipe)
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


def _widen(pipe: IO[bytes]) -> None:
    """Have a pipe hold more, where the system lets us: it is as good as it was where not."""
    with suppress(OSError, AttributeError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE)


def _number(pipe: IO[bytes] | None) -> int:
    return pipe.fileno() if pipe else -1


def _lines(chunks: Iterator[bytes]) -> Iterator[str]:
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from (line.decode(errors="replace").rstrip("\r") for line in whole)
    if rest:
        yield rest.decode(errors="replace")
