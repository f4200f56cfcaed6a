"""texts: what stands on a picture is read, with how it stands out; nothing is fetched, nothing is said."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from kernel.errors import SetUp
from kernel.worker.analysis.texts import DET, REC, Reader, Rgb, bare, contrast
from kernel.worker.fonts import FOLDER, HEAVY

SAID = "We made rushes better."


def picture(
    said: str = SAID,
    ink: str = "#ffffff",
    ground: str = "#202020",
    size: int = 48,
    outline: int = 0,
    bright: tuple[int, int] | None = None,
    width: int = 1280,
    height: int = 720,
) -> Rgb:
    """Return a picture with a line of writing in its middle; `bright` are the columns in which the ground is a sky."""
    image = Image.new("RGB", (width, height), ground)
    draw = ImageDraw.Draw(image)
    if bright:
        draw.rectangle((bright[0], 0, bright[1], height), fill="#dfeaf5")
    font = ImageFont.truetype(FOLDER / HEAVY, size)
    middle = (width / 2, height / 2)
    draw.text(middle, said, fill=ink, font=font, anchor="mm", stroke_width=outline, stroke_fill="#000000")
    return np.asarray(image)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


def test_a_line_is_read_with_its_place_and_contrast(reader: Reader) -> None:
    (line,) = reader.read(picture())
    assert bare(line.text) == bare(SAID)
    assert line.sure > 0.9
    assert 0.25 < line.x < 0.35
    assert 0.65 < line.x + line.width < 0.75
    assert 0.42 < line.y < 0.48 < line.y + line.height < 0.58
    assert line.contrast == pytest.approx(16.1, abs=0.5)


def test_the_same_picture_is_read_the_same(reader: Reader) -> None:
    assert reader.read(picture()) == reader.read(picture()) == Reader().read(picture())


@pytest.mark.parametrize("shape", [(4, 4, 3), (2, 900, 3), (720, 1280, 3)])
def test_where_nothing_is_written_nothing_is_read(reader: Reader, shape: tuple[int, ...]) -> None:
    assert reader.read(np.full(shape, 90, np.uint8)) == ()


@pytest.mark.parametrize(
    ("ink", "ground", "ratio"),
    [
        ("#ffffff", "#000000", 21.0),
        ("#000000", "#ffffff", 21.0),
        ("#777777", "#ffffff", 4.48),
        ("#ffd400", "#000000", 14.7),
        ("#ff0000", "#ffffff", 4.0),
        ("#d0d0d0", "#ffffff", 1.55),
    ],
)
@pytest.mark.parametrize("size", [28, 60])
def test_contrast_is_that_of_the_two_colours(ink: str, ground: str, ratio: float, size: int) -> None:
    made = picture(ink=ink, ground=ground, size=size)
    assert contrast(_line(made, size)) == pytest.approx(ratio, rel=0.06)


def test_half_a_line_before_a_bright_sky_shows() -> None:
    assert contrast(_line(picture())) > 15
    assert contrast(_line(picture(bright=(640, 1280)))) < 1.6
    assert contrast(_line(picture(bright=(730, 1280)))) < 2


def test_an_outline_holds_letters_apart_from_any_ground() -> None:
    assert contrast(_line(picture(ground="#f0f0f0", outline=4))) > 15
    assert contrast(_line(picture(outline=4, bright=(640, 1280)))) > 15


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("Straße, garçon, žluťoučký", True),
        ("日本語の字幕です", True),
        ("这是字幕", True),
        ("Это субтитры", False),
        ("자막입니다", False),
        ("هذه ترجمة", False),
        ("यह उपशीर्षक है", False),
        ("นี่คือคำบรรยาย", False),
        ("Rushes, as Это субтитры", False),
        ("123!", True),
        ("Zażółć gęślą jaźń", True),
        ("Işık ılık süt içti", True),
        ("Thời đại của trí tuệ", False),
        ("Ήταν η καλύτερη εποχή", False),
    ],
)
def test_it_says_which_scripts_it_knows(reader: Reader, text: str, known: bool) -> None:
    assert reader.knows(text) is known


def test_without_a_model_a_person_is_told_what_to_type(tmp_path: Path) -> None:
    with pytest.raises(SetUp, match=r"came without its model PP-OCRv6_det_small.onnx: type pip install"):
        Reader(tmp_path)
    for name in (DET, REC):
        (tmp_path / name).write_text("no model")
    with pytest.raises(SetUp, match=r"damaged: type pip install"):
        Reader(tmp_path).read(picture())


def test_it_says_nothing(reader: Reader, capfd: pytest.CaptureFixture[str]) -> None:
    reader.read(picture())
    Reader().read(picture("", ground="#808080"))
    assert capfd.readouterr() == ("", "")
    assert not logging.getLogger("RapidOCR").isEnabledFor(logging.ERROR)


def test_text_is_compared_without_case_marks_spaces_and_punctuation() -> None:
    assert bare("It's 9 O'Clock, Zoë - ŽIŽKOV!") == "its9oclockzoezizkov"


def _line(made: Rgb, size: int = 48) -> Rgb:
    """Return the line alone, as a reader's box is drawn round it."""
    height, width = made.shape[:2]
    half = round(size * 0.62)
    letters = np.abs(made.astype(int) - made[:1]).sum(axis=(0, 2)) > 0
    columns = np.flatnonzero(letters)
    first, last = (int(columns[0]), int(columns[-1])) if len(columns) else (0, width)
    return made[height // 2 - half : height // 2 + half, max(0, first - 8) : last + 8]
