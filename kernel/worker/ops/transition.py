"""transition: how one clip's picture gives way to the next."""

from fractions import Fraction
from typing import Any, ClassVar, Literal

from pydantic import Field

from kernel.document import Value
from kernel.worker.media import Rate


class Transition(Value):
    """How the picture passes from a clip to the next one; a plain cut needs none.

    The length of the video stays the same. All but a dip show a little more of both sources, beyond the cut.
    """

    EXAMPLE: ClassVar[dict[str, Any]] = {"type": "transition", "after": "c1", "kind": "dissolve", "length": 0.4}

    type: Literal["transition"] = "transition"
    after: str
    """Id of the clip that goes out."""
    kind: Literal["dissolve", "dip", "wipe", "slide", "push", "whip"]
    """`dissolve` blends the pictures; `dip` goes through a colour; `wipe` uncovers the next one behind an edge; `slide`
    lays it over; `push` moves both; `whip` is a camera thrown round, 0.2 to 0.4 s."""
    direction: Literal["left", "right", "up", "down"] = "left"
    """Where to it moves; not for dissolve and dip."""
    colour: Literal["black", "white"] = "black"
    """Of a dip."""
    length: float = Field(default=0.5, ge=0.1, le=2.0)
    """Seconds, centred on the cut."""

    def window(self, cut: int, rate: Rate) -> tuple[int, int]:
        """Return the first frame of the passage and its frames, given the first frame of the clip that comes in."""
        frames = max(2, round(Fraction(self.length) * rate.fraction))
        return cut - frames // 2, frames
