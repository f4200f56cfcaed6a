"""Views: what a card shows, as frozen values. `readers` reads them from the office; `blocks` draws them.

Users are given by their ids, jobs by the first eight digits of theirs. All other
text is as somebody wrote it: the blocks make it harmless.
"""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime

from kernel.document import Value
from kernel.jobs import Status

StepState = Literal["pending", "in_progress", "complete", "error"]
FileState = Literal["waiting", "ready", "refused"]
GateState = Literal["open", "approved", "rejected", "changing", "superseded", "expired", "cancelled"]


class StepView(Value):
    """One stage of a job, as a task on its card."""

    name: str
    label: str
    state: StepState
    note: str = ""
    """What else there is to say of it: its version, that it waits, why it failed."""


class FileView(Value):
    """A file that somebody dropped."""

    name: str
    size: int | None = None
    """Bytes; None while nobody knows."""
    state: FileState
    why: str = ""
    """Why it was refused, and what would help."""


class JobView(Value):
    """The live card of a job, or of a thread in which there is none yet."""

    job: str = ""
    """The first 8 digits of its id; empty before there is a job."""
    title: str
    status: Status
    owner: str = ""
    steps: tuple[StepView, ...] = ()
    number: int = 0
    """Of the stage that it is at, from 1; 0 where none has begun."""
    doing: str = ""
    """What runs now, in words."""
    share: float | None = None
    """How much of that is done, from 0 to 1; None where nobody can say."""
    left: float | None = None
    """Seconds that it will still take."""
    files: tuple[FileView, ...] = ()
    spent: float = 0.0
    """USD."""
    budget: float = 0.0
    waits: str = ""
    """What is waited for, in words after "waiting": for an answer to preview v2."""
    by: str = ""
    """Who paused or cancelled it."""
    why: str = ""
    """Why it stands still, where it failed."""


class ScoreView(Value):
    """One metric of a finished video."""

    title: str
    score: float | None
    """From 0 to 1; None where there was nothing to measure."""
    passed: bool
    why: str
    """One plain sentence."""


class VoteView(Value):
    """What one person said, where several are asked."""

    by: str
    verdict: Literal["approved", "rejected"]


class GateView(Value):
    """Something that waits, or waited, for a person's yes or no."""

    job: str
    """The first 8 digits of its id."""
    title: str
    owner: str
    step: str
    version: int
    token: str
    """What its buttons carry; opaque."""
    state: GateState
    facts: tuple[str, ...] = ()
    """Length, shots, captions, size: a few words each."""
    estimate: str = ""
    """What a yes takes: minutes and money."""
    note: str = ""
    """What the editor wants the person to know."""
    lead: str = ""
    """What the editor says of it."""
    scores: tuple[ScoreView, ...] = ()
    total: float | None = None
    """From 0 to 1, where it was measured."""
    passed: bool | None = None
    failed: str = ""
    """One plain sentence on what did not pass."""
    people: tuple[str, ...] = ()
    """Whose yes counts; empty where anybody's does."""
    needed: int = 1
    """How many of them have to say yes."""
    barred: str = ""
    """Whose yes does not count: the owner's, where nobody approves their own work."""
    votes: tuple[VoteView, ...] = ()
    by: str = ""
    """Who decided, or asked for the change."""
    when: AwareDatetime | None = None
    words: str = ""
    """What they said with it."""
    successor: int | None = None
    """The version that took its place."""
    downloads: tuple[str, ...] = ()
    """Which files may be asked for: names of blocks.gates.DOWNLOADS."""


class FailureView(Value):
    """A job that cannot go on by itself."""

    job: str
    title: str
    owner: str
    step: str
    """What failed: the step's name."""
    doing: str
    """The same in words."""
    why: str
    """What went wrong, in plain words."""
    kept: tuple[str, ...] = ()
    """What is not lost."""
    mend: str = ""
    """What would help."""
    error: str = ""
    """A short id: the beginning of what the run's own id holds, by which its trace is found."""


class DeliveryView(Value):
    """A job that is done."""

    job: str
    title: str
    owner: str
    facts: tuple[str, ...] = ()
    spent: float = 0.0
    video: str = ""
    """The name under which the finished video stands in the thread; empty where it does not yet."""
    others: tuple[str, ...] = ()
    """What was made beside the video, a few words each."""
    left: tuple[str, ...] = ()
    """What a person should know; a sentence each."""
    total: float | None = None
    """The score, from 0 to 1."""
    token: str = ""
    """That of the review, for the downloads."""
    downloads: tuple[str, ...] = ()


class HomeJob(Value):
    """One line of App Home."""

    job: str
    title: str
    word: str
    """How it stands."""
    link: str = ""
    """To its thread."""
    when: AwareDatetime | None = None


class HomeView(Value):
    """What one person sees in App Home."""

    user: str
    mine: tuple[HomeJob, ...] = ()
    waiting: tuple[HomeJob, ...] = ()
    """Jobs that wait for this person."""
    results: tuple[HomeJob, ...] = ()
    """Finished, newest first."""


class Choice(Value):
    """A step that may be made anew."""

    name: str
    label: str
