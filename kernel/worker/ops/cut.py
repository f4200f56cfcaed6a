"""cut: one clip of the finished video."""

from typing import Literal

from pydantic import Field

from kernel.document import Value


class Cut(Value):
    """One clip: a stretch of a source, picture and sound. The clips play in the order in which they stand.

    Give `first_word` and `last_word` where there is a transcript (both words are kept whole); else `start` and `end`.
    """

    type: Literal["cut"] = "cut"
    id: str = Field(pattern=r"^c\d+$")
    """c1, c2, ...: unique among the clips."""
    source: str
    """Id of the source, such as s1."""
    first_word: str | None = None
    """Id of the first word that is kept, such as s1w12."""
    last_word: str | None = None
    """Id of the last word that is kept."""
    start: float | None = Field(default=None, ge=0)
    """Seconds of the source where the clip begins; only without words."""
    end: float | None = Field(default=None, gt=0)
    """Seconds of the source where the clip ends; only without words."""
    gain_db: float = Field(default=0.0, ge=-60, le=24)
    """Change of the clip's own sound in dB; -60 is silence."""
    why: str
    """Why this clip is in the cut, in a few words, for the person who approves."""
