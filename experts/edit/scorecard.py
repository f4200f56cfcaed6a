"""scorecard: the finished video measured, a picture of its scores, and a page with the evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from experts.edit.brief import Brief
from experts.edit.changes import amended, read_change
from experts.edit.footage import Footage
from experts.edit.master import Master
from kernel.document import Document
from kernel.errors import NotFound
from kernel.evaluation import score
from kernel.evaluation.card import card
from kernel.evaluation.case import Case
from kernel.evaluation.glance import glance
from kernel.evaluation.judgement import Judgement
from kernel.evaluation.page import page
from kernel.evaluation.scorecard import Scorecard
from kernel.evaluation.see import see
from kernel.marks import Marks, Mend
from kernel.store.records import MACHINES, Role
from kernel.studio import place
from kernel.tasks import Task, Work
from kernel.worker.analysis.kept import Kept
from kernel.worker.plan import EditPlan

SHOWN: Mapping[str, Role] = {".png": "picture", "-glance.png": "picture", ".html": "page"}
"""What people look at, by how its name ends: all that was measured, the same at a glance, the page of evidence."""


def make(work: Work) -> Scorecard:
    """Measure the master against its plan and its brief; keep the scores as a picture and as a page."""
    with work.studio.scratch(work.job.id) as scratch:
        case = case_of(work, scratch)
        seen = see(case)
        scorecard = score(seen)
        name = f"scorecard-{scorecard.digest[:12]}"
        card(scorecard, scratch / f"{name}.png")
        glance(scorecard, scratch / f"{name}-glance.png")
        page(scorecard, seen, case.video, scratch / f"{name}.html", case.ffmpeg, scratch, work.cancelled)
        for suffix, role in SHOWN.items():
            kept = place(scratch / f"{name}{suffix}", work.studio.folder(work.job.id, "pictures") / f"{name}{suffix}")
            work.studio.keep(work.job, kept, role, kept.name, scorecard=scorecard.digest)
    return scorecard


def case_of(work: Work, scratch: Path) -> Case:
    """Return what is scored: the master, beside all that is known of how it came to be."""
    plan, master, brief, footage = (work.documents[name] for name in ("plan", "master", "brief", "footage"))
    if not (isinstance(plan, EditPlan) and isinstance(master, Master) and isinstance(brief, Brief)):
        raise TypeError("plan, master, brief")
    judgement = work.documents["judgement"]
    if not (isinstance(footage, Footage) and isinstance(judgement, Judgement)):
        raise TypeError("footage, judgement")
    return Case(
        video=work.studio.path(master.video, work.job.id),
        ffmpeg=work.studio.ffmpeg,
        work=scratch,
        plan=plan,
        brief=wanted(work, brief).body(),
        sources={reel.id: reel.inspection for reel in footage.reels},
        media=dict(at_hand(work, plan)),
        cancelled=work.cancelled,
        judgement=judgement,
        recogniser=work.studio.recogniser,
        reader=work.studio.reader,
        kept=Kept.of(work.studio.cache, master.video),
    )


def at_hand(work: Work, plan: EditPlan) -> Iterator[tuple[str, Path]]:
    """Yield the id and the file of each source that is still there: without one, less can be compared."""
    for source in plan.sources:
        with suppress(NotFound):
            yield source.id, work.studio.path(source.hash, work.job.id)


def wanted(work: Work, brief: Brief) -> Brief:
    """Return the brief with the notes that people gave on the cut since: a cut is held to what was asked for last."""
    steps = ("selects_dialogue", "selects_narration", "selects_montage", "plan")
    notes = [note for step in steps for note in work.studio.store.instructions.list(work.job.id, step)]
    people = [note for note in sorted(notes, key=lambda note: note.created) if note.by not in MACHINES]
    return amended(brief, [read_change(note.text, note.scope) for note in people])


def marks(document: Document) -> Marks:
    """Return how good a scorecard says the video is, and what the owners of the cures are asked for."""
    if not isinstance(document, Scorecard):
        raise TypeError("scorecard")
    gates = [
        Mend(owner=gate.owner, text=gate.instruction, because=gate.why)
        for gate in document.gates
        if not gate.passed and gate.owner and gate.instruction
    ]
    failed = [
        Mend(owner=score.owner, text=score.instruction, because=score.why)
        for score in document.failed
        if score.instruction
    ]
    return Marks(
        passed=document.passed,
        total=document.total,
        scores={score.name: score.score for score in document.scores if score.applicable},
        mends=(*gates, *failed),
    )


SCORECARD = Task("scorecard", Scorecard, make)
