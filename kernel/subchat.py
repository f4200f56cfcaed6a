"""The subchat: an expert's own closed chat for one step. It ends with `hand_in` and the marker AGENT_COMPLETE."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kernel.carry import begins_anew, carried
from kernel.chat import Chat, Ended, Memory, converse
from kernel.context import Context
from kernel.document import Document
from kernel.draft import Desk, start, tools_of
from kernel.errors import StepFailed
from kernel.expert import Expert
from kernel.messages import Image, Message, Reply, Request, Text
from kernel.models import Caller, Models
from kernel.prompts import Prompts
from kernel.store import Store
from kernel.store.records import METRIC, Instruction, KeptMessage
from kernel.watch import MARKER, NUDGE, marked

OPENING = f"Make the document now. Once its draft is right, call hand_in and end that same message with {MARKER}."

MEASURED = "[measured]"
"""What a note begins with that comes from a failed score."""


@dataclass(frozen=True)
class Made:
    """What a subchat made."""

    document: Document
    model: str
    prompt_tokens: int
    completion_tokens: int


def hold(
    expert: Expert,
    context: Context,
    caller: Caller,
    models: Models,
    prompts: Prompts,
    store: Store,
    engine: Memory,
    examples: Sequence[str] = (),
    pictures: Sequence[Image] = (),
) -> Made:
    """Have an expert make its document.

    Args:
        examples: of golden work, cut down for this expert.
        pictures: that it is shown.

    Raises:
        StepFailed: no document within the allowed turns, tokens or minutes; keeps the draft.
        Denied, TryAgain, Refused: as `Models.ask`.
    """
    model = models.name(expert.tier, caller.job)
    desk = desk_of(expert, context)
    begun = engine.remember("clock", time.time)
    chat = Chat(
        request=opening(expert, context, desk, model, prompts, models.timeout, examples, pictures),
        tools=tools_of(expert),
        desk=desk,
        ending=ending,
        ask=lambda request: _in_time(expert, begun, lambda: models.ask(request, caller)),
        max_turns=expert.max_turns,
        max_tokens=expert.max_tokens,
        heard=lambda seq, message: _keep(store, caller.run, seq, message, model),
    )
    ended = converse(chat, start(expert, context.documents, desk.previous), engine)
    return _made(expert, ended, context)


def desk_of(expert: Expert, context: Context) -> Desk:
    """Return what the expert's tools look at; the scopes of the notes that are new become the guard's fields."""
    previous = carried(expert, context)
    return Desk(expert, context.documents, previous, _guarded(expert, context, previous))


def _guarded(expert: Expert, context: Context, previous: Mapping[str, Any] | None) -> tuple[str, ...]:
    """Return the paths that the new notes let change; none means all.

    A note whose wish the previous document holds already guards nothing, nor does any note where that document is not
    what the rerun starts from.
    """
    scopes = [note.scope for note in new_notes(context)]
    is_same = not context.newer or (expert.draft is not None and all(need in expert.fed for need in context.newer))
    if not is_same or not scopes or any(scope is None for scope in scopes):
        return ()
    return tuple(dict.fromkeys(path for scope in scopes for path in fields_of(expert, previous, scope)))


def new_notes(context: Context) -> tuple[Instruction, ...]:
    """Return the notes that were given on the previous document itself, so that it does not hold them yet."""
    if context.previous is None:
        return ()
    return tuple(note for note in context.instructions if note.made_for in (None, context.previous.hash))


def fields_of(expert: Expert, previous: Mapping[str, Any] | None, scope: Mapping[str, Any] | None) -> tuple[str, ...]:
    """Return the paths that a scope lets change; none means all."""
    if previous is None or scope is None:
        return ()
    fields = tuple(f"/{field.strip('/')}" for field in scope.get("fields") or ())
    if scope.get("from") is not None and expert.places is not None:
        fields += expert.places(previous, float(scope["from"]), float(scope.get("to") or scope["from"]))
    return fields


def opening(
    expert: Expert,
    context: Context,
    desk: Desk,
    model: str,
    prompts: Prompts,
    timeout: float,
    examples: Sequence[str] = (),
    pictures: Sequence[Image] = (),
) -> Request:
    """Return the first request of a subchat: the prompt with the input documents, and the word to begin."""
    instructions = [worded(instruction) for instruction in context.instructions]
    asked_scope = context.instructions[-1].scope if context.instructions else None
    scope = {**(asked_scope or {}), "fields": list(desk.fields)} if desk.fields else None
    documents = {need: document.body() for need, document in context.documents.items()}
    values = {
        "documents": documents,
        "previous": desk.previous,
        "draft": start(expert, context.documents, desk.previous)["draft"],
        "newer": context.newer,
        "anew": begins_anew(expert, context),
        "instructions": instructions,
        "new": len(new_notes(context)),
        "scope": scope,
        "schema": expert.document.SCHEMA,
        "example": _example(expert),
        "golden": list(examples),
        "marker": MARKER,
        "rules": [],
        "expert": expert.name,
    }
    return Request(
        model=model,
        system=prompts.render(expert.prompt, values),
        messages=(Message(role="user", parts=(*pictures, Text(text=OPENING))),),
        timeout=timeout,
        expert=expert.name,
        scene={
            "documents": documents,
            "previous": desk.previous,
            "instructions": [instruction.text for instruction in context.instructions],
            "scopes": [instruction.scope for instruction in context.instructions],
            "measured": [instruction.by == METRIC for instruction in context.instructions],
            "scope": asked_scope,
            "new": len(new_notes(context)),
            "by_hand": context.by_hand and not begins_anew(expert, context),
        },
    )


def worded(instruction: Instruction) -> str:
    """Return a note as the expert reads it, with its spot; marked where a failed score gave it: it yields to people."""
    spot = instruction.scope or {}
    first, last = spot.get("from"), spot.get("to")
    until = "" if last is None else f" to {last:.1f}"
    where = "" if first is None else f" [{first:.1f}{until} s of the cut that they saw]"
    return f"{MEASURED if instruction.by == METRIC else ''} {instruction.text}{where}".strip()


def _example(expert: Expert) -> dict[str, Any]:
    """Return the example as the tools want it: every field written out, without those that the kernel fills in."""
    body = expert.document.read(expert.document.EXAMPLE).body()
    return {name: value for name, value in body.items() if name not in expert.fixed}


def ending(reply: Reply, state: Mapping[str, Any]) -> str | None:
    """Accept the end only when a document was handed in and the marker stands; else say what is missing."""
    if state["handed_in"] and marked(reply):
        return None
    if state["handed_in"]:
        return f"Your document is handed in. Say {MARKER} alone on the last line to end."
    return NUDGE


def _in_time(expert: Expert, begun: float, ask: Any) -> Reply:
    if time.time() - begun > expert.max_minutes * 60:
        raise StepFailed(f"It did not hand in within {expert.max_minutes:g} minutes.")
    reply: Reply = ask()
    return reply


def _made(expert: Expert, ended: Ended, context: Context) -> Made:
    document = expert.document.read(ended.state["draft"])
    if expert.finishes is not None:
        asked = [instruction.text for instruction in context.instructions]
        document = expert.finishes(document, context.documents, asked)
    return Made(document, ended.reply.model, ended.prompt_tokens, ended.completion_tokens)


def _keep(store: Store, run: str, seq: int, message: Message, model: str) -> None:
    parts = tuple(part.model_dump(mode="json") for part in message.parts)
    store.messages.add(KeptMessage(chat=run, seq=seq, role=message.role, parts=parts, model=model))
