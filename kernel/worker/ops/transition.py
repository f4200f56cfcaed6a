"""transition: how one clip's picture gives way to the next."""

from typing import Literal

from pydantic import Field

from kernel.document import Value


class Transition(Value):
    """How the picture passes from a clip to the next one; a plain cut needs none. The length of the video stays the same."""

    type: Literal["transition"] = "transition"
    after: str
    """Id of the clip that goes out."""
    kind: Literal["dissolve", "dip"]
    """`dissolve` blends the pictures; `dip` goes through black."""
    length: float = Field(default=0.5, ge=0.1, le=2.0)
    """Seconds, centred on the cut."""
