"""The meter: as the standard says, whatever the size of the blocks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kernel.worker.ffmpeg import Ffmpeg, opening
from kernel.worker.loudness import measure
from kernel.worker.meter import FINE, Meter, Reading
from kernel.worker.samples import RATE, Samples
from tests.kernel.worker.heard import both, decoded, noise
from tests.kernel.worker.scenes import tone


def _read(sound: Samples, block: int = RATE) -> Reading:
    meter = Meter()
    for start in range(0, len(sound), block):
        meter.hear(sound[start : start + block])
    return meter.reading()


def test_a_full_scale_sine_in_one_channel_has_the_loudness_of_the_standard() -> None:
    # ITU-R BS.1770: 0 dBFS at 997 Hz in one channel is -3.01 LUFS.
    sound = both(tone(3, 997, 1.0))
    sound[:, 1] = 0
    assert _read(sound).lufs() == pytest.approx(-3.01, abs=0.03)


@pytest.mark.parametrize("block", [777, RATE, 10**7])
def test_the_size_of_the_blocks_changes_nothing(block: int) -> None:
    sound = both(noise(7.3))
    one, other = _read(sound), _read(sound, block)
    assert np.allclose(one.energy, other.energy, rtol=1e-3)
    assert (one.peaks == other.peaks).all()
    assert len(one.peaks) == -(-len(sound) // FINE)


def test_silence_and_a_scrap_have_no_loudness() -> None:
    assert _read(both(np.zeros(RATE))).lufs() is None
    assert _read(both(noise(0.2))).lufs() is None


def test_it_agrees_with_the_gate_test_of_the_standard_and_with_ffmpeg(shared: Path, ffmpeg: Ffmpeg) -> None:
    for name in ("loud_RelGateTest.wav", "speech_two_cities_44s.wav", "music_vibe_ace.ogg"):
        path = shared / "footage" / name
        told = measure(opening(path), 100, ffmpeg, path.parent).lufs
        assert told is not None
        assert _read(decoded(path, ffmpeg)).lufs() == pytest.approx(told, abs=0.1 if "loud" in name else 3.1)
