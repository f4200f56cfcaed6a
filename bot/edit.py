"""`rushes edit`: one whole job from the shell, through the same conversation as everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.app import App
from bot.brand import carried
from bot.commands import Command, read_command
from bot.identity import files_of, fingerprint, local_user
from bot.notices import Notices
from bot.surfaces.console import Console
from kernel.approval import waiting
from kernel.destinations.folder import deliver
from kernel.errors import RushesError
from kernel.store.records import Event, Job, Kept, Turn, new_id


@dataclass(frozen=True)
class Order:
    """What the command line asks for."""

    footage: tuple[Path, ...]
    brief: str
    out: Path | None
    yes: bool
    new: bool
    options: Mapping[str, Any]
    """What changes the job besides sources and brief: the model."""
    brand: Path | None = None
    """Where the brand kit lies."""


@dataclass(frozen=True)
class Finished:
    """Where everything lies in the end."""

    job: Job
    files: Mapping[str, Path]
    """By what they are: the video, what was delivered beside it, and what people look at."""


class Editing:
    """One `rushes edit` from its first turn to its delivery."""

    def __init__(self, app: App, console: Console, order: Order) -> None:
        self.app = app
        self.console = console
        self.order = order
        self.store = app.services.store
        self.brand = carried(app, order.brand) if order.brand else {}
        self.conversation = self._conversation()
        self.notices = Notices(self.store, self.conversation, console, self._last_event())

    def whole(self) -> Finished:
        """Run the job to its end.

        Raises:
            RushesError: it could not be finished; says why and what to do. The same command goes on with it.
        """
        self._begin()
        while True:
            end = self._next_end()
            if end == "review_required":
                self._answer_gate()
            elif end == "completed":
                return self._finished()
            else:
                raise RushesError(self._why(end))

    def _conversation(self) -> str:
        """Return this order's conversation: that of its unfinished or finished job, or a new one."""
        kit = {"brand": self.brand["brand"]["kit"]} if self.brand else {}
        base = fingerprint(self.order.footage, self.order.brief, {**self.order.options, **kit})
        number = 0
        while True:
            address = f"edit:{base}:{number}"
            here = self.store.conversations.ensure("console", address)
            job = self.app.office.job_or_none(here)
            if job is None or not (self.order.new or job.decision == "cancelled"):
                return here
            number += 1

    def _last_event(self) -> int:
        last = self.store.events.last()
        return last.seq if last else 0

    def _begin(self) -> None:
        """Say the brief, or go on with the job that was found."""
        job = self.app.office.job_or_none(self.conversation)
        if job is None:
            self._say_brief()
            return
        status = self.app.office.jobs.status(job)
        if status == "completed":
            again = self.app.office.jobs.again(job)
            self.console.say(
                f"This very job is finished ({job.id[:8]}): nothing of its {len(again)} steps is done again."
            )
        elif status in ("pending", "failed", "paused"):
            self.console.say(f"I go on with the unfinished job {job.id[:8]}.")
            self.app.office.jobs.resume(job, local_user(), new_id())
        elif status == "processing":
            self.console.say(f"I go on with the unfinished job {job.id[:8]}.")

    def _say_brief(self) -> None:
        said = len(self.store.turns.list(self.conversation))
        first = f"{self.conversation}:brief:0"
        outcome = self.app.services.engine.outcome(f"turn-{first}")
        id = first if outcome is None or not outcome.ended else f"{self.conversation}:brief:{said}"
        out = {"out": str(self.order.out.resolve())} if self.order.out else {}
        self.app.conversations.receive(
            Turn(
                id=id,
                conversation=self.conversation,
                surface="console",
                author=local_user(),
                text=self.order.brief,
                files=tuple(files_of(self.order.footage)),
                payload={"settings": {**out, **self.order.options, **self.brand}},
            )
        )

    def _next_end(self) -> str:
        """Show what happens until the job stands still, and say how: its status, or talk where there is no job."""
        self.notices.show_while(lambda: self.app.conversations.busy(self.conversation))
        job = self.app.office.job_or_none(self.conversation)
        return self.app.office.jobs.status(job) if job else "talk"

    def _answer_gate(self) -> None:
        job = self.app.office.job(self.conversation)
        kept = waiting(self.app.office.jobs.pipeline(job), self.app.office.jobs.record(job))
        kept = kept or self._rejected(job)
        if kept is None:
            return
        self.console.show(_gate_event(job, kept))
        if self.order.yes:
            command, how = Command(name="approve", step=kept.step), "--yes"
        else:
            command, how = self._asked(kept), "typed"
        self._press(command, kept, how)

    def _rejected(self, job: Job) -> Kept | None:
        """Return the document that was rejected and waits for words; None where the gate was passed meanwhile."""
        known = self.app.office.jobs.states(job)
        rejected = [name for name, state in known.items() if state == "rejected"]
        return self.store.documents.latest(job.id, rejected[0]) if rejected else None

    def _asked(self, kept: Kept) -> Command:
        """Ask in the terminal."""
        self.console.close()
        while True:
            try:
                said = self.console.terminal.input(
                    f"{kept.step} v{kept.version}: approve, reject, or change: WORDS > "
                ).strip()
            except EOFError:
                raise RushesError(
                    "Nobody is here to approve: run it in a terminal, or add --yes. The job waits; nothing is lost."
                ) from None
            command = _typed(said)
            if command:
                return command
            self.console.say("Type approve, reject, or `change: make the opening shorter`.")

    def _press(self, command: Command, kept: Kept, how: str) -> None:
        unique = "" if command.name == "approve" else new_id()[:8]
        turn = Turn(
            id=f"{self.conversation}:{kept.hash[:16]}:{command.name}:{unique}",
            conversation=self.conversation,
            surface="console",
            author=local_user(),
            kind="button",
            payload={"command": command.model_dump(mode="json"), "hash": kept.hash, "how": how},
        )
        self.app.conversations.receive(turn)
        self.app.services.engine.wait(f"turn-{turn.id}", 60)

    def _finished(self) -> Finished:
        self.console.close()
        job = self.app.office.job(self.conversation)
        studio, documents = self.app.services.studio, self.store.documents.current(job.id)
        master = documents["master"].body["video"]
        source = studio.path(master, job.id)
        video = deliver(source, self.order.out, master) if self.order.out else Path(documents["delivery"].body["place"])
        if not video.is_file():
            video = source
        others = {row["format"]: Path(row["place"]) for row in documents["delivery"].body.get("others", ())}
        seen = studio.folder(job.id, "pictures") / f"scorecard-{documents['scorecard'].hash[:12]}"
        return Finished(
            job,
            {
                "video": video,
                **others,
                "storyboard": studio.path(documents["preview"].body["storyboard"], job.id),
                "scorecard": seen.with_suffix(".png"),
                "evidence": seen.with_suffix(".html"),
            },
        )

    def _why(self, end: str) -> str:
        job = self.app.office.job_or_none(self.conversation)
        if job is None:
            said = self.store.events.said(self.conversation)
            return f"No job was begun. {said[-1].payload['text'] if said else ''}".strip()
        if end == "failed":
            failed = [run for run in self.store.runs.list(job.id) if run.status == "failed"]
            why = failed[0].error if failed else "see `rushes logs`"
            return f"{failed[0].step if failed else 'A step'} failed: {why} The same command goes on once it is mended."
        return f"The job is {end}: `rushes resume {job.id[:8]}` goes on."


def _gate_event(job: Job, kept: Kept) -> Event:
    payload = {"hash": kept.hash, "version": kept.version}
    return Event(job=job.id, conversation=job.conversation, kind="gate_opened", step=kept.step, payload=payload)


def _typed(said: str) -> Command | None:
    command = read_command(said, frozenset())
    if command and command.name in ("approve", "reject", "rerun"):
        return command
    return None
