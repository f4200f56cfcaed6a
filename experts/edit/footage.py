"""footage: every source inspected; made by the worker, not by a model."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from kernel.document import Document, Value
from kernel.worker.media import Inspection

Role = Literal["raw_footage", "b_roll", "audio", "music", "logo", "still"]


class Reel(Value):
    """One source: which file it is and all that was found in it."""

    id: str = Field(pattern=r"^s\d+$")
    hash: str
    name: str
    role: Role
    """`raw_footage` by default; `music` for the bundled bed or a file that is music."""
    bundled: bool = False
    """Whether it came along with Rushes (music beds), not from the person."""
    inspection: Inspection


class Footage(Document):
    """All sources of the job, inspected."""

    SCHEMA: ClassVar[str] = "Footage"
    EXAMPLE: ClassVar[dict[str, Any]] = {"reels": [], "refused": []}

    reels: tuple[Reel, ...] = ()
    refused: tuple[str, ...] = ()
    """One sentence for each file that could not be used."""

    def reel(self, source: str) -> Reel:
        """Return the reel with that id; KeyError where there is none."""
        return {reel.id: reel for reel in self.reels}[source]
