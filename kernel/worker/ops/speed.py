"""speed: a clip or cover faster, slower, at a changing speed, or backwards."""

from typing import Any, ClassVar, Literal

from pydantic import Field

from kernel.document import Value


class SpeedPoint(Value):
    """A moment of the source, and how fast it plays there."""

    at: float = Field(ge=0)
    """Seconds of the source."""
    factor: float = Field(ge=0.1, le=20)
    """How fast it plays there: 2 is twice as fast."""


class Speed(Value):
    """Speed of a clip or cover: fast motion, slow motion, time lapse, a ramp between speeds, or backwards.

    A clip becomes shorter or longer, and all that follows moves with it; its words, captions and covers stay on what is
    said. A cover keeps its length and uses more or less of its source.
    """

    EXAMPLE: ClassVar[dict[str, Any]] = {"type": "speed", "of": "c2", "factor": 2.0}

    type: Literal["speed"] = "speed"
    of: str
    """Id of the clip or cover; `*` for every clip that has no speed of its own."""
    factor: float = Field(default=1.0, ge=0.1, le=20)
    """2 is twice as fast, 0.5 half as fast; people who speak bear 0.8 to 1.3. Leave it 1 where there is a ramp."""
    ramp: tuple[SpeedPoint, ...] = ()
    """Speeds at moments of the source, in order; between two of them the speed changes gently, outside it stays."""
    reverse: bool = False
    """Play it backwards; it is silent then."""
    smooth: bool = False
    """Slow motion blends frames, else it repeats them. Leave it false for footage filmed at a high rate."""
    sound: Literal["auto", "keep", "mute"] = "auto"
    """The pitch always stays. `auto` keeps a clip's sound at speeds from 0.5 to 2; where it goes beyond, the clip is
    silent and without captions. `keep` keeps it from 0.25 to 8; `mute` leaves it out."""
