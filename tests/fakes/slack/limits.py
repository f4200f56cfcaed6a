"""Slack's rate limits: calls a minute of a method in a workspace, and posts in a channel."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from dataclasses import dataclass, field

from tests.fakes.slack.clock import Clock
from tests.fakes.slack.table import A_MINUTE, METHODS

BURST = 5
"""Posts that a channel takes at once before one a second holds; Slack says "short bursts"."""
POSTS_A_MINUTE = 300
"""Posts of a workspace; Slack says "several hundred messages per minute"."""


@dataclass
class Limits:
    """Counts calls and says how long to wait.

    Attributes:
        on: whether the limits hold at all; a test of load in one workspace may switch them off.
        tiers: calls a minute of a method in place of its tier's.
        early: calls that came although a wait they had been told was not over, as `method`.
    """

    clock: Clock
    on: bool = True
    tiers: dict[str, int] = field(default_factory=dict)
    early: list[str] = field(default_factory=list)
    _calls: dict[tuple[str, str], deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _rooms: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict)
    _until: dict[tuple[str, str], float] = field(default_factory=dict)

    def wait(self, method: str, team: str, channel: str | None) -> float:
        """Count a call, or say how many of Slack's seconds it has to wait (0 for none); refused calls count not."""
        now = self.clock.slack()
        left = self._until.get((method, team), 0.0) - now
        if left > 0:
            self.early.append(method)
            return left
        if not self.on:
            return 0.0
        seconds = self._over_the_minute(method, team, now)
        if not seconds and method == "chat.postMessage" and channel:
            seconds = self._over_the_burst(team, channel, now)
        if not seconds:
            self._calls[method, team].append(now)
        return seconds

    def hold(self, method: str, team: str, seconds: float) -> None:
        """Refuse a method until these seconds of Slack's are over."""
        self._until[method, team] = self.clock.slack() + seconds

    def retry_after(self, seconds: float) -> str:
        """The header's value: whole seconds of here, at least one."""
        return str(max(1, math.ceil(self.clock.real(seconds))))

    def _over_the_minute(self, method: str, team: str, now: float) -> float:
        calls = self._calls[method, team]
        while calls and calls[0] <= now - 60:
            calls.popleft()
        usual = POSTS_A_MINUTE if method == "chat.postMessage" else A_MINUTE[METHODS[method].tier]
        most = self.tiers.get(method, usual)
        return calls[0] + 60 - now if len(calls) >= most else 0.0

    def _over_the_burst(self, team: str, channel: str, now: float) -> float:
        room, at = self._rooms.get((team, channel), (float(BURST), now))
        room = min(BURST, room + now - at)
        if room < 1:
            self._rooms[team, channel] = (room, now)
            return 1 - room
        self._rooms[team, channel] = (room - 1, now)
        return 0.0
