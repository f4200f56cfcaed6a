"""scorecard: the finished video measured, and a picture of its scores."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from experts.edit.brief import Brief
from experts.edit.changes import amended, read_change
from experts.edit.footage import Footage
from experts.edit.master import Master
from kernel.document import Document
from kernel.errors import NotFound
from kernel.evaluation.card import card
from kernel.evaluation.measures.judgement import Judgement
from kernel.evaluation.scorecard import Scorecard
from kernel.evaluation.see import score_video
from kernel.marks import Marks, Mend
from kernel.store.records import MACHINES
from kernel.studio import place
from kernel.tasks import Task, Work
from kernel.worker.analysis.kept import Kept
from kernel.worker.analysis.texts import Reader
from kernel.worker.plan import EditPlan


def make(work: Work) -> Scorecard:
    """Measure the master against its plan and its brief, and keep the picture of the scores."""
    plan, master, brief, footage = (work.documents[name] for name in ("plan", "master", "brief", "footage"))
    if not (isinstance(plan, EditPlan) and isinstance(master, Master) and isinstance(brief, Brief)):
        raise TypeError("plan, master, brief")
    judgement = work.documents["judgement"]
    if not (isinstance(footage, Footage) and isinstance(judgement, Judgement)):
        raise TypeError("footage, judgement")
    video = work.studio.path(master.video, work.job.id)
    with work.studio.scratch(work.job.id) as scratch:
        found = {reel.id: reel.inspection for reel in footage.reels}
        scorecard = score_video(
            video,
            work.studio.ffmpeg,
            scratch,
            plan=plan,
            brief=wanted(work, brief).body(),
            sources=found,
            cancelled=work.cancelled,
            media=dict(at_hand(work, plan)),
            judgement=judgement,
            recogniser=work.studio.recogniser,
            reader=Reader(),
            kept=Kept.of(work.studio.cache, master.video),
        )
        card(scorecard, scratch / "card.png")
        name = f"scorecard-{scorecard.digest[:12]}.png"
        kept = place(scratch / "card.png", work.studio.folder(work.job.id, "pictures") / name)
    work.studio.keep(work.job, kept, "picture", kept.name, scorecard=scorecard.digest)
    return scorecard


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
