"""pip: another picture in a window over the picture."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, ClassVar, Literal

from pydantic import Field

from kernel.worker.filters import FLAGS, Stream, apply
from kernel.worker.layout import safe_zone
from kernel.worker.scene import Known, Placed, Scene

FADE = Fraction(1, 4)
"""Seconds in which the window comes and goes."""


class Pip(Placed):
    """Picture in picture: another source's picture (or a still) in a window; its sound is not heard."""

    EXAMPLE: ClassVar[dict[str, Any]] = {"type": "pip", "source": "s2", "clip": "c1", "corner": "bottom_right"}

    type: Literal["pip"] = "pip"
    level: ClassVar[int] = 1
    source: str
    """Id of the source that is shown."""
    start: float = Field(default=0.0, ge=0)
    """Seconds of that source where it begins; it must last for as long as the window is open."""
    corner: Literal["top_left", "top_right", "bottom_left", "bottom_right", "centre"] = "bottom_right"
    size: float = Field(default=0.32, ge=0.1, le=0.95)
    """Width of the window, as a share of the picture's width."""
    border: float = Field(default=0.004, ge=0, le=0.03)
    """Thickness of a white border, as a share of the picture's width; 0 for none."""

    def wrong(self, known: Known) -> Iterator[str]:
        """Say what cannot be done."""
        source, (first, end) = known.sources[self.source], self.span(known)
        lasts = float((end - first) / known.output.rate.fraction)
        if not source.has_picture:
            yield f"The picture in picture is {self.source}, which has no picture."
        elif source.kind == "video" and self.start + lasts > source.duration + 0.1:
            yield (
                f"The picture in picture shows {self.source} from {self.start:.2f} s for {lasts:.2f} s, but it lasts"
                f" {source.duration:.2f} s: shorten it or begin earlier."
            )
        yield from self.late(known, "The picture in picture")

    def draw(self, stream: Stream, scene: Scene, feed: Stream | None) -> Stream:
        """Return the stream with the window over it."""
        edge = round(self.border * scene.size[0] / 2) * 2
        width = round(self.size * scene.size[0] / 2) * 2 - 2 * edge
        colours = {"out_color_matrix": "bt709", "out_range": "limited"}
        window = apply(feed, "scale", width=width, height=-2, flags=FLAGS, **colours)
        window = apply(window, "setsar", sar=1)
        window = apply(window, "format", pix_fmts="yuva420p")
        if edge:
            window = apply(
                window, "pad", width=f"iw+{2 * edge}", height=f"ih+{2 * edge}", x=edge, y=edge, color="white"
            )
        window = self._faded(window, scene)
        return apply([stream, window], "overlay", **self._place(scene), **scene.shown)

    def _faded(self, window: Stream, scene: Scene) -> Stream:
        """Let the window come and go softly; it does not go where the video ends with it."""
        frames = min(round(FADE * scene.rate.fraction), scene.lasts // 2)
        begins = scene.zero - scene.first
        lasts = scene.clock(frames)
        going = [] if scene.ends else [("out", begins + scene.lasts - frames)]
        for kind, frame in [("in", begins), *going]:
            window = apply(window, "fade", type=kind, start_time=scene.clock(frame), duration=lasts, alpha=1)
        return window

    def _place(self, scene: Scene) -> dict[str, str | int]:
        zone = safe_zone(scene.output)
        left, top, wide, high = (round(each * scene.share) for each in (zone.x, zone.y, zone.width, zone.height))
        if self.corner == "centre":
            return {"x": "(W-w)/2", "y": "(H-h)/2"}
        x: str | int = left if self.corner.endswith("left") else f"{left + wide}-w"
        y: str | int = top if self.corner.startswith("top") else f"{top + high}-h"
        return {"x": x, "y": y}
