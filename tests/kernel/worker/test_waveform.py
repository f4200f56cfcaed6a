"""waveform: peaks where the sound is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.waveform import waveform
from tests.kernel.worker.scenes import tone, write_sound


def test_the_peaks_follow_the_sound(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    sound = tone(4)
    sound[: len(sound) // 2] = 0
    peaks = waveform(write_sound(tmp_path / "half.wav", ffmpeg, sound), 4.0, 40, ffmpeg, tmp_path)
    assert len(peaks) == 40
    assert max(peaks[:19]) < 0.01
    assert min(peaks[21:]) == pytest.approx(float(np.abs(sound).max()), rel=0.15)
