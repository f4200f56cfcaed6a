"""Beats: exact on exact music, none in speech, noise and silence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kernel.worker.analysis.beats import find_beats
from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.probe import probe
from kernel.worker.sound import RATE, Samples, read_wav, take_sound


def drums(tempo: float, seconds: float, start: float = 0.3) -> Samples:
    """Return a kick with its click on each beat, deeper on every fourth, and a much quieter hat between."""
    made = np.zeros(round(seconds * RATE))
    beat, long = 60 / tempo, np.arange(RATE // 5) / RATE
    noise = np.random.default_rng(2).standard_normal(len(long))
    for n in range(int((seconds - start - 0.5) / beat)):
        deep = 1 + (n % 4 == 0)
        kick = 0.3 * deep * np.sin(2 * np.pi * 120 / deep * long) * np.exp(-30 * long) + 0.2 * noise * np.exp(
            -200 * long
        )
        at, off = round((start + n * beat) * RATE), round((start + (n + 0.5) * beat) * RATE)
        made[at : at + len(long)] += kick
        made[off : off + len(long)] += 0.01 * noise * np.exp(-90 * long)
    hiss = 0.001 * np.random.default_rng(4).standard_normal(len(made))
    return np.asarray(made + hiss, dtype=np.float32)


def score(found: tuple[float, ...], true: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    """Return the F-measure at 70 ms."""
    if not found:
        return 0.0
    beats = np.array(found)
    recall = np.mean([np.abs(beats - t).min() <= 0.07 for t in true])
    precision = np.mean([np.abs(true - b).min() <= 0.07 for b in beats])
    return float(2 * recall * precision / max(recall + precision, 1e-9))


@pytest.mark.parametrize("tempo", [84.0, 96.5, 120.0, 140.0])
def test_tempo_and_beats_of_drums_are_exact(tempo: float) -> None:
    found, beats = find_beats(drums(tempo, 30))
    assert found == pytest.approx(tempo, rel=0.01)
    assert score(beats, np.arange(0.3, 29.5, 60 / tempo)) > 0.95


def test_beats_begin_with_the_music_and_end_with_it() -> None:
    silence = np.zeros(5 * RATE, dtype=np.float32)
    _, beats = find_beats(np.concatenate([silence, drums(120, 20), silence]))
    assert beats[0] == pytest.approx(5.3, abs=0.07)
    assert beats[-1] < 25.1


def test_noise_silence_and_a_scrap_have_no_beat() -> None:
    noise = (0.1 * np.random.default_rng(3).standard_normal(20 * RATE)).astype(np.float32)
    for samples in (noise, np.zeros(20 * RATE, dtype=np.float32), drums(120, 3)):
        assert find_beats(samples) == (0.0, ())


def heard(path: Path, ffmpeg: Ffmpeg, work: Path) -> Samples:
    take_sound(path, probe(path, ffmpeg, work), work / "s.wav", ffmpeg)
    return read_wav(work / "s.wav")


def test_a_reading_has_no_beat(root: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    path = root / "tests" / "footage" / "speech_two_cities_44s.flac"
    assert find_beats(heard(path, ffmpeg, tmp_path)) == (0.0, ())


@pytest.mark.parametrize(
    ("name", "tempo"),
    [("music_loop_amen_full.flac", 140.0), ("music_loop_garzul.flac", 120.0), ("music_loop_breakbeat.flac", 126.0)],
)
def test_loops_of_known_tempo_are_met(shared: Path, ffmpeg: Ffmpeg, tmp_path: Path, name: str, tempo: float) -> None:
    loop = heard(shared / "footage" / name, ffmpeg, tmp_path)
    samples = np.tile(loop, -(-40 * RATE // len(loop)))
    found, beats = find_beats(samples)
    assert found == pytest.approx(tempo, rel=0.005)
    assert score(beats, np.arange(0, len(samples) / RATE, 60 / tempo)) > 0.95
