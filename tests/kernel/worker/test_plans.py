"""Plans drawn from the operations' schemas; the long form is `python -m tests.kernel.worker.plans`."""

from __future__ import annotations

from pathlib import Path

import pytest

from kernel.worker.compile import compile
from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.filters import FILTERS
from kernel.worker.ops import OPS
from kernel.worker.plan import EditPlan
from kernel.worker.render import render
from tests.kernel.worker.plans import Footage, filters, footage, graphs, run, strange


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory, ffmpeg: Ffmpeg) -> Footage:
    return footage(tmp_path_factory.mktemp("drawn"), ffmpeg)


@pytest.mark.timeout(300)
def test_drawn_plans_compile_to_filters_of_the_list_alone(drawn: Footage, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    def one(plan: EditPlan) -> None:
        assert {name for graph in graphs(plan, drawn, ffmpeg, tmp_path) for name in filters(graph)} <= FILTERS

    run(drawn, 80, one, 1)


@pytest.mark.parametrize("op", OPS, ids=lambda op: str(op.__name__))
def test_every_operation_is_drawn_as_its_schema_says(op: type, drawn: Footage, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    used: list[EditPlan] = []

    def one(plan: EditPlan) -> None:
        assert {name for graph in graphs(plan, drawn, ffmpeg, tmp_path) for name in filters(graph)} <= FILTERS
        used.extend([plan] if any(isinstance(operation, op) for operation in plan.operations) else [])

    run(drawn, 12, one, 3, [op])
    assert used


@pytest.mark.timeout(300)
def test_drawn_plans_render_exactly_their_frames(drawn: Footage, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    def one(plan: EditPlan) -> None:
        made = render(plan, drawn.media, tmp_path / "out.mp4", tmp_path / "cache", ffmpeg)
        assert made.frames == compile(plan).frames
        assert strange(made.commands) == set()

    run(drawn, 8, one, 2)


def test_a_graph_is_read_by_ffmpegs_own_quoting() -> None:
    assert filters("[0:v]scale=w=4[a];[a]drawtext=text='x,movie=y;z',crop=4\\,movie@b[out]") == {
        "scale",
        "drawtext",
        "crop",
    }
    assert strange([["ffmpeg", "-af", "amovie=x", "-vf", "scale=4:4"]]) == {"amovie"}
