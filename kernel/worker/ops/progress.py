"""progress: a bar that grows with the video."""

from typing import Any, ClassVar, Literal

from pydantic import Field

from kernel.document import Value
from kernel.worker.filters import Stream, apply, copies
from kernel.worker.scene import Known, Scene


class Progress(Value):
    """A thin bar that grows from nothing to the full width, so that people see how much is to come.

    It runs along the very edge, outside the safe zone, for the whole video.
    """

    EXAMPLE: ClassVar[dict[str, Any]] = {"type": "progress", "edge": "bottom", "colour": "#ffd400"}

    type: Literal["progress"] = "progress"
    level: ClassVar[int] = 3
    edge: Literal["top", "bottom"] = "bottom"
    thickness: float = Field(default=0.008, ge=0.002, le=0.05)
    """As a share of the picture's height."""
    colour: str = Field(default="#ffd400", pattern=r"^#[0-9a-fA-F]{6}$")
    opacity: float = Field(default=0.9, gt=0, le=1)
    """1 hides what is behind it."""

    def span(self, known: Known) -> tuple[int, int]:
        """Return its first frame and the frame after its last: those of the video."""
        return 0, known.total

    def draw(self, stream: Stream, scene: Scene, feed: Stream | None) -> Stream:
        """Return the stream with the bar over it: a lone plain picture that slides in from the left."""
        width, height = scene.size
        thick = max(2, round(self.thickness * height / 2) * 2)
        whole, bar = copies(stream)
        bar = apply(apply(bar, "trim", end_frame=1), "crop", w=width, h=thick, x=0, y=0)
        bar = apply(bar, "drawbox", w=width, h=thick, color=self.colour.replace("#", "0x"), thickness="fill")
        bar = apply(apply(bar, "format", pix_fmts="yuva420p"), "colorchannelmixer", aa=f"{self.opacity:.3f}")
        x = f"-w+2*floor(w*({scene.age}+1)/{scene.lasts}/2)"
        return apply([whole, bar], "overlay", x=x, y=0 if self.edge == "top" else height - thick)
