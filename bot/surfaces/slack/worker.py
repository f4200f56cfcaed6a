"""The worker process beside the listener: the same program with the same settings, started again when it dies.

It ends by itself when its standard input closes: also when this process is killed.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

COMMAND = (sys.executable, "-m", "bot", "work", "--until-stdin-closes")
FIRST, LONGEST = 1.0, 60.0
"""Seconds before it is started again: doubled each time, up to the longest."""
WELL = 60.0
"""Seconds after which a start counts as one that went well."""
PATIENCE = 6.0
"""Seconds that it is given to end."""


class Worker:
    """Keeps one worker process."""

    def __init__(self, tell: Callable[[str], None], command: Sequence[str] = COMMAND, first: float = FIRST) -> None:
        self._tell = tell
        self._command = command
        self._first = first
        self.process: asyncio.subprocess.Process | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Keep it running until told to stop, then have it end."""
        pause = self._first
        while not stop.is_set():
            began = time.monotonic()
            self.process = await asyncio.create_subprocess_exec(*self._command, stdin=asyncio.subprocess.PIPE)
            if await self._ended(self.process, stop):
                return
            pause = self._first if time.monotonic() - began > WELL else min(pause * 2, LONGEST)
            self._tell(f"The worker ended (status {self.process.returncode}); it is started again in {pause:.0f} s.")
            await _first_of(stop.wait(), asyncio.sleep(pause))

    async def _ended(self, process: asyncio.subprocess.Process, stop: asyncio.Event) -> bool:
        """Wait for its end; return whether that was asked for."""
        await _first_of(stop.wait(), process.wait())
        if process.returncode is not None:
            return stop.is_set()
        assert process.stdin is not None
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), PATIENCE)
        except TimeoutError:
            process.kill()  # nothing is lost: what it was at is done again at the next start
            await process.wait()
        return True


async def _first_of(*waits: Coroutine[Any, Any, object]) -> None:
    tasks = [asyncio.create_task(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
