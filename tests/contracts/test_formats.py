"""What every kind of finished file promises: it opens, holds what was planned, and is the same every time."""

from __future__ import annotations

import io
from pathlib import Path
from typing import get_args
from zipfile import ZipFile

import numpy as np
import pytest
from PIL import Image

from kernel.errors import PlanError
from kernel.worker.ffmpeg import Ffmpeg, bundled, opening
from kernel.worker.formats import FORMATS
from kernel.worker.formats.base import Format
from kernel.worker.output import Output
from kernel.worker.plan import EditPlan
from kernel.worker.render import render
from tests.kernel.worker.scenes import cut, numbered, numbers, plan, read_frames, read_sound, source, tone, write_video

each = pytest.mark.parametrize("format", FORMATS, ids=lambda format: format.name)
seen = pytest.mark.parametrize(
    "format", [f for f in FORMATS if f.picture and f.name != "stills"], ids=lambda format: format.name
)
RATE = {"num": 25, "den": 1}


@pytest.fixture(scope="session")
def ffmpeg() -> Ffmpeg:
    return Ffmpeg(bundled(), weak=True)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory, ffmpeg: Ffmpeg) -> Path:
    folder = tmp_path_factory.mktemp("formats")
    return write_video(folder / "clip.mp4", ffmpeg, numbered(100), "25", tone(4))


def _plan(clip: Path, format: Format) -> EditPlan:
    known = source("s1", clip, 4, rate=RATE)
    cuts = cut("c1", "s1", 2, 3), cut("c2", "s1", 0.4, 1.2)
    return plan([known], *cuts, {"type": "loudness"}, rate=RATE, format=format.name)


def _made(clip: Path, format: Format, ffmpeg: Ffmpeg, folder: Path, workers: int = 2) -> Path:
    out = folder / f"{workers}{format.suffix}"
    render(_plan(clip, format), {"s1": clip}, out, folder / f"cache{workers}", ffmpeg, workers=workers)
    return out


def test_the_list_and_the_field_hold_the_same() -> None:
    assert {format.name for format in FORMATS} == set(get_args(Output.model_fields["format"].annotation))


@each
def test_it_says_what_it_is_good_for(format: Format) -> None:
    assert len(format.says.split()) >= 4
    assert format.suffix.startswith(".")


@seen
def test_it_shows_exactly_the_planned_frames(format: Format, clip: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    made = _made(clip, format, ffmpeg, tmp_path)
    assert numbers(read_frames(made, ffmpeg)) == [*range(50, 75), *range(10, 30)]


@each
def test_it_sounds_as_long_as_the_cut(format: Format, clip: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    made = _made(clip, format, ffmpeg, tmp_path)
    if format.sound:
        assert len(read_sound(made, ffmpeg)) == pytest.approx(1.8 * 48000, abs=2048)
    elif format.suffix != ".zip":
        assert "Audio:" not in ffmpeg.run([*opening(made), "-f", "null", "-"], cwd=tmp_path, timeout=20).stderr


@each
def test_the_same_plan_gives_the_same_bytes(format: Format, clip: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    made = [_made(clip, format, ffmpeg, tmp_path, workers).read_bytes() for workers in (1, 2)]
    assert made[0] == made[1]


def test_stills_are_the_middles_of_the_clips(clip: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    stills = next(format for format in FORMATS if format.name == "stills")
    with ZipFile(_made(clip, stills, ffmpeg, tmp_path)) as held:
        assert held.namelist() == ["01-c1.png", "02-c2.png"]
        pictures = [np.asarray(Image.open(io.BytesIO(held.read(name))).convert("L")) for name in held.namelist()]
    assert numbers(np.stack(pictures)) == [62, 20]


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ({"format": "gif", "rate": {"num": 30, "den": 1}}, "choose 20 or 25"),
        ({"format": "gif", "width": 1280, "height": 720}, "960 pixels at the most"),
        ({"format": "webm", "smart_render": True}, "leave smart_render out"),
    ],
)
def test_what_a_format_cannot_hold_is_said_before_anything_is_made(
    output: dict[str, object], words: str, clip: Path, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    edit = plan([source("s1", clip, 4, rate=RATE)], cut("c1", "s1", 0, 1), **{"rate": RATE, **output})
    with pytest.raises(PlanError, match=words):
        render(edit, {"s1": clip}, tmp_path / "out", tmp_path / "cache", ffmpeg)
