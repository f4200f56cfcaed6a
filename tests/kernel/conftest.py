"""A real PostgreSQL server for the tests that need one, where its programs are installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

Database = Callable[[], str]


def programs() -> Path | None:
    """Return the folder with initdb and pg_ctl; Debian keeps it off the path."""
    found = shutil.which("pg_ctl")
    folders = [Path(found).resolve().parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return folders[-1] if folders else None


@pytest.fixture(scope="session")
def postgres() -> Iterator[Database]:
    """Yield a function that makes a fresh database and returns its URL."""
    folder = programs()
    if folder is None:
        pytest.skip("PostgreSQL is not installed here")
    # PostgreSQL refuses to run as root; a folder of pytest's would be closed to any other user.
    user = "nobody" if os.geteuid() == 0 else None
    home = Path(tempfile.mkdtemp(prefix="pg"))
    if user:
        shutil.chown(home, user)

    def run(program: str, *arguments: str) -> None:
        line = [str(folder / program), *arguments]
        subprocess.run(line, user=user, cwd=home, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    run("initdb", "-D", f"{home}/data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N")
    options = f"-k {home} -c listen_addresses='' -c fsync=off"
    run("pg_ctl", "-D", f"{home}/data", "-o", options, "-l", f"{home}/log", "-w", "start")

    def database() -> str:
        name = f"d{uuid.uuid4().hex}"
        run("createdb", "-h", str(home), "-U", "postgres", name)
        return f"postgresql://postgres@/{name}?host={home}"

    yield database
    run("pg_ctl", "-D", f"{home}/data", "-m", "immediate", "-w", "stop")
    shutil.rmtree(home)
