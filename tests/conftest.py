"""What every test may lean on: where things lie, no network, no keys, the same examples on every run."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import hypothesis
import pytest

ROOT = Path(__file__).resolve().parent.parent
OURS = "RUSHES_"
KEPT = ("RUSHES_SHARED",)
KEYS = ("OPENAI_", "ANTHROPIC_", "SLACK_")
PROXIES = ("http_proxy", "https_proxy", "all_proxy")
LONGEST = (
    "tests/scenarios/test_slack_kill.py",
    "tests/scenarios/test_kill.py",
    "tests/scenarios/test_rounds.py",
    "tests/scenarios/",
    "tests/hostile/",
    "tests/kernel/worker/test_hour.py",
    "tests/kernel/worker/test_footage.py",
    "tests/kernel/test_recovery.py",
    "tests/kernel/test_durable.py",
    "tests/kernel/evaluation/",
    "tests/kernel/worker/",
)
"""Files and folders that take minutes, the longest first."""
LOOPBACK = ("127.", "localhost", "::1", "::ffff:127.")

hypothesis.settings.register_profile(
    "rushes",
    deadline=None,  # a first example that loads a library is slow, and no fault
    derandomize=True,  # a red run can be run again
    max_examples=50,
    print_blob=True,
)
hypothesis.settings.load_profile("rushes")


def pytest_configure(config: pytest.Config) -> None:
    """Take a person's own settings and keys out of the tests' sight, and shut the network."""
    for name in [*os.environ]:
        if leaks(name):
            del os.environ[name]
    sys.addaudithook(guard)
    # The tests start more than a hundred processes: each would compile all of Rushes anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes longest first, so that at the end no process works alone."""
    items.sort(key=lambda item: rank(item.path))


def rank(path: Path) -> int:
    """Return the place of a test's file among the longest; all others come after them, in their order."""
    place = path.relative_to(ROOT).as_posix()
    return next((number for number, long in enumerate(LONGEST) if place.startswith(long)), len(LONGEST))


def leaks(name: str) -> bool:
    """Say whether a variable of the person who runs the tests would change what the tests see."""
    own = name.startswith(OURS) and name not in KEPT
    return own or name.startswith(KEYS) or name.lower() in PROXIES


def guard(event: str, arguments: tuple[object, ...]) -> None:
    """Refuse every socket that leaves this machine; an audit hook sees what any library does."""
    host = asked(event, arguments)
    if isinstance(host, str | bytes) and not near(host):
        raise RuntimeError(f"A test reached for the network ({host!r}): tests talk to 127.0.0.1 only.")


def asked(event: str, arguments: tuple[object, ...]) -> object:
    """Return the host that a socket's event is about; None for other events and for local sockets."""
    if event == "socket.getaddrinfo":
        return arguments[0]
    if event in ("socket.connect", "socket.sendto") and isinstance(arguments[1], tuple):
        return arguments[1][0]
    return None


def near(host: str | bytes) -> bool:
    """Say whether a host is this machine."""
    name = host.decode() if isinstance(host, bytes) else host
    return name in ("", "0.0.0.0", "::") or name.startswith(LOOPBACK)


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def footage() -> Path:
    """The folder of the real clips that come along; its MANIFEST.tsv says what they are."""
    return ROOT / "tests" / "footage"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of further real footage, by the setting RUSHES_SHARED or beside the checkout; skips without it."""
    folder = Path(os.environ.get("RUSHES_SHARED") or ROOT.parent / "shared")
    if not (folder / "footage").is_dir():
        pytest.skip(f"no further footage in {folder}: set RUSHES_SHARED to its folder to run this too")
    return folder
