"""`rushes chat`: the conversation in a terminal. Drop paths, talk, see progress, answer gates."""

from __future__ import annotations

import shlex
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

from bot.app import App
from bot.identity import files_of, local_user
from bot.notices import Notices
from bot.surfaces.console import Console
from kernel.errors import RushesError
from kernel.store.records import Job, Turn, new_id

WELCOME = "Drop paths of footage and say what to make of it. `help` shows the commands, `exit` leaves."


class Chatting:
    """One sitting at the terminal."""

    def __init__(
        self,
        app: App,
        console: Console,
        lines: TextIO,
        conversation: str | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> None:
        self.app = app
        self.console = console
        self.lines = lines
        self.settings = dict(settings or {})
        store = app.services.store
        self.conversation = conversation or store.conversations.ensure("console", f"chat:{new_id()}")
        last = store.events.last()
        self.notices = Notices(store, self.conversation, console, last.seq if last else 0)

    def whole(self) -> None:
        """Talk until the person leaves. From a pipe each line is answered before the next one is read."""
        self.console.say(WELCOME)
        if self.lines.isatty():
            self._live()
            return
        for line in self.lines:
            if line.strip() in ("exit", "quit"):
                break
            self.console.say(f"> {line.strip()}", "dim")
            self._said(line)

    def go_on(self, job: Job, walk: str) -> None:
        """Let a job go on, and show it until it stands still."""
        self.app.office.jobs.resume(job, local_user(), walk)
        self._watch()
        stands = self.app.services.store.jobs.get(job.id)
        self.console.say(self.app.office.job_text(stands))
        if self.app.office.jobs.status(stands) == "failed":
            raise RushesError("The job failed again; the reason stands above.")

    def _live(self) -> None:
        stop = threading.Event()
        follower = threading.Thread(target=self.notices.follow, args=(lambda event: False, None, stop), daemon=True)
        follower.start()
        try:
            for line in iter(lambda: self.console.terminal.input(""), "exit"):
                if line.strip():
                    self.app.conversations.receive(self._turn(line))
        except EOFError:
            pass
        finally:
            stop.set()
            follower.join(2)
            self.console.close()

    def _said(self, line: str) -> None:
        """Say a line, and show all that comes of it until the job stands still."""
        if not line.strip():
            return
        turn = self._turn(line)
        self.app.conversations.receive(turn)
        self._watch()

    def _watch(self) -> None:
        """Show what happens until nothing more will come by itself."""
        self.notices.show_while(lambda: self.app.conversations.busy(self.conversation))
        self.console.close()

    def _turn(self, line: str) -> Turn:
        words, paths = parted(line)
        return Turn(
            id=new_id(),
            conversation=self.conversation,
            surface="console",
            author=local_user(),
            text=words,
            files=tuple(files_of(paths)),
            payload={"settings": self.settings} if self.settings else {},
        )


def parted(line: str) -> tuple[str, list[Path]]:
    """Part a line into its words and the paths of files in it."""
    if _is_file(line.strip()):
        return "", [Path(line.strip()).expanduser()]
    try:
        pieces = shlex.split(line)
    except ValueError:
        return line.strip(), []
    paths = [Path(piece).expanduser() for piece in pieces if _is_file(piece)]
    if not paths:
        return line.strip(), []
    return " ".join(piece for piece in pieces if not _is_file(piece)), paths


def _is_file(piece: str) -> bool:
    try:
        return ("/" in piece or "." in piece) and Path(piece).expanduser().is_file()
    except OSError:
        return False
