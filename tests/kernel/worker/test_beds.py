"""Beds: loops that keep the pulse, and where the beats fall."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from kernel.worker.beds import Run, beats_in, ending, pulse, runs

SONG = tuple(float(beat) for beat in np.arange(0.31, 59, 0.5))


def _whole(laid: tuple[Run, ...], lasts: float) -> None:
    """Hold that stretches follow one another, overlapping by what they say, up to the end."""
    for one, other in pairwise(laid):
        assert other.at == pytest.approx(one.at + one.lasts - one.falls)
        assert one.falls == other.rises
    assert laid[-1].at + laid[-1].lasts == pytest.approx(lasts)


def test_music_that_is_long_enough_plays_on() -> None:
    assert runs(60, 12.5, SONG, 40) == (Run(12.5, 0.0, 40),)


@pytest.mark.parametrize("lasts", [70.0, 200.0, 431.7])
def test_the_pulse_runs_on_over_every_loop(lasts: float) -> None:
    laid = runs(60, 3, SONG, lasts)
    _whole(laid, lasts)
    beats = beats_in(laid, 60, SONG)
    assert np.diff(beats) == pytest.approx(0.5, abs=0.002)
    assert len(beats) == pytest.approx(lasts / 0.5, abs=2)


def test_a_loop_goes_back_by_whole_bars() -> None:
    one, other = runs(60, 0, SONG, 100)[:2]
    back = one.first + one.lasts - (other.first + other.rises)
    assert back / 0.5 % 4 == pytest.approx(0, abs=0.01)


def test_a_made_loop_is_repeated_as_it_is() -> None:
    beats = tuple(n * 0.42857 + 0.01 for n in range(1, 15))
    laid = runs(6.857, 0, beats, 20)
    assert [run.at for run in laid] == pytest.approx([0, 6.857, 13.714])
    assert {run.first for run in laid} == {0}


def test_music_without_a_beat_passes_over_into_its_beginning() -> None:
    laid = runs(60, 10, (), 120)
    _whole(laid, 120)
    assert laid[1].first == 10
    assert laid[1].rises == 1.5


def test_trackers_errors_are_evened_out_and_holes_filled() -> None:
    stray = np.random.default_rng(1).uniform(-0.02, 0.02, 60)
    heard = [float(2.1 + 0.5 * n + stray[n]) for n in range(60) if n not in (7, 8, 30)]
    found = pulse(heard, 34)
    assert np.diff(found) == pytest.approx(0.5, abs=0.002)
    assert found[0] == pytest.approx(0.1, abs=0.02)
    assert 33 < found[-1] < 34


def test_a_living_tempo_is_left_as_it_is() -> None:
    beats = [float(n * 0.5 + 0.2 * np.sin(n / 5)) for n in range(2, 40)]
    assert set(beats) <= set(pulse(beats, 20))


def test_a_bed_ends_on_a_beat_that_rings() -> None:
    last = ending(20.1, [n * 0.5 for n in range(41)])
    assert last == (19.5, 20.1)
    assert ending(20.1, []) is None
