"""effect: a sound effect at one spot."""

from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from pydantic import Field

from kernel.document import Value
from kernel.worker.scene import Known


class Effect(Value):
    """A sound effect: a source's sound is heard once, over all others, from an exact spot of a clip on.

    It may ring on into the next clips, at most until the end of the video.
    """

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "type": "effect",
        "id": "e1",
        "source": "s3",
        "clip": "c1",
        "offset": 0.5,
        "length": 1.0,
        "gain_db": -6.0,
    }

    type: Literal["effect"] = "effect"
    id: str = Field(pattern=r"^e\d+$")
    """e1, e2, ...: unique among the effects."""
    source: str
    """Id of a source of kind audio or video; its sound alone is heard."""
    clip: str
    """Id of the clip over which it begins."""
    offset: float = Field(default=0.0, ge=0)
    """Seconds after the clip's first frame at which it begins."""
    start: float = Field(default=0.0, ge=0)
    """Seconds of the source where it begins."""
    length: float | None = Field(default=None, gt=0)
    """Seconds; null for up to the source's end."""
    gain_db: float = Field(default=0.0, ge=-60, le=24)
    """Change of its level in dB; 0 is as loud as the source is."""
    fade_in: float = Field(default=0.0, ge=0, le=10)
    """Seconds; 0 keeps its attack."""
    fade_out: float = Field(default=0.05, ge=0, le=10)
    """Seconds."""

    def wrong(self, known: Known) -> Iterator[str]:
        """Say what cannot be done."""
        first, end = known.spans[self.clip]
        lasts = float((end - first) / known.output.rate.fraction)
        if self.offset >= lasts:
            yield f"Effect {self.id} begins {self.offset:.2f} s into clip {self.clip}, which lasts {lasts:.2f} s."
