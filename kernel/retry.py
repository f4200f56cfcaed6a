"""The one layer that tries again: full jitter, a breaker and a retry budget per provider, a fallback model.

Nothing below it retries (the SDKs are told not to) and nothing above it does: three layers of three would be 27 calls.
"""

from __future__ import annotations

import random
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from pybreaker import (
    STATE_CLOSED,
    STATE_HALF_OPEN,
    STATE_OPEN,
    CircuitBreaker,
    CircuitMemoryStorage,
)
from tenacity import RetryCallState, Retrying

from kernel.errors import BadReply, Busy, RushesError, TryAgain, Unreachable
from kernel.messages import Provider, Reply, Request

T = TypeVar("T")

BASE = 0.5
CAP = 20.0
"""Seconds: the wait before try n + 1 is drawn from 0 to min(CAP, BASE * 2 ** (n - 1)), AWS' full jitter."""

PARK = 60.0
"""A longer wait than this is the caller's: it parks the work durably and frees its worker."""

BAD_REPLIES = 2
"""Tries that a model gets whose answers make no sense."""

SHARE = 0.1
AT_LEAST = 3
WINDOW = 60.0
"""Retries may be a tenth of a provider's requests of the last minute, but three in any case (Google's SRE book)."""

Fallback = Callable[[RushesError], tuple[Provider, str] | None]
"""Names another provider and its model for what the first could not do; None: there is none, or it costs too much."""

Split = Callable[[str], tuple[Provider, str]]
"""Takes a model's full name to its provider and its name there."""

Told = Callable[[int, RushesError | None, float], None]
"""Is told of each attempt once it is over: its number, what it failed with (None: it did not), the seconds it took."""


class BreakerOpen(Busy):
    """A provider is left alone after a row of failures; it was not asked."""


class Breaker:
    """Keeps calls from a provider that failed `failures` times in a row; after `rest` seconds one call may probe it.

    pybreaker keeps the count and the state. Its own `call` holds a lock while it runs, which would put a provider's
    calls in a queue, so calls run outside of it and only their outcome is told.
    """

    def __init__(self, failures: int = 5, rest: float = 30.0) -> None:
        self._lock = threading.Lock()
        self._rest = timedelta(seconds=rest)
        self._storage = CircuitMemoryStorage(STATE_CLOSED)
        self._breaker = CircuitBreaker(
            failures, rest, exclude=[_is_answer], state_storage=self._storage, throw_new_error_on_trip=False
        )

    @property
    def state(self) -> str:
        """`closed`, `open` or `half-open` (a probe is under way)."""
        return str(self._breaker.current_state)

    def call(self, provider: Provider, request: Request) -> Reply:
        """Ask, unless the breaker is open.

        Raises:
            BreakerOpen: it is open; `retry_after` says for how long.
            RushesError: what the provider raised.
        """
        self._admit(provider.name)
        try:
            reply = provider.ask(request)
        except BaseException as error:
            self._tell(error)
            raise
        self._tell(None)
        return reply

    def _admit(self, name: str) -> None:
        with self._lock:
            state = self._breaker.current_state
            left = self._left() if state == STATE_OPEN else self._rest
            if state == STATE_HALF_OPEN or (state == STATE_OPEN and left > timedelta()):
                text = f"The provider {name} failed again and again and is left alone for a moment."
                raise BreakerOpen(text, left.total_seconds())
            if state == STATE_OPEN:
                self._breaker.half_open()

    def _left(self) -> timedelta:
        opened = self._storage.opened_at
        return opened + self._rest - datetime.now(UTC) if opened else timedelta()

    def _tell(self, error: BaseException | None) -> None:
        with self._lock:
            if self._breaker.current_state == STATE_OPEN:
                return  # a call from before it opened
            try:
                self._breaker.call(_again, error)
            except BaseException as told:
                if told is not error:
                    raise


def _is_answer(error: BaseException) -> bool:
    """Whether a provider that failed like this is alive: it answered, though not as wished, or it was not its fault."""
    return not isinstance(error, Unreachable | BadReply)


def _again(error: BaseException | None) -> None:
    if error:
        raise error


class Budget:
    """Counts a provider's requests and retries of the last minute."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._requests: deque[float] = deque()
        self._retries: deque[float] = deque()

    def asked(self) -> None:
        """Count a request (a first try)."""
        with self._lock:
            self._requests.append(self._clock())

    def spend(self) -> bool:
        """Count a retry if there is one left; say whether there was."""
        with self._lock:
            since = self._clock() - WINDOW
            for times in (self._requests, self._retries):
                while times and times[0] <= since:
                    times.popleft()
            if len(self._retries) >= max(AT_LEAST, SHARE * len(self._requests)):
                return False
            self._retries.append(self._clock())
            return True


class Guards:
    """The breakers and retry budgets of a process, by provider. Made once and passed to every `ask`.

    Args:
        failures: how many in a row open a breaker.
        rest: seconds it then stays open.
        clock: seconds that never go back.
    """

    def __init__(self, failures: int = 5, rest: float = 30.0, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._lock = threading.Lock()
        self._breakers: defaultdict[str, Breaker] = defaultdict(lambda: Breaker(failures, rest))
        self._budgets: defaultdict[str, Budget] = defaultdict(lambda: Budget(clock))

    def breaker(self, provider: str) -> Breaker:
        """Return a provider's breaker."""
        with self._lock:
            return self._breakers[provider]

    def budget(self, provider: str) -> Budget:
        """Return a provider's retry budget."""
        with self._lock:
            return self._budgets[provider]


AWAY = 8
"""Tries to keep what was done while the database is away: some half a minute."""
FURTHER = 4096
"""Bytes by which a try got further: hardly any are none."""


def persist(
    act: Callable[[], T],
    moved: Callable[[], int],
    *,
    tries: int = 3,
    sleep: Callable[[float], None] = time.sleep,
    uniform: Callable[[float, float], float] = random.uniform,
) -> T:
    """Do something that goes on where it broke off, until `tries` in a row got no further.

    Args:
        act: begins, or goes on.
        moved: says how many bytes it has come.

    Raises:
        TryAgain: what the last try met; also where it is to wait longer than a worker may be held.
    """
    stood, stuck = moved(), 0
    while True:
        try:
            return act()
        except TryAgain as error:
            here = moved()
            stuck = 1 if here - stood >= FURTHER else stuck + 1
            least = (error.retry_after or 0.0) if isinstance(error, Busy) else 0.0
            if stuck >= tries or least > PARK:
                raise
            stood = here
        sleep(max(least, uniform(0.0, min(CAP, BASE * 2 ** (stuck - 1)))))


def _nobody(attempt: int, error: RushesError | None, wait: float) -> None:
    """Tell nobody."""


def ask(
    provider: Provider,
    request: Request,
    *,
    guards: Guards,
    attempts: int = 3,
    fallback: Fallback | None = None,
    sleep: Callable[[float], None] = time.sleep,
    uniform: Callable[[float, float], float] = random.uniform,
    on_attempt: Told = _nobody,
) -> Reply:
    """Return a model's answer, with as many tries as are worth it.

    What the first model will not or cannot do (refused, busy for too long, breaker open, tries used up, an answer that
    is a refusal) goes to the fallback once, with tries of its own.

    Raises:
        Busy: to be asked again after `retry_after` seconds; the caller parks the work.
        TryAgain: the tries or the retry budget are used up.
        Refused: another try is no use.
    """
    attempt = _Attempts(guards, attempts, sleep, uniform, on_attempt)
    try:
        reply = attempt.ask(provider, request)
    except RushesError as error:
        other = fallback(error) if fallback else None
        if other is None:
            raise
        return _instead(attempt, other, request, error)
    other = fallback(BadReply("The model refused to answer.")) if fallback and reply.stop == "refusal" else None
    return _second_opinion(attempt, other, request, reply) if other else reply


def _instead(attempts: _Attempts, other: tuple[Provider, str], request: Request, first: RushesError) -> Reply:
    provider, model = other
    try:
        return attempts.ask(provider, request.model_copy(update={"model": model}))
    except TryAgain as second:
        raise (first if isinstance(first, TryAgain) else second) from second
    except RushesError as second:
        raise first from second


def _second_opinion(attempts: _Attempts, other: tuple[Provider, str], request: Request, first: Reply) -> Reply:
    provider, model = other
    try:
        return attempts.ask(provider, request.model_copy(update={"model": model}))
    except RushesError:
        return first


class Asker:
    """`ask` with what stays the same for a whole process: made once, in the one place where things are joined.

    Args:
        fallback: the full name of the model that stands in, such as `anthropic:NAME`; None for none.
    """

    def __init__(
        self,
        fallback: str | None = None,
        guards: Guards | None = None,
        attempts: int = 3,
        sleep: Callable[[float], None] = time.sleep,
        uniform: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._fallback = fallback
        self._guards = guards or Guards()
        self._attempts = attempts
        self._sleep = sleep
        self._uniform = uniform

    def ask(self, split: Split, request: Request, on_attempt: Told = _nobody) -> Reply:
        """Ask the model that `request.model` names in full; `split` says where it lives. Raises what `ask` raises."""
        provider, model = split(request.model)
        other = self._fallback if self._fallback != request.model else None
        return ask(
            provider,
            request.model_copy(update={"model": model}),
            guards=self._guards,
            attempts=self._attempts,
            fallback=(lambda error: split(other)) if other else None,
            sleep=self._sleep,
            uniform=self._uniform,
            on_attempt=on_attempt,
        )


@dataclass
class _Attempts:
    """The tries of one question; they are numbered through, over the fallback too."""

    guards: Guards
    limit: int
    sleep: Callable[[float], None]
    uniform: Callable[[float, float], float]
    on_attempt: Told
    made: int = 0

    def ask(self, provider: Provider, request: Request) -> Reply:
        """Ask one provider until it answers or another try is no use."""
        budget = self.guards.budget(provider.name)
        budget.asked()
        tries = Retrying(retry=lambda state: self._worth_it(state, budget), wait=self._wait, sleep=self.sleep)
        return tries(self._once, provider, request)

    def _once(self, provider: Provider, request: Request) -> Reply:
        self.made += 1
        began = self.guards.clock()
        try:
            reply = self.guards.breaker(provider.name).call(provider, request)
        except RushesError as error:
            self.on_attempt(self.made, error, self.guards.clock() - began)
            raise
        self.on_attempt(self.made, None, self.guards.clock() - began)
        return reply

    def _worth_it(self, state: RetryCallState, budget: Budget) -> bool:
        error = _failure(state)
        if not isinstance(error, TryAgain) or isinstance(error, BreakerOpen):
            return False
        if isinstance(error, Busy) and (error.retry_after or 0.0) > PARK:
            return False
        limit = min(self.limit, BAD_REPLIES) if isinstance(error, BadReply) else self.limit
        return state.attempt_number < limit and budget.spend()

    def _wait(self, state: RetryCallState) -> float:
        error = _failure(state)
        least = (error.retry_after or 0.0) if isinstance(error, Busy) else 0.0
        return max(least, self.uniform(0.0, min(CAP, BASE * 2 ** (state.attempt_number - 1))))


def _failure(state: RetryCallState) -> RushesError | None:
    error = state.outcome.exception() if state.outcome else None
    return error if isinstance(error, RushesError) else None
