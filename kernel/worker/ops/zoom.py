"""zoom: nearer to a part of the picture, at once or slowly."""

from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from pydantic import Field

from kernel.document import Value
from kernel.worker.scene import Known

COARSE = 4.0
"""Pixels of the output that one of the source may fill, across, before it is called too coarse."""


class Zoom(Value):
    """Go nearer to a part of a clip's or a still's picture: a punch-in at once, or a slow push, pull or pan.

    A punch-in (1.1 to 1.3) on every other clip hides that the same shot goes on after a cut. A still without one is
    slowly pushed in; `scale` 1 and no `to` keeps it still.
    """

    EXAMPLE: ClassVar[dict[str, Any]] = {"type": "zoom", "of": "c2", "scale": 1.15, "x": 0.5, "y": 0.4}

    type: Literal["zoom"] = "zoom"
    of: str
    """Id of the clip or cover; `*` for all that have none of their own."""
    scale: float = Field(default=1.15, ge=1, le=4)
    """How near: 1 shows all that fills the frame, 1.25 four fifths of its width, 2 half."""
    x: float | None = Field(default=None, ge=0, le=1)
    """Where the middle lies, from 0 (left) to 1 (right) of the source picture; null for where the reframe looks."""
    y: float | None = Field(default=None, ge=0, le=1)
    """Likewise from 0 (top) to 1 (bottom)."""
    to: float | None = Field(default=None, ge=1, le=4)
    """How near at its end, for a slow move over the whole clip; null stays as it begins."""
    to_x: float | None = Field(default=None, ge=0, le=1)
    """Where the middle lies at its end; null as at its beginning."""
    to_y: float | None = Field(default=None, ge=0, le=1)
    """Likewise from top to bottom."""
    ease: Literal["smooth", "steady"] = "smooth"
    """`smooth` sets off and comes to rest gently; `steady` moves all the time, also over a dissolve."""

    @property
    def ends(self) -> float:
        """How near it is at its end."""
        return self.scale if self.to is None else self.to

    def wrong(self, known: Known) -> Iterator[str]:
        """Say what cannot be done."""
        take = known.takes.get(self.of)
        if take is None:
            return
        source, output = known.sources[take.source], known.output
        if not (source.width and source.height):
            return
        times = max(output.width / source.width, output.height / source.height)
        nearest = max(self.scale, self.ends)
        if times * nearest > COARSE and times <= COARSE:
            most = max(1.0, COARSE / times)
            yield (
                f"The zoom of {self.of} goes {nearest:.2f} times near, but {source.id} has {source.width} by"
                f" {source.height} pixels only: more than {most:.2f} looks coarse."
            )
