"""The small room, with everything done in the test's own thread or by two workers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kernel.engine import InlineEngine
from tests.bot.room import Room


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    """A room whose engine does everything in order, when it is told to."""
    built = Room(tmp_path)
    yield built
    built.close()


@pytest.fixture
def lively(tmp_path: Path) -> Iterator[Room]:
    """A room whose engine works by itself."""
    built = Room(tmp_path, engine=InlineEngine(workers=2))
    yield built
    built.close()


@pytest.fixture
def thread(tmp_path: Path) -> Iterator[Room]:
    """A room in a channel, where not everybody may do everything."""
    built = Room(tmp_path, surface="slack", address="T1:C1:1.0")
    yield built
    built.close()
