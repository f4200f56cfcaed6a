"""What Rushes asks of durable execution, and a small double of it that ships.

A workflow is a plain function of JSON arguments. It may be run again from its first line at any time, after a crash or
on another machine; what it did through `remember` is not done again. So everything that costs, or that would come out
differently a second time, belongs inside `remember`, and the lines between are cheap and always take the same path.

What is outside (a post, an upload, a paid call) can still happen twice, when the process dies between the effect and
its record: give each of those a key, a row or a look-up of its own.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeVar

import kernel.errors
from kernel.document import Value
from kernel.errors import Cancelled, NotFound, RushesError

JSON = Any
"""A value that JSON can carry: null, a truth value, a finite number, text, a list of such or a mapping from text."""
T = TypeVar("T")
Status = Literal["waiting", "running", "done", "failed", "cancelled"]

KEYED = "turns"
"""The queue with keys: one piece of work at a time for each key, in the order begun."""
QUEUES = (KEYED, "steps", "renders", "timers")
STOPPED = "This work was stopped."


class Outcome(Value):
    """How a piece of work stands."""

    status: Status
    result: JSON = None
    """What the workflow returned, once it is done."""
    error: str | None = None
    """Why it failed, as one sentence."""

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.status in ("done", "failed", "cancelled")


class Engine(Protocol):
    """Durable execution. Every method but `register` and `start` may be called from any thread."""

    def register(self, name: str, workflow: Callable[..., JSON]) -> None:
        """Make a workflow known by name; before `start`."""
        ...

    def start(self) -> None:
        """Begin to work, with whatever an earlier process left unfinished first.

        Raises:
            SetUp: the database cannot be used, or another process runs under this executor's name.
        """
        ...

    def stop(self, patience: float = 10) -> None:
        """Take nothing new, wait `patience` seconds for what runs, then leave the rest for the next start."""
        ...

    def begin(self, workflow: str, id: str, *arguments: JSON, queue: str = "steps", key: str | None = None) -> None:
        """Have a workflow run, once for each id for ever: a second begin with the same id does nothing.

        With a `key`, which belongs to the queue "turns": one at a time per key, in the order begun.
        """
        ...

    def remember(self, name: str, act: Callable[[], T]) -> T:
        """Do `act` once; in a workflow that runs again, return what it returned, as JSON carries it.

        Results are kept by position, so a workflow remembers the same names in the same order each time. An error of
        kernel.errors is remembered too, and raised again with its class and attributes; any other exception becomes a
        RushesError with its text. Outside a workflow, and inside another act, `act` is simply called. No retries here.

        Raises:
            Cancelled: a person stopped this workflow.
        """
        ...

    def outcome(self, id: str) -> Outcome | None:
        """Return how a piece of work stands; None where nothing was begun with this id."""
        ...

    def wait(self, id: str, timeout: float) -> Outcome:
        """Wait up to `timeout` seconds for an end, and return how it stands then; from outside a workflow.

        Raises:
            NotFound: nothing was begun with this id.
        """
        ...

    def cancel(self, id: str) -> None:
        """Stop a piece of work: what has not begun never begins, what runs stops at its next `remember`."""
        ...

    def cancelled(self, id: str) -> bool:
        """Whether a running act should end now by raising Cancelled, and leave all else to others.

        Cheap enough to ask ten times a second. Also true while the engine stops; what ends then is run again later.
        """
        ...

    def later(self, workflow: str, id: str, seconds: float, *arguments: JSON) -> None:
        """Begin a workflow after that time, also over restarts; it holds no place in a queue until then."""
        ...

    def current(self) -> str | None:
        """Return the id of the workflow that this code runs in; None outside one."""
        ...


def carried(value: JSON) -> JSON:
    """Return a value as JSON gives it back, so that a first run sees what a later one will.

    Raises:
        RushesError: JSON cannot carry it.
    """
    try:
        return json.loads(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError) as error:
        raise RushesError(f"This cannot be remembered, because JSON cannot carry it: {error}.") from error


def told(error: BaseException) -> str:
    """Return the text of an error; that of a stranger with its class."""
    return str(error) if isinstance(error, RushesError) else f"{type(error).__name__}: {error}"


def ours(error: Exception) -> RushesError:
    """Return an error that can be remembered."""
    return error if isinstance(error, RushesError) else RushesError(told(error))


def packed(error: Exception) -> JSON:
    """Return an error of ours as JSON values: its class, its text and its attributes."""
    known = ours(error)
    attributes = {name: _packed(value) for name, value in vars(known).items()}
    return {"class": type(known).__name__, "text": str(known), "attributes": attributes}


def unpacked(body: Mapping[str, JSON]) -> RushesError:
    """Return the error that `packed` took apart; one of a class that is no more is a plain RushesError."""
    kind = getattr(kernel.errors, body["class"], RushesError)
    error: RushesError = kind.__new__(kind, body["text"])
    vars(error).update({name: _unpacked(value) for name, value in body["attributes"].items()})
    return error


def _packed(value: object) -> JSON:
    if isinstance(value, tuple):
        return {"tuple": [_packed(item) for item in value]}
    if isinstance(value, list):
        return {"list": [_packed(item) for item in value]}
    if isinstance(value, dict):
        return {"dict": {str(name): _packed(item) for name, item in value.items()}}
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


def _unpacked(value: JSON) -> Any:
    if not isinstance(value, dict):
        return value
    [(kind, body)] = value.items()
    if kind == "dict":
        return {name: _unpacked(item) for name, item in body.items()}
    items = [_unpacked(item) for item in body]
    return tuple(items) if kind == "tuple" else items


def checked_queue(queue: str, key: str | None) -> None:
    """Refuse a queue that does not exist, or a key where there are none.

    Raises:
        ValueError: the caller is wrong.
    """
    if queue not in QUEUES:
        raise ValueError(f"There is no queue {queue!r}; there are {', '.join(QUEUES)}.")
    if key is not None and queue != KEYED:
        raise ValueError(f"Only the queue {KEYED!r} takes a key, not {queue!r}.")


def checked_outside(id: str | None) -> None:
    """Refuse to wait inside a workflow, which would hold a place that what it waits for may need.

    Raises:
        RuntimeError: the caller is wrong.
    """
    if id is not None:
        raise RuntimeError(f"The workflow {id} waits for another one: have that one begin what comes after it.")


@dataclass
class _Work:
    """A piece of work in memory; its values are kept as JSON text, as a database would."""

    workflow: str
    id: str
    arguments: str
    key: str | None
    due: float
    status: Status = "waiting"
    result: str = "null"
    error: str | None = None
    memories: list[tuple[bool, str]] = field(default_factory=list)
    """(went well, JSON text of the result or of the packed error), by position."""


class InlineEngine:
    """The double: everything in memory, begun work in order, on worker threads or in the thread that calls `drain`.

    With no workers it is deterministic, and `wait` drains. An act that raises what is no Exception (KeyboardInterrupt,
    SystemExit) plays a crash: it leaves `drain`, and the next `drain` runs that workflow again from its first line.
    """

    def __init__(self, workers: int = 0, clock: Callable[[], float] = time.monotonic) -> None:
        self._workflows: dict[str, Callable[..., JSON]] = {}
        self._works: dict[str, _Work] = {}
        self._workers = workers
        self._threads: list[threading.Thread] = []
        self._clock = clock
        self._skipped = 0.0
        self._change = threading.Condition()
        self._here = threading.local()
        self._leaving = False

    def register(self, name: str, workflow: Callable[..., JSON]) -> None:
        """Make a workflow known by name."""
        self._workflows[name] = workflow

    def start(self) -> None:
        """Start the worker threads, if there are any."""
        self._leaving = False
        self._threads = [threading.Thread(target=self._labour, daemon=True) for _ in range(self._workers)]
        for thread in self._threads:
            thread.start()

    def stop(self, patience: float = 10) -> None:
        """End the worker threads."""
        with self._change:
            self._leaving = True
            self._change.notify_all()
        until = time.monotonic() + patience
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def begin(self, workflow: str, id: str, *arguments: JSON, queue: str = "steps", key: str | None = None) -> None:
        """Put a piece of work behind the others."""
        checked_queue(queue, key)
        self._put(workflow, id, arguments, key, 0.0)

    def later(self, workflow: str, id: str, seconds: float, *arguments: JSON) -> None:
        """Put a piece of work that waits for its time."""
        self._put(workflow, id, arguments, None, seconds)

    def _put(self, workflow: str, id: str, arguments: tuple[JSON, ...], key: str | None, seconds: float) -> None:
        if workflow not in self._workflows:
            raise RushesError(f"There is no workflow {workflow!r}; register it before the start.")
        text = json.dumps(carried(arguments))
        with self._change:
            self._works.setdefault(id, _Work(workflow, id, text, key, self._now() + seconds))
            self._change.notify_all()

    def skip(self, seconds: float) -> None:
        """Let time pass at once, for what was put off with `later`."""
        with self._change:
            self._skipped += seconds
            self._change.notify_all()

    def drain(self) -> int:
        """Run all that is due, and what that begins, in the order begun; return how much that was."""
        count = 0
        while work := self._take():
            self._run(work)
            count += 1
        return count

    def remember(self, name: str, act: Callable[[], T]) -> T:
        """Do it once, keep it by position."""
        work: _Work | None = getattr(self._here, "work", None)
        if work is None or self._here.acting:
            return act()
        if work.status == "cancelled":
            raise Cancelled(STOPPED)
        position, self._here.position = self._here.position, self._here.position + 1
        if position == len(work.memories):
            work.memories.append(self._done(work, act))
        well, text = work.memories[position]
        if not well:
            raise unpacked(json.loads(text))
        result: T = json.loads(text)
        return result

    def _done(self, work: _Work, act: Callable[[], JSON]) -> tuple[bool, str]:
        self._here.acting = True
        try:
            memory = True, json.dumps(carried(act()))
        except Exception as error:  # noqa: BLE001  whatever an act raises is remembered
            memory = False, json.dumps(packed(error))
        finally:
            self._here.acting = False
        if work.status == "cancelled":
            raise Cancelled(STOPPED)
        return memory

    def outcome(self, id: str) -> Outcome | None:
        """Return how it stands."""
        with self._change:
            work = self._works.get(id)
            return Outcome(status=work.status, result=json.loads(work.result), error=work.error) if work else None

    def wait(self, id: str, timeout: float) -> Outcome:
        """Wait for an end; without workers, drain."""
        checked_outside(self.current())
        if not self._workers:
            self.drain()
        until = time.monotonic() + timeout
        while (found := self.outcome(id)) and not found.ended and (left := until - time.monotonic()) > 0:
            with self._change:
                self._change.wait(min(left, 0.02))
        if found is None:
            raise NotFound(f"Nothing was begun with the id {id}.")
        return found

    def cancel(self, id: str) -> None:
        """Mark it; a running workflow notices at its next `remember`."""
        with self._change:
            work = self._works.get(id)
            if work and work.status in ("waiting", "running"):
                work.status = "cancelled"
            self._change.notify_all()

    def cancelled(self, id: str) -> bool:
        """Whether it was cancelled."""
        work = self._works.get(id)
        return work is not None and work.status == "cancelled"

    def current(self) -> str | None:
        """Return the id of the workflow of this thread."""
        work: _Work | None = getattr(self._here, "work", None)
        return work.id if work else None

    def _now(self) -> float:
        return self._clock() + self._skipped

    def _take(self) -> _Work | None:
        with self._change:
            busy = {work.key for work in self._works.values() if work.status == "running" and work.key is not None}
            for work in self._works.values():
                if work.status == "waiting" and work.due <= self._now() and work.key not in busy:
                    work.status = "running"
                    return work
        return None

    def _labour(self) -> None:
        while not self._leaving:
            if work := self._take():
                self._run(work)
            else:
                with self._change:
                    self._change.wait(0.02)

    def _run(self, work: _Work) -> None:
        self._here.work, self._here.position, self._here.acting = work, 0, False
        try:
            result = json.dumps(carried(self._workflows[work.workflow](*json.loads(work.arguments))))
            self._end(work, "done", result=result)
        except Exception as error:  # noqa: BLE001  whatever a workflow raises is its end
            self._end(work, "failed", error=told(error))
        finally:
            self._here.work = None
            self._end(work, "waiting")

    def _end(self, work: _Work, status: Status, result: str = "null", error: str | None = None) -> None:
        with self._change:
            if work.status == "running":
                work.status, work.result, work.error = status, result, error
            self._change.notify_all()
