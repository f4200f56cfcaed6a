"""fade: how the video begins and ends."""

from typing import Any, ClassVar, Literal

from pydantic import Field

from kernel.document import Value


class Fade(Value):
    """Fades picture and sound in at the start and out at the end, from and to black."""

    EXAMPLE: ClassVar[dict[str, Any]] = {"type": "fade", "start": 0.0, "end": 0.5}

    type: Literal["fade"] = "fade"
    start: float = Field(default=0.0, ge=0, le=5)
    """Seconds; 0 for a hard start."""
    end: float = Field(default=0.5, ge=0, le=5)
    """Seconds; 0 for a hard end."""
