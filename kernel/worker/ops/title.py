"""title: words on the picture that nobody speaks."""

from typing import Any, ClassVar, Literal

from pydantic import Field

from kernel.document import Value


class Title(Value):
    """A title or a lower third that fades in and out over a clip."""

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "type": "title",
        "id": "t1",
        "text": "Two cities",
        "clip": "c1",
        "offset": 0.0,
        "length": 1.5,
    }

    type: Literal["title"] = "title"
    id: str = Field(pattern=r"^t\d+$")
    """t1, t2, ...: unique among the titles."""
    text: str = Field(min_length=1, max_length=120)
    """At most two lines, parted by a line break."""
    clip: str
    """Id of the clip it stands over."""
    offset: float = Field(default=0.0, ge=0)
    """Seconds after the clip's first frame."""
    length: float = Field(default=3.0, gt=0)
    """Seconds; it is cut short where the video ends."""
    style: Literal["title", "lower_third"] = "title"
    colour: str = Field(default="#ffffff", pattern=r"^#[0-9a-fA-F]{6}$")
