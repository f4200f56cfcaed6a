"""snapshots: exactly the frames that are asked for, or a clear no."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from kernel.errors import WorkerError
from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.snapshots import snapshots
from tests.kernel.worker.scenes import HEIGHT, WIDTH, numbers


def test_the_frames_are_those_that_were_asked_for(talk: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    found = snapshots(talk, [3, 40, 199], ffmpeg, tmp_path)
    pictures = [_grey(path) for path in found]
    assert numbers(np.stack(pictures)) == [3, 40, 199]
    assert pictures[0].shape == (HEIGHT, WIDTH)


def test_a_smaller_picture_has_the_size_that_was_asked_for(talk: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    found = snapshots(talk, [0], ffmpeg, tmp_path, (64, 36), "jpg")
    with Image.open(found[0]) as picture:
        assert picture.size == (64, 36)


def test_a_frame_beyond_the_end_is_said(talk: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    with pytest.raises(WorkerError, match=r"2 frames of talk\.mp4 are wanted, but 1"):
        snapshots(talk, [0, 9999], ffmpeg, tmp_path)


def _grey(path: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("L"))
