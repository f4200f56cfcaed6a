"""Flashes: what is just beyond each limit is found, what is just within it is not, and no real footage is accused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from kernel.worker.analysis.flashes import FlashFinder
from kernel.worker.analysis.passes import analyse
from kernel.worker.analysis.pictures import Frame, Plane
from kernel.worker.ffmpeg import Ffmpeg

RATE = 30.0
DARK, LIGHT = 60, 200
SIZE = (90, 160)
Picture = Callable[[int], int | Plane]


def flat(value: int) -> Plane:
    return np.full(SIZE, value, dtype=np.uint8)


def flat_or(made: int | Plane) -> Plane:
    return made if isinstance(made, np.ndarray) else flat(made)


def watch(luma: Picture, seconds: float, red: Picture = lambda _: 128, blue: Picture = lambda _: 128) -> FlashFinder:
    """Show pictures; each plane is a brightness or a picture of it by the number of the frame."""
    finder = FlashFinder(RATE)
    for number in range(round(seconds * RATE)):
        planes = [
            plane if isinstance(plane, np.ndarray) else flat(plane) for plane in (f(number) for f in (luma, blue, red))
        ]
        finder.add(Frame(at=number / RATE, luma=planes[0], blue=planes[1], red=planes[2]))
    return finder


def on_and_off(hertz: float, off: int = DARK, on: int = LIGHT, area: float = 1.0) -> Picture:
    """Return pictures that go light and dark so many times a second, over so much of them from the top."""

    def picture(number: int) -> Plane:
        made = flat(off)
        made[: round(SIZE[0] * area)] = on if int(number * hertz * 2 / RATE) % 2 else off
        return made

    return picture


def kinds(finder: FlashFinder) -> list[str]:
    return [found.kind for found in finder.flashing()]


@pytest.mark.parametrize(
    ("hertz", "found"), [(2.9, []), (3.0, []), (3.5, ["general"]), (5.0, ["general"]), (15.0, ["general"])]
)
def test_three_flashes_a_second_are_allowed_and_more_are_not(hertz: float, found: list[str]) -> None:
    assert kinds(watch(on_and_off(hertz), 3.0)) == found


def test_where_and_how_often_it_flashes_is_told() -> None:
    def picture(number: int) -> Plane:
        flashes = on_and_off(5.0)(number)
        return flashes if isinstance(flashes, np.ndarray) and 60 <= number < 120 else flat(DARK)

    (found,) = watch(picture, 6.0).flashing()
    assert found.start == pytest.approx(1.8, abs=0.35)
    assert found.end == pytest.approx(4.4, abs=0.4)
    assert found.rate == 5.0


@pytest.mark.parametrize(("area", "found"), [(0.22, []), (0.28, ["general"])])
def test_a_quarter_of_the_picture_has_to_flash(area: float, found: list[str]) -> None:
    assert kinds(watch(on_and_off(5.0, area=area), 2.0)) == found


@pytest.mark.parametrize(("on", "found"), [(92, []), (107, ["general"])])
def test_a_tenth_of_the_luminance_has_to_change(on: int, found: list[str]) -> None:
    """Coded brightness 60 is 0.033 of the light, 92 is 0.099 and 107 is 0.144."""
    assert kinds(watch(on_and_off(5.0, off=60, on=on), 2.0)) == found


@pytest.mark.parametrize(("off", "found"), [(218, []), (208, ["general"])])
def test_flashes_between_two_bright_states_do_no_harm(off: int, found: list[str]) -> None:
    """Coded brightness 218 is 0.83 of the light, 208 is 0.74; 235 is 1."""
    assert kinds(watch(on_and_off(5.0, off=off, on=235), 2.0)) == found


def test_halves_that_flash_by_turns_are_found() -> None:
    def picture(number: int) -> Plane:
        made = flat(DARK)
        made[:, :80] = LIGHT if number // 3 % 2 else DARK
        made[:, 80:] = DARK if number // 3 % 2 else LIGHT
        return made

    assert kinds(watch(picture, 2.0)) == ["general"]


def test_a_flash_that_swells_over_three_frames_is_one_too() -> None:
    swelling = [60, 100, 160, 200, 160, 100]
    assert kinds(watch(lambda number: swelling[number % 6], 2.0)) == ["general"]


@pytest.mark.parametrize(("seconds", "found"), [(4.4, []), (6.0, ["extended"])])
def test_two_flashes_a_second_are_allowed_for_less_than_five_seconds(seconds: float, found: list[str]) -> None:
    assert kinds(watch(on_and_off(2.5), seconds)) == found


def test_flashes_slower_than_two_a_second_may_go_on() -> None:
    assert kinds(watch(on_and_off(1.5), 8.0)) == []


def coded(red: float, green: float, blue: float) -> tuple[int, int, int]:
    """Return a colour as luma, blue and red difference (ITU-R BT.709, limited range)."""
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return round(16 + 219 * luma), round(128 + 224 * (blue - luma) / 1.8556), round(128 + 224 * (red - luma) / 1.5748)


def by_turns(one: tuple[float, float, float], other: tuple[float, float, float]) -> FlashFinder:
    states = coded(*one), coded(*other)

    def plane(which: int) -> Picture:
        return lambda number: states[number // 3 % 2][which]

    return watch(plane(0), 2.0, blue=plane(1), red=plane(2))


def test_a_saturated_red_flashes_though_its_luminance_hardly_changes() -> None:
    assert kinds(by_turns((0.6, 0.0, 0.0), (0.0, 0.33, 0.0))) == ["red"]


def test_a_dull_red_does_no_harm() -> None:
    assert kinds(by_turns((0.6, 0.4, 0.4), (0.45, 0.45, 0.45))) == []


def test_stripes_that_pass_and_noise_do_not_flash() -> None:
    stripes = np.tile(np.repeat(np.array([60, 200], dtype=np.uint8), 20), 20)
    moving = watch(lambda number: np.tile(np.roll(stripes, number)[: SIZE[1]], (SIZE[0], 1)), 3.0)
    noise = watch(lambda number: np.random.default_rng(number).integers(16, 235, (270, 480)).astype(np.uint8), 3.0)
    assert (kinds(moving), kinds(noise)) == ([], [])


def test_cuts_and_lone_flashes_are_no_danger() -> None:
    assert kinds(watch(lambda number: DARK + number // 15 % 2 * 60, 8.0)) == []
    assert kinds(watch(lambda number: LIGHT if number == 30 else DARK, 3.0)) == []


def test_light_that_trembles_is_flicker_and_cuts_and_fades_are_none() -> None:
    trembling = watch(lambda number: 120 + 6 * (number // 3 % 2), 3.0)
    assert trembling.flicker() == pytest.approx([6 / 219] * 3, abs=0.001)
    assert kinds(trembling) == []
    assert max(watch(lambda number: 60 + 50 * (number // 15 % 2), 3.0).flicker()) == 0.0
    assert max(watch(lambda number: 60 + number, 3.0).flicker()) == 0.0


def test_nothing_seen_is_nothing_found() -> None:
    assert (FlashFinder(RATE).flashing(), FlashFinder(RATE).flicker()) == ((), ())


@pytest.mark.parametrize("name", ["shots_bikes.mp4", "broll_city_mpeg2.mpg", "broll_flower.mp4", "talk_jwpIntro.mp4"])
def test_real_footage_is_not_accused(shared: Path, ffmpeg: Ffmpeg, tmp_path: Path, name: str) -> None:
    seen = analyse(shared / "footage" / name, ffmpeg, tmp_path).sights
    assert seen.flashing == ()
    assert max(seen.flicker) < 0.015
