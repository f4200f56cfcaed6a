"""judge: a viewer's judgement of the finished video, from frames, words and cuts. Without a model there is none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experts.edit.inputs import needed
from experts.edit.master import Master
from kernel.document import Document
from kernel.evaluation.judgement import NOBODY, Judgement
from kernel.expert import Expert, Scene
from kernel.store.records import Job
from kernel.studio import Studio, place
from kernel.worker.compile import compile
from kernel.worker.contact_sheet import contact_sheets
from kernel.worker.plan import EditPlan


def understudy(_: Scene) -> dict[str, Any]:
    """Say that nobody judged: rules have no eyes, and a number that nobody stands for would be a lie."""
    return Judgement(
        confidence=0.0, opening="", why_hook=NOBODY, hook=None, course="", why_pacing=NOBODY, pacing=None
    ).body()


def shows(documents: Mapping[str, Document], studio: Studio, job: Job) -> tuple[str, ...]:
    """Draw the sheets of the finished video and keep them; return the hashes of their files."""
    plan, master = needed(documents, "plan", EditPlan), needed(documents, "master", Master)
    with studio.scratch(job.id) as work:
        drawn = contact_sheets(studio.path(master.video, job.id), compile(plan), work, studio.ffmpeg)
        names = {sheet: f"{sheet.stem}-{master.video[:12]}.jpg" for sheet in drawn}
        kept = [place(sheet, studio.folder(job.id, "pictures") / name) for sheet, name in names.items()]
    return tuple(studio.keep(job, path, "picture", path.name).hash for path in kept)


EXPERT = Expert(
    name="edit.judgement",
    document=Judgement,
    prompt="edit/judgement.j2",
    understudy=understudy,
    shows=shows,
    max_turns=8,
)
