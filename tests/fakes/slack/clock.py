"""Slack's time: one factor for all that Slack counts in seconds."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field


@dataclass
class Clock:
    """What time it is at Slack, and how long Slack's seconds take here.

    Attributes:
        scale: seconds here for one of Slack's: 1.0 is Slack's own pace, 0.01 a hundred times as fast.
        ahead: seconds of Slack's that were skipped (`skip`): a limit of 30 minutes is passed by skipping them.
    """

    scale: float = 1.0
    ahead: float = 0.0
    _last: int = field(default=0, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def real(self, seconds: float) -> float:
        """Say how many seconds here `seconds` of Slack's take: for timers."""
        return seconds * self.scale

    def slack(self) -> float:
        """Tell Slack's seconds, from any start and never backwards: for measuring ages and limits."""
        return time.monotonic() / self.scale + self.ahead

    def skip(self, seconds: float) -> None:
        """Let `seconds` of Slack's pass at once for whatever is measured by `slack`."""
        self.ahead += seconds

    def now(self) -> int:
        """Tell the time of day, in seconds since 1970: for `event_time`, `created` and the like."""
        return int(time.time())

    def ts(self) -> str:
        """Mint a message's time stamp, `1700000000.000100`: unique, and later than any before it."""
        with self._lock:
            self._last = max(self._last + 1, int(time.time() * 1_000_000))
            return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"
