"""Loudness: measured as the standard says, and brought to a target without peaks over the limit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kernel.worker.ffmpeg import Ffmpeg, opening
from kernel.worker.loudness import RATE, Raw, master, measure
from kernel.worker.ops.loudness import Loudness
from tests.kernel.worker.scenes import tone, write_sound


def _raw(path: Path, mono: np.ndarray[tuple[int], np.dtype[np.float32]]) -> Raw:
    np.stack([mono, mono], axis=1).astype("<f4").tofile(path)
    return Raw(path=path, samples=len(mono))


def test_a_full_scale_sine_of_1_khz_has_the_loudness_of_the_standard(footage: Path, ffmpeg: Ffmpeg) -> None:
    # ITU-R BS.1770: 0 dBFS at 997 Hz in one channel is -3.01 LUFS.
    path = write_sound(footage / "sine.wav", ffmpeg, tone(3, 997, 1.0), ["-c:a", "pcm_f32le"])
    level = measure(opening(path), 3, ffmpeg, footage)
    assert level.lufs == pytest.approx(-3.01, abs=0.1)
    assert level.peak_db == pytest.approx(0, abs=0.1)


def test_silence_has_no_loudness(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    level = measure(_raw(tmp_path / "a.f32", np.zeros(RATE, dtype=np.float32)).opening(), 1, ffmpeg, tmp_path)
    assert (level.lufs, level.peak_db) == (None, None)


@pytest.mark.parametrize("lufs", [-14.0, -16.0, -23.0])
def test_peaky_sound_reaches_its_target_under_its_limit(lufs: float, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    noise = np.random.default_rng(3).normal(0, 0.02, 5 * RATE)
    noise[:: RATE // 7] = 0.9
    wanted = Loudness(lufs=lufs, true_peak_db=-1.5)
    made, level = master(_raw(tmp_path / "a.f32", noise.astype(np.float32)), wanted, tmp_path, ffmpeg)
    again = measure(opening(made), 5, ffmpeg, tmp_path)
    assert level == again
    assert again.lufs == pytest.approx(lufs, abs=0.5)
    assert again.peak_db is not None
    assert again.peak_db <= -1.5


def test_without_a_target_only_peaks_are_held(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    quiet = _raw(tmp_path / "a.f32", tone(3, 440, 0.05))
    before = measure(quiet.opening(), 3, ffmpeg, tmp_path)
    _, level = master(quiet, None, tmp_path, ffmpeg)
    assert level.lufs == pytest.approx(before.lufs, abs=0.2)


def test_the_encoded_sound_has_every_sample_in_its_place(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    click = np.zeros(3 * RATE + 777, dtype=np.float32)
    click[RATE : RATE + 480] = 0.5
    made, _ = master(_raw(tmp_path / "a.f32", click), None, tmp_path, ffmpeg)
    held = ffmpeg.read([*opening(made), "-ac", "1", "-f", "f32le", "pipe:1"], cwd=tmp_path, timeout=20, limit=10**7)
    samples = np.frombuffer(held, dtype=np.float32)
    assert len(samples) == len(click)
    assert abs(int(np.flatnonzero(np.abs(samples) > 0.25)[0]) - RATE) < 48
