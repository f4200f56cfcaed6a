"""sharpness: told by edges, whatever is shown; and the blocks of an encoder."""

from __future__ import annotations

import time

import cv2
import numpy as np
import numpy.typing as npt

from kernel.worker.analysis.sharpness import blocking, sharpness

Plane = npt.NDArray[np.uint8]


def stones(height: int = 720, width: int = 1280, softly: float = 0.6) -> Plane:
    """Return a picture of many pebbles of grey, as a good camera sees them."""
    rng = np.random.default_rng(7)
    picture = np.full((height, width), 110, np.uint8)
    for _ in range(900):
        x, y = int(rng.integers(0, width)), int(rng.integers(0, height))
        cv2.circle(picture, (x, y), int(rng.integers(5, 30)), int(rng.integers(60, 180)), -1)
    return blurred(picture, softly)


def blurred(picture: Plane, by: float) -> Plane:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), by), np.uint8)


def blown_up(picture: Plane, times: float) -> Plane:
    height, width = picture.shape
    small = cv2.resize(picture, (int(width / times), int(height / times)), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def noisy(picture: Plane, by: float = 5.0) -> Plane:
    noise = np.random.default_rng(3).normal(0, by, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def captioned(picture: Plane) -> Plane:
    drawn = picture.copy()
    for thick, grey in ((12, 0), (5, 255)):
        cv2.putText(drawn, "So we made it better", (200, 620), cv2.FONT_HERSHEY_SIMPLEX, 2, grey, thick)
    return drawn


def blocky(picture: Plane, step: float) -> Plane:
    """Return it with each block of 8x8 moved to another level."""
    rows, columns = picture.shape[0] // 8, picture.shape[1] // 8
    moved = np.kron(np.random.default_rng(1).normal(0, step, (rows, columns)), np.ones((8, 8)))
    return np.clip(picture + moved, 0, 255).astype(np.uint8)


def read(picture: Plane) -> float:
    found = sharpness(picture)
    assert found is not None
    return found


def test_it_falls_the_more_a_picture_is_blurred() -> None:
    picture = stones()
    found = [read(picture), *(read(blurred(picture, by)) for by in (0.8, 1.5, 3.0, 6.0))]
    assert found == sorted(found, reverse=True)
    assert found[0] > 0.45
    assert found[-1] < 0.16


def test_it_falls_the_further_a_picture_is_blown_up() -> None:
    picture = stones()
    found = [read(picture), *(read(blown_up(picture, times)) for times in (1.5, 2.25, 4.0))]
    assert found == sorted(found, reverse=True)
    assert found[1] < 0.9 * found[0]
    assert found[-1] < 0.55 * found[0]


def test_noise_does_not_pass_for_detail() -> None:
    soft = blown_up(stones(), 2.25)
    assert abs(read(noisy(soft)) - read(soft)) < 0.08
    assert abs(read(noisy(stones())) - read(stones())) < 0.08


def test_a_caption_does_not_make_a_soft_picture_sharp() -> None:
    soft = blown_up(stones(), 4.0)
    assert abs(read(captioned(soft)) - read(soft)) < 0.05


def test_a_soft_background_is_no_fault() -> None:
    picture = blurred(stones(), 6.0)
    picture[:, 400:800] = stones()[:, 400:800]
    assert read(picture) > 0.9 * read(stones())


def test_flat_pictures_cannot_be_told() -> None:
    sky = np.tile(np.linspace(60, 120, 1280).astype(np.uint8), (720, 1))
    for picture in (np.zeros((720, 1280), np.uint8), sky, noisy(sky), captioned(np.full((720, 1280), 40, np.uint8))):
        assert sharpness(picture) is None


def test_a_tiny_picture_cannot_be_told() -> None:
    assert sharpness(np.zeros((8, 8), np.uint8)) is None
    assert blocking(np.zeros((8, 8), np.uint8)) == 0.0


def test_blocks_stand_out_the_more_the_higher_their_steps() -> None:
    picture = stones()
    found = [blocking(picture), *(blocking(blocky(picture, step)) for step in (1.0, 2.0, 4.0, 8.0))]
    assert found == sorted(found)
    assert found[0] < 0.1
    assert found[-1] > 0.6


def test_blocks_that_lie_elsewhere_are_not_the_encoders() -> None:
    assert blocking(np.ascontiguousarray(blocky(stones(), 4.0)[3:, 3:])) < 0.1


def test_a_full_picture_takes_milliseconds() -> None:
    picture = stones(1080, 1920)
    took = []
    for _ in range(5):
        began = time.process_time()
        sharpness(picture)
        blocking(picture)
        took.append(time.process_time() - began)
    assert min(took) < 0.05
