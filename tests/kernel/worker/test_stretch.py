"""Stretch: another speed, the same pitch, the exact length, in time everywhere."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.runs import Pace
from kernel.worker.samples import RATE
from kernel.worker.stretch import SEEK, stretched
from tests.kernel.worker.heard import both, db, decoded
from tests.kernel.worker.scenes import beeps, tone


def _paces(*parts: tuple[Fraction | int, Fraction | int, Fraction | int]) -> list[Pace]:
    return [Pace(*map(Fraction, part)) for part in parts]


@pytest.mark.parametrize("speed", [Fraction(1, 2), Fraction(4, 5), Fraction(5, 4), Fraction(2)])
def test_the_pitch_stays_and_the_length_is_exact(speed: Fraction) -> None:
    made = stretched(both(tone(4, 220, 0.5)), RATE, _paces((0, 4, 4 / speed)))
    assert len(made) == round(4 / speed * RATE)
    middle = made[len(made) // 4 : len(made) // 4 + RATE, 0]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
    assert int(np.argmax(spectrum)) == 220
    spectrum[214:227] = 0
    assert np.sqrt((spectrum**2).sum()) < 0.01 * len(middle)


@pytest.mark.parametrize("speed", [Fraction(4, 5), Fraction(3, 2)])
def test_everything_comes_in_time(speed: Fraction) -> None:
    made = stretched(both(beeps(6, [1, 2, 3, 4, 5])), RATE, _paces((0, 6, 6 / speed)))[:, 0]
    for second in range(1, 6):
        at = round(second / speed * RATE)
        heard = at - RATE // 10 + np.flatnonzero(np.abs(made[at - RATE // 10 : at + RATE // 10]) > 0.2)[0]
        assert abs(heard - at) <= 2 * SEEK * RATE


def test_at_its_own_speed_nothing_changes() -> None:
    sound = both(tone(1, 333))
    assert np.abs(stretched(sound, RATE, _paces((0, 1, 1))) - sound).max() < 1e-5


def test_a_ramp_of_many_steps_has_no_joints_and_ends_where_it_should() -> None:
    paces, at = [], Fraction(0)
    for number in range(40):
        end = at + Fraction(1, 10) * (1 + Fraction(number, 40))
        paces.append(Pace(at, end, Fraction(1, 10)))
        at = end
    made = stretched(both(tone(float(at), 220, 0.5)), RATE, paces)[RATE // 2 : -RATE // 2, 0]
    assert np.abs(np.diff(made)).max() < 1.3 * 0.5 * 2 * np.pi * 220 / RATE


def test_a_freeze_is_silent() -> None:
    made = stretched(both(tone(2)), RATE, _paces((0, 1, 1), (1, 1, 1), (1, 2, 1)))
    assert len(made) == 3 * RATE
    assert not made[RATE + 10 : 2 * RATE - 10].any()
    assert db(made[: RATE - 1000]) == pytest.approx(db(made[2 * RATE + 1000 :]), abs=0.5)


def test_quick_speech_is_as_loud_as_it_was(shared: Path, ffmpeg: Ffmpeg) -> None:
    speech = decoded(shared / "footage" / "speech_LJ001-0001.flac", ffmpeg)[: 9 * RATE]
    made = stretched(speech, RATE, _paces((0, 9, 6)))
    assert db(made) == pytest.approx(db(speech), abs=0.7)
