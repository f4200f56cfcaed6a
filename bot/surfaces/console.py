"""console: the same bot in a terminal. Words, progress bars, and what waits for an answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rich.console import Console as Terminal
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from bot.office import Office
from bot.wording import name_of
from kernel.errors import NotFound
from kernel.evaluation.scorecard import Scorecard
from kernel.evaluation.text import text
from kernel.store.records import Event
from kernel.worker.progress import time_left


class Console:
    """Shows the events of one conversation in a terminal."""

    name = "console"

    def __init__(self, office: Office, terminal: Terminal) -> None:
        self.terminal = terminal
        self._office = office
        self._bars: dict[str, TaskID] = {}
        self._asked: set[str] = set()
        self._progress = Progress(
            SpinnerColumn(finished_text="[green]✓[/green]"),
            TextColumn("{task.description:<32}"),
            BarColumn(bar_width=24),
            TextColumn("{task.percentage:>3.0f}%"),
            TimeElapsedColumn(),
            TextColumn("[dim]{task.fields[doing]}[/dim]"),
            console=terminal,
            transient=False,
        )
        self._shown: dict[str, Callable[[Event], None]] = {
            "said": self._said,
            "file_refused": self._refused,
            "file_waits": self._refused,
            "step_started": self._started,
            "progressed": self._progressed,
            "step_done": self._done,
            "step_failed": self._failed,
            "gate_opened": self._gate,
            "scored": self._scored,
            "stale_found": self._stale,
            "paused": self._halted,
            "cancelled": self._halted,
        }

    def show(self, event: Event) -> None:
        """Show an event; kinds that say nothing to a person are passed over."""
        shown = self._shown.get(event.kind)
        if shown:
            shown(event)

    def close(self) -> None:
        """End the progress bars, so that the terminal can be typed in again."""
        if self._bars:
            self._progress.stop()
        for bar in self._bars.values():
            self._progress.remove_task(bar)
        self._bars.clear()

    def say(self, words: str, style: str = "") -> None:
        """Print words as they are: nothing in them is markup."""
        self.terminal.print(Text(words, style=style), soft_wrap=True)

    def _said(self, event: Event) -> None:
        if str(event.payload.get("turn", "")).startswith("event-"):
            self.close()  # a walk has ended: its bars stand above what is said of it
        self.say(event.payload["text"], "bold")

    def _started(self, event: Event) -> None:
        self._progress.start()
        self._bars[event.step] = self._progress.add_task(name_of(event.step), total=1.0, doing="")

    def _progressed(self, event: Event) -> None:
        if event.step not in self._bars:  # it began before this terminal was opened
            self._started(event)
        share, doing, left = event.payload["share"], event.payload["doing"], event.payload.get("left")
        words = f"{doing}, {time_left(left)}" if left else doing
        self._progress.update(self._bars[event.step], completed=share, doing=words)

    def _done(self, event: Event) -> None:
        bar = self._bars.get(event.step)
        if bar is not None:
            self._progress.update(bar, completed=1.0, doing=f"v{event.payload['version']}")

    def _failed(self, event: Event) -> None:
        self.close()
        self.say(f"{event.step}: {event.payload['why']}", "red")
        if event.payload["sent_back_to"]:
            self.say(f"I hand this to {event.payload['sent_back_to']}, to plan it otherwise.", "yellow")

    def _stale(self, event: Event) -> None:
        self.say(f"{event.payload['because']} makes these stale: {', '.join(event.payload['steps'])}.", "yellow")

    def _scored(self, event: Event) -> None:
        """Say what a round moved, and what comes next."""
        if event.payload["text"]:
            self.say(event.payload["text"], "yellow")

    def _refused(self, event: Event) -> None:
        self.say(event.payload["why"])

    def _halted(self, event: Event) -> None:
        self.close()

    def _gate(self, event: Event) -> None:
        """Show what a person is asked to approve, once."""
        self.close()
        if event.payload["hash"] in self._asked:
            return
        self._asked.add(event.payload["hash"])
        shown = gate_text(self._office, event)
        if shown:
            self.say(shown)


def gate_text(office: Office, event: Event) -> str:
    """Say what waits for a person: where to watch it and what it is."""
    store = office.services.store
    try:
        kept = store.documents.get(event.payload["hash"], event.job)
    except NotFound:
        return ""
    texts = {"preview": _preview_text, "scorecard": _scorecard_text}
    return texts[kept.step](office, event.job or "", kept.version, kept.body) if kept.step in texts else ""


def _preview_text(office: Office, job: str, version: int, body: dict[str, Any]) -> str:
    studio = office.services.studio
    lines = [
        f"Preview v{version}: {body['length']:.1f} s, {body['clips']} clips, {body['captions']} captions, "
        f"final in {body['width']}x{body['height']}",
        f"  watch       {studio.path(body['video'], job)}",
        f"  storyboard  {studio.path(body['storyboard'], job)}",
    ]
    return "\n".join([*lines, *([f"  note        {body['note']}"] if body["note"] else [])])


def _scorecard_text(office: Office, job: str, version: int, body: dict[str, Any]) -> str:
    store = office.services.store
    master = store.documents.latest(job, "master")
    where = office.services.studio.path(master.body["video"], job) if master else ""
    return f"Final v{version}: {where}\n{text(Scorecard.read(body))}"
