"""One thread of the stand-in for Slack, as the person who works in it sees it; and the bot as a real process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.fakes.slack.people import Person
from tests.fakes.slack.server import FakeSlack
from tests.fakes.slack.things import Channel, Posted
from tests.scenarios.stage import LONG, ROOT, Stage


@dataclass
class Bot:
    """`rushes slack` as a real process, with its worker beside it."""

    stage: Stage
    process: subprocess.Popen[bytes] | None = None

    def starts(self) -> None:
        """Start it, in a group of processes of its own."""
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot", "slack"],
                cwd=ROOT,
                env={**os.environ, **self.stage.settings},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def dies(self, with_worker: bool) -> None:
        """Kill it as a power cut would, or alone as a fault in it would: the worker ends when it notices."""
        assert self.process is not None
        if with_worker:
            os.killpg(self.process.pid, signal.SIGKILL)
        else:
            self.process.kill()
        self.process.wait(LONG)

    def leaves(self) -> None:
        """Tell it to stop; it must leave by itself, and have said nothing raw."""
        assert self.process is not None
        self.process.terminate()
        try:
            self.process.wait(LONG)
        except subprocess.TimeoutExpired:
            self.dies(with_worker=True)
            raise AssertionError(f"rushes slack did not end: {self.said}") from None
        assert "Traceback" not in self.said, self.said

    @property
    def said(self) -> str:
        """What it wrote to its terminal."""
        return self._log.read_text()

    @property
    def _log(self) -> Path:
        return self.stage.folder / "bot.log"


@contextmanager
def serving(stage: Stage) -> Iterator[Bot]:
    """Have `rushes slack` run; at the end it is told to stop."""
    bot = Bot(stage)
    bot.starts()
    try:
        yield bot
    except BaseException:
        bot.dies(with_worker=True)
        raise
    bot.leaves()


@dataclass
class Thread:
    """A job's thread."""

    slack: FakeSlack
    person: Person
    channel: Channel
    root: Posted | None = None

    def says(self, text: str, files: Sequence[Path] = ()) -> Posted:
        """Say something: at first in the channel, then in the thread that it began."""
        if self.root is None:
            self.root = self.person.says(self.channel, text, files=files)
            return self.root
        return self.person.replies(self.root, text, files=files)

    def messages(self) -> list[Posted]:
        """Return what the bot posted so far, oldest first."""
        assert self.root is not None
        return [posted for posted in self.slack.thread(self.root) if posted.user != self.person.id]

    def waits(self, found: Callable[[Posted], bool], what: str) -> Posted:
        """Wait until the bot has posted something; return the newest of that kind."""
        try:
            self.slack.wait(lambda: any(found(posted) for posted in self.messages()), LONG)
        except TimeoutError:
            stands = "\n".join(f"{posted.user}: {shown(posted)}" for posted in self.slack.thread(self.root or ""))
            raise AssertionError(f"{what} did not come. The thread:\n{stands}") from None
        return [posted for posted in self.messages() if found(posted)][-1]

    def card(self, action: str, after: Posted | None = None) -> Posted:
        """Wait for a card with a button, newer than another message."""
        later = after.ts if after else ""
        return self.waits(lambda posted: action in actions(posted) and posted.ts > later, f"a card with {action}")

    def said(self, words: str) -> Posted:
        """Wait for words of the bot."""
        return self.waits(lambda posted: words in shown(posted), words)

    def clips(self) -> list[str]:
        """Return the names of the files that the bot put into the thread."""
        files = self.slack.world.files
        return [files[id].name for posted in self.messages() for id in posted.files]


def shown(posted: Posted) -> str:
    """Return all that stands in a message, as one text."""
    return f"{posted.text}\n{json.dumps(posted.blocks, ensure_ascii=False)}"


def actions(posted: Posted) -> set[str]:
    """Return the ids of what can be pressed in a message."""
    return set(_ids(posted.blocks))


def _ids(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        if "action_id" in value:
            yield str(value["action_id"])
        for item in value.values():
            yield from _ids(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _ids(item)
