"""What is written on a picture: the only place that knows the reader of letters (OCR), and how letters stand out.

The reader gets arrays that the worker made, never a file. Its models come in its own package and are opened by their
paths, so that it never comes to the point where it would fetch one. They know Latin letters (but for Vietnamese),
Chinese and Japanese; no Cyrillic, Greek, Korean, Arabic, Hebrew, Thai, nor the scripts of India.

Measured on 2 cores: the models load in 0.4 s and take 160 MB, 410 MB at the most after pictures of many sizes; a
picture takes 0.03 s and 0.02 s more for each line on it.
"""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import rapidocr

from kernel.errors import SetUp
from kernel.worker.analysis.found import Writing
from kernel.worker.writing import HAN, script

Rgb = npt.NDArray[np.uint8]
Light = npt.NDArray[np.float32]

DET, REC = "PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"
MODELS = Path(rapidocr.__file__).parent / "models"
AGAIN = "type pip install --force-reinstall rapidocr"
SIDE = 480
"""Pixels of the longer side at which lines are looked for: 74 of 74 captions were read as at 640, in 7 tenths of the
time; at full size it takes ten times as long."""
THREADS = 2
"""Fixed, as another count may add up numbers in another order."""
SURE = 0.5
"""Sureness below which what was found is no writing."""
SCRIPTS = HAN | {"Latn"}
"""What it reads for sure: Greek is among its letters too, and comes out wrong."""
STROKE = 0.12
"""Half a stroke and the edge beside it, as a share of a line's height: how far from its rim a letter is whole."""
CELL = 1.2
"""Width of the pieces in which contrast is measured, as a share of a line's height: each holds a letter."""
LOW = 10
"""The percentile of a line's pieces that is its contrast: half of a caption before a bright sky is found."""
FLARE = 0.05
"""What WCAG adds to the luminance of both sides."""


class Reader:
    """Reads what is written on pictures.

    Args:
        models: the folder of its models.

    Raises:
        SetUp: there is no model there.
    """

    def __init__(self, models: Path = MODELS) -> None:
        for name in (DET, REC):
            if not (models / name).is_file():
                raise SetUp(f"The reader of words on the picture came without its model {name}: {AGAIN}.")
        self._models = models
        self._engine: Any = None
        self._known: frozenset[str] = frozenset()
        # The engine keeps the picture's measures in itself while it reads.
        self._turn = threading.Lock()

    def read(self, rgb: Rgb) -> tuple[Writing, ...]:
        """Return the lines on a picture, from the top down.

        Args:
            rgb: height x width x 3, upright, coded as BT.709.
        """
        with self._turn:
            found = self._loaded()(np.ascontiguousarray(rgb[..., ::-1]))
        if found.boxes is None:
            return ()
        lines = zip(found.boxes, found.txts, found.scores, strict=True)
        return tuple(_writing(rgb, np.asarray(box), str(text), float(sure)) for box, text, sure in lines)

    def knows(self, text: str) -> bool:
        """Say whether it can read the script that a text is written in: all but one in twenty of its letters."""
        self._loaded()
        letters = [letter for letter in unicodedata.normalize("NFC", text.casefold()) if letter.isalpha()]
        return sum(letter not in self._known for letter in letters) <= len(letters) / 20

    def _loaded(self) -> Any:
        if self._engine is None:
            self._engine, self._known = _engine(self._models)
        return self._engine


def bare(text: str) -> str:
    """Return text as it is compared: small letters without their marks, digits; no spaces, no punctuation."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in apart if character.isalnum())


def _engine(models: Path) -> tuple[Any, frozenset[str]]:
    """Load the models and return what reads, and the characters that it knows."""
    settings: dict[str, Any] = {
        "Global.log_level": "critical",
        "Global.use_cls": False,
        "Global.text_score": SURE,
        "Det.model_path": str(models / DET),
        "Det.limit_side_len": SIDE,
        "Det.limit_type": "max",
        "Rec.model_path": str(models / REC),
        "EngineConfig.onnxruntime.intra_op_num_threads": THREADS,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    }
    engine: Any = rapidocr.RapidOCR(params=settings)  # looked up here, as it takes the reader's half second to load
    try:
        engine._load_det_model()
        characters = engine._load_rec_model().session.get_character_list()
    except Exception as error:  # the errors of its engine share no base but this
        raise SetUp(f"The models of the reader of words on the picture are damaged: {AGAIN}.") from error
    return engine, frozenset(letter for letter in "".join(characters).casefold() if script(letter) in SCRIPTS)


def _writing(rgb: Rgb, box: npt.NDArray[np.float32], text: str, sure: float) -> Writing:
    """Return a line from the four corners of its box, in pixels."""
    height, width = rgb.shape[:2]
    left, top = np.clip(box.min(axis=0), 0, (width - 1, height - 1))
    right, low = np.clip(box.max(axis=0), (left + 1, top + 1), (width, height))
    piece = rgb[int(top) : int(np.ceil(low)), int(left) : int(np.ceil(right))]
    return Writing(
        text=text,
        sure=round(sure, 4),
        x=round(float(left) / width, 4),
        y=round(float(top) / height, 4),
        width=round(float(right - left) / width, 4),
        height=round(float(low - top) / height, 4),
        contrast=contrast(piece),
    )


def contrast(line: Rgb) -> float:
    """Return how letters stand out from what is directly round them: WCAG 2's ratio, 1 to 21.

    Which colour the letters have is not known, nor asked: in each piece of the line, as wide as a letter or two, the
    brighter is parted from the darker (Otsu), and the ratio taken across the rims between them.

    Args:
        line: the picture of one line of writing, without much around it.
    """
    light = logs(line)
    height, width = light.shape
    count = max(1, round(width / (CELL * height)))
    reach = max(1, round(STROKE * height))
    edges = np.linspace(0, width, count + 1).astype(int)
    pieces = [_across(light[:, first:end], reach) for first, end in pairwise(edges)]
    return round(float(np.exp(np.percentile(pieces, LOW))), 2)


def logs(rgb: Rgb) -> Light:
    """Return the logarithm of the relative luminance with its flare: the difference of two is their contrast's."""
    codes = np.arange(256) / 255
    linear = np.where(codes <= 0.04045, codes / 12.92, ((codes + 0.055) / 1.055) ** 2.4)
    table = np.stack([linear * part for part in (0.2126, 0.7152, 0.0722)]).astype(np.float32)
    light: Light = table[0][rgb[..., 0]] + table[1][rgb[..., 1]] + table[2][rgb[..., 2]] + np.float32(FLARE)
    return np.log(light)


def _across(light: Light, reach: int) -> float:
    """Return the difference between letters and ground: the median over the rims between bright and dark."""
    low, high = float(light.min()), float(light.max())
    if high - low < 0.02:
        return 0.0
    scaled = np.round((light - low) / (high - low) * 255).astype(np.uint8)
    _, bright = cv2.threshold(scaled, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    rim = cv2.morphologyEx(bright, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)).astype(bool)
    if not rim.any():
        return 0.0
    near = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    return float(np.median((cv2.dilate(light, near) - cv2.erode(light, near))[rim]))


def texts(writing: Sequence[Writing]) -> str:
    """Return lines as one text."""
    return " ".join(line.text for line in writing)
