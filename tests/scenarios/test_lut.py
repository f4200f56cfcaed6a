"""A person's own LUT beside the footage: it colours every clip, is said, and stops nothing where it is broken."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np

from kernel.worker.ffmpeg import bundled
from kernel.worker.logs import Numbers
from kernel.worker.lut import cube, lattice
from tests.scenarios.conftest import BRIEF, Edited, Footage
from tests.scenarios.stage import Said, Stage


def _edit(stage: Stage, *footage: Path) -> Said:
    return stage.run("edit", *footage, "--brief", BRIEF, "--yes", "-o", stage.folder / "out.mp4")


def _seen(video: Path) -> Numbers:
    """Return the upper half of a picture from the middle, in red, green and blue, 0 to 255, away from the captions."""
    shown = ["-ss", "2", "-i", str(video), "-frames:v", "1", "-vf", "scale=160:90", "-f", "rawvideo"]
    made = subprocess.run([bundled(), "-v", "fatal", *shown, "-pix_fmt", "rgb24", "-"], capture_output=True, check=True)
    return np.frombuffer(made.stdout, np.uint8).reshape(90, 160, 3)[:45].astype(np.float64)


def test_a_lut_beside_the_footage_colours_the_video_and_is_said(
    stage: Stage, edited: Edited, clips: Footage, tmp_path: Path
) -> None:
    look = tmp_path / "swap.cube"
    look.write_text(cube(lattice(17)[:, ::-1], 17))
    said = _edit(stage, clips.talk, clips.city, look)
    assert said.status == 0, said.err
    assert "The LUT swap.cube gives all clips its colours." in said.out
    plain, swapped = _seen(edited.out), _seen(stage.folder / "out.mp4")
    assert np.abs(plain - plain[..., ::-1]).mean() > 4
    assert np.abs(swapped - plain[..., ::-1]).mean() < 2
    documents = stage.documents()
    [reel] = [reel for reel in documents["footage"].body["reels"] if reel["role"] == "lut"]
    [colour] = [op for op in documents["plan"].body["operations"] if op["type"] == "colour"]
    assert (colour["of"], colour["lut"]) == ("*", reel["id"])


def test_a_broken_lut_is_named_and_the_edit_goes_on_without_it(stage: Stage, clips: Footage, tmp_path: Path) -> None:
    look = tmp_path / "look.cube"
    look.write_text("LUT_3D_SIZE 2\n0 0 0\n")
    said = _edit(stage, clips.talk, clips.city, look)
    assert said.status == 0, said.err
    [refusal] = stage.documents()["footage"].body["refused"]
    assert refusal.startswith("look.cube cannot be used: it holds 1 colours, but says that it has 8.")
    assert refusal in said.out
    assert not [op for op in stage.documents()["plan"].body["operations"] if op["type"] == "colour"]


def test_a_lut_alone_is_no_footage(stage: Stage, tmp_path: Path) -> None:
    look = tmp_path / "look.cube"
    look.write_text(cube(lattice(2), 2))
    said = _edit(stage, look)
    assert said.status == 1
    assert "There is no footage yet" in said.sentence
