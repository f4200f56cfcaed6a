"""stabilise: a shaky hand made steady."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal, NamedTuple

from kernel.document import Value
from kernel.worker.scene import Known


class Hand(NamedTuple):
    """How steady a hand is."""

    calm: float
    """Seconds (one deviation) over which it evens out its way."""
    most: float
    """How much nearer the picture may come, at the most, to hide its edges."""


HANDS: Mapping[str, Hand] = {"light": Hand(0.25, 1.06), "medium": Hand(0.6, 1.12), "strong": Hand(1.2, 1.2)}


class Stabilise(Value):
    """Steady the picture of a clip or cover that was filmed by a shaky hand; pans stay pans.

    It comes a little nearer to hide the edges that would show.
    """

    EXAMPLE: ClassVar[dict[str, Any]] = {"type": "stabilise", "of": "c1", "strength": "medium"}

    type: Literal["stabilise"] = "stabilise"
    of: str
    """Id of the clip or cover; `*` for all that have none of their own."""
    strength: Literal["light", "medium", "strong"] = "medium"
    """`light` keeps the life of a hand, `strong` is nearly a tripod."""

    @property
    def hand(self) -> Hand:
        """How steady the hand becomes."""
        return HANDS[self.strength]

    def wrong(self, known: Known) -> Iterator[str]:
        """Say what cannot be done."""
        take = known.takes.get(self.of)
        if take and known.sources[take.source].kind == "still":
            yield f"{self.of} shows the still {take.source}, which does not shake: leave its stabilise out."
