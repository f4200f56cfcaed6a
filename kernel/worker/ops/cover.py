"""cover: b-roll over a clip whose sound goes on."""

from typing import Any, ClassVar, Literal

from pydantic import Field

from kernel.document import Value


class Cover(Value):
    """B-roll: for a while another source's picture (or a still) stands over a clip whose sound goes on.

    A clip whose source has no picture must be covered from its first frame to its last.
    """

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "type": "cover",
        "id": "b1",
        "clip": "c1",
        "offset": 0.5,
        "length": 1.0,
        "source": "s2",
        "start": 0.0,
        "why": "shows what is spoken of",
    }

    type: Literal["cover"] = "cover"
    id: str = Field(pattern=r"^b\d+$")
    """b1, b2, ...: unique among the covers."""
    clip: str
    """Id of the clip that is covered."""
    first_word: str | None = None
    """Id of the clip's word with which the cover begins; null for the clip's first frame."""
    last_word: str | None = None
    """Id of the word with which it ends; null for `length`."""
    offset: float = Field(default=0.0, ge=0)
    """Seconds after that word begins, or after the clip's first frame, as if the clip had no speed of its own."""
    length: float | None = Field(default=None, gt=0)
    """Seconds; null for up to `last_word`, else up to the clip's end."""
    source: str
    """Id of the source whose picture is shown; its sound is not heard."""
    start: float = Field(default=0.0, ge=0)
    """Seconds of that source where its picture begins; it must last for the whole cover."""
    why: str
