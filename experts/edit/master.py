"""master: the finished video, rendered from the plan whose preview a person approved."""

from __future__ import annotations

from typing import Any, ClassVar

from experts.edit.preview import make_video
from kernel.document import Document
from kernel.tasks import Task, Work
from kernel.worker.plan import EditPlan


class Master(Document):
    """The finished video."""

    SCHEMA: ClassVar[str] = "Master"
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "video": "0" * 64,
        "size": 1000,
        "frames": 900,
        "length": 30.0,
        "width": 1080,
        "height": 1920,
        "lufs": -14.0,
        "true_peak_db": -1.2,
        "worker": "1",
    }

    video: str
    """sha256 of the kept file."""
    size: int
    frames: int
    length: float
    width: int
    height: int
    lufs: float | None
    true_peak_db: float | None
    worker: str
    """Version of the worker that made it."""


def make(work: Work) -> Master:
    """Render the final."""
    plan = work.documents["plan"]
    if not isinstance(plan, EditPlan):
        raise TypeError("plan")
    made = make_video(work, plan, "final", "master")
    return Master(
        video=made.hash,
        size=made.size,
        frames=made.frames,
        length=made.duration,
        width=made.width,
        height=made.height,
        lufs=made.lufs,
        true_peak_db=made.true_peak_db,
        worker=made.worker_version,
    )


MASTER = Task("master", Master, make)
