"""title: words on the picture that nobody speaks."""

from typing import Any, ClassVar, Literal

from pydantic import Field

from kernel.document import Value

Style = Literal["title", "lower_third", "lower_third_line", "lower_third_tag", "quote", "end_card"]


class Title(Value):
    """Words that come and go over a clip: a title, a name, a quote; or the card that the video ends on."""

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
    text: str = Field(min_length=1, max_length=160)
    """At most two lines, parted by a line break; three on an end card: headline, line, call to action or handle."""
    clip: str
    """Id of the clip it stands over."""
    offset: float = Field(default=0.0, ge=0)
    """Seconds after the clip's first frame."""
    length: float = Field(default=3.0, gt=0)
    """Seconds; it is cut short where the video ends."""
    style: Style = "title"
    """`title`: large, centred; `lower_third`: a name and, in the second line, what it is, on a dark panel;
    `lower_third_line`: the same beside a thin line, no panel; `lower_third_tag`: the name on a block of the accent;
    `quote`: what was said and who said it; `end_card`: over the darkened last `length` seconds of the video."""
    colour: str = Field(default="#ffffff", pattern=r"^#[0-9a-fA-F]{6}$")
    accent: str | None = Field(default=None, pattern=r"^#[0-9a-fA-F]{6}$")
    """Colour of bars, blocks and the call to action; null for the captions' highlight."""
