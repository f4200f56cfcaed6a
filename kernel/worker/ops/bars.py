"""bars: black bars that give the picture another shape."""

from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from pydantic import Field

from kernel.worker.filters import Stream, apply
from kernel.worker.scene import Known, Placed, Scene


class Bars(Placed):
    """Black bars above and below (or left and right) that leave a wider (or narrower) picture, as in the cinema."""

    EXAMPLE: ClassVar[dict[str, Any]] = {"type": "bars", "ratio": 2.39}

    type: Literal["bars"] = "bars"
    level: ClassVar[int] = 0
    ratio: float = Field(default=2.39, ge=0.4, le=4)
    """Width of what is left for its height: 2.39 is Cinemascope, 1.85 a film, 1 a square."""

    def wrong(self, known: Known) -> Iterator[str]:
        """Say what cannot be done."""
        if not any(self._thick((known.output.width, known.output.height))):
            yield f"Bars for {self.ratio:g}:1 change nothing: the picture has that shape already."
        yield from self.late(known, "The bars")

    def draw(self, stream: Stream, scene: Scene, feed: Stream | None) -> Stream:
        """Return the stream with the bars on it."""
        (width, height), (beside, above) = scene.size, self._thick(scene.size)
        boxes = (
            [(0, 0, width, above), (0, height - above, width, above)]
            if above
            else [(0, 0, beside, height), (width - beside, 0, beside, height)]
        )
        for x, y, w, h in boxes:
            stream = apply(stream, "drawbox", x=x, y=y, w=w, h=h, color="black", thickness="fill", **scene.shown)
        return stream

    def _thick(self, size: tuple[int, int]) -> tuple[int, int]:
        """Return how wide the bars beside the picture are, and how high those above and below."""
        width, height = size
        if width / height < self.ratio:
            return 0, round((height - width / self.ratio) / 4) * 2
        return round((width - height * self.ratio) / 4) * 2, 0
