"""`rushes work`: the engine alone. It takes turns, steps, renders and timers, and talks with nobody."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType

from bot import setup
from bot.app import App, build
from bot.fetching import sweep
from bot.places import PLACES
from kernel.engine import QUEUES
from kernel.settings import Settings

PATIENCE = 4.0
"""Seconds that what runs is given to end by itself; what does not is run again at the next start."""
LEAVES = 5.5
"""Seconds after which the process ends whatever holds it."""


def work(settings: Settings, tell: Callable[[str], None], until: threading.Event) -> None:
    """Work until told to stop."""
    with build(settings, fetchers=PLACES) as app:
        setup.require_registered(app)
        sweep(app.services)
        tell(line(app))
        until.wait()
        _leave_at_last()
        app.services.engine.stop(PATIENCE)


def line(app: App) -> str:
    """Say who edits, and what is worked on here."""
    return f"{setup.who_edits(app)} This process works on {', '.join(QUEUES)}."


def when_told(until: threading.Event, *, stdin_closes: bool) -> None:
    """Have SIGTERM, SIGINT and, where asked for, the end of the standard input tell the process to stop."""

    def stop(_: int, __: FrameType | None) -> None:
        threading.Thread(target=until.set).start()  # here the lock of `until` may be held by the code that waits

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    if stdin_closes:
        threading.Thread(target=_read_out, args=(until,), name="parent", daemon=True).start()


def _read_out(until: threading.Event) -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    until.set()


def _leave_at_last() -> None:
    last = threading.Timer(LEAVES, os._exit, (0,))
    last.daemon = True
    last.start()
