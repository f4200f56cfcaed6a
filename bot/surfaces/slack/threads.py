"""Threads for what blocks: the store and the office are plain code, and the loop must never wait for them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Threads:
    """A few threads of one's own: whoever waits here takes none from the listeners."""

    def __init__(self, name: str, count: int = 2) -> None:
        self._pool = ThreadPoolExecutor(count, thread_name_prefix=name)

    async def __call__(self, act: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """Do it in a thread, and return what it returns."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, partial(act, *arguments, **named))

    def close(self) -> None:
        """Give the threads back once they have done what was begun."""
        self._pool.shutdown(wait=True)
