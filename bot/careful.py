"""Careful: the engine's memory for one turn, with every fault of ours logged and told as one sentence."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from kernel.document import digest
from kernel.engine import Engine
from kernel.errors import RushesError

T = TypeVar("T")
FAULT = "I met a fault of my own and could not answer; nothing is lost. Say it again, or type `status`. (error {id})"


@dataclass(frozen=True)
class Careful:
    """Remembers what was done for a turn."""

    engine: Engine
    turn: str

    def remember(self, name: str, act: Callable[[], T]) -> T:
        """Do it once.

        Raises:
            RushesError: of ours as it is; any other fault as a sentence with a short id, by which the log is searched.
        """

        def guarded() -> T:
            try:
                return act()
            except RushesError:
                raise
            except Exception as error:
                id = digest(self.turn)[:8]
                logging.getLogger("rushes").exception("a turn could not be handled (error %s)", id)
                raise RushesError(FAULT.format(id=id)) from error

        return self.engine.remember(name, guarded)
