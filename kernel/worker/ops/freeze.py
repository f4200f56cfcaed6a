"""freeze: a frame of a clip that stands still for a while."""

from typing import Any, ClassVar, Literal

from pydantic import Field

from kernel.document import Value


class Freeze(Value):
    """Freeze frame: a clip stands still for a while, then goes on; the video becomes longer by that.

    The clip's own sound pauses meanwhile, music goes on. Give `at` or `after_word`; neither: the last frame is held.
    """

    EXAMPLE: ClassVar[dict[str, Any]] = {"type": "freeze", "clip": "c2", "length": 1.0}

    type: Literal["freeze"] = "freeze"
    clip: str
    """Id of the clip."""
    at: float | None = Field(default=None, ge=0)
    """Seconds of the source: the frame that stands still."""
    after_word: str | None = None
    """Id of a word of the clip, such as s1w12: the picture stands still once it is said."""
    length: float = Field(default=1.0, ge=0.1, le=30)
    """Seconds for which it stands still."""
