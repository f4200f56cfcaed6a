"""progress: what several threads have done, as one share that never goes back, and what time it leaves."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from kernel.document import Value


class Told(Value):
    """How far a render is."""

    share: float
    """Done, from 0 to 1; it never goes back."""
    doing: str
    """What is being done, in a word."""
    left: float | None = None
    """Seconds that the rest will take, as things go; None while nobody can know. It never grows."""


Progress = Callable[[Told], None]
SURE, SETTLED = 0.05, 4.0
"""Share, and seconds, below which the time left is a guess that nobody should see: what is quick comes first."""
WRONG, SLACK = 1.5, 5.0
"""A time that was told is taken back where the rest seems to take so many times as long, and so many seconds."""


class Steps:
    """Adds up the shares of a render's parts; parts may tell from several threads.

    Args:
        tell: is told of every step; None for nobody.
        clock: seconds, for the time that is left.
    """

    def __init__(self, tell: Progress | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._tell, self._clock = tell, clock
        self._began = clock()
        self._done: dict[str, float] = {}
        self._share = 0.0
        self._given = 0.0
        self._left: float | None = None
        self._lock = threading.Lock()

    def say(self, part: str, done: float, doing: str) -> None:
        """Note how much of a part is done, as its share of the whole."""
        with self._lock:
            self._done[part] = max(done, self._done.get(part, 0.0))
            self._share = min(max(self._share, self._given + sum(self._done.values())), 1.0)
            left = self._remaining()
            if self._tell:
                self._tell(Told(share=self._share, doing=doing, left=left))

    def given(self, share: float) -> None:
        """Note what needed no work since it was made before, so that it does not make the rest look quick."""
        with self._lock:
            self._given += share

    def _remaining(self) -> float | None:
        """Return the time that is left, None where what was told last was too little.

        It never grows, since a countdown that goes up is believed by nobody; nor does one that stands still.
        """
        done, spent = self._share - self._given, self._clock() - self._began
        if self._share >= 1:
            return 0.0
        if done < SURE or spent < SETTLED:
            return None
        left = spent * (1 - self._share) / done
        if self._left is not None and left > WRONG * self._left + SLACK:
            return None
        self._left = left if self._left is None else min(left, self._left)
        return self._left


def time_left(seconds: float) -> str:
    """Return the time that is left in words, rounded as a person would say it: "about 40 s left"."""
    if seconds < 10:
        return "a few seconds left"
    if seconds < 90:
        return f"about {round(seconds / 10) * 10} s left"
    return f"about {round(seconds / 60)} min left"
