"""A conversation: a turn is kept, its handling begun, and the surface goes on. Workers handle turns in order."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from bot import orchestrator
from bot.commands import Command, is_answer, read_command
from bot.office import Office, trace_of
from kernel.approval import waiting
from kernel.chat import Memory
from kernel.engine import Engine
from kernel.errors import PersonError, RushesError, Stale
from kernel.jobs import Scope
from kernel.store.records import Approval, Event, Job, Kept, Turn

T = TypeVar("T")

HELP = """Drop footage and say what to make of it. Then:
  approve            the version that was shown last counts; I go on
  change: WORDS      the plan is made anew with your words
  rerun STEP: WORDS  one step is made anew: captions, sound, titles, plan, ...
  reject             not like this; tell me what to change
  keep STEP          leave a stale step as it is; refresh brings everything up to date
  stop, resume       pause the job, go on; cancel ends it
  status             how everything stands"""

FAULT = "I met a fault of my own and could not answer; nothing is lost. Say it again, or type `status`."


class Conversations:
    """Takes turns in and handles them."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self._store = office.services.store
        self._engine = office.services.engine

    def receive(self, turn: Turn) -> bool:
        """Keep a turn and begin its handling; return whether it was new. "stop" stops at once."""
        new = self._store.turns.keep(turn)
        if new and turn.kind == "message":
            self._stop_now(turn)
        self._engine.begin(
            "turn", f"turn-{turn.id}", turn.model_dump(mode="json"), queue="turns", key=turn.conversation
        )
        return new

    def busy(self, conversation: str) -> bool:
        """Say whether more will come in a conversation by itself: a turn to be answered, or a walk to be ended."""
        outcomes = (self._engine.outcome(f"turn-{turn.id}") for turn in self._store.turns.pending(conversation))
        if any(outcome and not outcome.ended for outcome in outcomes):
            return True
        job = self.office.job_or_none(conversation)
        if job is None:
            return False
        self.office.jobs.mend(job)
        return bool(self._store.runs.active(job.id)) or self.office.jobs.under_way(job) or self._untold(job)

    def _untold(self, job: Job) -> bool:
        """Say whether a walk ended a moment ago, and the conversation is still to hear of it."""
        end = self._store.events.last("walk_ended", job=job.id)
        return end is not None and f"event-{end.id}" not in {
            turn.id for turn in self._store.turns.list(job.conversation)
        }

    def event(self, conversation: str, id: str, payload: dict[str, Any]) -> None:
        """Take in what the kernel has to tell: the end of a walk."""
        if conversation:
            self.receive(
                Turn(id=f"event-{id}", conversation=conversation, author="rushes", kind="event", payload=payload)
            )

    def workflow(self) -> Callable[[dict[str, Any]], None]:
        """Return the engine's workflow `turn`."""

        def handle_turn(values: dict[str, Any]) -> None:
            turn = Turn.model_validate(values)
            text = self._answered(turn)
            self._engine.remember("say", lambda: self._say(turn, text))

        return handle_turn

    def _answered(self, turn: Turn) -> str:
        job = self.office.job_or_none(turn.conversation)
        trace = job.trace_id if job else trace_of(turn.id)
        with self.office.services.telemetry.span(
            f"turn {turn.kind}",
            job=job.id if job else None,
            trace_id=trace,
            span_key=trace if job is None else f"turn-{turn.id}",
            author=turn.author,
            text=turn.text or _short(turn),
        ):
            try:
                return self._handled(turn, _Careful(self._engine))
            except RushesError as error:
                return str(error)

    def _handled(self, turn: Turn, memory: Memory) -> str:
        command = memory.remember("command", lambda: _dumped(self._command(turn)))
        if command is None:
            return orchestrator.answer(self.office, turn, memory)
        return str(memory.remember("act", lambda: self._act(Command.model_validate(command), turn)))

    def _command(self, turn: Turn) -> Command | None:
        if turn.kind == "button":
            return Command.model_validate(turn.payload["command"])
        if turn.kind != "message" or turn.files:
            return None
        job = self.office.job_or_none(turn.conversation)
        steps = self.office.jobs.pipeline(job).steps if job else ()
        asked = job is not None and self._waiting(job) is not None
        if is_answer(turn.text) and not asked:
            return None
        return read_command(turn.text, frozenset(step.name for step in steps))

    def _act(self, command: Command, turn: Turn) -> str:
        if command.name == "help":
            return HELP
        if command.name == "status":
            return self.office.status_text(turn.conversation)
        job = self.office.job(turn.conversation)
        acts: dict[str, Callable[[Job, Command, Turn], str]] = {
            "approve": self._approve,
            "reject": self._reject,
            "rerun": self._rerun,
            "keep": self._keep,
            "refresh": self._resume,
            "resume": self._resume,
            "pause": self._pause,
            "cancel": self._cancel,
        }
        try:
            return acts[command.name](job, command, turn)
        except PersonError as error:
            return str(error)

    def _approve(self, job: Job, command: Command, turn: Turn) -> str:
        kept = self._asked_about(job, command, turn)
        self.office.jobs.answer(job, _approval(job, kept, turn, "approved"), f"{turn.id}:go")
        return f"{kept.step} v{kept.version} is approved. I go on."

    def _reject(self, job: Job, command: Command, turn: Turn) -> str:
        kept = self._asked_about(job, command, turn)
        self.office.jobs.answer(job, _approval(job, kept, turn, "rejected", command.text), f"{turn.id}:no")
        return f"{kept.step} v{kept.version} is rejected. Tell me what to change, for example `change: shorter`."

    def _rerun(self, job: Job, command: Command, turn: Turn) -> str:
        step = command.step or "plan"
        begun = self.office.jobs.rerun(job, step, command.text, Scope(), turn.author, f"{turn.id}:{step}")
        if begun.waits:
            return f"I keep that for {step}, which comes later: {command.text}."
        stale = f" These become stale by it: {', '.join(begun.stale)}." if begun.stale else ""
        return f"I make {step} anew: {command.text}.{stale}"

    def _keep(self, job: Job, command: Command, turn: Turn) -> str:
        kept = self.office.jobs.keep(job, command.step, turn.author, f"{turn.id}:keep")
        return f"{kept.step} v{kept.version} stays as it is."

    def _resume(self, job: Job, _: Command, turn: Turn) -> str:
        self.office.jobs.resume(job, turn.author, f"{turn.id}:resume")
        return "I go on."

    def _pause(self, job: Job, _: Command, turn: Turn) -> str:
        self.office.jobs.pause(job, turn.author)
        return "Stopped. Nothing that is finished is lost: `resume` goes on."

    def _cancel(self, job: Job, _: Command, turn: Turn) -> str:
        self.office.jobs.cancel(job, turn.author)
        return "Cancelled for good. Its documents stay; drop footage to begin another job."

    def _stop_now(self, turn: Turn) -> None:
        job = self.office.job_or_none(turn.conversation)
        command = read_command(turn.text, frozenset())
        if job and job.decision is None and command and command.name == "pause":
            self.office.jobs.pause(job, turn.author)

    def _waiting(self, job: Job) -> Kept | None:
        return waiting(self.office.jobs.pipeline(job), self.office.jobs.record(job))

    def _asked_about(self, job: Job, command: Command, turn: Turn) -> Kept:
        """Return the document that an answer is about: the one that was named or shown, else the one that waits."""
        shown = turn.payload.get("hash")
        if shown:
            return self._store.documents.get(shown, job.id)
        if command.step and command.version:
            return self._store.documents.version(job.id, command.step, command.version)
        kept = self._store.documents.latest(job.id, command.step) if command.step else self._waiting(job)
        if kept is None:
            raise Stale("Nothing waits for an approval; `status` shows how everything stands.")
        return kept

    def _say(self, turn: Turn, text: str) -> None:
        if text:
            job = self.office.job_or_none(turn.conversation)
            self._store.events.append(
                Event(
                    id=f"{turn.id}:said",
                    job=job.id if job else None,
                    conversation=turn.conversation,
                    kind="said",
                    payload={"text": text, "turn": turn.id},
                )
            )
        self._store.turns.mark(turn.id)


@dataclass(frozen=True)
class _Careful:
    """The engine's memory, with every fault of ours logged and told as one sentence."""

    engine: Engine

    def remember(self, name: str, act: Callable[[], T]) -> T:
        """Do it once."""

        def guarded() -> T:
            try:
                return act()
            except RushesError:
                raise
            except Exception as error:
                logging.getLogger("rushes").exception("a turn could not be handled")
                raise RushesError(FAULT) from error

        return self.engine.remember(name, guarded)


def _approval(job: Job, kept: Kept, turn: Turn, verdict: Any, note: str = "") -> Approval:
    how: Literal["button", "typed", "--yes"] = "button" if turn.kind == "button" else "typed"
    return Approval(
        id=f"{turn.id}:{verdict}",
        job=job.id,
        step=kept.step,
        hash=kept.hash,
        verdict=verdict,
        by=turn.author,
        note=note,
        how=turn.payload.get("how", how),
    )


def _short(turn: Turn) -> str:
    """Say in a few words what a turn without words is."""
    command = turn.payload.get("command", {})
    return str(command.get("name") or turn.payload.get("end") or f"{len(turn.files)} files")


def _dumped(command: Command | None) -> dict[str, Any] | None:
    return command.model_dump(mode="json") if command else None
