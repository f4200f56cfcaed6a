"""music: a bed under the whole cut."""

from typing import Any, ClassVar, Literal

from pydantic import Field

from kernel.document import Value


class Music(Value):
    """A music bed under the whole cut; it repeats when it is too short, and ducks under speech."""

    EXAMPLE: ClassVar[dict[str, Any]] = {"type": "music", "source": "s3", "level_db": -20.0, "duck_db": 8.0}

    type: Literal["music"] = "music"
    source: str
    """Id of a source of kind audio."""
    start: float = Field(default=0.0, ge=0)
    """Seconds of the source where the bed begins."""
    level_db: float = Field(default=-20.0, ge=-60, le=0)
    """Loudness of the bed while somebody speaks, relative to the speech, in LU.

    Where there is no speech at all the bed is the programme and plays at full level.
    """
    duck_db: float = Field(default=8.0, ge=0, le=24)
    """How much lower it goes while somebody speaks than it is in the pauses."""
    fade_in: float = Field(default=0.5, ge=0, le=10)
    """Seconds."""
    fade_out: float = Field(default=1.5, ge=0, le=10)
    """Seconds."""
