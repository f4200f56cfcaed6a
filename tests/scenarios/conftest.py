"""Short footage made of the real clips, and one job that was edited before the others."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
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
def common(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of a run of pytest share."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "scenarios"
    folder.mkdir(exist_ok=True)
    return folder


@contextmanager
def making(folder: Path, name: str) -> Iterator[Path | None]:
    """Give the folder in which to make something to whoever comes first, and None to all who come once it is made."""
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = folder / f"{name}.done"
        if done.exists():
            yield None
            return
        shutil.rmtree(folder / name, ignore_errors=True)
        (folder / name).mkdir()
        yield folder / name
        done.touch()


@pytest.fixture(scope="session")
def clips(footage: Path, common: Path) -> Footage:
    """The clips, cut short."""
    made = Footage(common / "clips" / "talk.flac", common / "clips" / "city.mp4")
    with making(common, "clips") as folder:
        if folder:
            ffmpeg("-i", footage / "speech_two_cities_44s.flac", "-t", "12", made.talk)
            small = ("-t", "6", "-an", "-vf", "scale=-2:180", "-c:v", "libx264", "-preset", "ultrafast")
            ffmpeg("-i", footage / "broll_city_mpeg2.mpg", *small, made.city)
    return made


@pytest.fixture(scope="session")
def edited(clips: Footage, common: Path) -> Edited:
    """The job that `rushes edit` made of them with the offline director, on a machine that has seen nothing yet."""
    stage = Stage(common / "edited")
    out, kept = stage.folder / "out.mp4", stage.folder / "said.json"
    with making(common, "edited") as folder:
        if folder:
            said = stage.run("edit", clips.talk, clips.city, "--brief", BRIEF, "--yes", "-o", out)
            kept.write_text(json.dumps(asdict(said)))
            shutil.copytree(stage.data, stage.folder / "machine")
    return Edited(stage, Said(**json.loads(kept.read_text())), out)


@pytest.fixture(scope="session")
def machine(edited: Edited, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a machine on which the clips were seen and heard before: each process has its own."""
    return shutil.copytree(edited.stage.folder / "machine", tmp_path_factory.mktemp("machine") / "data")


@pytest.fixture
def stage(machine: Path, tmp_path: Path) -> Stage:
    """A database of its own, on a machine on which the clips were seen and heard before."""
    return Stage(tmp_path, machine=machine)
