"""Things that go wrong on purpose, method by method."""

from __future__ import annotations

import random
import threading
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong with one call.

    Attributes:
        status: answer with this HTTP status and do nothing; 429 so has no Retry-After.
        ratelimited: answer 429 with this Retry-After (Slack's seconds, scaled by the clock) and do nothing.
        drop_reply: do it, then close the connection in place of answering.
        drop_request: close the connection and do nothing.
        error: answer `{"ok": false, "error": ...}` and do nothing.
        body: answer this text (with `status`, or 200) in place of JSON and do nothing.
        do: do it, and answer as said all the same (`status`, `error`, `body`): what happened is unknown to the caller.
        slow: wait this long first (Slack's seconds).
    """

    status: int | None = None
    ratelimited: float | None = None
    drop_reply: bool = False
    drop_request: bool = False
    error: str | None = None
    body: str | None = None
    do: bool = False
    slow: float = 0.0

    @property
    def answers(self) -> bool:
        """Whether it answers in the method's place."""
        return any(x is not None for x in (self.status, self.ratelimited, self.error, self.body)) or self.drop_request


@dataclass
class Chance:
    """A fault by chance: with probability `p`, of the methods that were named (any, if none)."""

    dice: random.Random
    p: float
    methods: tuple[str, ...]
    faults: tuple[Fault, ...]


@dataclass
class Faults:
    """Which call goes wrong how. `upload` and `download` are the names of the two roads of a file's bytes.

    Example:
        slack.faults.next("chat.postMessage", drop_reply=True)
        slack.faults.next("chat.update", ratelimited=2, times=3)
    """

    hits: list[tuple[str, Fault]] = field(default_factory=list)
    _next: dict[str, deque[Fault]] = field(default_factory=lambda: defaultdict(deque))
    _always: dict[str, Fault] = field(default_factory=dict)
    _chances: list[Chance] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def next(self, method: str, times: int = 1, **how: Any) -> None:
        """Let the next call of `method` (the next `times`) go wrong; see `Fault` for `how`."""
        with self._lock:
            self._next[method].extend(Fault(**how) for _ in range(times))

    def always(self, method: str, **how: Any) -> None:
        """Let every call of `method` go wrong until `clear`; `next` goes first."""
        with self._lock:
            self._always[method] = Fault(**how)

    def chance(self, seed: int, p: float, *methods: str, faults: tuple[Fault, ...] = ()) -> None:
        """Let calls go wrong by chance: a 500, a lost answer, a lost request or a 429 (or one of `faults`)."""
        usual = (Fault(status=500), Fault(drop_reply=True), Fault(drop_request=True), Fault(ratelimited=1))
        with self._lock:
            self._chances.append(Chance(random.Random(seed), p, methods, faults or usual))

    def clear(self, method: str | None = None) -> None:
        """Let all go right again: with `method`, or with all of them."""
        with self._lock:
            for kept in (self._next, self._always):
                kept.clear() if method is None else kept.pop(method, None)
            if method is None:
                self._chances.clear()

    def take(self, method: str) -> Fault | None:
        """Hand over what goes wrong with this call, and count it as done."""
        with self._lock:
            fault = self._pick(method)
            if fault is not None:
                self.hits.append((method, fault))
            return fault

    def _pick(self, method: str) -> Fault | None:
        if self._next[method]:
            return self._next[method].popleft()
        if method in self._always:
            return self._always[method]
        for chance in self._chances:
            if (not chance.methods or method in chance.methods) and chance.dice.random() < chance.p:
                return chance.dice.choice(chance.faults)
        return None
