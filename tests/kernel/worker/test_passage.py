"""passage: what is seen at each moment of a transition, on a dark ramp that becomes a light one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from kernel.worker.compile import check, compile
from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.plan import EditPlan
from tests.kernel.worker.looking import looked
from tests.kernel.worker.scenes import HEIGHT, WIDTH, Frames, cut, plan, source, write_video

DARK, LIGHT, BETWEEN = (40, 100), (150, 210), 125
"""Luma of the picture that goes, from left to right and top to bottom, and of the one that comes."""
FRAMES = 12
WAYS = [("left", 1, False), ("right", 1, True), ("up", 0, False), ("down", 0, True)]
"""Direction, the axis along which it goes, and whether it comes from the left or the top."""


def _ramp(low: int, high: int) -> Frames:
    along = np.linspace(0, 1, WIDTH)[None, :] + np.linspace(0, 1, HEIGHT)[:, None]
    return np.repeat((low + (high - low) * along / 2).astype(np.uint8)[None], 60, axis=0)


@pytest.fixture(scope="module")
def ramps(tmp_path_factory: pytest.TempPathFactory, ffmpeg: Ffmpeg) -> dict[str, Path]:
    """A dark and a light picture, two seconds each."""
    folder = tmp_path_factory.mktemp("ramps")
    made = {"s1": _ramp(*DARK), "s2": _ramp(*LIGHT)}
    return {id: write_video(folder / f"{id}.mp4", ffmpeg, frames, "30") for id, frames in made.items()}


def _plan(ramps: dict[str, Path], **transition: Any) -> EditPlan:
    known = [source(id, path, 2, has_sound=False) for id, path in ramps.items()]
    passage = {"type": "transition", "after": "c1", "length": FRAMES / 30, **transition}
    return plan(known, cut("c1", "s1", 0.5, 1.5), cut("c2", "s2", 0.5, 1.5), passage)


def _seen(ramps: dict[str, Path], ffmpeg: Ffmpeg, **transition: Any) -> NDArray[np.float64]:
    """Return the frames of the passage, after seeing that nothing beside it has changed."""
    edit = _plan(ramps, **transition)
    frames = looked(edit, ramps, ffmpeg)
    assert len(frames) == compile(edit).frames == 60
    assert frames[: 30 - FRAMES // 2].max() < BETWEEN < frames[30 + FRAMES // 2 :].min()
    return frames[30 - FRAMES // 2 : 30 + FRAMES // 2].astype(np.float64)


def _edges(frames: NDArray[np.float64], axis: int) -> list[int]:
    """Return how many rows or columns of each frame are light, after seeing that they lie at one side."""
    light = frames.mean(axis=2 - axis) > BETWEEN
    assert all(np.count_nonzero(np.diff(row.astype(int))) == 1 for row in light)
    return [int(row.sum()) for row in light]


@pytest.mark.parametrize("kind", ["wipe", "slide", "push"])
@pytest.mark.parametrize(("direction", "axis", "turned"), WAYS)
def test_the_next_picture_comes_in_from_its_side(
    kind: str, direction: str, axis: int, turned: bool, ramps: dict[str, Path], ffmpeg: Ffmpeg
) -> None:
    frames = _seen(ramps, ffmpeg, kind=kind, direction=direction)
    shares = _edges(frames[1:], axis)
    assert shares == sorted(set(shares))
    assert shares[FRAMES // 2 - 1] == pytest.approx((WIDTH if axis else HEIGHT) / 2, rel=0.2)
    middle = frames[FRAMES // 2]
    first, last = (middle[:, 0], middle[:, -1]) if axis else (middle[0], middle[-1])
    assert (first.mean() > BETWEEN, last.mean() > BETWEEN) == (turned, not turned)


@pytest.mark.parametrize(
    ("kind", "before", "after"), [("wipe", False, False), ("slide", False, True), ("push", True, True)]
)
def test_what_moves_and_what_stands(
    kind: str, before: bool, after: bool, ramps: dict[str, Path], ffmpeg: Ffmpeg
) -> None:
    whole = looked(_plan(ramps, kind=kind), ramps, ffmpeg).astype(int)
    middle, gone, come = (whole[frame][0] for frame in (30, 0, 59))
    edge = int(np.argmax(middle > BETWEEN))
    shown = middle[: edge - 4], middle[edge + 4 :]
    assert (abs(shown[0] - gone[: edge - 4]).mean() > 5) == before
    assert (abs(shown[1] - come[edge + 4 :]).mean() > 5) == after


@pytest.mark.parametrize(("direction", "axis", "turned"), WAYS)
def test_a_whip_is_fast_and_blurred_in_the_middle_and_rests_at_both_ends(
    direction: str, axis: int, turned: bool, ramps: dict[str, Path], ffmpeg: Ffmpeg
) -> None:
    frames = _seen(ramps, ffmpeg, kind="whip", direction=direction)
    line = frames.mean(axis=2 - axis)
    line = line[:, ::-1] if turned else line
    share = (line > BETWEEN).mean(axis=1)
    steps = np.diff(share)
    assert (steps >= 0).all()
    assert steps.argmax() in (FRAMES // 2 - 1, FRAMES // 2)
    assert steps[0] < 0.05 > steps[-1]
    # The edge between the two pictures is a step without blur, and a slope with it.
    assert np.abs(np.diff(line[FRAMES // 2])).max() < 15


def test_a_dissolve_blends(ramps: dict[str, Path], ffmpeg: Ffmpeg) -> None:
    frames = _seen(ramps, ffmpeg, kind="dissolve")
    means = frames.mean(axis=(1, 2))
    assert (np.diff(means) > 0).all()
    assert means[FRAMES // 2] == pytest.approx((sum(DARK) + sum(LIGHT)) / 4, abs=8)


@pytest.mark.parametrize(("colour", "luma"), [("black", 16), ("white", 235)])
def test_a_dip_goes_through_its_colour_and_leaves_the_rest(
    colour: str, luma: int, ramps: dict[str, Path], ffmpeg: Ffmpeg
) -> None:
    dipped = looked(_plan(ramps, kind="dip", colour=colour), ramps, ffmpeg)
    straight = _plan(ramps, kind="dip")
    plain = looked(straight.model_copy(update={"operations": straight.operations[:2]}), ramps, ffmpeg)
    assert (dipped[29] == luma).all()
    assert 0 < abs(dipped[26].mean() - luma) < abs(plain[26].mean() - luma)
    away = [*range(23), *range(37, 60)]
    assert np.array_equal(dipped[away], plain[away])


def test_a_source_without_handles_may_stand_still_for_a_moment_but_not_for_long(ramps: dict[str, Path]) -> None:
    known = [source(id, path, 2, has_sound=False) for id, path in ramps.items()]
    cuts = [cut("c1", "s1", 1, 2), cut("c2", "s2", 0.1, 1)]
    passage = {"type": "transition", "after": "c1", "kind": "push", "length": 1.0}
    found = check(plan(known, *cuts, passage))
    assert found[0].startswith("The transition after c1 needs 0.50 s of s1 after the end of c1, but there are 0.00 s")
    assert found[1].startswith(
        "The transition after c1 needs 0.50 s of s2 before the start of c2, but there are 0.10 s"
    )
    for more in ({"length": 0.5}, {"kind": "dip"}):
        assert check(plan(known, *cuts, {**passage, **more})) == []
