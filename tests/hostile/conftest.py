"""Fixtures of the hostile tests: the real ffmpeg, in the strongest box that works here."""

from __future__ import annotations

import pytest

from kernel.worker.ffmpeg import Ffmpeg, bundled


@pytest.fixture(scope="session")
def ffmpeg() -> Ffmpeg:
    """The ffmpeg that comes with the installation."""
    return Ffmpeg(bundled(), weak=True)
