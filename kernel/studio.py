"""What tasks work with on this machine: ffmpeg, the recogniser, the folders, and the files that are kept."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from kernel.errors import NotFound
from kernel.store import Store
from kernel.store.records import Asset, Job, Role
from kernel.worker.analysis.texts import Reader
from kernel.worker.ffmpeg import Ffmpeg, Run


class Studio:
    """One machine's workplace: everything a task needs beyond its documents."""

    def __init__(
        self,
        data: Path,
        store: Store,
        ffmpeg: Ffmpeg,
        recogniser: Callable[[], Any],
        workers: int,
        reader: Callable[[], Reader] = Reader,
    ) -> None:
        self.data = data
        self.store = store
        self.ffmpeg = ffmpeg
        self.workers = workers
        self._recogniser = recogniser
        self._reader = reader

    def traced(self, log: Callable[[Run], None]) -> Studio:
        """Return the same workplace, with every run of ffmpeg told to `log`."""
        own = (lambda: self.recogniser, self.workers, lambda: self.reader)
        return Studio(self.data, self.store, self.ffmpeg.telling(log), *own)

    @cached_property
    def recogniser(self) -> Any:
        """The recogniser, loaded when it is first needed; None where no weights are installed."""
        return self._recogniser()

    @cached_property
    def reader(self) -> Reader:
        """Reads what is written on pictures that the worker made; its models are loaded when they are first needed."""
        return self._reader()

    @property
    def cache(self) -> Path:
        """Where finished pieces lie, by hash."""
        return self.data / "cache"

    def folder(self, job: str, name: str) -> Path:
        """Return a folder of a job's own, made when missing."""
        path = self.data / "jobs" / job / name
        path.mkdir(parents=True, exist_ok=True)
        return path

    @contextmanager
    def scratch(self, job: str) -> Iterator[Path]:
        """Lend an empty folder of a job's own; it is gone afterwards."""
        with tempfile.TemporaryDirectory(dir=self.folder(job, "scratch"), ignore_cleanup_errors=True) as folder:
            yield Path(folder)

    def path(self, hash_: str, job: str) -> Path:
        """Return where a kept file lies.

        Raises:
            NotFound: it is gone, or its bytes have changed size; says which file and what to do.
        """
        asset = self.store.assets.get(hash_, job)
        path = Path(asset.url)
        if not path.is_file() or path.stat().st_size != asset.size:
            raise NotFound(f"{asset.name} is no longer at {path}, or was changed: put the same file back and resume.")
        return path

    def keep(self, job: Job, path: Path, role: Role, name: str, **metadata: Any) -> Asset:
        """Keep a file that a task made."""
        kept = Asset(
            job=job.id,
            hash=hash_of(path),
            role=role,
            name=name,
            url=str(path),
            size=path.stat().st_size,
            metadata=metadata,
        )
        return self.store.assets.keep(kept)


def hash_of(path: Path) -> str:
    """Return the sha256 of a file's bytes, read in bounded memory."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def place(source: Path, target: Path) -> Path:
    """Copy a file so that it stands at its name whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_name(f".{target.name}.part")
    shutil.copyfile(source, half)
    with half.open("rb+") as file:
        os.fsync(file.fileno())
    half.replace(target)
    return target
