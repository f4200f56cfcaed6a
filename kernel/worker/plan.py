"""EditPlan: the structured output of the thinking side, and the only input of the doing side."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from kernel.document import ExpertDocument, Value
from kernel.worker.media import Kind, Rate, Word
from kernel.worker.ops import Operation

PLATFORMS = ("youtube", "shorts", "reels", "tiktok", "linkedin", "slack", "web")


class Source(Value):
    """A file that the plan takes from. Filled in by the kernel; it says what the clips may name."""

    id: str = Field(pattern=r"^s\d+$")
    hash: str = Field(pattern=r"^[0-9a-f]{64}$")
    """sha256 of the file's bytes."""
    name: str
    kind: Kind
    duration: float
    width: int = 0
    height: int = 0
    rate: Rate | None = None
    has_sound: bool = False
    words: tuple[Word, ...] = ()
    """The transcript, where anybody speaks."""


class Output(Value):
    """The shape and quality of the finished file."""

    width: int = Field(ge=64, le=4096, multiple_of=2)
    height: int = Field(ge=64, le=4096, multiple_of=2)
    rate: Rate
    quality: Literal["draft", "good", "best"] = "good"
    platform: Literal["youtube", "shorts", "reels", "tiktok", "linkedin", "slack", "web"] = "web"
    """Sets the safe zone of captions and titles."""


class EditPlan(ExpertDocument):
    """The whole edit, as a list of discrete operations. Same plan, same sources, same worker: the same bytes."""

    SCHEMA: ClassVar[str] = "EditPlan"
    EXAMPLE: ClassVar[dict[str, Any]] = {}

    output: Output
    sources: tuple[Source, ...] = Field(min_length=1)
    """Filled in by the kernel: leave it as it is."""
    operations: tuple[Operation, ...] = Field(min_length=1)
    note: str = ""
    """What the person who approves should know, in a sentence or two: what was left out, why it is shorter than asked, ..."""
