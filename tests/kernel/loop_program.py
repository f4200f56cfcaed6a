"""A process of its own for the tests of rounds: it takes a job through the house with a loop and may kill itself.

    python -m tests.kernel.loop_program FOLDER [POINT]

What is done is written into FOLDER/log before it is: `captions 1` and `captions 2` (first and later versions),
`judge 1`, `judge 2`, `plan 2`, `card 2`. It says yes to the preview, as a person would, and ends where a person is
asked again.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from kernel.document import Document
from kernel.durable import DurableEngine
from kernel.marks import Marks
from kernel.messages import Reply, Request
from kernel.store.records import Approval
from tests.kernel import loop
from tests.kernel.house import results, well
from tests.kernel.loop import Card, Loop, fine, poor

JOB = "j" * 32
EXPERTS = ("captions", "sound", "plan")


class Program:
    """The house with its loop, and the point at which it dies."""

    def __init__(self, folder: Path, point: str) -> None:
        self.log = folder / "log"
        self.point = point
        self.house = Loop(folder, engine=DurableEngine(f"sqlite:///{folder}/engine.sqlite"), works=False)
        self.house.read = self.read
        self.house.judged = self.judged
        for expert in EXPERTS:
            self.house.lines[f"cut.{expert}"].extend([self.played] * 50)

    def passes(self, point: str) -> None:
        """Write down what is about to happen, or die of it."""
        with self.log.open("a") as file:
            file.write(f"{point}\n")
        if point == self.point:
            os.kill(os.getpid(), signal.SIGKILL)

    def played(self, request: Request) -> Reply:
        """Play an expert; its second answer is a point."""
        if len(results(request)) == 1:
            mended = "mend" in str(request.scene)
            self.passes(f"{request.expert.removeprefix('cut.')} {1 + mended}")
        return well(request)

    def judged(self, words: dict[str, str]) -> Card:
        """Find fault with captions that nobody mended."""
        mended = "mend the captions" in words["captions"]
        self.passes(f"card {1 + mended}")
        return fine() if mended else poor(0.6, "captions")

    def read(self, document: Document) -> Marks:
        """Read a card."""
        marks = loop.marks(document)
        self.passes(f"judge {1 + marks.passed}")
        return marks

    def go(self) -> None:
        """Take the job to where a person is asked about the finished work."""
        self.house.engine.start()
        store = self.house.store
        if not any(job.id == JOB for job in store.jobs.list()):
            self.house.open(JOB)
        job = store.jobs.get(JOB)
        self.house.jobs.run_all(job, "w1")
        if not store.approvals.list(JOB):
            self.house.ended("w1")
            seen = self.house.kept(job, "preview").hash
            yes = Approval(id="yes", job=JOB, step="preview", hash=seen, verdict="approved", by="ann")
            self.house.jobs.answer(job, yes, "w2")
        self.house.ended("w2")
        self.house.close()


if __name__ == "__main__":
    Program(Path(sys.argv[1]), " ".join(sys.argv[2:])).go()
