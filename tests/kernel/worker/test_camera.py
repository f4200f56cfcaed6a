"""The camera: what part of a picture is seen, in pixels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from kernel.worker.camera import PUSH, camera_of
from kernel.worker.compile import check, compile
from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.graph import picture_graph
from kernel.worker.plan import EditPlan
from tests.kernel.worker.pictured import pictured
from tests.kernel.worker.scenes import HEIGHT, WIDTH, Frames, cut, plan, source, write_video

SPOT = (200, 70)
"""Where a soft white spot stands in the generated picture, in pixels."""


def _spots(frames: int, x: NDArray[np.float64]) -> Frames:
    """Return grey frames with a soft white spot; its place is known to a hundredth of a pixel."""
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    made = [60 + 170 * np.exp(-((columns - at) ** 2 + (rows - SPOT[1]) ** 2) / (2 * 6.0**2)) for at in x[:frames]]
    return np.asarray(np.round(made), dtype=np.uint8)


def _centres(frames: Frames) -> NDArray[np.float64]:
    """Return where the spot stands in each frame, x and y."""
    light = np.clip(frames.astype(np.float64) - 75, 0, None)
    total = light.sum(axis=(1, 2))
    x = (light.sum(axis=1) * np.arange(frames.shape[2])).sum(axis=1) / total
    y = (light.sum(axis=2) * np.arange(frames.shape[1])).sum(axis=1) / total
    return np.stack([x, y], axis=1)


def _widths(frames: Frames) -> NDArray[np.float64]:
    """Return how large the spot is: the root of the area of what is bright."""
    return np.asarray(np.sqrt((frames > 150).sum(axis=(1, 2))))


@pytest.fixture(scope="module")
def still_spot(tmp_path_factory: pytest.TempPathFactory, ffmpeg: Ffmpeg) -> Path:
    """Twelve seconds of a spot that stands still."""
    path = tmp_path_factory.mktemp("spots") / "still.mp4"
    return write_video(path, ffmpeg, _spots(360, np.full(360, float(SPOT[0]))), "30")


def _made(path: Path, tmp_path: Path, ffmpeg: Ffmpeg, *operations: dict[str, Any], **more: Any) -> Frames:
    known = {"has_sound": False, **more.pop("known", {})}
    edit = plan([source("s1", path, 12, **known)], *operations, **more)
    assert check(edit) == []
    return pictured(edit, {"s1": path}, ffmpeg, tmp_path)[..., 1]


def test_a_punch_in_shows_its_part_larger_and_stands_still(still_spot: Path, tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    zoom = {"type": "zoom", "of": "c2", "scale": 1.5, "x": SPOT[0] / WIDTH, "y": SPOT[1] / HEIGHT}
    shown = _made(still_spot, tmp_path, ffmpeg, cut("c1", "s1", 0, 1), cut("c2", "s1", 1, 2), zoom)
    plain, near = shown[5:25], shown[35:55]
    assert np.ptp(_centres(near), axis=0).max() < 0.1
    assert np.abs(_centres(near)[0] - (WIDTH / 2, HEIGHT / 2)).max() < 1.5
    assert abs(_widths(near).mean() / _widths(plain).mean() - 1.5) < 0.05


def test_a_slow_push_glides_without_steps_over_the_borders_of_pieces(
    still_spot: Path, tmp_path: Path, ffmpeg: Ffmpeg
) -> None:
    zoom = {"type": "zoom", "of": "*", "scale": 1, "to": 1.2, "x": 0.5, "y": 0.5, "ease": "steady"}
    shown = _made(still_spot, tmp_path, ffmpeg, cut("c1", "s1", 0, 12), zoom)
    centres = _centres(shown)
    wanted = [WIDTH / 2 + (SPOT[0] - WIDTH / 2) * (1 + 0.2 * n / 359) for n in range(360)]
    assert np.abs(centres[:, 0] - wanted).max() < 0.25
    assert np.abs(np.diff(centres[:, 0])).max() < 0.12


def test_an_eased_move_rests_at_both_ends_and_goes_where_it_is_told(
    still_spot: Path, tmp_path: Path, ffmpeg: Ffmpeg
) -> None:
    zoom = {"type": "zoom", "of": "c1", "scale": 1.6, "to": 1.6, "x": 0.5, "y": 0.4, "to_x": 0.7, "to_y": 0.4}
    centres = _centres(_made(still_spot, tmp_path, ffmpeg, cut("c1", "s1", 0, 4), zoom))
    gone = centres[0, 0] - centres[-1, 0]
    assert abs(gone - 0.1875 * WIDTH * 1.6) < 1.5
    assert np.abs(np.diff(centres[:3, 0])).max() < 0.1
    assert np.abs(np.diff(centres[-3:, 0])).max() < 0.1


def test_a_window_that_follows_is_smooth_to_fractions_of_a_pixel(tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    walked = np.clip(90 + np.arange(360) * 0.5, 90, 230)
    path = write_video(tmp_path / "walk.mp4", ffmpeg, _spots(360, walked), "30")
    faces = [{"at": n / 2, "x": float(walked[15 * n]) / WIDTH, "y": 0.4, "height": 0.3} for n in range(24)]
    known = {"faces": faces, "shots": [{"start": 0, "end": 12}]}
    follow = {"type": "reframe", "of": "c1", "mode": "follow"}
    shown = _made(path, tmp_path, ffmpeg, cut("c1", "s1", 0, 12), follow, known=known, width=100, height=178)
    centres = _centres(shown)[:, 0]
    assert np.abs(centres - 50).max() < 25
    # What the camera adds to the walk has no steps: its speed changes little from frame to frame.
    assert np.abs(np.diff(np.diff(centres[2:-2] - walked[2:-2]))).max() < 0.2


@pytest.mark.parametrize("mode", ["blur", "letterbox"])
def test_a_zoom_goes_into_a_picture_that_does_not_fill_the_frame(
    mode: str, still_spot: Path, tmp_path: Path, ffmpeg: Ffmpeg
) -> None:
    reframe, tall = {"type": "reframe", "of": "*", "mode": mode}, {"width": 180, "height": 320}
    zoom = {"type": "zoom", "of": "c1", "scale": 1, "to": 1.5, "x": SPOT[0] / WIDTH, "y": SPOT[1] / HEIGHT}
    shown = _made(still_spot, tmp_path, ffmpeg, cut("c1", "s1", 0, 2), reframe, zoom, **tall)
    assert abs(_widths(shown[-5:]).mean() / _widths(shown[:5]).mean() - 1.5) < 0.1
    # The spot stands where it stood at first, and comes near to the middle as far as the frame allows.
    fit = 180 / WIDTH
    at = (SPOT[0] * fit, (320 - HEIGHT * fit) / 2 + SPOT[1] * fit)
    assert np.abs(_centres(shown[:1])[0] - at).max() < 1.5
    assert abs(_centres(shown[-1:])[0, 0] - 90) < 3


def test_no_move_means_no_filter_more_and_a_still_is_pushed_in_unless_a_zoom_says_otherwise() -> None:
    known = {"id": "s1", "hash": "1" * 64, "name": "a", "width": 640, "height": 360, "duration": 60.0}
    video = {**known, "kind": "video", "rate": {"num": 30, "den": 1}}
    still = {**known, "kind": "still", "duration": 0}
    hold = {"type": "zoom", "of": "*", "scale": 1}
    assert "perspective" not in _graph(plan([video], cut("c1", "s1", 0, 2)))
    assert "perspective" not in _graph(plan([still], cut("c1", "s1", 0, 2), hold))
    edit = plan([still], cut("c1", "s1", 0, 2))
    assert "perspective" in _graph(edit)
    timeline = compile(edit)
    camera = camera_of(edit, timeline.pictures[0].shot, edit.source("s1"))
    assert camera.scale[30] == pytest.approx(1 + PUSH / 10)


def _graph(edit: EditPlan) -> str:
    timeline = compile(edit)
    return picture_graph(edit, timeline, timeline.pictures[0], (WIDTH, HEIGHT), None).text


def test_what_cannot_be_followed_or_would_be_coarse_is_said() -> None:
    small = {"id": "s1", "hash": "1" * 64, "name": "a", "kind": "video", "duration": 9.0, "width": 320, "height": 180}
    follow, zoom = {"type": "reframe", "of": "c1", "mode": "follow"}, {"type": "zoom", "of": "c1", "scale": 3}
    edit = plan([small], cut("c1", "s1", 0, 2), follow, zoom, width=640, height=360)
    said = check(edit)
    assert "none was seen in s1 from 0.00 s to 2.00 s" in said[0]
    assert "more than 2.00 looks coarse" in said[1]
