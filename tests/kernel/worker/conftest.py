"""Fixtures of the worker's tests: the real ffmpeg, and a little numbered footage made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from kernel.worker.ffmpeg import Ffmpeg, bundled
from tests.kernel.worker.scenes import beeps, numbered, tone, write_sound, write_video


@pytest.fixture(scope="session")
def ffmpeg() -> Ffmpeg:
    """The ffmpeg that comes with the installation."""
    return Ffmpeg(bundled(), weak=True)


@pytest.fixture(scope="session")
def footage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for generated footage."""
    return tmp_path_factory.mktemp("footage")


@pytest.fixture(scope="session")
def talk(footage: Path, ffmpeg: Ffmpeg) -> Path:
    """Eight seconds of numbered frames at 30 frames a second; each second begins with a flash and a beep."""
    sound = beeps(8, [float(second) for second in range(8)])
    return write_video(footage / "talk.mp4", ffmpeg, numbered(240, range(0, 240, 30)), "30", sound)


@pytest.fixture(scope="session")
def slow(footage: Path, ffmpeg: Ffmpeg) -> Path:
    """Six seconds of numbered frames at 25 frames a second, silent."""
    return write_video(footage / "slow.mp4", ffmpeg, numbered(150), "25")


@pytest.fixture(scope="session")
def music(footage: Path, ffmpeg: Ffmpeg) -> Path:
    """Two seconds of a chord."""
    return write_sound(footage / "music.flac", ffmpeg, tone(2, 220) + tone(2, 330))
