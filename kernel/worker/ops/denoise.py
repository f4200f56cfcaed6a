"""denoise: less grain in a picture that was filmed in too little light."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from kernel.document import Value
from kernel.worker.filters import Stream, apply
from kernel.worker.media import Source
from kernel.worker.scene import Scene

STRENGTHS: Mapping[str, float] = {"light": 4, "medium": 6, "strong": 10}
"""Of the filter nlmeans. On grain of 8, 16 and 28 levels the one that fits gains 7 to 11 dB (hqdn3d, which is ten times
as quick, 2 to 5); clean footage keeps 45, 42 and 39 dB. About 0.1 s of one core for a frame of 1080p. It looks at one
frame alone, so no piece needs the frames before it."""


class Denoise(Value):
    """Take grain and noise out of the picture of a clip or cover; slow, and it softens fine detail when strong."""

    EXAMPLE: ClassVar[dict[str, Any]] = {"type": "denoise", "of": "c1", "strength": "light"}

    type: Literal["denoise"] = "denoise"
    of: str
    """Id of the clip or cover; `*` for all that have none of their own."""
    strength: Literal["light", "medium", "strong"] = "medium"

    @property
    def fitted(self) -> bool:
        """It works on the source's own picture, where grain is as it was filmed."""
        return False

    def treat(self, stream: Stream, scene: Scene, source: Source) -> Stream:
        """Return the stream with less noise; a still is left as it is."""
        if source.kind == "still":
            return stream
        return apply(stream, "nlmeans", s=STRENGTHS[self.strength], p=5, r=5)
