"""Words on the picture: what is written is what is drawn, where it was measured."""

from __future__ import annotations

import json
from pathlib import Path
from shutil import copyfile
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from kernel.worker.ass import TICK, escaped
from kernel.worker.compile import check, compile
from kernel.worker.drawn_captions import DRAWN as CAPTIONS
from kernel.worker.drawn_titles import DRAWN as TITLES
from kernel.worker.ffmpeg import Ffmpeg, opening
from kernel.worker.fonts import heavy, package, text
from kernel.worker.layout import LOOKS
from kernel.worker.plan import EditPlan
from kernel.worker.render import render
from kernel.worker.subtitles import script, written
from kernel.worker.timing import Box, Picture, Timeline
from kernel.worker.titles import types_of
from tests.kernel.worker.scenes import Frames, cut, plan, read_frames, said, source, words

SIZE = {"width": 640, "height": 360}


def _drawn(edit: EditPlan, black: Path, at: int, ffmpeg: Ffmpeg, tmp_path: Path) -> tuple[NDArray[np.bool_], Timeline]:
    """Return which pixels of a frame are lit, on black footage."""
    size = (SIZE["width"], SIZE["height"])
    return _pages(edit, _part(edit, at, 2), black, ffmpeg, tmp_path / "drawn", size)[0] > 120, compile(edit)


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


def _pages(
    edit: EditPlan, picture: Picture, black: Path, ffmpeg: Ffmpeg, folder: Path, size: tuple[int, int]
) -> Frames:
    """Return what a piece's script draws on black, frame by frame, as luma."""
    words = written(edit, compile(edit), picture)
    assert words
    (folder / "fonts").mkdir(parents=True)
    (folder / "words.ass").write_text(words.script, encoding="utf-8")
    for font in words.fonts:
        copyfile(font.path, folder / "fonts" / font.filename)
    clock = f"scale={size[0]}:{size[1]},settb={TICK}/100,setpts=N"
    drawn = f"{clock},ass=filename=words.ass:fontsdir=fonts,format=gray"
    arguments = [*opening(black), "-map", "0:v:0", "-fps_mode", "passthrough", "-vf", drawn]
    arguments += ["-frames:v", str(picture.frames), "-f", "rawvideo", "pipe:1"]
    blocks = ffmpeg.stream(arguments, cwd=folder, timeout=60, size=size[0] * size[1])
    return np.stack([np.frombuffer(block, dtype=np.uint8).reshape(size[1], size[0]) for block in blocks])


def _part(edit: EditPlan, first: int, frames: int) -> Picture:
    return compile(edit).pictures[0].model_copy(update={"first_frame": first, "frames": frames})


SCRIPTS = {
    "Latin": "Vim & Đồng Ngày",
    "Greek": "Καλημέρα σου",
    "Cyrillic": "Добрый день",
    "Hebrew": "שלום עולם!",
    "Arabic": "مرحبا بالعالم",
    "Japanese": "良い天気ですね",
    "Chinese": "今天很好",
    "Korean": "안녕하세요",
    "Hindi": "नमस्ते दोस्तों",
    "Thai": "สวัสดีชาวโลก",
    "emoji": "Yes 👍",
}


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_script_is_drawn_as_it_was_measured(script: str, black: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    said_words, type = SCRIPTS[script], LOOKS["bold"].type(SCRIPTS[script])
    if missing := type.missing(said_words):
        pytest.skip(f"no font of this machine has {missing}: install {package(missing)} to run this too")
    spans = [(word, 0.5 + n * 0.4, 0.9 + n * 0.4) for n, word in enumerate(said_words.split())]
    known = source("s1", black, 4, has_sound=False, words=words("s1", *spans))
    captions = {"type": "captions", "style": "bold", "size": "huge"}
    edit = plan([known], said("c1", "s1", 0, len(spans) - 1), captions, width=1280, height=720)
    cue = compile(edit).cues[0]
    frames = _pages(edit, _part(edit, cue.first_frame, 2), black, ffmpeg, tmp_path, (1280, 720))
    found = _extent(frames[1] > 130)
    assert found.inside(cue.box)
    assert found.width == pytest.approx(max(type.width(line, cue.size) for line in cue.text), abs=cue.size * 0.16)


@pytest.mark.parametrize("style", sorted(CAPTIONS))
def test_a_piece_of_captions_drawn_alone_looks_as_in_the_whole(
    style: str, black: Path, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    edit = _captioned(black, "Hello", style=style, size="huge")
    _same_alone(edit, black, ffmpeg, tmp_path)


@pytest.mark.parametrize("style", sorted(TITLES))
def test_a_piece_of_a_title_drawn_alone_looks_as_in_the_whole(
    style: str, black: Path, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    title = {"type": "title", "id": "t1", "text": "Ada\nMaths", "clip": "c1", "length": 2, "style": style}
    edit = plan([source("s1", black, 4, has_sound=False)], cut("c1", "s1", 0, 2), title, **SIZE)
    _same_alone(edit, black, ffmpeg, tmp_path)


def _same_alone(edit: EditPlan, black: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    size = (SIZE["width"], SIZE["height"])
    whole = _pages(edit, _part(edit, 0, 59), black, ffmpeg, tmp_path / "whole", size)
    for first in (2, 30):
        alone = _pages(edit, _part(edit, first, 28), black, ffmpeg, tmp_path / str(first), size)
        assert (alone == whole[first : first + 28]).all()


@pytest.mark.parametrize("rate", [(24000, 1001), (30000, 1001), (50, 1), (120, 1)])
def test_words_come_and_go_in_the_very_frame(
    rate: tuple[int, int], black: Path, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    known = source("s1", black, 4, has_sound=False, words=words("s1", ("One.", 0.503, 0.61), ("Two.", 1.52, 1.63)))
    captions = {"type": "captions", "style": "boxed", "size": "huge"}
    shape = {"width": 320, "height": 180, "rate": {"num": rate[0], "den": rate[1]}}
    edit = plan([known], cut("c1", "s1", 0, 2.5), captions, **shape)
    render(edit, {"s1": black}, tmp_path / "out.mp4", tmp_path / "cache", ffmpeg)
    lit = (read_frames(tmp_path / "out.mp4", ffmpeg, 320, 180) > 128).any(axis=(1, 2))
    shown = {frame for cue in compile(edit).cues for frame in range(cue.first_frame, cue.end_frame)}
    assert {int(frame) for frame in np.flatnonzero(lit)} == shown


@pytest.mark.timeout(300)
def test_hostile_words_are_drawn_as_they_stand_or_refused(
    shared: Path, black: Path, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    lines = (shared / "bad" / "text" / "strings.jsonl").read_text(encoding="utf-8").splitlines()
    hostile = [line["text"] for line in map(json.loads, lines) if line["kind"] == "overlay_text"]
    assert len(hostile) == 20
    for number, written_so in enumerate(hostile):
        _as_it_stands(written_so[:160], black, ffmpeg, tmp_path / str(number))


def _as_it_stands(words: str, black: Path, ffmpeg: Ffmpeg, folder: Path) -> None:
    """Hold that a title is refused in one sentence, or drawn letter by letter where it was set."""
    if not words:
        return
    title = {"type": "title", "id": "t1", "text": words, "clip": "c1", "length": 3.9, "style": "lower_third"}
    edit = plan([source("s1", black, 4, has_sound=False)], cut("c1", "s1", 0, 3.9), title, **SIZE)
    if found := check(edit):
        assert all(sentence.startswith("Title t1 ") for sentence in found)
        return
    span = compile(edit).titles[0]
    frames = _pages(edit, _part(edit, 40, 2), black, ffmpeg, folder, (SIZE["width"], SIZE["height"]))
    found_box = _extent(frames[0] > 150)
    strong, quiet = types_of(span.lines)
    widths = [
        (quiet if role == 1 else strong).width(line, size)
        for line, size, role in zip(span.lines, span.sizes, span.roles, strict=True)
    ]
    assert found_box.inside(span.box)
    assert found_box.x + found_box.width == pytest.approx(span.box.x + span.sizes[0] * 0.55 + max(widths), abs=5)
