"""The operation `stabilise`: what shakes less afterwards, what does not may not begin to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from kernel.worker.camera import camera_of
from kernel.worker.compile import check, compile
from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.gauge import gauge
from kernel.worker.gauged import Motion
from kernel.worker.motion import FARTHEST, MILLION, measured, move, steadied
from kernel.worker.plan import EditPlan
from kernel.worker.segments import Cache
from tests.kernel.worker.pictured import Pictures, graphs, pictured
from tests.kernel.worker.scenes import HEIGHT, WIDTH, Frames, cut, plan, source, write_video

Numbers = NDArray[np.float64]
FRAMES = 75


def _scene(width: int = 480, height: int = 300) -> NDArray[np.uint8]:
    """Return a picture with detail of many sizes and a smooth ground, such as a camera sees."""
    random = np.random.default_rng(5)
    made = np.full((height, width), 120.0)
    for size, strength in ((4, 12), (9, 26), (25, 40)):
        made += cv2.GaussianBlur(random.normal(0, 1, (height, width)), (0, 0), size) * strength * size
    return np.asarray(np.clip(made, 20, 235), dtype=np.uint8)


def _filmed(picture: NDArray[np.uint8], across: Numbers, down: Numbers, turn: Numbers) -> Frames:
    """Return what a camera films of a picture that moves and turns in front of it."""
    made = []
    for x, y, angle in zip(across, down, turn, strict=True):
        cos, sin = np.cos(angle), np.sin(angle)
        middle = np.array([picture.shape[1] / 2, picture.shape[0] / 2])
        turned = np.array([[cos, -sin], [sin, cos]])
        move = np.array([WIDTH / 2 + x, HEIGHT / 2 + y]) - turned @ middle
        made.append(cv2.warpAffine(picture, np.column_stack([turned, move]), (WIDTH, HEIGHT), flags=cv2.INTER_CUBIC))
    return np.stack(made).astype(np.uint8)


def _shake(seed: int, size: float) -> Numbers:
    """Return the trembling of a hand: a few hertz, never twice the same."""
    rough = np.random.default_rng(seed).normal(0, 1, FRAMES)
    soft = np.convolve(rough, np.exp(-0.5 * (np.arange(-6, 7) / 1.6) ** 2), "same")
    return np.asarray(size * soft / soft.std())


@pytest.fixture(scope="module")
def shaken(tmp_path_factory: pytest.TempPathFactory, ffmpeg: Ffmpeg) -> Path:
    """Two seconds and a half of a trembling hand that pans slowly."""
    frames = _filmed(_scene(), _shake(1, 3.0) + 0.25 * np.arange(FRAMES) - 9, _shake(2, 2.4), _shake(3, 0.006))
    return write_video(tmp_path_factory.mktemp("shaken") / "shaken.mp4", ffmpeg, frames, "30")


def _plan(path: Path, *operations: dict[str, Any], end: float = 2.5, **output: Any) -> EditPlan:
    return plan([source("s1", path, 2.5, has_sound=False)], cut("c1", "s1", 0, end), *operations, **output)


def _tremble(shown: Pictures) -> tuple[float, float]:
    """Return how much a picture trembles from frame to frame: in pixels, and in thousandths of a radian."""
    steps = [move(a, b) for a, b in zip(shown[:-1, ..., 1], shown[1:, ..., 1], strict=True)]
    across, turn = np.array([step.across for step in steps]), np.array([step.turn for step in steps])
    return float(np.diff(across).std()), float(np.diff(turn).std() * 1000)


STEADY = {"type": "stabilise", "of": "c1", "strength": "medium"}


def test_a_trembling_hand_becomes_steady_and_its_pan_goes_on(shaken: Path, tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    before, after = (pictured(_plan(shaken, *some), {"s1": shaken}, ffmpeg, tmp_path) for some in ([], [STEADY]))
    rough, smooth = _tremble(before), _tremble(after)
    assert smooth[0] < 0.2 * rough[0]
    assert smooth[1] < 0.5 * rough[1]
    panned = sum(move(a, b).across for a, b in zip(after[10:65, ..., 1], after[11:66, ..., 1], strict=True))
    assert panned == pytest.approx(0.25 * 55 * 1.1, rel=0.3)


def test_no_edge_is_seen_and_it_comes_no_nearer_than_it_must(shaken: Path, tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    edit = _plan(shaken, STEADY)
    gauged = gauge(edit, compile(edit), {"s1": shaken}, Cache(tmp_path / "cache"), ffmpeg, lambda: False)
    camera = camera_of(edit, compile(edit).pictures[0].shot, edit.source("s1"), gauged)
    assert 1.02 < camera.scale[0] <= 1.12
    assert camera.slip is not None
    for x, y, turn in zip(camera.slip.across, camera.slip.down, camera.slip.turn, strict=True):
        for u, v in ((-1, -1), (1, -1), (-1, 1), (1, 1)):
            corner = np.array([u * WIDTH, v * HEIGHT]) / 2 / camera.scale[0] - np.array([x, y]) * WIDTH
            seen = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) @ corner
            assert abs(seen[0]) <= WIDTH / 2 + 0.3
            assert abs(seen[1]) <= HEIGHT / 2 + 0.3


def test_a_tripod_stays_a_tripod_whoever_walks_through(tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    still, scene = np.zeros(FRAMES), _scene()
    frames = _filmed(scene, still, still, still)
    for number, frame in enumerate(frames):
        frame[60:150, number : number + 70] = scene[10:100, 20:90]
    path = write_video(tmp_path / "tripod.mp4", ffmpeg, frames, "30")
    edit = _plan(path, STEADY)
    motion = gauge(edit, compile(edit), {"s1": path}, Cache(tmp_path / "cache"), ffmpeg, lambda: False).motion["c1"]
    assert sum(value != 0 for value in motion.across) < 3
    plain, steady = (pictured(_plan(path, *some), {"s1": path}, ffmpeg, tmp_path) for some in ([], [STEADY]))
    assert np.abs(plain.astype(int) - steady).mean() < 1.5


def test_a_frame_is_steadied_alike_whatever_is_cut_around_it(shaken: Path, tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    light = {**STEADY, "strength": "light"}
    ways = []
    for end in (1.2, 2.5):
        edit = _plan(shaken, light, end=end)
        motion = gauge(edit, compile(edit), {"s1": shaken}, Cache(tmp_path / "cache"), ffmpeg, lambda: False).motion
        ways.append(steadied(motion["c1"], 0.25 * 30).across[:36])
    assert np.abs(ways[0] - ways[1]).max() < 1e-9


def test_at_a_cut_the_way_begins_anew() -> None:
    random = np.random.default_rng(2)
    frames = [random.integers(0, 255, (90, 160)).astype(np.uint8) for _ in range(2)]
    frames = [cv2.GaussianBlur(frame, (0, 0), 2).astype(np.uint8) for frame in frames]
    motion = measured([frames[0]] * 3 + [frames[1]] * 3, 10)
    assert set(motion.across) == {0}
    jump = round(2 * FARTHEST * MILLION)
    cut_at = Motion(0, (0, 100, -100, jump, 100, -100), (0,) * 6, (0,) * 6, (3,))
    assert np.abs(steadied(cut_at, 2).across).max() < 200 / MILLION


def test_a_steady_pan_is_left_alone_also_at_its_ends() -> None:
    pan = Motion(0, (0, *[2000] * 99), (0,) * 100, (0,) * 100)
    assert np.abs(steadied(pan, 10).across).max() < 1e-9


def test_a_still_does_not_shake_and_an_unmeasured_clip_stands(shaken: Path) -> None:
    still = {"id": "s1", "hash": "1" * 64, "name": "a", "kind": "still", "duration": 0, "width": 320, "height": 180}
    assert "does not shake" in check(plan([still], cut("c1", "s1", 0, 2), STEADY))[0]
    assert "perspective" not in graphs(_plan(shaken, STEADY))[0][0].text
