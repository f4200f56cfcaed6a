"""What the store keeps, as frozen values: one class per kind of row. Ids are text, times are UTC."""

from __future__ import annotations

import uuid
import warnings
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import AwareDatetime, Field

from kernel.document import Value

Decision = Literal["paused", "cancelled"]
Role = Literal[
    "raw_footage", "b_roll", "audio", "music", "logo", "still", "font", "render", "preview", "picture", "page"
]
Level = Literal["debug", "info", "warning", "error"]


METRIC = "metric"
"""Who asks for a rerun because a score failed."""
MACHINES = ("worker", METRIC)
"""Who asks for reruns without being a person."""


def now() -> datetime:
    """Return this moment, in UTC."""
    return datetime.now(UTC)


def new_id() -> str:
    """Return a fresh id: 32 hex digits."""
    return uuid.uuid4().hex


class Job(Value):
    """One pass through a pipeline, owned by a conversation. Its status is read from its documents, never kept here."""

    id: str = Field(default_factory=new_id)
    pipeline: str
    title: str
    asker: str = ""
    """Who asked for it, as the surface names people."""
    surface: str = ""
    conversation: str = ""
    settings: dict[str, Any] = Field(default_factory=dict)
    budget_usd: float = 5.0
    fingerprint: str = ""
    """Hash of sources, brief and options: the same command finds its unfinished job by it."""
    trace_id: str = Field(default_factory=new_id, pattern=r"^[0-9a-f]{32}$")
    decision: Decision | None = None
    """What a person decided about the job as a whole; None lets it go on."""
    decided_by: str = ""
    created: AwareDatetime = Field(default_factory=now)


class Asset(Value):
    """A file of a job, named by the hash of its bytes."""

    job: str
    hash: str
    """sha256 of the bytes."""
    role: Role
    name: str
    """What people call it."""
    url: str
    """Where it lies: a file path."""
    size: int
    """Bytes."""
    metadata: dict[str, Any] = Field(default_factory=dict)
    """duration (seconds), rate, codecs, bitrate, ..."""
    source: str = ""
    """Source id in the plan (s1); empty for what is no source."""
    created: AwareDatetime = Field(default_factory=now)


class Origin(Value):
    """A document that another was made from."""

    step: str
    hash: str


with warnings.catch_warnings():
    # pydantic warns because its base class still carries a long deprecated method called `schema`.
    warnings.simplefilter("ignore", UserWarning)

    class NewDocument(Value):
        """A document about to be kept, with where it came from; the store gives it its version."""

        job: str
        step: str
        hash: str
        schema: str  # type: ignore[assignment]  # the same deprecated method
        """Name of the document's schema (`EditPlan`)."""
        schema_version: int = 1
        body: dict[str, Any]
        lineage: tuple[Origin, ...] = ()
        """The documents it was made from."""
        instructions: tuple[str, ...] = ()
        """Ids of the instructions it was made from, oldest first."""
        input_hash: str
        run: str
        """The run that made it; one run makes one document."""
        expert: str = ""
        """name@version of the expert; empty where a plain function made it."""
        model: str = ""
        prompt_tokens: int = 0
        completion_tokens: int = 0
        confidence: float | None = None
        cost_usd: float = 0.0
        created: AwareDatetime = Field(default_factory=now)


class Kept(NewDocument):
    """A kept document: append-only, numbered 1, 2, 3, ... within its job and step."""

    version: int


class Version(Value):
    """One version of a step's document and what it was made from, without its body."""

    step: str
    version: int
    hash: str
    lineage: tuple[Origin, ...] = ()
    instructions: tuple[str, ...] = ()
    run: str
    created: AwareDatetime


class Instruction(Value):
    """What a person (or a failed metric, or the worker) asked of a step, in words."""

    id: str = Field(default_factory=new_id)
    job: str
    step: str
    text: str
    scope: dict[str, Any] | None = None
    """The span or the fields that may change; None for all."""
    by: str = ""
    made_for: str | None = None
    """Hash of the document that it speaks about."""
    created: AwareDatetime = Field(default_factory=now)


class Approval(Value):
    """A person's decision, bound to the hash of the document that they saw."""

    id: str = Field(default_factory=new_id)
    job: str
    step: str
    hash: str
    verdict: Literal["approved", "rejected", "kept"]
    """`kept`: the document is stale and stays as it is."""
    by: str
    note: str = ""
    how: Literal["button", "typed", "--yes"] = "typed"
    created: AwareDatetime = Field(default_factory=now)


class Golden(Value):
    """A render that passed everything with room to spare, and a person: an example for later jobs."""

    job: str
    pipeline: str
    step: str
    """The gate at which the person said yes."""
    hash: str
    """Of the document that they said yes to."""
    documents: dict[str, str] = Field(default_factory=dict)
    """By step: the hash of the document as it was then, the plan among them."""
    scores: dict[str, float] = Field(default_factory=dict)
    """From 0 to 1, by what was measured."""
    brief: dict[str, Any] = Field(default_factory=dict)
    """The body of the brief."""
    profile: str = ""
    """What kind of work it is."""
    brand: str = ""
    """Name of the brand that it was made for; empty for none."""
    asker: str = ""
    """Who asked for the job."""
    approved_by: str = ""
    created: AwareDatetime = Field(default_factory=now)


class Run(Value):
    """One run of a step, with the snapshot of what it read."""

    id: str = Field(default_factory=new_id)
    job: str
    step: str
    walk: str = ""
    """The walk of the job that started it."""
    input_hash: str = ""
    inputs: dict[str, str] = Field(default_factory=dict)
    """Hash of each input document by step."""
    status: Literal["running", "done", "failed", "cancelled", "deduplicated"] = "running"
    attempts_limit: int = 1
    document_hash: str | None = None
    """What it made, or what deduplication gave back."""
    error: str | None = None
    """One sentence."""
    stack: str | None = None
    draft: str | None = None
    """What was made so far when it failed, as JSON text."""
    created: AwareDatetime = Field(default_factory=now)
    ended: AwareDatetime | None = None


class Attempt(Value):
    """One try within a run."""

    run: str
    number: int
    error: str | None = None
    stack: str | None = None
    seconds: float = 0.0
    created: AwareDatetime = Field(default_factory=now)


class Verdict(Value):
    """What a policy said before or after a step, and why."""

    id: str = Field(default_factory=new_id)
    job: str
    step: str
    run: str = ""
    policy: str
    answer: Literal["allow", "ask", "deny"]
    why: str = ""
    created: AwareDatetime = Field(default_factory=now)


class Conversation(Value):
    """A thread with people in it, and the job that it is about now."""

    id: str
    surface: str
    address: str
    """Where it is on its surface: channel and thread, or a terminal's name."""
    job: str | None = None


class Turn(Value):
    """One message, file drop, button press or event in a conversation."""

    id: str = Field(default_factory=new_id)
    """The surface's own id where it has one, so that a turn delivered twice is kept once."""
    conversation: str
    surface: str = ""
    author: str = ""
    kind: Literal["message", "files", "button", "event"] = "message"
    text: str = ""
    files: tuple[dict[str, Any], ...] = ()
    payload: dict[str, Any] = Field(default_factory=dict)
    created: AwareDatetime = Field(default_factory=now)


class Post(Value):
    """Something that a surface is to post: kept first, sent then, so that it stands once and never twice."""

    id: str
    """Follows from what it tells of (an event, a gate): the same cause makes no second post."""
    surface: str
    conversation: str = ""
    job: str | None = None
    kind: Literal["message", "update", "private", "upload"]
    target: str = ""
    """The post that an update changes; empty for what is new."""
    body: dict[str, Any] = Field(default_factory=dict)
    """What is posted, as the surface has it."""
    status: Literal["waiting", "sending", "sent", "failed", "dropped"] = "waiting"
    """`sending`: its answer was never seen, so it is looked up before it is sent again."""
    place: dict[str, Any] = Field(default_factory=dict)
    """Where it stands: channel, message id; the ids of a file on its way."""
    attempts: int = 0
    error: str = ""
    created: AwareDatetime = Field(default_factory=now)


class Vote(Value):
    """One person's yes or no to a document, where several are asked."""

    id: str = Field(default_factory=new_id)
    job: str
    step: str
    hash: str
    verdict: Literal["approved", "rejected"]
    by: str
    note: str = ""
    created: AwareDatetime = Field(default_factory=now)


class HouseRules(Value):
    """What holds in a place where people talk (a channel), as it was last set."""

    id: str = Field(default_factory=new_id)
    surface: str
    place: str
    """The place's id on its surface."""
    body: dict[str, Any] = Field(default_factory=dict)
    by: str = ""
    created: AwareDatetime = Field(default_factory=now)


class Installation(Value):
    """A workspace that installed the bot."""

    surface: str
    enterprise: str = ""
    team: str = ""
    sealed: str = Field(repr=False)
    """Its tokens, encrypted; the key is not in the database."""
    by: str = ""
    created: AwareDatetime = Field(default_factory=now)


class KeptMessage(Value):
    """A remembered message of a chat, for `show` and for traces."""

    chat: str
    """Conversation id or run id."""
    seq: int
    role: str
    parts: tuple[dict[str, Any], ...] = ()
    model: str = ""
    created: AwareDatetime = Field(default_factory=now)


class Charge(Value):
    """What one call of a model cost."""

    id: str = Field(default_factory=new_id)
    job: str | None = None
    step: str = ""
    run: str = ""
    model: str
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    usd: float
    created: AwareDatetime = Field(default_factory=now)


class Event(Value):
    """Something that happened, in the past tense (`step_done`, `gate_opened`, `approved`, `stale_found`, ...)."""

    id: str = Field(default_factory=new_id)
    seq: int = 0
    """Its place in the order of all events, given by the store; 0 before it is kept."""
    job: str | None = None
    conversation: str | None = None
    kind: str
    step: str = ""
    payload: dict[str, Any] = Field(default_factory=dict)
    created: AwareDatetime = Field(default_factory=now)


class Log(Value):
    """One line of a job's log."""

    job: str | None = None
    level: Level = "info"
    step: str = ""
    message: str
    metadata: dict[str, Any] = Field(default_factory=dict)
    created: AwareDatetime = Field(default_factory=now)


class Span(Value):
    """A stretch of work in a trace."""

    trace_id: str
    """32 hex digits, the job's."""
    span_id: str
    """16 hex digits."""
    parent_id: str | None = None
    job: str | None = None
    name: str
    step: str = ""
    kind: str = "internal"
    started: AwareDatetime
    ended: AwareDatetime
    status: Literal["unset", "ok", "error"] = "unset"
    failure: str | None = None
    attributes: dict[str, Any] = Field(default_factory=dict)
    """prompt, reply, decision, reason, ffmpeg_arguments, render_time, cpu, gpu, log lines, ..."""


class Bot(Value):
    """The bot as it is registered on this machine."""

    name: str
    version: str
    description: str = ""
    settings_schema: dict[str, Any] = Field(default_factory=dict)
    schedules: tuple[dict[str, Any], ...] = ()


class ExpertRow(Value):
    """An expert as it is registered: its version rises when its prompt changes, and old versions stay readable."""

    name: str
    step: str
    pipeline: str
    version: int = 1
    """Given by the store."""
    prompt_hash: str
    prompt_path: str
    tier: str = ""
