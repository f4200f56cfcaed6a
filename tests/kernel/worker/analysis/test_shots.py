"""Shots: hard cuts and fades found to the frame, flashes and motion not taken for them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kernel.worker.analysis.passes import analyse
from kernel.worker.analysis.pictures import Frame, Plane
from kernel.worker.analysis.shots import ShotFinder
from kernel.worker.ffmpeg import Ffmpeg

RATE = 25.0


def scene(seed: int) -> Plane:
    """Return a still of its own brightness pattern."""
    patches = np.random.default_rng(seed).integers(30, 220, (9, 16)).astype(np.uint8)
    return np.kron(patches, np.ones((20, 20), dtype=np.uint8))


def watch(pictures: list[Plane]) -> ShotFinder:
    finder = ShotFinder(RATE)
    grey = np.full((90, 160), 128, dtype=np.uint8)
    for number, luma in enumerate(pictures):
        finder.add(Frame(at=number / RATE, luma=luma, blue=grey, red=grey))
    return finder


def borders(pictures: list[Plane]) -> list[float]:
    return [shot.start for shot in watch(pictures).shots(len(pictures) / RATE)][1:]


def dimmed(picture: Plane, share: float) -> Plane:
    return np.asarray(16 + (picture.astype(float) - 16) * share, dtype=np.uint8)


def test_a_hard_cut_is_found_to_the_frame() -> None:
    assert borders([scene(1)] * 30 + [scene(2)] * 40 + [scene(3)] * 30) == [1.2, 2.8]


def test_a_flash_is_no_cut() -> None:
    white = np.full((180, 320), 235, dtype=np.uint8)
    assert borders([scene(1)] * 30 + [white] + [scene(1)] * 30) == []


def test_a_moving_picture_is_one_shot_and_moves() -> None:
    finder = watch([np.roll(scene(1), n * 7, axis=1) for n in range(60)])
    assert len(finder.shots(2.4)) == 1
    assert min(finder.motion()) > 0.02
    assert finder.frozen() == ()


def test_a_fade_through_black_parts_two_shots_in_its_middle() -> None:
    out = [dimmed(scene(1), share) for share in np.linspace(1, 0, 20)]
    back = [dimmed(scene(2), share) for share in np.linspace(0, 1, 20)]
    black = [dimmed(scene(1), 0.0)] * 10
    (border,) = borders([scene(1)] * 20 + out + black + back + [scene(2)] * 20)
    assert border == pytest.approx(45 / RATE, abs=0.12)


def test_black_and_frozen_stretches_are_told_apart_and_a_title_on_black_is_not_black() -> None:
    black = np.full((180, 320), 16, dtype=np.uint8)
    title = black.copy()
    title[80:100, 100:220] = 235
    noisy = [
        np.asarray(scene(1) + np.random.default_rng(n).integers(0, 20, (180, 320)), dtype=np.uint8) for n in range(30)
    ]
    finder = watch(noisy + [black] * 30 + [title] * 30)
    assert [(s.start, s.end) for s in finder.black()] == [(1.2, 2.4)]
    assert [s.end for s in finder.frozen()] == [3.6]


def test_a_still_picture_with_a_running_clock_is_not_frozen() -> None:
    pictures = []
    for n in range(50):
        picture = scene(1).copy()
        picture[160:170, 290:300] = 30 + (n % 2) * 100
        pictures.append(picture)
    assert watch(pictures).frozen() == ()


def test_shots_cover_the_whole_source_without_holes() -> None:
    found = watch([scene(1)] * 30 + [scene(2)] * 30).shots(2.4)
    assert (found[0].start, found[-1].end) == (0.0, 2.4)
    assert found[0].end == found[1].start


@pytest.mark.parametrize(
    ("name", "hard", "fades"),
    [
        ("shots_bikes.mp4", [1.2, 3.04, 5.48, 7.48, 9.68], []),
        ("shots_trailer_bbb.mp4", [24.708, 36.0, 37.5, 41.167, 43.708], [10.0, 14.0, 32.0, 51.9]),
        ("talk_jwpIntro.mp4", [], []),
    ],
)
def test_all_hard_cuts_of_real_footage_are_found_and_none_is_made_up(
    shared: Path, ffmpeg: Ffmpeg, tmp_path: Path, name: str, hard: list[float], fades: list[float]
) -> None:
    path = shared / "footage" / name
    found = [shot.start for shot in analyse(path, ffmpeg, tmp_path).sights.shots][1:]
    assert found == pytest.approx(sorted([*hard, *fades]), abs=0.15)
    assert all(any(abs(cut - border) < 0.002 for border in found) for cut in hard)


def test_a_fade_shows_as_a_dip_of_the_light() -> None:
    picture = scene(1)
    rising = [dimmed(picture, number / 25) for number in range(25)]
    light = watch([*rising, *[picture] * 50]).light()
    assert len(light) == 3
    assert light[0] < 0.01
    assert light[1] == light[2] > 0.3
