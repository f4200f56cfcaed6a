"""The stage of the scenarios: short real footage, the bot as a real process, and what it kept."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from kernel.store import Store
from kernel.store.records import Event, Job, Kept
from kernel.worker.ffmpeg import bundled

ROOT = Path(__file__).resolve().parent.parent.parent
LONG = 240.0
"""Seconds after which a scenario gives up waiting."""
LOOK = 0.02
"""Seconds between two looks at what happened."""


def ffmpeg(*arguments: str | Path) -> None:
    """Make media."""
    subprocess.run([bundled(), "-v", "fatal", "-y", *map(str, arguments)], check=True, stdin=subprocess.DEVNULL)


@dataclass(frozen=True)
class Said:
    """What a command line answered."""

    status: int
    out: str
    err: str
    seconds: float

    @property
    def sentence(self) -> str:
        """The one line of its complaint."""
        [line] = self.err.splitlines()
        return line


@dataclass(frozen=True)
class Stage:
    """One database, and the bot that works with it."""

    folder: Path
    environ: Mapping[str, str] = field(default_factory=dict)
    machine: Path | None = None
    """A data folder in which footage was seen and pieces were rendered before; None for one of its own."""

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.machine or self.folder / "data"

    @property
    def settings(self) -> dict[str, str]:
        """The settings, as variables."""
        databases = {name: f"sqlite:///{self.folder / name}.sqlite" for name in ("database", "engine")}
        urls = {f"RUSHES_{name.upper()}_URL": url for name, url in databases.items()}
        return {"RUSHES_DATA": str(self.data), "RUSHES_WEAK_BOX": "true", "COLUMNS": "200", **urls, **self.environ}

    def begin(self, *arguments: str | Path) -> subprocess.Popen[str]:
        """Start `rushes ARGUMENTS` in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "bot", *map(str, arguments)],
            cwd=ROOT,
            env={**os.environ, **self.settings},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str | Path, typed: str = "") -> Said:
        """Run `rushes ARGUMENTS` to its end; nothing raw may ever reach a person."""
        began = time.monotonic()
        process = self.begin(*arguments)
        try:
            out, err = process.communicate(typed, timeout=LONG)
        except subprocess.TimeoutExpired:
            process.kill()
            raise AssertionError("\n".join(("it did not end:", *process.communicate()))) from None
        assert "Traceback" not in out + err, err
        return Said(process.returncode, out, err, time.monotonic() - began)

    @contextmanager
    def store(self) -> Iterator[Store]:
        """Open what the bot kept."""
        store = Store.open(self.settings["RUSHES_DATABASE_URL"])
        yield store
        store.close()

    def job(self) -> Job:
        """Return the one job there is."""
        with self.store() as store:
            [job] = store.jobs.list()
            return job

    def documents(self) -> dict[str, Kept]:
        """Return the newest document of each step."""
        with self.store() as store:
            return store.documents.current(self.job().id)

    def events(self, *kinds: str) -> list[Event]:
        """Return what happened, oldest first."""
        with self.store() as store:
            return [event for event in store.events.since(0, limit=10_000) if not kinds or event.kind in kinds]

    def runs(self) -> dict[str, list[str]]:
        """Return how the runs of each step ended, oldest first."""
        with self.store() as store:
            found: dict[str, list[str]] = {}
            for run in reversed(store.runs.list(self.job().id)):
                found.setdefault(run.step, []).append(run.status)
            return found

    def wait(self, happened: Callable[[Event], bool], after: int = 0) -> Event:
        """Wait until something happened after a place in the order of events."""
        clock, until = threading.Event(), time.monotonic() + LONG
        with self.store() as store:
            while time.monotonic() < until:
                for event in store.events.since(after):
                    after = event.seq
                    if happened(event):
                        return event
                clock.wait(LOOK)
        raise AssertionError("it did not happen")

    def last(self) -> int:
        """Return the place of the newest event."""
        with self.store() as store:
            found = store.events.last()
            return found.seq if found else 0


def kill(process: subprocess.Popen[str]) -> None:
    """Take a process down as a power cut would."""
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=LONG)


def probed(video: Path) -> dict[str, str]:
    """Return what ffmpeg says a file is: duration, video, size, audio."""
    said = subprocess.run([bundled(), "-i", str(video)], capture_output=True, text=True, check=False).stderr
    patterns = {
        "duration": r"Duration: ([\d:.]+)",
        "video": r"Video: (\w+)",
        "size": r"Video: .*?\b(\d{3,4}x\d{3,4})\b",
        "audio": r"Audio: (\w+)",
    }
    return {name: match[1] for name, pattern in patterns.items() if (match := re.search(pattern, said))}


def seconds(video: Path) -> float:
    """Return how long a video is."""
    hours, minutes, rest = probed(video)["duration"].split(":")
    return 3600 * int(hours) + 60 * int(minutes) + float(rest)
