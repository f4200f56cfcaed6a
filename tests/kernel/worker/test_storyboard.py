"""storyboard: one picture of the whole cut."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from kernel.worker.compile import compile
from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.render import render
from kernel.worker.storyboard import MOST, chosen, storyboard
from tests.kernel.worker.scenes import cut, plan, said, source, words


def test_it_shows_a_frame_of_every_shot(talk: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    known = source("s1", talk, 8, words=words("s1", ("Hello", 1.1, 1.4), ("there.", 1.5, 1.9)))
    cover = {"type": "cover", "id": "b1", "clip": "c2", "offset": 1, "source": "s1", "start": 0, "why": ""}
    passage = {"type": "transition", "after": "c1", "kind": "dissolve", "length": 0.4}
    edit = plan([known], said("c1", "s1", 0, 1), cut("c2", "s1", 4, 6), cover, passage)
    timeline = compile(edit)
    render(edit, {"s1": talk}, tmp_path / "a.mp4", tmp_path / "cache", ffmpeg)
    storyboard(tmp_path / "a.mp4", timeline, tmp_path / "a.png", ffmpeg, tmp_path)
    cells = chosen(timeline)
    assert [(cell.name, cell.time, cell.words) for cell in cells] == [
        ("c1", "0:00.0", "Hello there."),
        ("c2", "0:00.9", ""),
        ("b1", "0:01.9", ""),
    ]
    with Image.open(tmp_path / "a.png") as sheet:
        assert sheet.width > 600
        assert np.asarray(sheet.convert("L")).std() > 20


def test_a_clip_that_goes_on_where_the_last_one_ended_is_no_shot_of_its_own(talk: Path) -> None:
    runs_on = [cut("c1", "s1", 1, 2), cut("c2", "s1", 2, 2.5), cut("c3", "s1", 5, 6)]
    assert [cell.name for cell in chosen(compile(plan([source("s1", talk, 8)], *runs_on)))] == ["c1", "c3"]


def test_of_many_shots_an_even_choice_is_shown(talk: Path) -> None:
    edit = plan([source("s1", talk, 8)], *(cut(f"c{n}", "s1", n % 7, n % 7 + 0.5) for n in range(1, 101)))
    cells = chosen(compile(edit))
    assert len(cells) == MOST
    assert cells[0].name == "c1"
    assert [cell.frame for cell in cells] == sorted(cell.frame for cell in cells)
