"""A conversation: a turn is kept, its handling begun, and the surface goes on. Workers handle turns in order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot import approvers, doubts, failing, orchestrator, reminders
from bot.brand_drops import Taken, take_in
from bot.careful import Careful
from bot.commands import Command, is_answer, is_bare, read_command, spelling_of
from bot.exports import exported
from bot.fetching import Fetching
from bot.house_rules import set_rules
from bot.news import is_news
from bot.office import Office, trace_of
from bot.replies import SLACK, Reply, refused, said
from bot.spellings import spell, undone
from kernel.chat import Memory
from kernel.errors import Away, PersonError, RushesError
from kernel.retry import AWAY, persist
from kernel.store.records import Event, Job, Turn

HELP = """Drop footage and say what to make of it. Then:
  approve            the version that was shown last counts; I go on
  change: WORDS      the plan is made anew with your words
  rerun STEP: WORDS  one step is made anew: captions, sound, titles, plan, ...
  reject             not like this; tell me what to change
  keep STEP          leave a stale step as it is; refresh brings everything up to date
  stop, resume       pause the job, go on; cancel ends it
  start over: WORDS  end it, and make another video of the same footage
  it's X, not Y      a name is spelt X in the captions from now on
  status             how everything stands"""


class Conversations:
    """Takes turns in and handles them."""

    def __init__(self, office: Office, fetching: Fetching) -> None:
        self.office = office
        self._fetching = fetching
        self._store = office.services.store
        self._engine = office.services.engine

    def receive(self, turn: Turn) -> bool:
        """Keep a turn and begin its handling; return whether it was new. "stop" stops at once."""
        new = self._store.turns.keep(turn)
        if new:
            self.stop_now(turn)
        self.begin(turn if new else self._store.turns.find(turn.id) or turn)
        return new

    def begin(self, turn: Turn) -> None:
        """Begin the handling of a turn that was kept; done twice it is begun once."""
        self._engine.begin(
            "turn", f"turn-{turn.id}", turn.model_dump(mode="json"), queue="turns", key=turn.conversation
        )

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
            reply = self._answered(turn)
            # What was done is told, though the database went away meanwhile: nobody begins this turn again.
            self._engine.remember("say", lambda: persist(lambda: self._say(turn, reply), lambda: 0, tries=AWAY))

        return handle_turn

    def _answered(self, turn: Turn) -> Reply:
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
                return self._handled(turn, Careful(self._engine, turn.id))
            except Away:
                return Reply(text=f"{failing.AWAY} Nothing is lost: say it once more.")
            except RushesError as error:
                return Reply(text=str(error))

    def _handled(self, turn: Turn, memory: Memory) -> Reply:
        if turn.payload.get("aside"):
            return Reply(text="")
        if self._fetching.take_in(turn, memory).all_said(turn) or self._is_old(turn, memory):
            return Reply(text="")
        command = memory.remember("command", lambda: _dumped(self._command(turn)))
        if command is not None:
            act = Command.model_validate(command)
            reply = Reply.model_validate(memory.remember("act", lambda: self._act(act, turn).model_dump()))
            return reply if reply.text or act.name != "restart" else self._anew(turn, act, memory)
        if "rules" in turn.payload:
            return Reply.model_validate(memory.remember("rules", lambda: self._set_rules(turn).model_dump()))
        taken = Taken.model_validate(memory.remember("brand", lambda: take_in(self.office, turn).model_dump()))
        if taken.whole:
            return Reply(text=taken.text, people=taken.people)
        spoken = orchestrator.answer(self.office, turn, memory)
        return Reply(text="\n".join(filter(None, [taken.text, spoken])), people=taken.people)

    def _is_old(self, turn: Turn, memory: Memory) -> bool:
        """Say whether a turn tells of an end that was told already."""
        job = self.office.job_or_none(turn.conversation)
        if turn.kind != "event" or job is None:
            return False
        return not memory.remember("news", lambda: is_news(self._store, job.id, turn))

    def _anew(self, turn: Turn, act: Command, memory: Memory) -> Reply:
        """Take the footage up once more: with other words, or with those of the brief that was."""
        before = memory.remember("before", lambda: self.office.shown(turn.conversation, "brief")["document"]["text"])
        asked = turn.model_copy(update={"kind": "message", "text": act.text or before})
        return Reply(text=orchestrator.answer(self.office, asked, memory))

    def _command(self, turn: Turn) -> Command | None:
        if turn.kind == "button":
            return Command.model_validate(turn.payload["command"]) if "command" in turn.payload else None
        if turn.kind != "message" or turn.files or self.office.arrived(turn):
            return None
        job = self.office.job_or_none(turn.conversation)
        steps = self.office.jobs.pipeline(job).steps if job else ()
        if is_bare(turn.text) and job is not None and (doubted := doubts.asked_in(self.office, job)):
            return Command(name="redo" if turn.text.strip().lower().startswith("y") else "leave", text=doubted)
        asked = job is not None and approvers.waits(self.office, job)
        if is_answer(turn.text) and not asked:
            return None
        # In a channel a bare yes may be to whatever a model has asked: only the very word approves there.
        if is_bare(turn.text) and job is not None and job.surface == SLACK:
            return None
        found = read_command(turn.text, frozenset(step.name for step in steps))
        return found or self._undoing(turn)

    def _undoing(self, turn: Turn) -> Command | None:
        back = undone(self.office, turn.conversation, turn.text)
        return Command(name="spell", text=back.right, wrong=back.wrong) if back else None

    def _act(self, command: Command, turn: Turn) -> Reply:
        if command.name == "help":
            return Reply(text=HELP)
        if command.name == "status":
            return Reply(text=self.office.status_text(turn.conversation))
        if command.name == "spell":
            return Reply(text=spell(self.office, turn.conversation, spelling_of(command), turn.author, turn.id))
        acts: dict[str, Callable[[Job, Command, Turn], Reply]] = {
            "approve": self._answer,
            "reject": self._answer,
            "rerun": self._rerun,
            "redo": self._redo,
            "leave": self._leave,
            "keep": self._keep,
            "refresh": self._resume,
            "resume": self._resume,
            "pause": self._pause,
            "cancel": self._cancel,
            "restart": self._restart,
            "download": self._download,
            "feedback": self._feedback,
        }
        try:
            return acts[command.name](self.office.job(turn.conversation), command, turn)
        except PersonError as error:
            return refused(error)

    def _set_rules(self, turn: Turn) -> Reply:
        try:
            return Reply(text=set_rules(self._store, turn), private=True)
        except PersonError as error:
            return refused(error)

    def _answer(self, job: Job, command: Command, turn: Turn) -> Reply:
        return approvers.answer(self.office, job, command, turn)

    def _rerun(self, job: Job, command: Command, turn: Turn) -> Reply:
        wish = doubts.Wish(step=command.step or "plan", text=command.text)
        question = doubts.doubt(self.office, job, wish, turn.id)
        return Reply(text=question or self._made_anew(job, wish, turn))

    def _redo(self, job: Job, command: Command, turn: Turn) -> Reply:
        wishes = doubts.wishes_of(self.office, job, command.text)
        return Reply(text="\n".join(self._made_anew(job, wish, turn) for wish in wishes))

    def _made_anew(self, job: Job, wish: doubts.Wish, turn: Turn) -> str:
        begun = doubts.make_anew(self.office, job, wish, turn.author, turn.id)
        if begun.waits:
            return f"I keep that for {wish.step}, which comes later: {wish.text}."
        stale = f" These become stale by it: {', '.join(begun.stale)}." if begun.stale else ""
        return f"I make {wish.step} anew: {wish.text}.{stale}"

    def _leave(self, job: Job, _: Command, turn: Turn) -> Reply:
        doubts.leave(self.office, job, turn.id)
        return Reply(text="All stays as it is.")

    def _keep(self, job: Job, command: Command, turn: Turn) -> Reply:
        approvers.require_may_keep(self.office, job, command.step, turn.author)
        kept = self.office.jobs.keep(job, command.step, turn.author, f"{turn.id}:keep")
        return Reply(text=f"{kept.step} v{kept.version} stays as it is.")

    def _resume(self, job: Job, _: Command, turn: Turn) -> Reply:
        if self.office.jobs.status(job) == "completed":
            return Reply(text="There is nothing left to do: the video is finished. Say what to change, if anything.")
        self.office.jobs.resume(job, turn.author, f"{turn.id}:resume")
        return _quiet(turn, "I go on.")

    def _pause(self, job: Job, _: Command, turn: Turn) -> Reply:
        if self.office.jobs.status(job) == "completed":
            return Reply(text="There is nothing to stop: the video is finished. Say what to change, if anything.")
        if job.decision != "paused":  # "stop" is obeyed as it comes in, before its turn
            self.office.jobs.pause(job, turn.author)
        return _quiet(turn, "Stopped. Nothing that is finished is lost: `resume` goes on.")

    def _cancel(self, job: Job, _: Command, turn: Turn) -> Reply:
        if self.office.jobs.status(job) == "completed":
            return Reply(text="There is nothing to cancel: the video is finished. Say what to change, if anything.")
        approvers.require_may_end(self.office, job, turn.author)
        self.office.jobs.cancel(job, turn.author)
        return _quiet(turn, "Cancelled for good; what was made is kept. Say what to make instead, and I begin anew.")

    def _restart(self, job: Job, _: Command, turn: Turn) -> Reply:
        """End the job, if it has not ended; where nothing is said, its footage is taken up anew."""
        if self.office.jobs.status(job) == "completed":
            return Reply(text="This video is finished and stays as it is: say what to change, or begin a new thread.")
        if job.decision != "cancelled":
            approvers.require_may_end(self.office, job, turn.author)
            self.office.jobs.cancel(job, turn.author)
        return Reply(text="")

    def _download(self, job: Job, command: Command, turn: Turn) -> Reply:
        exported(self.office, job, command.text, turn.id)
        return _quiet(turn, "Here it is.")

    def _feedback(self, job: Job, command: Command, turn: Turn) -> Reply:
        """Keep what somebody thinks of the video; it changes nothing by itself."""
        told = {"by": turn.author, "verdict": command.text}
        kept = Event(id=f"{turn.id}:feedback", job=job.id, conversation=job.conversation, kind="feedback", payload=told)
        self._store.events.append(kept)
        more = " Write here what should be different, and I make it so." if command.text == "bad" else ""
        return Reply(text=f"Thank you.{more}", private=True)

    def stop_now(self, turn: Turn) -> None:
        """Stop the job at once where a turn that has just come in says so; it is answered when it is handled."""
        job = self.office.job_or_none(turn.conversation)
        if job is None or job.decision is not None or not _says_stop(turn):
            return
        if self.office.jobs.status(job) != "completed":
            self.office.jobs.pause(job, turn.author)

    def _say(self, turn: Turn, reply: Reply) -> None:
        job = self.office.job_or_none(turn.conversation)
        if reply.text:
            self._store.events.append(said(turn, reply, job))
        if job and turn.kind == "event" and turn.payload.get("end") == "gate":
            reminders.begin(self.office, self._engine, job, turn.payload["walk"], tuple(turn.payload["steps"]))
        self._store.turns.mark(turn.id)


def _quiet(turn: Turn, text: str) -> Reply:
    """Return what is said to words; a button's card shows it by itself."""
    return Reply(text="" if turn.kind == "button" and "place" in turn.payload else text)


def _says_stop(turn: Turn) -> bool:
    if turn.kind == "button":
        return bool(turn.payload.get("command", {}).get("name") == "pause")
    command = read_command(turn.text, frozenset()) if turn.kind == "message" else None
    return command is not None and command.name == "pause"


def _short(turn: Turn) -> str:
    """Say in a few words what a turn without words is."""
    command = turn.payload.get("command", {})
    return str(command.get("name") or turn.payload.get("end") or f"{len(turn.files)} files")


def _dumped(command: Command | None) -> dict[str, Any] | None:
    return command.model_dump(mode="json") if command else None
