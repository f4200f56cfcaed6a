"""A process of its own for the tests of the durable engine: it works on a database until it is killed or told to stop.

    python -m tests.kernel.durable_program URL LOG EXECUTOR DRAMA

Each act writes a line `id number` into LOG when it begins. A line on standard input stops the engine.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from functools import partial
from pathlib import Path

from kernel.durable import DurableEngine
from kernel.errors import Cancelled, SetUp

ACTS = 12
CRASHES = 6
"""After how many at one place its engine gives a workflow up."""
SECONDS = 0.02
"""How long an act lasts, so that a kill finds one under way."""


class Program:
    """Its workflows."""

    def __init__(self, engine: DurableEngine, log: Path) -> None:
        self.engine = engine
        self.log = log
        for workflow in (self.walk, self.die, self.render):
            engine.register(workflow.__name__, workflow)

    def note(self, text: str) -> str:
        """Append one line in one write, which holds whatever happens next."""
        with self.log.open("a") as file:
            file.write(f"{text}\n")
        return text

    def act(self, number: int) -> int:
        """Do a piece of work that costs something."""
        self.note(f"{self.engine.current()} {number}")
        time.sleep(SECONDS)
        return number

    def walk(self) -> int:
        """Do ACTS pieces, each once."""
        return sum(self.engine.remember("act", partial(self.act, number)) for number in range(ACTS))

    def die(self) -> None:
        """Take the process down in the second act."""
        self.engine.remember("act", partial(self.act, 0))
        self.engine.remember("die", lambda: os.kill(os.getpid(), signal.SIGKILL))

    def render(self) -> None:
        """Work until somebody wants it to stop."""
        self.engine.remember("render", self.endless)

    def endless(self) -> None:
        """Poll as a renderer does."""
        self.note("rendering")
        while not self.engine.cancelled(self.engine.current() or ""):
            time.sleep(SECONDS)
        self.note("stopped")
        raise Cancelled("The render was stopped.")


def main(url: str, log: str, executor: str) -> None:
    """Work until standard input says a word; nothing is printed but errors of ours."""
    engine = DurableEngine(url, executor or None, crashes=CRASHES)
    Program(engine, Path(log))
    try:
        engine.start()
    except SetUp as error:
        sys.exit(str(error))
    sys.stdin.readline()
    engine.stop(0)
    stray = [thread for thread in threading.enumerate() if thread.name.startswith(("queue-", "liveness"))]
    sys.exit(f"still running: {stray}" if stray else 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
