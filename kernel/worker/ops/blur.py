"""blur: a part of a picture that nobody should be able to read."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, ClassVar, Literal

from pydantic import Field

from kernel.document import Value
from kernel.worker.filters import Stream, apply, copies
from kernel.worker.media import Source
from kernel.worker.scene import Known, Scene

COARSE = 2
"""Blocks along the shorter side of what is pixelated: a line of letters fills it, and two are too few for one."""
SOFT = 4
"""The shorter side over the blur's radius, which is about its deviation: a face is gone and still looks blurred (a
radius of half the side left a slab of one colour), of a line of letters that fills it nothing can be read."""


class Blur(Value):
    """Hides a part of a clip's picture that stays where it is: a number plate, a face, a name on a screen.

    The part is given in the source's own picture; whatever reframes the picture takes it along.
    """

    EXAMPLE: ClassVar[dict[str, Any]] = {"type": "blur", "of": "c1", "x": 0.6, "y": 0.7, "width": 0.2, "height": 0.1}

    type: Literal["blur"] = "blur"
    of: str
    """Id of the clip or cover; `*` for all."""
    x: float = Field(ge=0, lt=1)
    """Left edge, from 0 (left) to 1 (right) of the source picture."""
    y: float = Field(ge=0, lt=1)
    """Upper edge, from 0 (top) to 1 (bottom)."""
    width: float = Field(gt=0, le=1)
    """As a share of the source picture's width."""
    height: float = Field(gt=0, le=1)
    """As a share of its height."""
    look: Literal["blur", "pixelate"] = "blur"
    start: float = Field(default=0.0, ge=0)
    """Seconds after the clip's first frame."""
    length: float | None = Field(default=None, gt=0)
    """Seconds; null for up to the clip's end."""
    fitted: ClassVar[bool] = False

    def wrong(self, known: Known) -> Iterator[str]:
        """Say what cannot be done."""
        if self.x + self.width > 1.001 or self.y + self.height > 1.001:
            yield f"A blur of {self.of} reaches over the edge of the picture: x + width and y + height are at most 1."
        first, end = known.spans.get(self.of, (0, known.total))
        lasts = float((end - first) / known.output.rate.fraction)
        if self.start >= lasts:
            yield f"A blur begins {self.start:.2f} s into {self.of}, which lasts {lasts:.2f} s."

    def treat(self, stream: Stream, scene: Scene, source: Source) -> Stream:
        """Return the stream with the part hidden while the blur is on."""
        x, y = f"2*floor(W*{self.x:.5f}/2)", f"2*floor(H*{self.y:.5f}/2)"
        stream = apply(stream, "format", pix_fmts="yuv420p")
        whole, part = copies(stream)
        part = self._hidden(self._cropped(part), scene.size)
        return apply([whole, part], "overlay", x=x, y=y, **self._timed(scene).shown)

    def _cropped(self, part: Stream) -> Stream:
        """Return the part in even pixels; a source with long pixels has fewer of them than it shows."""
        x, y = f"2*floor(iw*{self.x:.5f}/2)", f"2*floor(ih*{self.y:.5f}/2)"
        width = f"max(4,min(2*ceil(iw*{self.width:.5f}/2),iw-{x}))"
        height = f"max(4,min(2*ceil(ih*{self.height:.5f}/2),ih-{y}))"
        return apply(part, "crop", w=width, h=height, x=x, y=y)

    def _hidden(self, part: Stream, size: tuple[int, int]) -> Stream:
        if self.look == "blur":
            luma, chroma = f"min(w,h)/{SOFT}", f"min(cw,ch)/{SOFT}"
            return apply(part, "boxblur", luma_radius=luma, luma_power=3, chroma_radius=chroma, chroma_power=3)
        block = max(4, round(min(self.width * size[0], self.height * size[1]) / COARSE))
        return apply(part, "pixelize", width=block, height=block)

    def _timed(self, scene: Scene) -> Scene:
        """Return the scene as the blur's own time has it."""
        first = round(Fraction(self.start) * scene.rate.fraction)
        left = scene.lasts - first
        lasts = left if self.length is None else min(left, round(Fraction(self.length) * scene.rate.fraction))
        return scene._replace(first=scene.first - first, lasts=max(1, lasts))
