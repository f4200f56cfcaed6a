"""Scene: what an operation that draws is told about the piece of picture it works on, and what it has to offer.

An operation draws in one of two places, and says so by its methods alone:

- `OnShot` changes the picture of one clip or cover (`of`), before it is brought to the output's shape or after;
- `OnPicture` is laid over the finished picture for a while: `span` says when, `draw` does it.

A piece is cached under the text of its graph, so whatever an operation writes there is accounted for. It must draw the
same frame whichever piece the frame falls into: everything that moves is a function of `Scene.age`, never of the piece.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import NamedTuple, Protocol, runtime_checkable

from pydantic import Field

from kernel.document import Value
from kernel.worker.filters import Stream
from kernel.worker.gauged import NOTHING, Gauged
from kernel.worker.media import Rate, Source
from kernel.worker.output import Output

Spans = Mapping[str, tuple[int, int]]
"""First frame and the frame after the last one of each clip and cover, by id."""


class Scene(NamedTuple):
    """The piece of picture that an operation works on."""

    output: Output
    size: tuple[int, int]
    """Pixels of the stream: the source's before it is fitted, else the result's, which in a preview is smaller."""
    first: int
    """Frames since what it belongs to (clip, cover, or its own span) began; negative where that begins later."""
    frames: int
    """Of the piece."""
    lasts: int
    """Frames of all that it belongs to."""
    zero: int = 0
    """What the stream's clock shows at the piece's first frame, in frames."""
    of: str = ""
    """Id of the clip or cover, on a shot."""
    gauged: Gauged = NOTHING
    """What was measured of the plan's pictures."""
    ends: bool = False
    """Whether what is laid over the picture lasts up to the video's last frame."""

    @property
    def rate(self) -> Rate:
        """Frames a second."""
        return self.output.rate

    @property
    def share(self) -> float:
        """Pixels of the result for one of the output; only for what is drawn on a fitted picture."""
        return self.size[0] / self.output.width

    @property
    def age(self) -> str:
        """An expression in `t`: whole frames since what it belongs to began."""
        return f"(round(t*{self.rate.num}/{self.rate.den})-({self.zero - self.first}))"

    @property
    def shown(self) -> dict[str, str]:
        """The option `enable` of a filter that works only while it is on; nothing where that is the whole piece."""
        if self.first >= 0 and self.first + self.frames <= self.lasts:
            return {}
        begins = self.zero - self.first
        start, end = (self.clock(frame - Fraction(1, 2)) for frame in (begins, begins + self.lasts))
        return {"enable": f"between(t,{start},{end})"}

    def clock(self, frame: Fraction | int) -> str:
        """Return a frame number of the stream's clock in seconds."""
        return f"{float(frame / self.rate.fraction):.6f}"


class Take(NamedTuple):
    """What a clip or cover takes from its source; in seconds."""

    source: str
    start: float
    end: float


class Known(NamedTuple):
    """What a plan has, for an operation that says what is wrong with it."""

    output: Output
    sources: Mapping[str, Source]
    spans: Spans
    total: int
    """Frames of the video."""
    takes: Mapping[str, Take] = {}
    """What each clip and cover takes, by id."""


@runtime_checkable
class OnShot(Protocol):
    """An operation on the picture of one clip or cover."""

    @property
    def of(self) -> str:
        """Id of the clip or cover; `*` for all that have none of this type of their own."""

    @property
    def fitted(self) -> bool:
        """Whether it works on the picture as it fills the output; else on the source's own."""

    def treat(self, stream: Stream, scene: Scene, source: Source) -> Stream:
        """Return the stream as this operation leaves it: the same size, the same frames."""


@runtime_checkable
class OnPicture(Protocol):
    """An operation over the finished picture. Where it has a `source`, its picture comes along as `feed`."""

    @property
    def level(self) -> int:
        """What has a higher one lies over what has a lower one."""

    def span(self, known: Known) -> tuple[int, int]:
        """Return its first frame and the frame after its last."""

    def draw(self, stream: Stream, scene: Scene, feed: Stream | None) -> Stream:
        """Return the stream with it drawn; `feed` is its source's picture, frame by frame, or a lone still frame."""


@runtime_checkable
class Judged(Protocol):
    """An operation that can ask for what cannot be done."""

    def wrong(self, known: Known) -> Iterator[str]:
        """Say what cannot be done, one sentence each; the ids that it names are there."""


class Placed(Value):
    """Where an operation over the picture stands in time: on a clip, or over the whole video."""

    clip: str | None = None
    """Id of the clip it stands over; null for the whole video."""
    offset: float = Field(default=0.0, ge=0)
    """Seconds after the first frame of that clip, or of the video."""
    length: float | None = Field(default=None, gt=0)
    """Seconds; null for up to the clip's end, or the video's. It may reach over the clip's end."""

    def span(self, known: Known) -> tuple[int, int]:
        """Return its first frame and the frame after its last."""
        rate = known.output.rate.fraction
        first, end = known.spans[self.clip] if self.clip else (0, known.total)
        first += round(Fraction(self.offset) * rate)
        if self.length is not None:
            end = first + max(1, round(Fraction(self.length) * rate))
        return first, min(end, known.total)

    def late(self, known: Known, name: str) -> Iterator[str]:
        """Say where it would begin after the end of its clip, or of the video."""
        first, end = known.spans[self.clip] if self.clip else (0, known.total)
        begins = first + round(Fraction(self.offset) * known.output.rate.fraction)
        if begins >= end:
            lasts = float((end - first) / known.output.rate.fraction)
            what = f"clip {self.clip}" if self.clip else "the video"
            yield f"{name} begins {self.offset:.2f} s into {what}, which lasts {lasts:.2f} s."
