"""EditPlan: the structured output of the thinking side, and the only input of the doing side."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Self, TypeVar

from pydantic import Field

from kernel.document import ExpertDocument, Value
from kernel.worker.media import Inspection, Kind, Rate, Word
from kernel.worker.ops import Operation

Op = TypeVar("Op", bound=Value)

PLATFORMS = ("youtube", "shorts", "reels", "tiktok", "linkedin", "slack", "web")


class Source(Value):
    """A file that the plan takes from. Filled in by the kernel; it says what the clips may name."""

    id: str = Field(pattern=r"^s\d+$")
    hash: str = Field(pattern=r"^[0-9a-f]{64}$")
    """sha256 of the file's bytes."""
    name: str
    kind: Kind
    duration: float
    width: int = 0
    height: int = 0
    rate: Rate | None = None
    has_sound: bool = False
    channels: int = 0
    """Of its sound."""
    container: str = ""
    """As ffmpeg names it; it decides how far before a picture decoding must begin."""
    hdr: bool = False
    interlaced: bool = False
    video_stream: int = 0
    audio_stream: int = 0
    """Which of its picture and sound streams are used."""
    words: tuple[Word, ...] = ()
    """The transcript, where anybody speaks."""

    @classmethod
    def of(cls, id: str, hash: str, name: str, inspection: Inspection) -> Self:
        """Return what a plan needs to know of an inspected file."""
        probe = inspection.probe
        return cls(
            id=id,
            hash=hash,
            name=name,
            kind=probe.kind,
            duration=probe.duration,
            width=probe.width,
            height=probe.height,
            rate=probe.rate,
            has_sound=probe.has_sound,
            channels=probe.channels,
            container=probe.container,
            hdr=probe.hdr,
            interlaced=probe.interlaced,
            video_stream=probe.video_stream,
            audio_stream=probe.audio_stream,
            words=inspection.words,
        )

    @property
    def has_picture(self) -> bool:
        """Whether there is anything to see."""
        return self.kind != "audio"


class Output(Value):
    """The shape and quality of the finished file."""

    width: int = Field(ge=64, le=4096, multiple_of=2)
    """Pixels."""
    height: int = Field(ge=64, le=4096, multiple_of=2)
    """Pixels."""
    rate: Rate
    quality: Literal["draft", "good", "best"] = "good"
    platform: Literal["youtube", "shorts", "reels", "tiktok", "linkedin", "slack", "web"] = "web"
    """Sets the safe zone of captions and titles."""


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
