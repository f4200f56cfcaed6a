"""music: a bed under the cut, or under a part of it."""

from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from pydantic import Field

from kernel.document import Value
from kernel.worker.beds import beats_in, ending, runs
from kernel.worker.scene import Known


class Music(Value):
    """A music bed under the whole cut or some of its clips; it repeats when it is too short, and ducks under speech.

    Several may follow one another, each under its own clips; they do not overlap.
    """

    EXAMPLE: ClassVar[dict[str, Any]] = {"type": "music", "source": "s3", "level_db": -20.0, "duck_db": 8.0}

    type: Literal["music"] = "music"
    source: str
    """Id of a source of kind audio."""
    clip: str | None = None
    """Id of the clip with which the bed begins; null for the first."""
    until: str | None = None
    """Id of the clip with whose end the bed ends; null for the last."""
    start: float = Field(default=0.0, ge=0)
    """Seconds of the source where the bed begins."""
    level_db: float = Field(default=-20.0, ge=-60, le=0)
    """Loudness of the bed while somebody speaks, relative to the speech, in LU.

    Where nobody speaks over the whole bed it is the programme and plays at full level.
    """
    duck_db: float = Field(default=8.0, ge=0, le=24)
    """How much lower it goes while somebody speaks than it is in the pauses."""
    fade_in: float = Field(default=0.5, ge=0, le=10)
    """Seconds."""
    fade_out: float = Field(default=1.5, ge=0, le=10)
    """Seconds."""
    end: Literal["fade", "beat"] = "fade"
    """`fade` fades out over `fade_out`; `beat` stops with the last beat that fits, which rings on: a clear ending."""

    def wrong(self, known: Known) -> Iterator[str]:
        """Say what cannot be done."""
        source = known.sources[self.source]
        first = known.spans[self.clip][0] if self.clip else 0
        lasts = float(
            ((known.spans[self.until][1] if self.until else known.total) - first) / known.output.rate.fraction
        )
        laid = runs(source.duration, self.start, source.beats, lasts)
        if self.end == "beat" and ending(lasts, beats_in(laid, source.duration, source.beats)) is None:
            yield (
                f"The music is to end on a beat of {self.source} within {lasts:.2f} s, but there is none with room to"
                " ring on: let it end with a fade."
            )
