"""Marks: what a document says of how good the work is, and what must be mended where it is not good enough."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from kernel.document import Value


class Mend(Value):
    """What one step should mend."""

    owner: str
    """A step's name, or that of a group for whichever of its branches was taken."""
    text: str
    """The instruction, in plain words."""
    because: str = ""
    """What failed, in a few words."""


class Marks(Value):
    """How good a document says the work is."""

    passed: bool
    """Whether nothing has to be mended."""
    total: float = Field(ge=0, le=1)
    scores: Mapping[str, float] = Field(default_factory=dict)
    """From 0 to 1, by what was measured; only what applies."""
    mends: tuple[Mend, ...] = ()
    """The worst first."""

    def better_than(self, other: Marks) -> bool:
        """Say whether the work is better by its total; where a failed condition holds that down, by its scores."""
        return self._order > other._order

    @property
    def _order(self) -> tuple[bool, float, float]:
        return self.passed, self.total, round(sum(self.scores.values()), 4)
