"""Short footage made of the real clips, and one job that was edited before the others."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.scenarios.stage import Said, Stage, ffmpeg

BRIEF = "4 seconds, captions"
PATIENCE = 300
"""Seconds for a scenario that names none itself: whole jobs, on machines that do other work beside."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give whole jobs longer than other tests."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(PATIENCE))


@dataclass(frozen=True)
class Footage:
    """A narration of twelve seconds and six seconds of pictures."""

    talk: Path
    city: Path


@dataclass(frozen=True)
class Edited:
    """A job that was carried out by one command."""

    stage: Stage
    said: Said
    out: Path


@pytest.fixture(scope="session")
def clips(footage: Path, tmp_path_factory: pytest.TempPathFactory) -> Footage:
    """The clips, cut short."""
    folder = tmp_path_factory.mktemp("clips")
    made = Footage(folder / "talk.flac", folder / "city.mp4")
    ffmpeg("-i", footage / "speech_two_cities_44s.flac", "-t", "12", made.talk)
    small = ("-t", "6", "-an", "-vf", "scale=-2:180", "-c:v", "libx264", "-preset", "ultrafast")
    ffmpeg("-i", footage / "broll_city_mpeg2.mpg", *small, made.city)
    return made


@pytest.fixture(scope="session")
def edited(clips: Footage, tmp_path_factory: pytest.TempPathFactory) -> Edited:
    """The job that `rushes edit` made of them with the offline director, on a machine that has seen nothing yet."""
    stage = Stage(tmp_path_factory.mktemp("edited"))
    out = stage.folder / "out.mp4"
    said = stage.run("edit", clips.talk, clips.city, "--brief", BRIEF, "--yes", "-o", out)
    return Edited(stage, said, out)


@pytest.fixture
def stage(edited: Edited, tmp_path: Path) -> Stage:
    """A database of its own, on a machine on which the clips were seen and heard before."""
    return Stage(tmp_path, machine=edited.stage.data)
