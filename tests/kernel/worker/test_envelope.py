"""The envelope: quiet is told from sound, in a silent room and in a noisy one."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from kernel.worker.envelope import Envelope
from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.probe import probe
from kernel.worker.sound import RATE, Samples, read_wav, take_sound


def bursts(seconds: float, spans: list[tuple[float, float]], noise: float, level: float = 0.2) -> Samples:
    """Return a vowel-like buzz in the spans, over noise."""
    time = np.arange(round(seconds * RATE)) / RATE
    buzz = sum(np.sin(2 * np.pi * 130 * k * time) / k for k in range(1, 20)) * level / 2
    mask = np.zeros(len(time))
    for start, end in spans:
        mask[round(start * RATE) : round(end * RATE)] = 1
    hiss = noise * np.random.default_rng(5).standard_normal(len(time))
    return np.asarray(buzz * mask + hiss, dtype=np.float32)


@pytest.mark.parametrize("noise", [0.0, 0.0003, 0.003, 0.02])
def test_silences_are_found_whatever_the_room(noise: float) -> None:
    found = Envelope(bursts(10, [(1, 3), (4, 7), (7.2, 9)], noise)).silences()
    assert [s.start for s in found] == pytest.approx([0, 3, 9], abs=0.03)
    assert [s.end for s in found] == pytest.approx([1, 4, 10], abs=0.03)


def test_a_soft_hiss_after_a_vowel_is_sound() -> None:
    samples = bursts(4, [(1, 2)], 0.0003)
    hiss = 0.004 * np.random.default_rng(6).standard_normal(RATE // 4)
    samples[2 * RATE : 2 * RATE + RATE // 4] += hiss.astype(np.float32)
    silence = Envelope(samples).quiet(1.5, 4, 0.3)[0]
    assert silence.start == pytest.approx(2.25, abs=0.02)


def test_digital_silence_is_one_silence_and_a_steady_buzz_has_none() -> None:
    assert [s.end for s in Envelope(np.zeros(RATE * 2, dtype=np.float32)).silences()] == [pytest.approx(2.0, abs=0.01)]
    assert Envelope(bursts(4, [(0, 4)], 0.0)).silences() == ()


def test_the_quietest_point_is_near_where_it_is_expected() -> None:
    envelope = Envelope(bursts(4, [(0, 1), (1.03, 2), (2.03, 4)], 0.001))
    assert envelope.quietest(0.5, 2.8, 1.1) == pytest.approx(1.015, abs=0.015)
    assert envelope.quietest(0.5, 2.8, 2.0) == pytest.approx(2.015, abs=0.015)


@pytest.mark.parametrize("noise", [0.0, 0.002, 0.01])
def test_every_known_pause_of_real_speech_is_found(shared: Path, ffmpeg: Ffmpeg, tmp_path: Path, noise: float) -> None:
    video = shared / "footage" / "derived_talk720_60s.mp4"
    take_sound(video, probe(video, ffmpeg, tmp_path), tmp_path / "s.wav", ffmpeg)
    samples = read_wav(tmp_path / "s.wav")
    hiss = np.random.default_rng(7).standard_normal(len(samples)).astype(np.float32)
    found = Envelope(samples + np.float32(noise) * hiss).silences()
    gaps = json.loads(video.with_suffix(".gt.json").read_text())["gaps"]
    for start, end in gaps:
        near = [s for s in found if abs(s.start - start) < 0.25 and abs(s.end - end) < 0.06]
        assert near, (start, end)
