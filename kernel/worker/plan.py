"""EditPlan: the structured output of the thinking side, and the only input of the doing side."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from pydantic import Field

from kernel.document import ExpertDocument, Value
from kernel.worker.media import Source
from kernel.worker.ops import Operation
from kernel.worker.output import Output

Op = TypeVar("Op", bound=Value)


class EditPlan(ExpertDocument):
    """The whole edit, as a list of discrete operations. Same plan, same sources, same worker: the same bytes."""

    SCHEMA: ClassVar[str] = "EditPlan"
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "confidence": 0.8,
        "output": {"width": 1280, "height": 720, "rate": {"num": 30, "den": 1}, "quality": "good", "platform": "web"},
        "sources": [
            {
                "id": "s1",
                "hash": "1" * 64,
                "name": "talk.mp4",
                "kind": "video",
                "duration": 4.0,
                "width": 1280,
                "height": 720,
                "rate": {"num": 30, "den": 1},
                "has_sound": True,
                "channels": 2,
                "words": [
                    {
                        "id": f"s1w{n}",
                        "text": text,
                        "start": 0.5 + n * 0.5,
                        "end": 0.9 + n * 0.5,
                        "probability": 0.9,
                        "cut_in": 0.45 + n * 0.5,
                        "cut_out": 0.95 + n * 0.5,
                    }
                    for n, text in enumerate(("We", "made", "rushes", "better."))
                ],
            },
            {
                "id": "s2",
                "hash": "2" * 64,
                "name": "city.png",
                "kind": "still",
                "duration": 0,
                "width": 80,
                "height": 60,
            },
            {
                "id": "s3",
                "hash": "3" * 64,
                "name": "bed.flac",
                "kind": "audio",
                "duration": 8.0,
                "has_sound": True,
                "channels": 2,
            },
        ],
        "operations": [
            {
                "type": "cut",
                "id": "c1",
                "source": "s1",
                "first_word": "s1w0",
                "last_word": "s1w3",
                "why": "the strongest line, as a hook",
            },
            {"type": "cut", "id": "c2", "source": "s1", "start": 3.0, "end": 4.0, "why": "a breath to end on"},
            {
                "type": "cover",
                "id": "b1",
                "clip": "c1",
                "offset": 0.5,
                "length": 1.0,
                "source": "s2",
                "why": "shows what is spoken of",
            },
            {"type": "transition", "after": "c1", "kind": "dissolve", "length": 0.4},
            {"type": "captions", "style": "bold", "corrections": [{"word": "s1w2", "text": "Rushes"}]},
            {"type": "title", "id": "t1", "text": "Two cities", "clip": "c2", "length": 1.0},
            {"type": "music", "source": "s3"},
            {"type": "loudness"},
            {"type": "fade", "end": 0.3},
        ],
        "note": "Two clips out of four seconds.",
    }

    output: Output
    sources: tuple[Source, ...] = Field(min_length=1)
    """Filled in by the kernel: leave it as it is."""
    operations: tuple[Operation, ...] = Field(min_length=1)
    note: str = ""
    """What the person who approves should know, in a sentence or two: what was left out, why it is shorter, ..."""

    def source(self, id: str) -> Source:
        """Return a source by its id.

        Raises:
            StopIteration: there is none of that id; a plan that `check` passed names none such.
        """
        return next(source for source in self.sources if source.id == id)

    def each(self, kind: type[Op]) -> tuple[Op, ...]:
        """Return the operations of one kind, in order."""
        return tuple(operation for operation in self.operations if isinstance(operation, kind))

    def only(self, kind: type[Op]) -> Op | None:
        """Return the one operation of a kind; None without one."""
        return next(iter(self.each(kind)), None)
