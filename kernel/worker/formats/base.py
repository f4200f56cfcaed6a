"""What a format is: how pictures and sound are encoded for it, and how its file is closed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.output import Output

Wish = Callable[[], bool]
EXACT = ("-flags:v", "+bitexact", "-fflags", "+bitexact", "-map_metadata", "-1")
"""Nothing of the day, the machine or the source's tags gets into a file."""
KEY_SECONDS = 2
"""Between two key frames: what players seek to."""


@dataclass(frozen=True)
class SoundKind:
    """How sound is encoded."""

    suffix: str
    container: str
    """As ffmpeg's muxers are named."""
    codec: tuple[str, ...]
    """Arguments of the encoder; they are exact, so that the same samples give the same bytes."""


@dataclass(frozen=True)
class Closing:
    """What a format gets to close a file that is more than pieces joined."""

    picture: Path
    """The whole picture, joined, in mp4."""
    output: Output
    frames: int
    middles: tuple[tuple[str, int], ...]
    """Each clip's id and its middle frame."""
    work: Path
    """A folder to work in."""
    ffmpeg: Ffmpeg
    stop: Wish


@dataclass(frozen=True)
class Format:
    """A kind of finished file."""

    name: str
    suffix: str
    says: str
    """What it is good for, in a few words."""
    container: str = ""
    """As ffmpeg's muxers are named; empty where `close` writes the file."""
    picture: Callable[[Output], list[str]] | None = None
    """The encoder's arguments for a piece, without rate, container and exactness; None: there is no picture."""
    sound: SoundKind | None = None
    """None: there is no sound."""
    close: Callable[[Closing], Path] | None = None
    """Makes the file from the joined picture; None: joining is all."""
    wrong: Callable[[Output, Fraction], Iterator[str]] | None = None
    """Says what of an output it cannot hold, given the length in seconds."""


def encoder(format: Format, output: Output) -> list[str]:
    """Return all arguments that encode a piece in a format."""
    if format.picture is None:
        return []
    ticks = ["-r", str(output.rate), "-video_track_timescale", str(timescale(output.rate.fraction))]
    return [*format.picture(output), *EXACT, *ticks, "-f", "mov" if format.container == "mov" else "mp4"]


def timescale(rate: Fraction) -> int:
    """Return ticks a second that count each frame in whole ticks, finely enough for every player."""
    return rate.numerator * (-(-10000 // rate.numerator))


def key_distance(output: Output) -> str:
    """Return the frames between two key frames."""
    return str(round(KEY_SECONDS * output.rate.fraction))
