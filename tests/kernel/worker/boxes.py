"""The boxes that this machine offers, for tests that try each of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kernel.errors import SetUp
from kernel.worker.box import LIMITS, Bare, Box, Bubblewrap, Landlock, Limits
from kernel.worker.ffmpeg import Ffmpeg, bundled, choose

STRONG: tuple[type[Box], ...] = (Bubblewrap, Landlock)
EVERY: tuple[type[Box], ...] = (*STRONG, Bare)


def held(kind: type[Box], limits: Limits = LIMITS) -> Ffmpeg:
    """Return the bundled program in a box of that kind; skips where this machine has none."""
    return Ffmpeg(bundled(), box=working(kind, limits), weak=True)


def working(kind: type[Box], limits: Limits = LIMITS) -> Box:
    """Return a box of that kind; skips where it does not work."""
    try:
        return choose(bundled(), [kind(limits)])[0]
    except SetUp as error:
        pytest.skip(f"this machine has no {kind.name}: {error}")


def script(place: Path, text: str) -> Path:
    """Write a shell script that stands in for ffmpeg."""
    place.write_text(f"#!/bin/sh\n{text}\n")
    place.chmod(0o755)
    return place


def running(word: str) -> Iterator[int]:
    """Yield the processes of this machine whose command line holds a word, as seen from outside every box."""
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if word.encode() in place.read_bytes().split(b"\0"):
                yield int(place.parent.name)
        except OSError:
            continue


def wait_for(happened: Callable[[], bool], seconds: float = 20) -> float:
    """Look until something has happened, and return how long that took."""
    begun = time.monotonic()
    while not happened():
        assert time.monotonic() - begun < seconds
        time.sleep(0.005)
    return time.monotonic() - begun
