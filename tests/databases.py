"""Databases in the newest form, ready to open: to copy one takes a tenth of the time that migrating one takes."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from kernel.store import Store

EMBEDDED = "sqlite:///"


def ready(url: str) -> str:
    """Put a migrated database to where the URL of an SQLite file points, unless there is one; return the URL."""
    place = Path(url.removeprefix(EMBEDDED))
    if url.startswith(EMBEDDED) and not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(_migrated())
    return url


@cache
def _migrated() -> bytes:
    """Return the bytes of a database in which nothing is kept yet, made once in a process."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "rushes.sqlite"
        Store.open(f"{EMBEDDED}{file}").close()
        return file.read_bytes()
