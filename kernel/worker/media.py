"""What the worker found out about a source: plain values, the same on every machine for the same bytes."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal, Self

from pydantic import Field

from kernel.document import Value

Kind = Literal["video", "audio", "still", "lut"]
Decoder = Literal["", "libvpx", "libvpx-vp9"]
"""The decoder of a picture that is asked for by name: ffmpeg's own choice (empty) is blind to a WebM's alpha."""


class Rate(Value):
    """A frame rate as an exact fraction; no float ever counts frames."""

    num: int = Field(gt=0)
    """Above the line: 30000 of 30000/1001."""
    den: int = Field(gt=0)
    """Below the line: 1 of 25/1."""

    @property
    def fraction(self) -> Fraction:
        """Frames per second."""
        return Fraction(self.num, self.den)

    def __str__(self) -> str:
        return f"{self.num}/{self.den}"


class Word(Value):
    """One spoken word of a source.

    Whisper's times are late or early by up to a third of a second, so nobody cuts on them: `cut_in` and `cut_out` are
    the points, found in the samples, at which a clip may begin or end with this word whole and its neighbour unheard.
    """

    id: str
    """Source id, w, running number: s1w12."""
    text: str
    start: float
    end: float
    """Seconds as heard by the recogniser: good for captions."""
    probability: float = Field(ge=0, le=1)
    cut_in: float
    cut_out: float
    """Seconds: good for cuts."""


class Span(Value):
    """A stretch of a source, in seconds."""

    start: float
    end: float


class Face(Value):
    """A face seen at a time: its centre and height as shares of the displayed picture."""

    at: float
    x: float
    y: float
    height: float


class Probe(Value):
    """What a file holds, as measured by the boxed ffmpeg; sizes are those of the picture as it is shown."""

    kind: Kind
    """`lut` is a table of colours (.cube), which is neither seen nor heard."""
    duration: float
    """Seconds that can really be decoded; 0 for a still."""
    start: float = 0.0
    """Seconds that the file's own clock shows where it begins; all other times count from there."""
    size: int
    """Bytes."""
    container: str
    bitrate: int
    """Bits per second."""
    width: int = 0
    height: int = 0
    rate: Rate | None = None
    """Nominal picture rate."""
    variable_rate: bool = False
    rotation: int = 0
    """Degrees clockwise that the file asks to be turned by before showing: 0, 90, 180, 270."""
    pixel_aspect: Rate = Rate(num=1, den=1)
    video_codec: str = ""
    video_stream: int = 0
    """Index among the video streams of the one that is used."""
    hdr: bool = False
    interlaced: bool = False
    matrix: str = ""
    """How its colours are coded, as ffmpeg names it: bt709, smpte170m, ...; empty where the file does not say."""
    alpha: bool = False
    """Whether parts of it are see-through."""
    decoder: Decoder = ""
    audio_codec: str = ""
    audio_stream: int = 0
    """Index among the audio streams of the one that is used."""
    sample_rate: int = 0
    channels: int = 0
    warnings: tuple[str, ...] = ()
    """One sentence each, for the person: truncated, damaged packets, no sound, ..."""

    @property
    def has_picture(self) -> bool:
        """Whether there is anything to see."""
        return self.kind in ("video", "still")

    @property
    def has_sound(self) -> bool:
        """Whether there is an audio stream that decodes."""
        return self.channels > 0


class Inspection(Value):
    """All that is known of one source: the row of the `footage` document."""

    probe: Probe
    language: str = ""
    """Two letters; empty without speech or without a recogniser."""
    words: tuple[Word, ...] = ()
    speech: tuple[Span, ...] = ()
    silences: tuple[Span, ...] = ()
    """Stretches of at least 0.35 s below speech level."""
    shots: tuple[Span, ...] = ()
    """Covers the whole picture; one span where there is no cut."""
    tempo: float = 0.0
    """Beats per minute; 0 where no steady beat was found."""
    beats: tuple[float, ...] = ()
    """Seconds."""
    faces: tuple[Face, ...] = ()
    loudness: float | None = None
    """Integrated, in LUFS; None without sound."""
    motion: tuple[float, ...] = ()
    """Mean change of the picture per second of source, 0 to 1: which stretch is alive."""
    light: tuple[float, ...] = ()
    """Brightness of the darkest picture in each second of source, 0 to 1: a fade or black shows as a dip."""
    notes: tuple[str, ...] = ()
    """One sentence each: no recogniser installed, nobody speaks, ..."""


class Source(Value):
    """A file that the plan takes from. Filled in by the kernel; it says what the clips may name."""

    id: str = Field(pattern=r"^s\d+$")
    hash: str = Field(pattern=r"^[0-9a-f]{64}$")
    """sha256 of the file's bytes."""
    name: str
    kind: Kind
    duration: float
    start: float = 0.0
    """Seconds that its own clock shows where it begins; all times of a plan count from there."""
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
    matrix: str = ""
    """How the picture's colours are coded; empty where the file does not say."""
    alpha: bool = False
    """Whether parts of the picture are see-through: they are shown over black."""
    decoder: Decoder = ""
    copyable: bool = False
    """Whether its groups of pictures can be taken over as they are encoded."""
    video_stream: int = 0
    audio_stream: int = 0
    """Which of its picture and sound streams are used."""
    words: tuple[Word, ...] = ()
    """The transcript, where anybody speaks."""
    beats: tuple[float, ...] = ()
    """Seconds of a steady beat, where there is one."""
    faces: tuple[Face, ...] = ()
    """Where faces were seen, twice a second: what a reframe that follows goes by."""
    shots: tuple[Span, ...] = ()
    """From cut to cut."""

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
            start=probe.start,
            width=probe.width,
            height=probe.height,
            rate=probe.rate,
            has_sound=probe.has_sound,
            channels=probe.channels,
            container=probe.container,
            hdr=probe.hdr,
            interlaced=probe.interlaced,
            matrix=probe.matrix,
            alpha=probe.alpha,
            decoder=probe.decoder,
            copyable=_copyable(probe),
            video_stream=probe.video_stream,
            audio_stream=probe.audio_stream,
            words=inspection.words,
            beats=inspection.beats,
            faces=inspection.faces,
            shots=inspection.shots,
        )

    @property
    def has_picture(self) -> bool:
        """Whether there is anything to see."""
        return self.kind in ("video", "still")


def _copyable(probe: Probe) -> bool:
    """Say whether a file's pictures can stand in an output as they are: the ordinary kind of H.264, in HD."""
    ordinary = probe.rotation == 0 and probe.pixel_aspect.fraction == 1 and not probe.variable_rate
    light = not probe.hdr and not probe.interlaced and probe.matrix in ("", "bt709")
    indexed = any(name in probe.container.split(",") for name in ("mp4", "matroska"))
    return probe.video_codec == "h264" and probe.height >= 720 and indexed and ordinary and light
