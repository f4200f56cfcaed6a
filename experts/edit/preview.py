"""preview: the cut at 540 lines, its storyboard, and what the final will take: what a person approves."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from kernel.document import Document
from kernel.store.records import Role
from kernel.studio import place
from kernel.tasks import Task, Work
from kernel.worker.compile import compile
from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.pieces import Target
from kernel.worker.plan import EditPlan
from kernel.worker.presets import too_long
from kernel.worker.render import Render, render
from kernel.worker.storyboard import shown, storyboard
from kernel.worker.timing import Timeline


class Preview(Document):
    """A small version of the cut to watch before the final is made."""

    SCHEMA: ClassVar[str] = "Preview"
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "video": "0" * 64,
        "storyboard": "1" * 64,
        "length": 30.0,
        "clips": 7,
        "captions": 12,
        "width": 1080,
        "height": 1920,
        "note": "",
    }

    video: str
    """sha256 of the kept file."""
    storyboard: str
    length: float
    """Seconds."""
    clips: int
    """Shots that a viewer counts: pictures laid over a clip are shots too."""
    captions: int = Field(ge=0)
    """How many captions there are; 0 for none."""
    width: int
    height: int
    """Of the final."""
    note: str = ""
    """What the editor wants the person to know."""


def media(work: Work, plan: EditPlan) -> dict[str, Any]:
    """Return the path of every source of a plan."""
    return {source.id: work.studio.path(source.hash, work.job.id) for source in plan.sources}


def make_video(work: Work, plan: EditPlan, target: Target, name: str) -> Render:
    """Render a plan of this job and keep the file under its name."""
    out = work.studio.folder(work.job.id, "videos") / f"{name}-{plan.digest[:12]}.mp4"
    made = render(
        plan,
        media(work, plan),
        out,
        work.studio.cache,
        work.studio.ffmpeg,
        target=target,
        on_progress=lambda told: work.progress(told.share, told.doing, told.left),
        cancelled=work.cancelled,
        workers=work.studio.workers,
    )
    role: Role = "preview" if target == "preview" else "render"
    work.studio.keep(work.job, out, role, out.name, **made.model_dump(mode="json", exclude={"commands"}))
    return made


def make(work: Work) -> Preview:
    """Render the preview and draw its storyboard."""
    plan = work.documents["plan"]
    if not isinstance(plan, EditPlan):
        raise TypeError("plan")
    timeline = compile(plan)
    made = make_video(work, plan, "preview", "preview")
    return Preview(
        video=made.hash,
        storyboard=_drawn(work, plan, timeline, made.hash),
        length=round(timeline.duration, 3),
        clips=len(shown(timeline)),
        captions=len(timeline.cues),
        width=plan.output.width,
        height=plan.output.height,
        note=told(plan.note, work.studio.ffmpeg, too_long(plan.output.platform, timeline.duration)),
    )


def told(note: str, ffmpeg: Ffmpeg, taken: str = "") -> str:
    """Return what a person is told with a cut: the editor's note, and that nothing holds ffmpeg where that is so.

    Args:
        taken: that it is too long for where it goes; empty where it is not.
    """
    return " ".join(filter(None, [note, taken, ffmpeg.warning]))


def _drawn(work: Work, plan: EditPlan, timeline: Timeline, video: str) -> str:
    kept = work.studio.folder(work.job.id, "pictures") / f"storyboard-{plan.digest[:12]}.png"
    with work.studio.scratch(work.job.id) as half, work.studio.scratch(work.job.id) as scratch:
        drawn = half / "storyboard.png"
        storyboard(work.studio.path(video, work.job.id), timeline, drawn, work.studio.ffmpeg, scratch)
        place(drawn, kept)
    return work.studio.keep(work.job, kept, "picture", kept.name).hash


PREVIEW = Task("preview", Preview, make)
