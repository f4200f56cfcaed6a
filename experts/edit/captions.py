"""captions: how the spoken words stand on the picture."""

from __future__ import annotations

from typing import Any, ClassVar

from kernel.document import ExpertDocument
from kernel.worker.ops.captions import Captions


class CaptionSheet(ExpertDocument):
    """Whether there are captions, and their style and spelling."""

    SCHEMA: ClassVar[str] = "CaptionSheet"
    EXAMPLE: ClassVar[dict[str, Any]] = {"confidence": 0.9, "captions": {"type": "captions"}, "why": "asked for"}

    captions: Captions | None
    """Null for none."""
    why: str
