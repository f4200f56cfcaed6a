"""Log curves: the values that their makers publish."""

from __future__ import annotations

import numpy as np
import pytest

from kernel.worker.logs import PROFILES, Log, linear

# Code values of a 10-bit signal, and the light that the maker's table gives for them.
CODES: list[tuple[Log, int, float]] = [
    ("slog3", 95, 0.0),
    ("slog3", 420, 0.18),
    ("slog3", 598, 0.90),
    ("clog3", 128, 0.0),
    ("clog3", 351, 0.18),
    ("clog3", 577, 0.90),
    ("vlog", 128, 0.0),
    ("vlog", 433, 0.18),
    ("vlog", 602, 0.90),
]
SIGNALS: list[tuple[Log, float, float]] = [
    ("logc3", 0.0928, 0.0),
    ("logc3", 0.3910, 0.18),
    ("logc4", 0.0929, 0.0),
    ("logc4", 0.2784, 0.18),
    ("applelog", 0.1505, 0.0),
    ("applelog", 0.4883, 0.18),
]


@pytest.mark.parametrize(("log", "code", "light"), CODES)
def test_a_code_value_is_the_light_that_its_maker_says(log: Log, code: int, light: float) -> None:
    signal = np.full((1, 3), (code - 64) / 876)
    assert linear(log, signal)[0] == pytest.approx([light] * 3, rel=0.01, abs=0.002)


@pytest.mark.parametrize(("log", "signal", "light"), SIGNALS)
def test_a_signal_is_the_light_that_its_maker_says(log: Log, signal: float, light: float) -> None:
    assert linear(log, np.full((1, 3), signal))[0] == pytest.approx([light] * 3, rel=0.01, abs=0.002)


@pytest.mark.parametrize("log", PROFILES)
def test_more_signal_is_more_light_without_a_jump_and_grey_stays_grey(log: Log) -> None:
    ramp = np.repeat(np.linspace(0, 1, 2001)[:, None], 3, axis=1)
    light = linear(log, ramp)
    assert np.ptp(light, axis=1).max() < 1e-4 * light.max()
    steps = np.diff(light[:, 1])
    assert (steps > 0).all()
    assert (steps[1:] < 1.5 * steps[:-1] + 1e-6).all()
