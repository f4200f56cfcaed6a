"""clean: speech clean-up of a clip's own sound."""

from typing import Any, ClassVar, Literal

from pydantic import Field

from kernel.document import Value


class Clean(Value):
    """Cleans the own sound of a clip, or of all clips: noise, rumble, hum, clicks, sharp s, uneven speakers.

    Only for speech that needs it; music and the sound of a place are left as they are.
    """

    EXAMPLE: ClassVar[dict[str, Any]] = {"type": "clean", "of": "*", "denoise": "medium", "level": True}

    type: Literal["clean"] = "clean"
    of: str = "*"
    """Id of a clip; * for all clips that have none of their own."""
    denoise: Literal["off", "light", "medium", "strong"] = "medium"
    """Turns steady noise (a room, a fan, hiss) down by 6, 12 or 18 dB."""
    highpass_hz: float = Field(default=80.0, ge=0, le=300)
    """Rumble and wind below so many hertz are taken out; 0 leaves them."""
    hum_hz: Literal[0, 50, 60] = 0
    """Mains hum and its overtones are taken out: 60 in the Americas, 50 nearly everywhere else; 0 for none."""
    declick: bool = False
    """Takes out single clicks and crackle."""
    deess: bool = False
    """Softens a sharp s."""
    level: bool = False
    """Brings every speaker to one loudness, within the clip and between clips."""
