"""A shot that runs on over a cut in the voice does so at its next frame; a jump that is meant stays one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from experts.edit.running_on import run_on
from kernel.worker.compile import check
from kernel.worker.ops.cover import Cover
from kernel.worker.plan import EditPlan
from tests.kernel.worker.scenes import cut, plan, source


def cover(id: str, clip: str, source: str, start: float, **more: Any) -> dict[str, Any]:
    return {"type": "cover", "id": id, "clip": clip, "source": source, "start": start, "why": "", **more}


def laid(folder: Path, *covers: dict[str, Any]) -> EditPlan:
    """Return a plan of two clips of 31 and 46 frames, with covers."""
    clips = [cut("c1", "s1", 0.5, 1.53), cut("c2", "s1", 3.0, 4.53)]
    path = folder / "never_opened.mp4"
    path.touch()
    made = plan([source(id, path, 20.0) for id in ("s1", "s2", "s3")], *clips, *covers)
    assert check(made) == []
    return made


def starts(made: EditPlan) -> list[float]:
    return [op.start for op in made.each(Cover)]


def test_a_cover_that_all_but_carries_on_the_one_before_it_carries_on_at_the_next_frame(tmp_path: Path) -> None:
    made = laid(tmp_path, cover("b1", "c1", "s2", 0.5), cover("b2", "c2", "s2", 1.47))
    assert starts(run_on(made)) == [0.5, pytest.approx(46 / 30, abs=1e-6)]


def test_a_chain_of_covers_carries_on_from_what_was_mended_before(tmp_path: Path) -> None:
    covers = [
        cover("b1", "c1", "s2", 0.5),
        cover("b2", "c2", "s2", 1.47, length=0.7),
        cover("b3", "c2", "s2", 2.17, offset=0.7),
    ]
    carried = [46 / 30, 67 / 30]
    assert starts(run_on(laid(tmp_path, *covers))) == pytest.approx([0.5, *carried], abs=1e-6)


@pytest.mark.parametrize(
    "second",
    [
        cover("b2", "c2", "s2", 6.0),
        cover("b2", "c2", "s3", 1.47),
        cover("b2", "c2", "s2", 1.47, offset=0.5),
        cover("b2", "c2", "s2", 46 / 30),
    ],
    ids=["a jump that is meant", "another shot", "with the clip seen in between", "exact already"],
)
def test_what_is_no_stutter_is_left_alone(tmp_path: Path, second: dict[str, Any]) -> None:
    made = laid(tmp_path, cover("b1", "c1", "s2", 0.5), second)
    assert run_on(made) == made


def test_a_source_that_would_end_too_soon_is_left_as_it_was(tmp_path: Path) -> None:
    made = laid(tmp_path, cover("b1", "c1", "s2", 17.6), cover("b2", "c2", "s2", 18.5))
    assert check(made) == []
    assert run_on(made) == made
