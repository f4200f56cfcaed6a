"""How fast Slack may be called: a clock that can be stopped, and allowances that are kept from the start.

chat.postMessage    about one a second in a channel, with short bursts
chat.update         tier 3: 50 a minute in a workspace, all jobs together; we keep to 40 and leave room for gates
after a 429         nobody calls that method of that workspace before its Retry-After is over
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass, field

POST = "chat.postMessage"
UPDATE = "chat.update"
SESSION = "agents.sessions.setStatus"


class Clock:
    """Seconds as the presenter counts them; at a higher speed they pass sooner, for tests."""

    def __init__(self, speed: float = 1.0) -> None:
        self._speed = speed
        self.ending = asyncio.Event()
        """Set when nothing is to be waited for any longer."""

    def now(self) -> float:
        """Return the seconds since some moment."""
        return time.monotonic() * self._speed

    def real(self, seconds: float) -> float:
        """Return how many seconds of the world those are."""
        return seconds / self._speed

    def of(self, seconds: float) -> float:
        """Return how many of our seconds are so many of the world's: Slack's own words are waited whole."""
        return seconds * self._speed

    async def sleep(self, seconds: float) -> bool:
        """Wait; return at once, and False, when it is to end."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.ending.wait(), self.real(max(seconds, 0)))
        return not self.ending.is_set()


@dataclass
class Allowance:
    """So many calls at once, and so many more each second."""

    most: float
    rate: float
    left: float = field(init=False)
    seen: float = 0.0

    def __post_init__(self) -> None:
        self.left = self.most

    def now(self, moment: float) -> float:
        """Return how many calls are left."""
        self.left = min(self.most, self.left + max(0.0, moment - self.seen) * self.rate)
        self.seen = moment
        return self.left

    def wait(self, moment: float) -> float:
        """Take one call and return 0, or return the seconds until there is one."""
        missing = 1 - self.now(moment)
        if missing > 0:
            return missing / self.rate
        self.left -= 1
        return 0.0


class Limits:
    """What may be called now, by workspace and method."""

    SPARE = 4.0
    """Updates that live cards leave to gates."""
    USUAL = 5.0
    """Seconds to wait where Slack limits without saying for how long."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until: dict[tuple[str, str], float] = {}
        self._allowances: dict[tuple[str, str, str], Allowance] = {}

    async def turn(self, team: str, method: str, channel: str = "") -> bool:
        """Wait until a method may be called; False when it is to end."""
        while wait := self._wait(team, method, channel):
            if not await self._clock.sleep(wait):
                return False
        return True

    def free(self, team: str, method: str) -> bool:
        """Say whether a call that may as well be left out can be made now, with enough left for what matters more."""
        resting = self._until.get((team, method), 0.0) > self._clock.now()
        found = self._allowance(team, method, "")
        return not resting and (found is None or found.now(self._clock.now()) >= 1 + self.SPARE)

    def rest(self, team: str, method: str, seconds: float | None) -> float:
        """Keep everybody from a method for the seconds that Slack said, or some where it did not; return how long."""
        wait = self._clock.of(seconds) if seconds is not None else self.USUAL
        key = (team, method)
        self._until[key] = max(self._until.get(key, 0.0), self._clock.now() + wait)
        return wait

    def _wait(self, team: str, method: str, channel: str) -> float:
        resting = self._until.get((team, method), 0.0) - self._clock.now()
        if resting > 0:
            return resting
        found = self._allowance(team, method, channel)
        return found.wait(self._clock.now()) if found else 0.0

    def _allowance(self, team: str, method: str, channel: str) -> Allowance | None:
        if method == POST:
            return self._allowances.setdefault((team, method, channel), Allowance(most=3, rate=1.0))
        if method == UPDATE:
            return self._allowances.setdefault((team, method, ""), Allowance(most=8, rate=32 / 60))
        return None
