"""sound: loudness, music, and the levels of the clips."""

from __future__ import annotations

from typing import Any, ClassVar

from kernel.document import ExpertDocument
from kernel.worker.ops.loudness import Loudness
from kernel.worker.ops.music import Music


class SoundSheet(ExpertDocument):
    """The mix on paper."""

    SCHEMA: ClassVar[str] = "SoundSheet"
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "confidence": 0.9,
        "loudness": {"type": "loudness"},
        "music": {"type": "music", "source": "s3"},
        "keep_clip_sound": True,
        "why": "a calm bed under the voice",
    }

    loudness: Loudness
    music: Music | None
    """Null for none."""
    keep_clip_sound: bool = True
    """Whether the clips' own sound is heard; false for a montage on music."""
    why: str
