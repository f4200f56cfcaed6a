"""A real PostgreSQL server for the tests that need one, where its programs are installed; and a small house."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kernel.engine import InlineEngine
from tests.kernel.house import House

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


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A small house whose engine does everything in order, in the test's own thread."""
    built = House(tmp_path)
    yield built
    built.close()


@pytest.fixture
def threads(tmp_path: Path) -> Iterator[House]:
    """A small house whose engine has four threads."""
    built = House(tmp_path, engine=InlineEngine(workers=4))
    yield built
    built.close()


@pytest.fixture
def patient(tmp_path: Path) -> Iterator[House]:
    """A small house whose experts may talk for long."""
    built = House(tmp_path, max_turns=80, max_tokens=100_000)
    yield built
    built.close()
