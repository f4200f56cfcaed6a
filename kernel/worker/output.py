"""Output: the shape and quality of the finished file."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from kernel.document import Value
from kernel.worker.media import Rate


class Output(Value):
    """The shape and quality of the finished file."""

    width: int = Field(ge=64, le=4096, multiple_of=2)
    """Pixels."""
    height: int = Field(ge=64, le=4096, multiple_of=2)
    """Pixels."""
    rate: Rate
    quality: Literal["draft", "good", "best"] = "good"
    format: Literal["mp4", "hevc", "av1", "webm", "prores", "gif", "m4a", "mp3", "wav", "stills"] = "mp4"
    """What the file is: `mp4` (H.264) plays everywhere; `m4a`, `mp3` and `wav` are the sound alone; `stills` are a
    picture of each clip. Leave it at `mp4`: formats asked for beside it are made of this plan later."""
    platform: Literal["youtube", "shorts", "reels", "tiktok", "linkedin", "slack", "web"] = "web"
    """Sets the safe zone of captions and titles."""
    smart_render: bool = False
    """Take whole groups of pictures over from the source without encoding them, where nothing is drawn on them and size
    and rate are the source's own: as good as the source, and quick, but as large. For plain cuts of H.264 in HD."""
