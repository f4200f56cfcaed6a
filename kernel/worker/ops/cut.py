"""cut: one clip of the finished video."""

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from pydantic import Field

from kernel.document import Value
from kernel.worker.media import Span, Word


class Cut(Value):
    """One clip: a stretch of a source, picture and sound. The clips play in the order in which they stand.

    Give `first_word` and `last_word` where there is a transcript (both words are kept whole); else `first_shot` (and
    `last_shot`) for whole shots of the camera, or `start` and `end`.
    """

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "type": "cut",
        "id": "c1",
        "source": "s1",
        "first_word": "s1w0",
        "last_word": "s1w3",
        "why": "the strongest line, as a hook",
    }

    type: Literal["cut"] = "cut"
    id: str = Field(pattern=r"^c\d+$")
    """c1, c2, ...: unique among the clips."""
    source: str
    """Id of the source, such as s1."""
    first_word: str | None = None
    """Id of the first word that is kept, such as s1w12."""
    last_word: str | None = None
    """Id of the last word that is kept."""
    first_shot: int | None = Field(default=None, ge=1)
    """Number of the source's first shot that is kept, whole; the first of all is 1."""
    last_shot: int | None = Field(default=None, ge=1)
    """Number of the last shot that is kept; null for the first alone."""
    start: float | None = Field(default=None, ge=0)
    """Seconds of the source where the clip begins; only without words and shots."""
    end: float | None = Field(default=None, gt=0)
    """Seconds of the source where the clip ends; only without words and shots."""
    gain_db: float = Field(default=0.0, ge=-60, le=24)
    """Change of the clip's own sound in dB; -60 is silence."""
    why: str
    """Why this clip is in the cut, in a few words, for the person who approves."""

    @property
    def by_words(self) -> bool:
        """Whether it is cut by words."""
        return self.first_word is not None and self.last_word is not None

    def edges(self, words: Sequence[Word], shots: Sequence[Span] = ()) -> tuple[float, float]:
        """Return the seconds of the source between which it is heard.

        Args:
            words: those that it keeps.
            shots: all of its source.
        """
        if self.by_words:
            return words[0].cut_in, words[-1].cut_out
        if self.first_shot is not None:
            return shots[self.first_shot - 1].start, shots[(self.last_shot or self.first_shot) - 1].end
        return self.start or 0.0, self.end or 0.0

    def kept(self, words: Sequence[Word], shots: Sequence[Span] = ()) -> Sequence[Word]:
        """Return the words of its source that it keeps: from first to last, or those mostly inside its seconds."""
        if self.by_words:
            ids = [word.id for word in words]
            return words[ids.index(str(self.first_word)) : ids.index(str(self.last_word)) + 1]
        first, last = self.edges((), shots)
        return [word for word in words if first <= (word.start + word.end) / 2 < last]
