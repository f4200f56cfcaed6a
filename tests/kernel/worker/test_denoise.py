"""Denoise: less noise, the same speech, in the same place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from kernel.worker import denoise
from kernel.worker.denoise import DEPTH, denoised
from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.samples import RATE, Samples
from tests.kernel.worker.heard import both, db, decoded, lag, noise, snr


def _done(mono: NDArray[Any], depth: float) -> Samples:
    return np.concatenate(list(denoised(both(mono), depth)))


def _pink(count: int) -> NDArray[np.float64]:
    spectrum = np.fft.rfft(noise(count / RATE, 1.0)) / np.sqrt(np.maximum(np.fft.rfftfreq(count, 1 / RATE), 20))
    made = np.asarray(np.fft.irfft(spectrum, count), dtype=np.float64)
    return made / float(made.std())


def _speechlike(seconds: float) -> NDArray[np.float64]:
    """Return tones that come and go as syllables do, with pauses."""
    at = np.arange(round(seconds * RATE)) / RATE
    voice = sum(np.sin(2 * np.pi * 140 * number * at) / number for number in range(1, 20))
    made: NDArray[np.float64] = 0.1 * voice * np.maximum(0, np.sin(2 * np.pi * 1.5 * at)) ** 2
    return made


@pytest.mark.parametrize(("name", "depth"), DEPTH.items())
def test_noise_alone_is_turned_down_by_what_was_asked(name: str, depth: float) -> None:
    hiss = noise(5)
    assert db(_done(hiss, depth)) - db(hiss) == pytest.approx(-depth, abs=2), name


def test_nothing_asked_is_nothing_done() -> None:
    sound = noise(3)
    made = _done(sound, 0.0)
    assert made.shape == (len(sound), 2)
    assert np.abs(made[:, 0] - sound).max() < 1e-6


def test_speech_stays_where_it_is_and_gains_on_its_noise() -> None:
    speech = _speechlike(6)
    made = _done(speech + 0.02 * _pink(len(speech)), 12)[:, 0]
    assert lag(speech, made) == 0
    assert snr(speech, made) > snr(speech, speech + 0.02 * _pink(len(speech))) + 4


@pytest.mark.parametrize("samples", [0, 1, 700, 2048, 5000])
def test_scraps_keep_their_length(samples: int) -> None:
    parts = list(denoised(both(noise(1)[:samples]), 12))
    assert sum(len(part) for part in parts) == samples


def test_parts_leave_no_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    sound = noise(4)
    monkeypatch.setattr(denoise, "noise_in", lambda _: np.full(denoise.SIZE // 2 + 1, 5.0, np.float32))
    whole = _done(sound, 12)
    monkeypatch.setattr(denoise, "MANY", 37)
    assert np.abs(_done(sound, 12) - whole).max() < 1e-5


def test_holes_of_digital_silence_do_not_hide_the_noise() -> None:
    sound = noise(6)
    sound[: 2 * RATE] = 0
    assert db(_done(sound, 12)[3 * RATE :]) - db(sound[3 * RATE :]) < -10


def test_real_speech_in_noise_gains_five_decibels(shared: Path, ffmpeg: Ffmpeg) -> None:
    speech = decoded(shared / "footage" / "speech_LJ001-0001.flac", ffmpeg)[:, 0].astype(np.float64)
    hiss = _pink(len(speech)) * speech.std() * 10 ** (-10 / 20)
    made = _done(speech + hiss, 12)[:, 0]
    assert snr(speech, made) > snr(speech, speech + hiss) + 4.5
    assert lag(speech, made) == 0
    assert snr(speech, _done(speech, 12)[:, 0]) > 25
