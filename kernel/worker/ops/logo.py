"""logo: a still in a corner of the picture."""

from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from pydantic import Field

from kernel.worker.filters import FLAGS, Stream, apply
from kernel.worker.layout import safe_zone
from kernel.worker.output import Output
from kernel.worker.scene import Known, Placed, Scene
from kernel.worker.timing import Box


class Logo(Placed):
    """A logo or watermark in a corner, inside the platform's safe zone; transparent parts stay transparent."""

    EXAMPLE: ClassVar[dict[str, Any]] = {"type": "logo", "source": "s2", "corner": "top_right", "size": 0.12}

    type: Literal["logo"] = "logo"
    level: ClassVar[int] = 2
    source: str
    """Id of a source of kind still."""
    corner: Literal["top_left", "top_right", "bottom_left", "bottom_right"] = "top_right"
    size: float = Field(default=0.14, ge=0.03, le=0.5)
    """Width, as a share of the picture's short side."""
    opacity: float = Field(default=1.0, gt=0, le=1)
    """1 hides what is behind it; 0.6 is a watermark."""
    clear: float = Field(default=0.25, ge=0, le=2)
    """What captions and titles keep free round it, as a share of its own shorter side."""

    lone: ClassVar[bool] = True

    def wrong(self, known: Known) -> Iterator[str]:
        """Say what cannot be done."""
        if known.sources[self.source].kind != "still":
            yield f"The logo is {self.source}, which is no still: give a PNG, best with a transparent ground."
        yield from self.late(known, "The logo")

    def box(self, output: Output, width: int, height: int) -> Box:
        """Return what a still of that size takes of the picture, as `draw` puts it there."""
        zone, wide = safe_zone(output), max(2, round(self.size * min(output.width, output.height)))
        high = max(2, round(wide * height / width / 2) * 2)
        x = zone.x if self.corner.endswith("left") else zone.x + zone.width - wide
        y = zone.y if self.corner.startswith("top") else zone.y + zone.height - high
        return Box(x=x, y=y, width=wide, height=high)

    def draw(self, stream: Stream, scene: Scene, feed: Stream | None) -> Stream:
        """Return the stream with the logo on it; the lone still frame is scaled once and repeated."""
        zone = safe_zone(scene.output)
        width = max(2, round(self.size * min(scene.size)))
        left, top = (round(side * scene.share) for side in (zone.x, zone.y))
        right, bottom = (round(side * scene.share) for side in (zone.x + zone.width, zone.y + zone.height))
        colours = {"out_color_matrix": "bt709", "out_range": "limited"}
        picture = apply(feed, "scale", width=width, height=-2, flags=FLAGS, **colours)
        picture = apply(picture, "format", pix_fmts="yuva420p")
        if self.opacity < 1:
            picture = apply(picture, "colorchannelmixer", aa=f"{self.opacity:.3f}")
        x = left if self.corner.endswith("left") else f"{right}-w"
        y = top if self.corner.startswith("top") else f"{bottom}-h"
        return apply([stream, picture], "overlay", x=x, y=y, **scene.shown)
