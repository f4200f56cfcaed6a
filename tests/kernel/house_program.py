"""A process of its own for the tests of recovery: it takes a job through the small house and may kill itself.

    python -m tests.kernel.house_program FOLDER [POINT]

Each call of the model, of a tool and of a task writes a line into FOLDER/log before it is answered. It begins the job
where there is none, goes on with what is unfinished, and ends with the job at its gate.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from kernel.durable import DurableEngine
from kernel.messages import Reply, Request
from kernel.store.records import Job
from kernel.tasks import Work
from tests.kernel.house import BRIEF, SEEN, File, House, named, results, well

JOB = "j" * 32
EXPERTS = ("log", "selects_talk", "titles", "plan")


class Program:
    """The house, and the point at which it dies: `expert n` before the n-th answer, `look`, a task's name, `end`."""

    def __init__(self, folder: Path, point: str) -> None:
        self.log = folder / "log"
        self.point = point
        self.house = House(folder, engine=DurableEngine(f"sqlite:///{folder}/engine.sqlite"), works=False)
        for expert in EXPERTS:
            self.house.lines[f"cut.{expert}"].extend([self.played] * 50)
        self.house.looked = self.looked
        self.house.tasks = {"sound": self.worked, "master": self.worked}
        self.house.heard = lambda walk: self.passes("end")

    def passes(self, point: str) -> None:
        """Write down what is about to happen, or die of it."""
        with self.log.open("a") as file:
            file.write(f"{point}\n")
        if point == self.point:
            os.kill(os.getpid(), signal.SIGKILL)

    def played(self, request: Request) -> Reply:
        """Play an expert."""
        self.passes(f"{request.expert.removeprefix('cut.')} {len(results(request))}")
        return well(request)

    def looked(self, where: str) -> str:
        """Look at the footage."""
        self.passes("look")
        return SEEN

    def worked(self, work: Work) -> File:
        """Make a file."""
        self.passes(work.run.split("-")[1])
        return named(work)

    def go(self) -> None:
        """Take the job to its gate."""
        self.house.engine.start()
        store = self.house.store
        if not any(job.id == JOB for job in store.jobs.list()):
            self.house.open(JOB, BRIEF)
        job: Job = store.jobs.get(JOB)
        self.house.jobs.run_all(job, "w1")
        self.house.ended("w1")
        self.house.close()


if __name__ == "__main__":
    Program(Path(sys.argv[1]), " ".join(sys.argv[2:])).go()
