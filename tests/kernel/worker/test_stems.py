"""Stems: a stretch of a source's sound, to the sample, decoded once."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.media import Source
from kernel.worker.runs import Pace
from kernel.worker.samples import RATE, Samples
from kernel.worker.segments import Cache
from kernel.worker.stems import Wanted, take
from tests.kernel.worker.heard import db, noise
from tests.kernel.worker.scenes import source, tone, write_sound


def _source(path: Path, seconds: float, **more: Any) -> Source:
    return Source.model_validate(source("s1", path, seconds, kind="audio", **more))


def _taken(wanted: Wanted, path: Path, folder: Path, ffmpeg: Ffmpeg) -> Samples:
    return np.fromfile(take(wanted, path, Cache(folder), ffmpeg).path, dtype=np.float32).reshape(-1, 2)


@pytest.fixture(scope="module")
def ramp(footage: Path, ffmpeg: Ffmpeg) -> Path:
    """Eight seconds in which every sample has its own value."""
    return write_sound(footage / "ramp.flac", ffmpeg, np.linspace(-0.9, 0.9, 8 * RATE).astype(np.float32))


@pytest.mark.parametrize("first", [0, 16_000, 5 * RATE, 228_800])
def test_a_stretch_is_cut_to_the_sample(first: int, ramp: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    held = _taken(Wanted(_source(ramp, 8), first, RATE), ramp, tmp_path, ffmpeg)
    wanted = np.linspace(-0.9, 0.9, 8 * RATE)[first:][:RATE]
    assert len(held) == RATE
    assert np.abs(held - wanted[:, None]).max() < 1e-4


def test_a_mono_sound_goes_to_both_sides_at_its_level(footage: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    path = write_sound(footage / "mono.flac", ffmpeg, tone(1, level=0.5))
    held = _taken(Wanted(_source(path, 1), 0, RATE), path, tmp_path, ffmpeg)
    assert np.abs(held).max(axis=0) == pytest.approx([0.5, 0.5], abs=0.01)


def test_surround_sound_is_brought_to_two_channels(footage: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    more = ["-af", "pan=5.1|FL=c0|FR=c0|FC=c0|LFE=c0|BL=c0|BR=c0"]
    path = write_sound(footage / "six.flac", ffmpeg, tone(1, level=0.3), more)
    held = _taken(Wanted(_source(path, 1, channels=6), 0, RATE), path, tmp_path, ffmpeg)
    assert held.shape == (RATE, 2)
    assert 0.1 < np.abs(held).max() <= 1


def test_sound_that_ends_early_gives_fewer_samples(footage: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    path = write_sound(footage / "short.flac", ffmpeg, tone(1))
    assert len(_taken(Wanted(_source(path, 1), RATE // 2, RATE), path, tmp_path, ffmpeg)) == RATE // 2


def test_the_same_stretch_is_decoded_once_and_metered_once(ramp: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    runs: list[Any] = []
    told = ffmpeg.telling(runs.append)
    made = [take(Wanted(_source(ramp, 8), RATE, RATE), ramp, Cache(tmp_path), told) for _ in range(2)]
    assert len([run for run in runs if "f32le" in run.command]) == 1
    assert len(made[1].energies()) == 10


def test_a_stretch_at_another_speed_has_the_samples_that_were_asked_for(
    ramp: Path, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    paces = (Pace(Fraction(1), Fraction(3), Fraction(1)),)
    held = _taken(Wanted(_source(ramp, 8), RATE, RATE, paces=paces), ramp, tmp_path, ffmpeg)
    assert len(held) == RATE
    assert held[RATE // 10, 0] < held[-RATE // 10, 0]


def test_noise_is_known_from_around_a_stretch_and_the_stretch_keeps_its_place(
    footage: Path, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    sound = noise(6, 0.02)
    sound[3 * RATE : 3 * RATE + RATE // 2] += tone(0.5, 500, 0.5)
    path = write_sound(footage / "hiss.flac", ffmpeg, sound)
    held = _taken(Wanted(_source(path, 6), 3 * RATE, RATE, quieter=12), path, tmp_path, ffmpeg)[:, 0]
    assert len(held) == RATE
    assert db(held[: RATE // 2] - tone(0.5, 500, 0.5)) < db(held[: RATE // 2]) - 15
    assert db(held[-RATE // 4 :]) < db(sound[-RATE // 4 :]) - 9
