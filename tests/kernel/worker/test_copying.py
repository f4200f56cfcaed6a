"""Copying: only edges are encoded, and nobody can see where."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kernel.worker.avcc import sets_of
from kernel.worker.compile import compile
from kernel.worker.copying import Copy, parted, untouched
from kernel.worker.ffmpeg import Ffmpeg, opening
from kernel.worker.pieces import Making
from kernel.worker.plan import EditPlan
from kernel.worker.render import render
from kernel.worker.segments import Cache
from tests.kernel.worker.scenes import cut, numbers, plan, read_frames, source

SIZE = ("-vf", "scale=1280:720:flags=neighbor")


@pytest.fixture(scope="module")
def wide(footage: Path, ffmpeg: Ffmpeg, talk: Path) -> Path:
    """Eight seconds in HD with a group of pictures every second, as a camera writes them."""
    made = footage / "wide.mp4"
    codec = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "18", "-bf", "3", "-b_strategy", "0", "-g", "30"]
    arguments = [*opening(talk), *SIZE, *codec, "-x264-params", "b-pyramid=normal:scenecut=0", "-c:a", "copy"]
    ffmpeg.run([*arguments, "-threads", "2", f"file:{made}"], cwd=footage, timeout=60)
    return made


def _plan(wide: Path, *more: Any, smart: bool = True) -> EditPlan:
    known = source("s1", wide, 8, width=1280, height=720, copyable=True)
    return plan([known], *more, width=1280, height=720, smart_render=smart)


def _making(edit: EditPlan, wide: Path, ffmpeg: Ffmpeg, cache: Path) -> Making:
    return Making(edit, compile(edit), {"s1": wide}, Cache(cache), ffmpeg, "final", lambda: False)


def _read(path: Path, ffmpeg: Ffmpeg) -> Any:
    return read_frames(path, ffmpeg, 1280, 720)


def test_whole_groups_are_copied_and_edges_encoded(wide: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    edit = _plan(wide, cut("c1", "s1", 0.5, 4.3), cut("c2", "s1", 6, 8))
    parts, ahead = parted(_making(edit, wide, ffmpeg, tmp_path))
    spans = [(isinstance(part, Copy), part.first_frame, part.frames) for part in parts]
    assert spans == [(False, 0, 15), (True, 15, 90), (False, 105, 9), (True, 114, 60)]
    assert ahead == 2


def test_every_frame_is_the_planned_one_and_copies_are_the_sources_own(
    wide: Path, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    edit = _plan(wide, cut("c1", "s1", 0.5, 4.3), cut("c2", "s1", 6, 8), cut("c3", "s1", 1.1, 1.9))
    render(edit, {"s1": wide}, tmp_path / "out.mp4", tmp_path / "cache", ffmpeg)
    made, original = _read(tmp_path / "out.mp4", ffmpeg), _read(wide, ffmpeg)
    small = made[:, ::4, ::4]
    assert numbers(small) == [*range(15, 129), *range(180, 240), *range(33, 57)]
    assert np.array_equal(made[15:105], original[30:120])
    assert np.array_equal(made[114:174], original[180:240])


def test_a_player_finds_the_parameter_sets_of_both_before_the_first_picture(
    wide: Path, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    edit = _plan(wide, cut("c1", "s1", 0.5, 4.3))
    render(edit, {"s1": wide}, tmp_path / "out.mp4", tmp_path / "cache", ffmpeg)
    assert len(sets_of(tmp_path / "out.mp4").sequence) == 2


def test_the_same_plan_gives_the_same_bytes(wide: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    edit = _plan(wide, cut("c1", "s1", 0.5, 4.3), cut("c2", "s1", 6, 8))
    hashes = {
        render(edit, {"s1": wide}, tmp_path / f"{n}.mp4", tmp_path / f"cache{n}", ffmpeg, workers=n).hash
        for n in (1, 2)
    }
    assert len(hashes) == 1


TOUCHED: dict[str, dict[str, Any]] = {
    "a title": {"type": "title", "id": "t1", "text": "Hello", "clip": "c1", "length": 1},
    "a fade": {"type": "fade", "end": 1},
}


@pytest.mark.parametrize("operation", TOUCHED.values(), ids=TOUCHED)
def test_what_is_drawn_on_is_encoded(operation: dict[str, Any], wide: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    edit = _plan(wide, cut("c1", "s1", 0, 4), operation)
    making = _making(edit, wide, ffmpeg, tmp_path)
    assert not untouched(making, making.timeline.pictures[0])


def test_a_source_of_another_size_or_rate_is_encoded(wide: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    for change in ({"width": 1920, "height": 1080}, {"rate": {"num": 25, "den": 1}}):
        edit = _plan(wide, cut("c1", "s1", 0, 4))
        edit = edit.model_copy(update={"output": edit.output.model_validate(edit.output.model_dump() | change)})
        assert parted(_making(edit, wide, ffmpeg, tmp_path))[1] == 0


def test_where_it_is_not_asked_for_nothing_is_copied(wide: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    edit = _plan(wide, cut("c1", "s1", 0.5, 2.3), smart=False)
    render(edit, {"s1": wide}, tmp_path / "out.mp4", tmp_path / "cache", ffmpeg)
    assert len(sets_of(tmp_path / "out.mp4").sequence) == 1
