"""The orchestrator: one chat loop that understands people and calls run_step."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from itertools import dropwhile, takewhile
from typing import Any

from bot.failing import failure_text
from bot.office import Office
from bot.replies import SILENT
from bot.tools import TOOLS, Desk
from experts.edit.delivery import Delivery, summary
from kernel.chat import Chat, Memory, converse
from kernel.fetch import without_mentions
from kernel.messages import Message, Reply, Request, Text, said
from kernel.models import Caller
from kernel.rounds import SCORED, spoke
from kernel.store.records import Job, Turn

NAME = "orchestrator"
PROMPT = "orchestrator.j2"
MAX_TURNS = 12
ENDS = {
    "gate": "it waits for the person's approval",
    "done": "all is done",
    "failed": "a step failed",
    "stopped": "it is out of date, for it was made from something that has a newer version",
    "paused": "it is paused",
    "cancelled": "it is cancelled",
}
"""How a walk ended, in words that a person would use as well."""
HASH = re.compile(r"[0-9a-f]{64}")
MOST = 4_000
"""Characters of an event's facts."""
MAX_TOKENS = 100_000
REMEMBERED = 30
"""Turns of the conversation that it is shown again; older ones live on in the documents."""


def answer(office: Office, turn: Turn, memory: Memory) -> str:
    """Handle one turn and return what is said to the person.

    Args:
        memory: remembers every reply and every tool result.

    Raises:
        Denied, TryAgain, Refused: as `Models.ask`. StepFailed: it found no end.
    """
    services = office.services
    job = office.job_or_none(turn.conversation)
    model = services.models.name("large", job)
    opening = memory.remember("scene", lambda: scene(office, turn))
    chat = Chat(
        request=Request(
            model=model,
            system=services.prompts.render(PROMPT, opening),
            messages=_history(opening),
            timeout=services.models.timeout,
            expert=NAME,
            scene=opening,
        ),
        tools=TOOLS,
        desk=Desk(office, turn.conversation, turn.id, turn.author, by_itself=turn.kind == "event"),
        ending=lambda reply, state: ending(reply, state, may_be_silent=turn.kind == "message"),
        ask=lambda request: services.models.ask(request, _caller(office, turn)),
        max_turns=MAX_TURNS,
        max_tokens=MAX_TOKENS,
    )
    spoken = converse(chat, {}, memory).reply.message.text.strip()
    return "" if spoken == SILENT else spoken


def _caller(office: Office, turn: Turn) -> Caller:
    """Say for whom a call is made: the job, as soon as there is one."""
    return Caller(office.job_or_none(turn.conversation), NAME, turn.id)


def scene(office: Office, turn: Turn) -> dict[str, Any]:
    """Return what the orchestrator knows as it reads a turn: plain values."""
    job = office.job_or_none(turn.conversation)
    store = office.services.store
    brief = store.documents.latest(job.id, "brief") if job else None
    spoken = [(e.created, e.payload["text"]) for e in store.events.said(turn.conversation)]
    turns = store.turns.list(turn.conversation)
    several = len(_people(turns)) > 1
    # What was kept since is a turn of its own: read here as well, it would be answered twice.
    earlier = [t for t in takewhile(lambda t: t.id != turn.id, turns) if t.kind != "button"]
    coming = [t for t in list(dropwhile(lambda t: t.id != turn.id, turns))[1:] if t.kind == "message"]
    said = turn.model_copy(update={"text": without_mentions(turn.text), "files": tuple(office.arrived(turn))})
    return {
        "turn": said.model_dump(mode="json", exclude={"created"}),
        "told": f"{_told(office, turn, several)}{_facts(office, turn, job)}",
        "status": office.status_text(turn.conversation),
        "status_word": office.jobs.status(job) if job else "none",
        "brief": brief.body if brief else None,
        "files": [file["name"] for file in office.dropped(turn.conversation)],
        "coming": len(coming),
        "people": _people(turns),
        "owner": job.asker if job else turns[0].author if turns else turn.author,
        "history": _merged(office, earlier[-REMEMBERED:], spoken, several)[-REMEMBERED:],
        "pipelines": [{"name": p.name, "steps": [s.name for s in p.steps]} for p in office.services.pipelines.values()],
    }


def _merged(office: Office, turns: list[Turn], spoken: list[tuple[Any, str]], several: bool) -> list[list[str]]:
    rows = [(t.created, "user", _told(office, t, several)) for t in turns] + [
        (at, "assistant", text) for at, text in spoken
    ]
    return [[role, text] for _, role, text in sorted(rows, key=lambda row: row[0]) if text]


def _told(office: Office, turn: Turn, several: bool = False) -> str:
    """Say a turn in words, as the model reads it; where several people write, with who does."""
    if turn.kind == "event":
        steps = ", ".join(turn.payload.get("steps", ()))
        return f"[event] {ENDS.get(turn.payload.get('end', ''), 'it stands still')}: {steps or 'nothing'}"
    files = [f"[file dropped] {file['name']}" for file in office.arrived(turn)]
    missing = [f"[file refused] {file['name']}: {file['why']}" for file in office.refused(turn)]
    told = "\n".join([turn.text, *files, *missing]).strip()
    return f"[from @{turn.author}]\n{told}" if several and told else told


def _people(turns: Sequence[Turn]) -> list[str]:
    """Return who wrote in a conversation, in the order in which they first did."""
    return list(dict.fromkeys(turn.author for turn in turns if turn.kind == "message"))


def _facts(office: Office, turn: Turn, job: Job | None) -> str:
    """Say what stands behind an event: what is in the documents that wait, or why a step failed."""
    if turn.kind != "event" or job is None:
        return ""
    if turn.payload.get("end") == "done":
        return _delivered(office, job)
    if turn.payload.get("end") == "failed":
        return f"\n{failure_text(office, job)}"
    store, lines = office.services.store, list[str]()
    for step in turn.payload.get("steps", ()):
        kept = store.documents.latest(job.id, step)
        if turn.payload.get("end") == "gate" and kept:
            lines += _rounds(office, job, step)
            lines.append(f"{step} v{kept.version}: {json.dumps(_short(kept.body), ensure_ascii=False)}")
    return "".join(f"\n{line}" for line in lines)[:MOST]


def _delivered(office: Office, job: Job) -> str:
    """Say what was delivered beside the video; empty where nothing was."""
    kept = office.services.store.documents.latest(job.id, "delivery")
    said = summary(Delivery.open(kept.body, kept.schema_version)) if kept and kept.schema == Delivery.SCHEMA else ""
    return f"\n{said}" if said else ""


def _rounds(office: Office, job: Job, step: str) -> list[str]:
    """Say what the rounds of a step moved since a person last spoke."""
    store, pipeline = office.services.store, office.jobs.pipeline(job)
    since = spoke(store, job, pipeline)
    told = [event for event in store.events.of(job.id, SCORED) if since is None or event.created > since]
    return [event.payload["text"] for event in told if event.step == step and event.payload["text"]]


def _short(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document without the hashes of its files, and of its measures only the words on those that failed."""
    return {
        name: [item["why"] for item in value if not item["passed"]] if name in ("gates", "scores") else value
        for name, value in body.items()
        if not (isinstance(value, str) and HASH.fullmatch(value))
    }


def _history(opening: Mapping[str, Any]) -> tuple[Message, ...]:
    """Return the conversation so far and the turn itself; neighbours of one role become one message."""
    rows = [*opening["history"], ["user", opening["told"] or "[empty message]"]]
    merged: list[list[str]] = []
    for role, text in rows:
        if merged and merged[-1][0] == role:
            merged[-1][1] += f"\n{text}"
        else:
            merged.append([role, text])
    if merged[0][0] == "assistant":
        merged.insert(0, ["user", "[the conversation begins]"])
    return tuple(said("user" if role == "user" else "assistant", text) for role, text in merged)


def ending(reply: Reply, _: Mapping[str, Any], may_be_silent: bool = True) -> str | None:
    """Accept the end when it spoke to the person, or may be silent, and calls nothing more."""
    if not may_be_silent and reply.message.text.strip() == SILENT:
        return "Tell the person what the event means for them, in a sentence or two."
    spoke = any(isinstance(part, Text) and part.text.strip() for part in reply.message.parts)
    if spoke and not reply.message.calls and reply.stop == "end":
        return None
    return "Answer the person in a sentence or two."
