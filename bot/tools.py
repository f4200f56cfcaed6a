"""What the orchestrator may do. Approving is not among it: that is for people."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from bot.approvers import require_may_end
from bot.doubts import Wish, doubt, make_anew
from bot.moments import echo
from bot.office import Office
from bot.spellings import spell
from bot.timelines import STEP, bring_in
from experts.edit.brief import Brief
from experts.edit.spelling import Spelling
from kernel.document import Value, digest, told
from kernel.errors import BadCall, PersonError
from kernel.jobs import Scope
from kernel.store.records import Event, Job
from kernel.tool import Answer, State, Tool


@dataclass(frozen=True)
class Desk:
    """Where the orchestrator sits: one conversation, one turn."""

    office: Office
    conversation: str
    turn: str
    """Id of the turn that is handled: what is begun from it gets its ids from it."""
    author: str
    by_itself: bool = False
    """Whether nobody spoke: the turn tells of an event."""


class HandInBrief(Value):
    """Hand in the brief, or a new version of it when the person changed what they want. It opens a job when there is
    none and gathers the footage that was dropped so far. Call run_all after it, in the same message."""

    brief: Brief


class RunStep(Value):
    """Begin one step whose needs are done; only when the person asks for that very step, else use run_all. Returns at
    once; its end comes back to you as an event."""

    step: str
    """Name of the step, as the status has it."""
    fresh: bool
    """True to make it anew even from the same inputs; false as a rule."""


class RunAll(Value):
    """Begin everything that is ready and go on by itself until a person must approve, or all is done. The usual way."""


class RerunStep(Value):
    """Have a step made anew with a person's words. Its previous document and all earlier instructions are given to the
    expert; what was made from it becomes stale and is refreshed up to the next approval. Several wishes in one message
    are several calls beside each other, one for each step, each with its part of the words and refresh true: they are
    made in the right order, and one preview comes of them.

    Two spots are two calls as well. Choose the step that owns the wish, as your instructions list them; for delivery
    name the formats: gif, webm, mp3, wav, m4a, prores, hevc, av1, thumbnails."""

    step: str
    """Name of the step, as the status has it."""
    instructions: str
    """The person's own words for this step, completed so that they can be understood alone."""
    from_seconds: float | None
    """Only with the step plan, for a note about a spot of the cut that they saw: where the spot begins, in seconds of
    the cut. Nothing outside it may change then. Null for the whole, and for every other step."""
    to_seconds: float | None
    """Where the spot ends; null when from_seconds is."""
    refresh: bool
    """True to bring the steps after it up to date as well; false to stop after this step."""


class Spell(Value):
    """Keep how a name is written, and have the captions made anew with it: whenever somebody corrects a name, also
    beside other wishes, in place of rerun_step. It holds in this channel and for all its later videos.
    """

    right: str
    """The name as it is to be written."""
    wrong: list[str]
    """As it was written or heard; empty where they do not say."""


class ImportTimeline(Value):
    """Make a timeline that the person edited in their own program (a dropped .otio, .fcpxml or .edl file) the next
    version of the plan, and begin the new preview. Only for a file of that kind that was dropped; it is no footage, so
    no brief is handed in for it. Tell the person in a sentence or two what changed, and all that was left out."""

    timeline: str
    """Its name, as it was dropped."""


class Status(Value):
    """Show the state of every step, what runs, what waits for a person, what it cost so far."""


class Show(Value):
    """Show the newest document of a step as JSON, as when a person asks what is in the cut or why."""

    step: str
    """Name of the step, as the status has it."""


class Pause(Value):
    """Stop what runs and wait; nothing that is finished is lost."""


class Cancel(Value):
    """End the job for good. Only when the person asked for exactly that."""


def _guarded(act: Callable[[Any, Desk], str]) -> Callable[[Any, State, Desk], Answer]:
    """Turn what a person would be told into an error that the model reads."""

    def run(given: Any, state: State, desk: Desk) -> Answer:
        try:
            return Answer(text=act(given, desk), state=dict(state))
        except PersonError as error:
            raise BadCall(str(error)) from error

    return run


def _asked_for(act: Callable[[Any, Desk], str]) -> Callable[[Any, State, Desk], Answer]:
    """Let a model do something for a person who has just spoken, and never by itself."""

    def run(given: Any, desk: Desk) -> str:
        if desk.by_itself:
            raise BadCall("Nobody asked for this: tell the person what the event means, and let them decide.")
        return act(given, desk)

    return _guarded(run)


def _hand_in(given: HandInBrief, desk: Desk) -> str:
    kept = desk.office.hand_in(desk.conversation, given.brief, desk.author, desk.turn)
    files = ", ".join(file["name"] for file in desk.office.dropped(desk.conversation))
    return f"brief v{kept.version} is kept; the files so far: {files}."


def _run_step(given: RunStep, desk: Desk) -> str:
    desk.office.jobs.run_step(desk.office.job(desk.conversation), given.step, f"{desk.turn}:{given.step}", given.fresh)
    return f"{given.step} started. You will be told when it ends."


def _run_all(_: RunAll, desk: Desk) -> str:
    job = desk.office.job(desk.conversation)
    known = desk.office.jobs.states(job)
    waiting = [name for name, state in known.items() if state in ("awaiting approval", "rejected")]
    if not {"ready", "stale"} & set(known.values()):
        why = f"{', '.join(waiting)} waits for a person" if waiting else "all is done"
        raise BadCall(f"There is nothing to begin: {why}. Tell them how it stands.")
    desk.office.jobs.run_all(job, f"{desk.turn}:all")
    return "Started. You will be told at the next approval, at the end, or if something fails."


def _rerun(given: RerunStep, desk: Desk) -> str:
    scope = Scope(from_=given.from_seconds, to=given.to_seconds)
    job = desk.office.job(desk.conversation)
    wish = Wish(step=given.step, text=given.instructions, scope=scope, refresh=given.refresh)
    if question := doubt(desk.office, job, wish, desk.turn):
        raise BadCall(question)
    heard = _echoed(given, wish.key(desk.turn), desk, job) if given.step == STEP else ""
    begun = make_anew(desk.office, job, wish, desk.author, desk.turn)
    if begun.waits:
        return f"{given.step} comes later: their words are kept for it."
    stale = f" It makes stale: {', '.join(begun.stale)}." if begun.stale else ""
    also = f"\nThe person was told in your name what you mean, do not repeat it:\n{heard}" if heard else ""
    return f"{given.step} is being made anew.{stale}{also}"


def _echoed(given: RerunStep, key: str, desk: Desk, job: Job) -> str:
    """Tell the person what is heard where something is about to be cut, before it is."""
    desk.office.jobs.require_going(job)
    heard = echo(desk.office, job, given.instructions, given.from_seconds, given.to_seconds)
    if heard:
        payload = {"text": heard, "turn": desk.turn, "of": "message", "echo": True}
        event = Event(id=f"{key}:heard", job=job.id, conversation=desk.conversation, kind="said", payload=payload)
        desk.office.services.store.events.append(event)
    return heard


def _spell(given: Spell, desk: Desk) -> str:
    try:
        spelling = Spelling(right=given.right.strip(), wrong=tuple(given.wrong))
    except ValidationError as error:
        raise BadCall(f"This is no name: {told(error)}") from error
    key = f"{desk.turn}:spell:{digest(spelling.right)[:8]}"
    return spell(desk.office, desk.conversation, spelling, desk.author, key)


def _import(given: ImportTimeline, desk: Desk) -> str:
    job = desk.office.job(desk.conversation)
    path = desk.office.timeline(desk.conversation, given.timeline)
    told = bring_in(desk.office, job, path, desk.author, f"{desk.turn}:{STEP}")
    if "stale" in desk.office.jobs.states(job).values():
        desk.office.jobs.run_all(job, f"{desk.turn}:timeline")
        told += "\nThe new preview is being made. You will be told when it waits for approval."
    return told


def _status(_: Status, desk: Desk) -> str:
    return desk.office.status_text(desk.conversation)


def _show(given: Show, desk: Desk) -> str:
    return json.dumps(desk.office.shown(desk.conversation, given.step), ensure_ascii=False)[:24_000]


def _pause(_: Pause, desk: Desk) -> str:
    desk.office.jobs.pause(desk.office.job(desk.conversation), desk.author)
    return "Paused."


def _cancel(_: Cancel, desk: Desk) -> str:
    job = desk.office.job(desk.conversation)
    if desk.office.jobs.status(job) == "completed":
        raise BadCall("There is nothing to cancel: the video is finished.")
    require_may_end(desk.office, job, desk.author)
    desk.office.jobs.cancel(job, desk.author)
    return "Cancelled."


TOOLS: tuple[Tool[Desk], ...] = (
    Tool("hand_in", HandInBrief, _asked_for(_hand_in)),
    Tool("run_all", RunAll, _asked_for(_run_all)),
    Tool("run_step", RunStep, _asked_for(_run_step)),
    Tool("rerun_step", RerunStep, _asked_for(_rerun)),
    Tool("spell", Spell, _asked_for(_spell)),
    Tool("import_timeline", ImportTimeline, _asked_for(_import)),
    Tool("status", Status, _guarded(_status)),
    Tool("show", Show, _guarded(_show)),
    Tool("pause", Pause, _asked_for(_pause)),
    Tool("cancel", Cancel, _asked_for(_cancel)),
)
