"""Levelling: two speakers at one loudness, the room never brought up in a pause."""

from __future__ import annotations

import numpy as np
import pytest

from kernel.worker.levelling import MOST_DB, level, moved
from kernel.worker.meter import STEP, integrated


def _energies(*parts: tuple[float, int]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return energies of stretches: loudness in LUFS, steps of 100 ms."""
    return np.concatenate([np.full(steps, STEP * 10 ** ((lufs + 0.691) / 10)) for lufs, steps in parts])


def test_a_quiet_speaker_comes_up_and_a_loud_one_goes_down() -> None:
    energies = _energies((-17, 60), (-28, 60))
    fader = level(energies, np.ones(120, dtype=bool), -20.0, 0)
    assert fader is not None
    after = moved(energies, fader)
    one, other = integrated(after[:45]), integrated(after[75:])
    assert one == pytest.approx(-20, abs=0.3)
    assert other == pytest.approx(-20, abs=0.3)


def test_the_room_is_not_brought_up_in_a_pause() -> None:
    energies = _energies((-20, 40), (-55, 40), (-20, 40))
    spoken = np.concatenate([np.ones(40), np.zeros(40), np.ones(40)]).astype(bool)
    fader = level(energies, spoken, -20.0, 0)
    assert fader is not None
    assert max(map(abs, fader.gain)) < 0.1


def test_the_fader_moves_slowly_and_not_too_far() -> None:
    fader = level(_energies((-14, 60), (-43, 60)), np.ones(120, dtype=bool), -14.0, 4800)
    assert fader is not None
    assert max(np.abs(np.diff(fader.gain))) < 3
    assert max(fader.gain) <= MOST_DB
    assert fader.at[0] == 4800 + STEP / 2


def test_silence_is_left_alone() -> None:
    assert level(np.zeros(50), np.ones(50, dtype=bool), -20.0, 0) is None
