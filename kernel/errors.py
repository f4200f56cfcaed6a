"""Every error of Rushes, by who must act on it.

    RushesError
    |-- ModelError          the model that made the call mends it; the text is its next message
    |   |-- BadCall           unknown tool, arguments that do not fit
    |   |-- BadDocument       a document that breaks its schema or its rules
    |   `-- OutsideScope      a rerun changed what it was not asked to change
    |-- PersonError         a person acts; the text says what, why, and what to do next
    |   |-- BadInput          footage or a brief that cannot be used
    |   |-- NotReady          a step was asked for before its needs
    |   |-- NotFound          no such job, step, document or model
    |   |-- Denied            a policy said no
    |   |-- Stale             an answer to a version that is no longer current
    |   `-- SetUp             something is missing on this machine
    |-- PlanError           the plan asks for what cannot be done; the step that wrote it is rerun with this text
    |-- TryAgain            worth another try
    |   |-- Busy              the provider asked to wait (retry_after, seconds)
    |   |-- Unreachable       no answer, or a server error
    |   |-- Away              our own database does not answer, is busy or full
    |   `-- BadReply          an answer that is incomplete or makes no sense
    |-- Refused             a provider will not answer this (key, credit, model, policy): another try is no use
    |-- StepFailed          a step ended without a document; keeps the draft
    |-- WorkerError         ffmpeg failed; keeps the exact command and its stderr
    |   `-- TimedOut          it ran over its wall clock
    `-- Cancelled           a person said stop

Catch broadly (`RushesError`) or narrowly. A message is one clear sentence; nothing raw reaches a chat.
"""

from __future__ import annotations


class RushesError(Exception):
    """Base of every error that Rushes raises on purpose; its text may be shown to a person."""


class ModelError(RushesError):
    """The model mends it: the text goes back to it as the result of its call."""


class BadCall(ModelError):
    """A call of an unknown tool, or with arguments that do not fit its schema."""


class BadDocument(ModelError):
    """A document that breaks its schema or its domain rules."""


class OutsideScope(ModelError):
    """A rerun changed more than the span or the fields that were named."""


class PersonError(RushesError):
    """A person acts: the text says what is wrong, why, and what to do next."""


class BadInput(PersonError):
    """Footage or a brief that cannot be used."""


class NotReady(PersonError):
    """A step was asked for before its needs were met."""


class NotFound(PersonError):
    """There is no such job, step, document, model or file."""


class Denied(PersonError):
    """A policy said no."""


class Stale(PersonError):
    """An answer to a version that is no longer the current one."""


class SetUp(PersonError):
    """Something is missing on this machine; the text says what to type."""


class PlanError(RushesError):
    """The plan asks for what cannot be done; handed to the step that wrote it, as the instruction of a rerun."""


class TryAgain(RushesError):
    """Worth another try."""


class Busy(TryAgain):
    """The provider asked to wait.

    Attributes:
        retry_after: seconds to wait at the least; None where the provider did not say.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unreachable(TryAgain):
    """No answer, or a server error."""


class Away(TryAgain):
    """Our own database does not answer, is busy or full; the text names it, for whoever runs it."""


class BadReply(TryAgain):
    """An answer that is incomplete or makes no sense; never kept."""


class Refused(RushesError):
    """A provider will not answer this, however often it is asked: key, credit, model or its own policy."""


class StepFailed(RushesError):
    """A step ended without a document.

    Attributes:
        draft: what was made so far, as JSON text; None where nothing was.
    """

    def __init__(self, message: str, draft: str | None = None) -> None:
        super().__init__(message)
        self.draft = draft


class WorkerError(RushesError):
    """ffmpeg failed.

    Attributes:
        command: the exact arguments it was started with.
        stderr: the last of what it said.
    """

    def __init__(self, message: str, command: tuple[str, ...] = (), stderr: str = "") -> None:
        super().__init__(message)
        self.command = command
        self.stderr = stderr


class TimedOut(WorkerError):
    """ffmpeg ran over its wall clock and was killed."""


class Cancelled(RushesError):
    """A person said stop."""
