"""Makers of what is seen of a render, and a small real one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kernel.evaluation.base import MEASURED, Seen
from kernel.worker.compile import compile
from kernel.worker.ffmpeg import Ffmpeg, bundled
from kernel.worker.plan import EditPlan

Look = Callable[..., Seen]


@pytest.fixture(scope="session")
def ffmpeg() -> Ffmpeg:
    """The ffmpeg that comes with the installation."""
    return Ffmpeg(bundled(), weak=True)


@pytest.fixture
def look() -> Look:
    """Return a maker: a perfect render of a plan, but for what is named; without a plan of nothing in particular."""

    def made(plan: EditPlan | None = None, brief: dict[str, Any] | None = None, **measured: Any) -> Seen:
        facts = {**MEASURED, **(_of(plan) if plan else {}), **measured}
        timeline = compile(plan) if plan else None
        return Seen.model_validate({"measured": facts, "brief": brief, "plan": plan, "timeline": timeline})

    return made


def _of(plan: EditPlan) -> dict[str, Any]:
    """Return what a faultless render of a plan measures."""
    timeline = compile(plan)
    length = {"duration": timeline.duration, "sound_duration": timeline.duration, "frames": timeline.frames}
    return {**length, "width": timeline.width, "height": timeline.height, "rate": timeline.rate}
