"""Loudness: measured as the standard says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kernel.worker.ffmpeg import Ffmpeg, opening
from kernel.worker.loudness import measure
from kernel.worker.samples import RATE
from tests.kernel.worker.scenes import tone, write_sound


def test_a_full_scale_sine_of_1_khz_has_the_loudness_of_the_standard(footage: Path, ffmpeg: Ffmpeg) -> None:
    # ITU-R BS.1770: 0 dBFS at 997 Hz in one channel is -3.01 LUFS.
    path = write_sound(footage / "sine.wav", ffmpeg, tone(3, 997, 1.0), ["-c:a", "pcm_f32le"])
    level = measure(opening(path), 3, ffmpeg, footage)
    assert level.lufs == pytest.approx(-3.01, abs=0.1)
    assert level.peak_db == pytest.approx(0, abs=0.1)


def test_silence_has_no_loudness(footage: Path, ffmpeg: Ffmpeg) -> None:
    path = write_sound(footage / "silence.wav", ffmpeg, np.zeros(RATE, dtype=np.float32))
    level = measure(opening(path), 1, ffmpeg, footage)
    assert (level.lufs, level.peak_db) == (None, None)
