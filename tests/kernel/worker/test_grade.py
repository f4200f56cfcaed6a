"""Grades: what numbers and looks do to colours."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from kernel.worker.gauged import Levels
from kernel.worker.grade import LUMA, Grade, Look, differences, graded
from kernel.worker.logs import PROFILES, Log, Numbers

GREYS = np.repeat(np.linspace(0, 1, 101)[:, None], 3, axis=1)
SKINS = np.array([[115, 82, 68], [194, 150, 130], [241, 194, 165], [141, 85, 54], [92, 60, 46], [224, 172, 105]]) / 255
"""Skin of many tones, as it is coded."""


def _number(name: str, value: float) -> Grade:
    return Grade()._replace(**{name: value})  # type: ignore[arg-type]


EXTREMES = [_number(name, value) for name in Grade._fields[:7] for value in (-1.0, 1.0)]
COLOURED: tuple[Look, ...] = ("warm", "cool", "film", "vivid")


def _hue(rows: Numbers) -> Numbers:
    values = differences(rows)
    return np.asarray(np.degrees(np.arctan2(values[:, 2], values[:, 1])))


def test_nothing_asked_changes_nothing() -> None:
    assert Grade().plain
    assert Grade(amount=0.5).plain
    assert not Grade(exposure=0.1).plain
    assert graded(Grade(), SKINS) == pytest.approx(SKINS)


@pytest.mark.parametrize("grade", [*EXTREMES, *(Grade(look=look) for look in get_args(Look))], ids=str)
def test_a_lighter_grey_stays_the_lighter_and_black_stays_dark(grade: Grade) -> None:
    bright = graded(grade, GREYS) @ LUMA
    assert (np.diff(bright) > -1e-6).all()
    assert bright[0] < 0.05
    assert bright[-1] > 0.6


@pytest.mark.parametrize("name", ["exposure", "contrast", "shadows", "highlights"])
def test_what_is_about_light_leaves_grey_grey(name: str) -> None:
    for value in (-1.0, -0.3, 0.3, 1.0):
        assert np.ptp(graded(_number(name, value), GREYS), axis=1).max() < 1e-6


def test_a_stop_more_is_twice_the_light_below_the_highlights() -> None:
    dark = np.full((1, 3), 0.3)
    assert (graded(Grade(exposure=1), dark) ** 2.4 / dark**2.4)[0] == pytest.approx([2] * 3, rel=0.01)


@pytest.mark.parametrize(
    ("grade", "part", "more"),
    [
        (Grade(temperature=0.3), 0, True),
        (Grade(temperature=0.3), 2, False),
        (Grade(temperature=-0.3), 2, True),
        (Grade(tint=0.3), 1, False),
        (Grade(tint=-0.3), 1, True),
    ],
)
def test_temperature_and_tint_turn_grey_the_right_way_at_the_same_brightness(
    grade: Grade, part: int, more: bool
) -> None:
    grey = np.full((1, 3), 0.4)
    found = graded(grade, grey)
    assert (found[0, part] > 0.4) == more
    assert float((found**2.4 @ LUMA)[0]) == pytest.approx(0.4**2.4, rel=0.01)


def test_shadows_and_highlights_change_their_own_half() -> None:
    dark, light = np.full((1, 3), 0.2), np.full((1, 3), 0.85)
    for name, near, far in (("shadows", dark, light), ("highlights", light, dark)):
        own, other = (abs(float((graded(_number(name, 1), row) - row)[0, 0])) for row in (near, far))
        assert own > 4 * other


def test_no_colour_is_black_and_white() -> None:
    assert np.ptp(graded(Grade(saturation=-1), SKINS), axis=1).max() < 1e-6
    assert np.ptp(graded(Grade(look="mono"), SKINS), axis=1).max() < 1e-6


@pytest.mark.parametrize("look", COLOURED)
def test_skin_stays_skin(look: Look) -> None:
    found = graded(Grade(look=look), SKINS)
    assert np.abs(_hue(found) - _hue(SKINS)).max() < 12
    strength = np.hypot(*differences(found)[:, 1:].T) / np.hypot(*differences(SKINS)[:, 1:].T)
    assert strength.min() > 0.6
    assert strength.max() < 1.45
    assert np.abs((found - SKINS) @ LUMA).max() < 0.1


def test_vivid_strengthens_the_sky_more_than_skin() -> None:
    sky = np.array([[0.45, 0.6, 0.75]])

    def gain(rows: Numbers) -> float:
        after, before = (differences(part)[:, 1:] for part in (graded(Grade(look="vivid"), rows), rows))
        return float(np.hypot(*after.T).mean() / np.hypot(*before.T).mean())

    assert gain(sky) > gain(SKINS[1:2]) + 0.1


def test_amount_is_how_much_of_a_look() -> None:
    whole, half = (graded(Grade(look="warm", amount=amount), SKINS) for amount in (1.0, 0.5))
    assert half - SKINS == pytest.approx((whole - SKINS) / 2)


def test_a_match_brings_mean_and_spread_over() -> None:
    random = np.random.default_rng(3)
    bright = np.clip(random.normal(0.35, 0.1, (4000, 1)), 0.02, 0.98)
    own = np.clip(bright + np.array([0.0, 0.02, 0.08]) + random.normal(0, 0.02, (4000, 3)), 0, 1)
    like = np.clip(random.normal(0.5, 0.12, (4000, 1)) + np.array([0.06, 0.0, -0.05]), 0, 1)
    levels = [Levels(*(tuple(f(differences(part), axis=0)) for f in (np.mean, np.std))) for part in (own, like)]
    found = differences(graded(Grade(own=levels[0], like=levels[1]), own))
    assert np.abs(found.mean(axis=0) - levels[1].mean).max() < 0.02
    assert abs(found[:, 0].std() - levels[1].deviation[0]) < 0.025


def test_a_match_of_two_that_do_not_differ_changes_next_to_nothing() -> None:
    levels = Levels((0.4, 0.0, 0.02), (0.2, 0.05, 0.05))
    assert graded(Grade(own=levels, like=levels), SKINS) == pytest.approx(SKINS, abs=0.01)


@pytest.mark.parametrize("log", PROFILES)
def test_log_becomes_a_picture_with_mid_grey_in_the_middle_and_bright_highlights(log: Log) -> None:
    ramp = graded(Grade(input=log), GREYS)[:, 1]
    assert (np.diff(ramp) >= 0).all()
    assert ramp[0] < 0.01
    assert ramp[-1] > 0.93
    light = PROFILES[log].light
    codes = np.linspace(0, 1, 4001)
    grey = float(np.interp(0.18, light(codes), codes))
    signal = (grey * 1023 - 64) / 876 if PROFILES[log].by_code else grey
    # BT.709 codes 18 % as 0.409.
    assert float(graded(Grade(input=log), np.full((1, 3), signal))[0, 1]) == pytest.approx(0.409, abs=0.003)
