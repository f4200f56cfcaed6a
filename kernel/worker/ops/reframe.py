"""reframe: how a picture of one shape fills another."""

from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from pydantic import Field

from kernel.document import Value
from kernel.worker.follow import seen
from kernel.worker.scene import Known


class Reframe(Value):
    """How a clip's or a cover's picture fills the output when the shapes differ.

    Without one the picture is cropped round its middle.
    """

    EXAMPLE: ClassVar[dict[str, Any]] = {"type": "reframe", "of": "c1", "mode": "crop", "x": 0.4, "y": 0.5}

    type: Literal["reframe"] = "reframe"
    of: str
    """Id of the clip or cover; `*` for all that have none of their own."""
    mode: Literal["crop", "follow", "blur", "letterbox"] = "crop"
    """`crop` fills the frame; `follow` too, and moves with a face; `blur` fits the picture over a blurred copy;
    `letterbox` fits it over black."""
    x: float = Field(default=0.5, ge=0, le=1)
    """For `crop`: where the centre of interest lies, from 0 (left) to 1 (right) of the source picture.

    For `follow`: where no face is seen.
    """
    y: float = Field(default=0.5, ge=0, le=1)
    """Likewise from 0 (top) to 1 (bottom)."""

    def wrong(self, known: Known) -> Iterator[str]:
        """Say what cannot be done."""
        take = known.takes.get(self.of)
        if self.mode == "follow" and take and not seen(known.sources[take.source], take.start, take.end):
            yield (
                f"The reframe of {self.of} follows a face, but none was seen in {take.source} from {take.start:.2f} s"
                f" to {take.end:.2f} s: use crop."
            )
