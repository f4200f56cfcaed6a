"""Mastering: the loudness that was asked for, peaks under their limit on the decoded sound, in one encode."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kernel.errors import Cancelled
from kernel.worker.ffmpeg import Ffmpeg, opening
from kernel.worker.formats.sounds import AAC
from kernel.worker.loudness import Level, measure
from kernel.worker.mastering import master
from kernel.worker.mixdown import Layer, Mix
from kernel.worker.ops.loudness import Loudness
from kernel.worker.samples import RATE, Curve
from tests.kernel.worker.heard import both, decoded, noise
from tests.kernel.worker.scenes import tone

WHOLE = Curve((0.0,), (1.0,))


def _mix(path: Path, mono: np.ndarray[Any, Any]) -> Mix:
    both(mono).tofile(path)
    return Mix((Layer(path, 0, len(mono), WHOLE),), len(mono), WHOLE)


def _master(mix: Mix, wanted: Loudness | None, work: Path, ffmpeg: Ffmpeg) -> tuple[Path, Level]:
    return master(mix.read, mix.samples, wanted, AAC, work, ffmpeg)


@pytest.mark.parametrize("lufs", [-14.0, -16.0, -23.0])
def test_peaky_sound_reaches_its_target_under_its_limit(lufs: float, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    sound = noise(5, 0.02, 3)
    sound[:: RATE // 7] = 0.9
    wanted = Loudness(lufs=lufs, true_peak_db=-1.5)
    made, level = _master(_mix(tmp_path / "a.f32", sound), wanted, tmp_path, ffmpeg)
    again = measure(opening(made), 5, ffmpeg, tmp_path)
    assert again.lufs == pytest.approx(lufs, abs=0.2)
    assert again.lufs == pytest.approx(level.lufs, abs=0.02)
    assert again.peak_db is not None
    assert again.peak_db <= -1.5


def test_real_speech_and_music_take_one_encode(shared: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    runs: list[Any] = []
    names = ("speech_two_cities_44s.wav", "music_loop_amen_full.flac", "music_vibe_ace.ogg", "talk_jwpIntro.mp4")
    for name in names:
        mix = _mix(tmp_path / "a.f32", decoded(shared / "footage" / name, ffmpeg)[:, 0])
        _, level = _master(mix, Loudness(), tmp_path, ffmpeg.telling(runs.append))
        assert level.lufs == pytest.approx(-14, abs=0.2)
        assert level.peak_db is not None
        assert level.peak_db <= -1
    assert len(runs) == len(names)


def test_without_a_target_only_peaks_are_held(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    mix = _mix(tmp_path / "a.f32", tone(3, 440, 0.05))
    _, level = _master(mix, None, tmp_path, ffmpeg)
    # A sine of 0.05 on both sides, at 440 Hz: -26 dB, and next to no weighting.
    assert level.lufs == pytest.approx(-26.7, abs=0.4)
    _, loud = _master(_mix(tmp_path / "a.f32", tone(3, 440, 1.0)), None, tmp_path, ffmpeg)
    assert loud.peak_db is not None
    assert loud.peak_db <= -1


def test_silence_stays_silent(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    made, level = _master(_mix(tmp_path / "a.f32", np.zeros(RATE)), Loudness(), tmp_path, ffmpeg)
    assert level == Level(lufs=None, peak_db=None)
    assert not decoded(made, ffmpeg).any()


def test_the_encoded_sound_has_every_sample_in_its_place(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    click = np.zeros(3 * RATE + 777, dtype=np.float32)
    click[RATE : RATE + 480] = 0.5
    made, _ = _master(_mix(tmp_path / "a.f32", click), None, tmp_path, ffmpeg)
    samples = decoded(made, ffmpeg)[:, 0]
    assert len(samples) == len(click)
    assert abs(int(np.flatnonzero(np.abs(samples) > 0.25)[0]) - RATE) < 48


def test_it_stops_when_asked(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    mix = _mix(tmp_path / "a.f32", tone(1))
    with pytest.raises(Cancelled):
        master(mix.read, mix.samples, Loudness(), AAC, tmp_path, ffmpeg, lambda: True)
