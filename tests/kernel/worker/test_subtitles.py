"""Words on the picture: what is written is what is drawn, where it was measured."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from kernel.worker.ass import escaped
from kernel.worker.compile import compile
from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.fonts import heavy, text
from kernel.worker.plan import EditPlan
from kernel.worker.render import render
from kernel.worker.subtitles import script
from kernel.worker.timing import Box, Timeline
from tests.kernel.worker.scenes import cut, plan, read_frames, said, source, words

SIZE = {"width": 640, "height": 360}


def _drawn(edit: EditPlan, black: Path, at: int, ffmpeg: Ffmpeg, tmp_path: Path) -> tuple[NDArray[np.bool_], Timeline]:
    """Return which pixels of a frame are lit, on black footage."""
    render(edit, {"s1": black}, tmp_path / "out.mp4", tmp_path / "cache", ffmpeg)
    return read_frames(tmp_path / "out.mp4", ffmpeg, **SIZE)[at] > 120, compile(edit)


@pytest.fixture(scope="module")
def black(footage: Path, ffmpeg: Ffmpeg) -> Path:
    path = footage / "black.mp4"
    made = ["-f", "lavfi", "-i", "color=black:s=320x180:r=30:d=4", "-c:v", "libx264", f"file:{path}"]
    ffmpeg.run(made, cwd=footage, timeout=30)
    return path


def _captioned(black: Path, said_word: str, **captions: Any) -> EditPlan:
    known = source("s1", black, 4, has_sound=False, words=words("s1", (said_word, 0.5, 1.5), ("again", 1.6, 2.5)))
    return plan([known], said("c1", "s1", 0, 1), {"type": "captions", **captions}, **SIZE)


def _extent(lit: NDArray[np.bool_]) -> Box:
    rows, columns = np.flatnonzero(lit.any(axis=1)), np.flatnonzero(lit.any(axis=0))
    x, y = int(columns[0]), int(rows[0])
    return Box(x=x, y=y, width=int(columns[-1]) - x + 1, height=int(rows[-1]) - y + 1)


@pytest.mark.parametrize("style", ["clean", "bold", "karaoke"])
def test_captions_are_drawn_as_wide_as_they_were_measured(
    style: str, black: Path, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    lit, timeline = _drawn(_captioned(black, "Hamburgefonts", style=style, size="huge"), black, 20, ffmpeg, tmp_path)
    cue = timeline.cues[0]
    measured = (text() if style == "clean" else heavy()).width(cue.text[0], cue.size)
    found = _extent(lit)
    assert found.width == pytest.approx(measured, rel=0.04)
    assert found.inside(cue.box)


@pytest.mark.parametrize("hostile", [r"{\fs200}", r"a\Nb", r"\{x\}", r"{\p1}m 0 0 l 9 9", r"c\h\n"])
def test_what_looks_like_a_command_is_drawn_as_text(hostile: str, black: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    title = {"type": "title", "id": "t1", "text": hostile, "clip": "c1", "length": 2}
    edit = plan([source("s1", black, 4, has_sound=False)], cut("c1", "s1", 0, 2), title, **SIZE)
    lit, timeline = _drawn(edit, black, 30, ffmpeg, tmp_path)
    span = timeline.titles[0]
    found = _extent(lit)
    assert found.width == pytest.approx(heavy().width(span.lines[0], span.sizes[0]), rel=0.07)
    assert found.height < span.sizes[0] * 1.3


def test_line_breaks_and_control_characters_become_spaces() -> None:
    assert escaped("a\nb\r\tc\x00d\u2028e") == "a b c d e"


def test_a_lower_third_stands_left_and_above_the_captions(black: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    edit = _captioned(black, "Hello")
    name = {"type": "title", "id": "t1", "text": "Ada\nMathematician", "clip": "c1", "style": "lower_third"}
    body = edit.body()
    edit = EditPlan.read({**body, "operations": [*body["operations"], name]})
    timeline = compile(edit)
    third, caption = timeline.titles[0].box, timeline.cues[0].box
    assert third.y + third.height <= caption.y
    lit, _ = _drawn(edit, black, 30, ffmpeg, tmp_path)
    assert lit[third.y : third.y + third.height, third.x : third.x + third.width].any()


def test_karaoke_lights_each_word_in_turn(black: Path) -> None:
    edit = _captioned(black, "Hello", style="karaoke", highlight="#112233")
    timeline = compile(edit)
    drawn = script(edit, timeline, timeline.pictures[0]) or ""
    lit = [line.rsplit("}", 1)[1] for line in drawn.splitlines() if "&H332211&" in line]
    assert lit == ["Hello", "again"]


def test_a_piece_without_words_has_no_script(black: Path) -> None:
    edit = plan([source("s1", black, 4)], cut("c1", "s1", 0, 2))
    timeline = compile(edit)
    assert script(edit, timeline, timeline.pictures[0]) is None


def test_a_title_goes_on_over_a_seam_between_pieces(black: Path) -> None:
    title = {"type": "title", "id": "t1", "text": "Long", "clip": "c1", "offset": 7, "length": 2}
    edit = plan([source("s1", black, 20)], cut("c1", "s1", 0, 12), title)
    timeline = compile(edit)
    first, second = (script(edit, timeline, picture) or "" for picture in timeline.pictures)
    # Frames 210 to 270, four hundredths each; the piece ends with frame 240.
    assert ",0:00:08.70,0:00:09.58," in first
    assert ",0:00:00.00,0:00:00.86," in second


def test_two_captions_are_never_drawn_over_one_another(black: Path) -> None:
    edit = _captioned(black, "Hello.", style="bold")
    timeline = compile(edit)
    assert all(b.first_frame >= a.end_frame for a, b in zip(timeline.cues, timeline.cues[1:], strict=False))
