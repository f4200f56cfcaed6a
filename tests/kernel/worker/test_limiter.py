"""The limiter: no true peak over its limit, nothing below it touched, nothing moved."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kernel.worker import limiter
from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.limiter import Read, limited
from kernel.worker.loudness import measure
from kernel.worker.samples import RATE, Raw, Samples
from tests.kernel.worker.heard import both, noise
from tests.kernel.worker.scenes import tone


def _reader(sound: Samples) -> Read:
    def read(start: int, end: int) -> Samples:
        made = np.zeros((end - start, 2), dtype=np.float32)
        first, last = max(start, 0), min(end, len(sound))
        made[first - start : last - start] = sound[first:last]
        return made

    return read


def _limited(sound: Samples, limit: float, gain: float = 1.0) -> Samples:
    return np.concatenate(list(limited(_reader(sound), len(sound), limit, gain)))


def test_what_is_below_the_limit_passes_bit_by_bit() -> None:
    sound = both(tone(12.345, 440, 0.5))
    assert (_limited(sound, 0.9) == sound).all()


@pytest.mark.parametrize("place", [0, 5, 479_999, 480_000, 480_001, 600_000])
def test_a_peak_is_held_wherever_it_falls_and_nothing_else_moves(place: int) -> None:
    sound = both(tone(13, 100, 0.3))
    sound[place] = 1.0
    made = _limited(sound, 0.5)
    assert len(made) == len(sound)
    assert np.abs(made).max() <= 0.5 + 1e-6
    far = np.abs(np.arange(len(sound)) - place) > RATE
    assert np.abs(made[far] - sound[far]).max() < 1e-4


def test_the_gain_never_jumps() -> None:
    sound = both(np.full(2 * RATE, 0.4))
    sound[RATE : RATE + 20] = 1.0
    gains = (_limited(sound, 0.5) / sound)[:, 0]
    assert gains.min() == pytest.approx(0.48, abs=0.05)
    assert np.abs(np.diff(gains)).max() < 0.004


def test_blocks_leave_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    sound = both(noise(3, 0.4))
    whole = _limited(sound, 0.6)
    monkeypatch.setattr(limiter, "BLOCK", limiter.WINDOW * 100)
    assert np.abs(_limited(sound, 0.6) - whole).max() < 1e-6


def test_peaks_between_the_samples_are_held_too(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    # A tone at a quarter of the rate, 45 degrees off: its samples are 3 dB below its peaks.
    at = np.arange(3 * RATE)
    swell = np.minimum(1, np.minimum(at, at[::-1]) / RATE)
    sound = both(0.9 * swell * np.sin(np.pi / 2 * at + np.pi / 4))
    assert np.abs(sound).max() < 0.64
    _limited(sound, 0.7).tofile(tmp_path / "a.f32")
    raw = Raw(path=tmp_path / "a.f32", samples=len(sound))
    told = measure(raw.opening(), 3, ffmpeg, tmp_path)
    assert told.peak_db == pytest.approx(20 * np.log10(0.7), abs=0.15)


def test_it_takes_a_gain_and_pumps_slowly_back() -> None:
    sound = both(tone(3, 1000, 0.1))
    sound[RATE : RATE + 100] = 0.5
    made = _limited(sound, 0.5, 2.0)
    assert np.abs(made[: RATE // 2]).max() == pytest.approx(0.2, abs=1e-3)
    after = np.abs(made[RATE + 1000 : RATE + 2000]).max()
    assert 0.1 < after < 0.17
    assert np.abs(made[2 * RATE :]).max() == pytest.approx(0.2, abs=1e-3)
