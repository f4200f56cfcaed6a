"""split: at a cut the picture changes earlier or later than the sound."""

from fractions import Fraction
from typing import Any, ClassVar, Literal

from pydantic import Field

from kernel.document import Value
from kernel.worker.media import Rate


class Split(Value):
    """Split edit (J-cut, L-cut): at the cut after a clip the picture changes earlier or later than the sound.

    Only the picture moves: all that is heard, captions and the length of the video stay as they are. It needs more of
    the source than the clip shows: before the next clip's start for `L`, after the clip's end for `J`.
    """

    EXAMPLE: ClassVar[dict[str, Any]] = {"type": "split", "after": "c1", "kind": "L", "length": 0.5}

    type: Literal["split"] = "split"
    after: str
    """Id of the clip that goes out."""
    kind: Literal["J", "L"]
    """`L`: the next picture comes early, the clip is still heard under it. `J`: the clip's picture stays on while the
    next one is heard already."""
    length: float = Field(default=0.5, ge=0.1, le=5.0)
    """Seconds by which the picture changes earlier or later than the sound; 0.3 to 0.8 in talk."""

    def border(self, cut: int, rate: Rate) -> int:
        """Return the first frame of the next picture, given the first frame of the next clip's sound."""
        frames = max(1, round(Fraction(self.length) * rate.fraction))
        return cut - frames if self.kind == "L" else cut + frames
