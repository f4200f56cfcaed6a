"""A house with a loop: what its card finds fault with goes back to the steps that own the cure.

brief (conversation) -> captions, sound -> plan -> preview (gate) -> master -> card (gate, marks) -> delivery
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from kernel.document import Document
from kernel.marks import Marks, Mend
from kernel.pipeline import Conversed, Pipeline, Step
from kernel.store.records import Job
from kernel.tasks import Task, Work
from tests.kernel.house import Brief, House, Plan, Words, yes

Judged = Callable[[dict[str, str]], "Card"]


class Card(Document):
    """The marks of a master."""

    SCHEMA: ClassVar[str] = "Card"
    EXAMPLE: ClassVar[dict[str, Any]] = {"total": 1.0, "scores": {"captions": 1.0}, "mends": []}
    total: float
    scores: dict[str, float]
    mends: tuple[Mend, ...] = ()


def fine() -> Card:
    """Return a card on which everything passes."""
    return Card(total=1.0, scores={"captions": 1.0, "sound": 1.0})


def poor(total: float, *owners: str, **scores: float) -> Card:
    """Return a card on which something failed; each owner is asked for what it did not do yet."""
    mends = tuple(Mend(owner=o, text=f"mend the {o} at {total:g}", because=f"{o} is poor.") for o in owners)
    return Card(total=total, scores={"captions": total, **scores}, mends=mends)


def marks(document: Document) -> Marks:
    """Read a card."""
    assert isinstance(document, Card)
    return Marks(passed=not document.mends, total=document.total, scores=document.scores, mends=document.mends)


class Loop(House):
    """The house; `judged` says what its card makes of the words of the captions, the sound and the plan."""

    waives = True

    def __post_init__(self) -> None:
        self.judged: Judged = lambda words: fine()
        self.read = marks
        super().__post_init__()

    def pipeline(self) -> Pipeline:
        """Return the pipeline of the head of this file."""
        made = Pipeline(
            "cut",
            "A small edit with a loop",
            (
                Step("brief", Conversed(Brief)),
                Step("captions", self._expert("captions", Words), ("brief",)),
                Step("sound", self._expert("sound", Words), ("brief",)),
                Step("plan", self._expert("plan", Plan), ("captions", "sound")),
                Step("preview", self._task("preview"), ("plan",), gate=True, waives_rounds=True),
                Step("master", self._task("master"), ("plan", "preview")),
                Step(
                    "card",
                    self._card(),
                    ("captions", "sound", "plan", "master"),
                    gate=True,
                    marks=lambda card: self.read(card),
                ),
                Step("delivery", self._task("delivery"), ("card",)),
            ),
        )
        return made if self.waives else made.asking_every_round()

    def _read(self, card: Document) -> Marks:
        return self.read(card)

    def _card(self) -> Task:
        def make(work: Work) -> Card:
            bodies = {name: work.documents[name].body() for name in ("captions", "sound", "plan")}
            return self.judged({name: str(body.get("words") or body.get("title")) for name, body in bodies.items()})

        return Task("card", Card, make)

    def to_the_card(self, judged: Judged) -> Job:
        """Open a job, say yes to its preview, and go on until a person is asked again."""
        self.judged = judged
        job = self.open()
        self.run_all(job, "w1")
        self.say_yes(job, "preview", "w2")
        return job

    def say_yes(self, job: Job, step: str, walk: str) -> dict[str, Any]:
        """Approve the newest version of a step, and go on until a person is asked again."""
        self.jobs.answer(job, yes(self.kept(job, step)), walk)
        return self.ended(walk)

    def ruled(self, job: Job) -> list[dict[str, Any]]:
        """Return what was told of the rounds."""
        return [event.payload["round"] for event in self.events(job, "scored")]

    def words(self, job: Job) -> list[str]:
        """Return how the rounds were told."""
        return [event.payload["text"] for event in self.events(job, "scored")]
