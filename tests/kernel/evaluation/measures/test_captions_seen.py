"""captions_seen: captions are looked at where they stand, in any style, script and size; others are found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kernel.evaluation.case import Case
from kernel.evaluation.measures.captions_found import find
from kernel.evaluation.measures.captions_seen import MOST, CaptionsSeen, frame_of, looked_for, measure, sampled
from kernel.worker.analysis.found import Look, Sights, Writing
from kernel.worker.analysis.letters import Mask, Rgb, contrast, masks
from kernel.worker.analysis.stills import Still, Stills
from kernel.worker.analysis.texts import Reader
from kernel.worker.compile import check, compile
from kernel.worker.drawn_captions import DRAWN
from kernel.worker.ffmpeg import Ffmpeg, bundled
from kernel.worker.media import Word
from kernel.worker.ops.captions import Captions
from kernel.worker.plan import EditPlan
from kernel.worker.transcribe import Heard
from tests.kernel.evaluation.scenes import named
from tests.kernel.worker.scenes import cut, plan, words

SAID = "It was the best of times, it was the worst of times, and nobody knew which of them it was."
DARK, SKY = (32, 32, 32), (235, 240, 245)


class Given(Stills):
    """Stills that are there already."""

    def __init__(self, given: Sequence[Still]) -> None:
        self._given = given

    def __len__(self) -> int:
        return len(self._given)

    def __getitem__(self, index: int) -> Still:  # type: ignore[override]
        return self._given[index]

    def __iter__(self) -> Iterator[Still]:
        return iter(self._given)

    def near(self, at: float) -> Still | None:
        return min(self._given, key=lambda still: abs(still.at - at), default=None)


@pytest.fixture(scope="module")
def ffmpeg() -> Ffmpeg:
    return Ffmpeg(bundled(), weak=True)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


def spoken(said: str = SAID, width: int = 960, height: int = 540, **captions: Any) -> EditPlan:
    """Return one clip in which somebody says that."""
    timed = [(word, 0.5 + 0.4 * n, 0.8 + 0.4 * n) for n, word in enumerate(said.split())]
    known = named("s1", words=words("s1", *timed), duration=200.0)
    whole = cut("c1", "s1", 0.0, 1.0 + 0.4 * len(timed))
    return plan([known], whole, {"type": "captions", **captions}, width=width, height=height)


def drawn(edit: EditPlan, ffmpeg: Ffmpeg, work: Path, size: tuple[int, int] | None = None) -> list[Mask]:
    """Return the letters of a plan's captions."""
    timeline, style = compile(edit), edit.only(Captions)
    assert style is not None
    shown = [(cue, frame_of(cue)) for cue in sampled(timeline.cues)]
    return list(masks(style, timeline, shown, size or (timeline.width, timeline.height), ffmpeg, work))


def laid(mask: Mask, ground: tuple[int, int, int], ink: tuple[int, int, int] = (255, 255, 255)) -> Rgb:
    """Return letters of one colour on a ground of another."""
    share = (mask / 255.0)[..., None]
    return np.asarray(np.round(share * ink + (1 - share) * ground), np.uint8)


def seen(
    edit: EditPlan, pictures: Sequence[Rgb], ffmpeg: Ffmpeg, work: Path, reader: Reader | None
) -> CaptionsSeen | None:
    """Return what is seen of a plan's captions on these pictures."""
    stills = Given([Still(at, rgb) for at, rgb in zip(looked_for(compile(edit)), pictures, strict=True)])
    return measure(Case(work / "out.mp4", ffmpeg, work, edit), Sights(), stills, reader)


@pytest.mark.parametrize("style", sorted(DRAWN))
def test_nothing_but_letters_is_white_in_any_style(style: str, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    edit = spoken(style=style)
    cues = sampled(compile(edit).cues)
    for cue, mask in zip(cues, drawn(edit, ffmpeg, tmp_path), strict=True):
        box = cue.box
        inside = mask[box.y : box.y + box.height, box.x : box.x + box.width]
        assert inside.sum() == mask.sum()
        assert 0.08 < (inside > 127).mean() < 0.4


@pytest.mark.parametrize("style", sorted(DRAWN))
def test_a_good_caption_is_read_in_any_style(style: str, ffmpeg: Ffmpeg, tmp_path: Path, reader: Reader) -> None:
    edit = spoken(style=style)
    found = seen(edit, [laid(mask, DARK) for mask in drawn(edit, ffmpeg, tmp_path)], ffmpeg, tmp_path, reader)
    assert found is not None
    assert [caption.error for caption in found.captions] == [0.0] * len(compile(edit).cues)
    assert all(15 < caption.contrast < 17 for caption in found.captions)


def test_white_letters_before_a_sky_are_found_and_an_outline_saves_them(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    mask = drawn(spoken(), ffmpeg, tmp_path)[0]
    assert contrast(laid(mask, SKY), mask, 27) < 1.3
    rgb = laid(mask, DARK)
    half = rgb.shape[1] // 2
    rgb[:, :half] = laid(mask, SKY)[:, :half]
    assert contrast(rgb, mask, 27) < 1.3
    import cv2

    outlined = laid(mask, SKY)
    outlined[(cv2.dilate(mask, np.ones((5, 5), np.uint8)) > 127) & (mask < 40)] = 0
    assert contrast(outlined, mask, 27) > 12


def test_letters_that_are_not_there_do_not_stand_out(ffmpeg: Ffmpeg, tmp_path: Path, reader: Reader) -> None:
    edit = spoken()
    blank = np.full((540, 960, 3), 80, np.uint8)
    found = seen(edit, [blank] * len(compile(edit).cues), ffmpeg, tmp_path, reader)
    assert found is not None
    assert all((caption.error, caption.contrast) == (1.0, 1.0) for caption in found.captions)


def test_a_picture_that_is_larger_than_its_stills_is_measured_on_them(
    ffmpeg: Ffmpeg, tmp_path: Path, reader: Reader
) -> None:
    edit = spoken(width=4096, height=2304)
    pictures = [laid(mask, DARK) for mask in drawn(edit, ffmpeg, tmp_path, (1920, 1080))]
    found = seen(edit, pictures, ffmpeg, tmp_path, reader)
    assert found is not None
    assert all(caption.error == 0 and caption.contrast > 14 for caption in found.captions)
    assert found.captions[0].size == pytest.approx(0.05, abs=1e-3)


def test_letters_too_small_to_read_are_found(ffmpeg: Ffmpeg, tmp_path: Path, reader: Reader) -> None:
    edit = spoken(size="small", style="subtle", width=160, height=90)
    found = seen(edit, [laid(mask, DARK) for mask in drawn(edit, ffmpeg, tmp_path)], ffmpeg, tmp_path, reader)
    assert found is not None
    assert float(np.mean([caption.error or 0.0 for caption in found.captions])) > 0.4


@pytest.mark.parametrize(
    ("said", "script"), [("كان أفضل الأزمان وكان أسوأ الأزمان", "Arabic"), ("वह सबसे अच्छा समय था", "Devanagari")]
)
def test_a_script_that_nobody_reads_here_is_said(
    said: str, script: str, ffmpeg: Ffmpeg, tmp_path: Path, reader: Reader
) -> None:
    edit = spoken(said)
    if check(edit):
        pytest.skip(f"no font for {script} on this machine")
    found = seen(edit, [laid(mask, DARK) for mask in drawn(edit, ffmpeg, tmp_path)], ffmpeg, tmp_path, reader)
    assert found is not None
    assert found.unread == f"the reader does not know {script} letters"
    assert all(caption.error is None and caption.contrast > 14 for caption in found.captions)


def test_japanese_is_read(ffmpeg: Ffmpeg, tmp_path: Path, reader: Reader) -> None:
    edit = spoken("それは 最良の 時代 であり、 最悪の 時代 でも あった。")
    if check(edit):
        pytest.skip("no font for Japanese on this machine")
    found = seen(edit, [laid(mask, DARK) for mask in drawn(edit, ffmpeg, tmp_path)], ffmpeg, tmp_path, reader)
    assert found is not None
    assert all(caption.error == 0 for caption in found.captions)


def test_of_many_captions_some_are_looked_at() -> None:
    timeline = compile(spoken(SAID * 15, style="pop"))
    assert len(timeline.cues) > MOST == len(looked_for(timeline))
    assert sampled(timeline.cues)[0] == timeline.cues[0]
    assert sampled(timeline.cues)[-1] == timeline.cues[-1]


def test_a_video_of_another_shape_is_not_measured_by_the_plan(ffmpeg: Ffmpeg, tmp_path: Path, reader: Reader) -> None:
    edit = spoken()
    square = np.zeros((540, 540, 3), np.uint8)
    assert seen(edit, [square] * len(looked_for(compile(edit))), ffmpeg, tmp_path, reader) is None


LINES = ("It was the best of times,", "it was the worst of times,", "it was the age of wisdom,", "it was foolishness.")


def written(text: str, y: float = 0.85, **more: Any) -> Writing:
    return Writing.model_validate(
        {"text": text, "sure": 0.99, "x": 0.3, "y": y, "width": 0.4, "height": 0.07, "contrast": 12.0, **more}
    )


def sights(*texts: Sequence[Writing]) -> Sights:
    return Sights(looks=tuple(Look(at=float(n), writing=tuple(lines)) for n, lines in enumerate(texts)), every=1.0)


def heard(*texts: str) -> Heard:
    """Return lines of two seconds each, as a transcript."""
    return Heard(
        language="en",
        words=tuple(
            Word(
                id=f"w{n}", text=text, start=2.0 * n, end=2.0 * n + 1.8, probability=1, cut_in=2.0 * n, cut_out=2.0 * n
            )
            for n, text in enumerate(texts)
        ),
    )


def test_writing_that_changes_with_what_is_said_is_captions() -> None:
    logo = written("ACME", y=0.05, x=0.45, width=0.1)
    shown = sights(*([written(text), logo] for text in LINES for _ in range(2)))
    found = find(shown, heard(*LINES), 1280, 720)
    assert found is not None
    assert not found.planned
    assert [caption.read for caption in found.captions] == list(LINES)
    assert [caption.error for caption in found.captions] == [0.0] * 4
    assert [(caption.start, caption.end) for caption in found.captions][1:3] == [(1.5, 3.5), (3.5, 5.5)]
    assert found.captions[0].size == pytest.approx(0.048, abs=1e-3)


def test_writing_that_nobody_says_is_no_caption() -> None:
    shown = sights(*([written(text)] for text in LINES for _ in range(2)))
    assert find(shown, heard("Open the menu.", "Choose a file.", "Press save.", "Close it again."), 1280, 720) is None


def test_a_sign_that_stays_is_no_caption() -> None:
    assert find(sights(*[[written("EXIT THROUGH THE SHOP")]] * 8), heard(*LINES), 1280, 720) is None
    assert find(Sights(), heard(*LINES), 1280, 720) is None
    assert find(sights([written(LINES[0])]).model_copy(update={"every": 4.0}), heard(*LINES), 1280, 720) is None
