"""pieces: the picture in pieces, each made on its own, proved by decoding it once, and kept under its hash."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Literal, NamedTuple

from kernel.errors import WorkerError
from kernel.worker.ass import Written
from kernel.worker.clock import OWN_CLOCK
from kernel.worker.conform import Feed
from kernel.worker.ffmpeg import Ffmpeg, opening
from kernel.worker.graph import Graph, picture_graph
from kernel.worker.output import Output
from kernel.worker.plan import EditPlan
from kernel.worker.segments import Cache, borrow, key_of
from kernel.worker.subtitles import written
from kernel.worker.timing import Picture, Timeline
from kernel.worker.verify import prove

Target = Literal["final", "preview"]
Say = Callable[[float, str], None]
PREVIEW_SIDE = 540
"""Lines of a preview's short side."""
QUALITY = {"draft": ("superfast", 24), "good": ("faster", 19), "best": ("slow", 16)}
"""x264's preset and constant rate factor. `good` looks the same as its source to nearly everybody (VMAF about 93)."""
PREVIEW = ("ultrafast", 30)
KEY_SECONDS = 2
THREADS = 2
"""Of the encoder. Its result depends on their number, so that it is the same on every machine; with two, a lone piece
that changed takes little more than half the time, for a tenth more memory."""
OWN_SETS = 7
"""Number of the parameter sets of what is encoded beside copied pictures, whose own have the number 0."""


class Making(NamedTuple):
    """What every part of one render needs."""

    plan: EditPlan
    timeline: Timeline
    media: Mapping[str, Path]
    cache: Cache
    ffmpeg: Ffmpeg
    target: Target
    stop: Callable[[], bool]


class Piece(NamedTuple):
    """A piece of the picture in the cache."""

    key: str
    path: Path
    frames: int
    reused: bool


class Order(NamedTuple):
    """A piece that is to be made: everything that goes into it, and its hash."""

    picture: Picture
    graph: Graph
    words: Written | None
    key: str


def order(making: Making, picture: Picture) -> Order:
    """Return what a piece is made of; nothing is opened."""
    words = written(making.plan, making.timeline, picture)
    graph = picture_graph(making.plan, making.timeline, picture, size_of(making), "words.ass" if words else None)
    inputs = [[feed.source.hash, feed.seek, feed.source.decoder] for feed in graph.feeds]
    parts = {"inputs": inputs, "graph": graph.text, "words": words.script if words else None}
    lettering = [font.hash for font in words.fonts] if words else []
    codec = encoder(making.plan.output, making.target)
    key = key_of("picture", making.ffmpeg.version, fonts=lettering, codec=codec, frames=picture.frames, **parts)
    return Order(picture, graph, words, key)


def found(making: Making, order: Order) -> Piece | None:
    """Return a piece that was made before and is whole; None where there is none."""
    path = making.cache.find(order.key, ".mp4")
    return Piece(order.key, path, order.picture.frames, True) if path else None


def make(making: Making, order: Order, say: Say) -> Piece:
    """Make a piece, decode it once, and keep it.

    Args:
        say: is told the share of it that is done, and what is being done.

    Raises:
        WorkerError: ffmpeg failed, or the piece is not what was planned.
        Cancelled: the making was stopped.
    """
    frames, rate = order.picture.frames, making.timeline.rate.fraction

    def progress(seconds: float) -> None:
        say(min(float(seconds * rate) / frames, 1.0), "picture")

    with making.cache.work() as work:
        made = work / "piece.mp4"
        _encode(making, order, work, made, progress)
        prove(made, frames, making.ffmpeg, making.stop)
        path = making.cache.keep(made, order.key, ".mp4")
    return Piece(order.key, path, frames, False)


def _encode(making: Making, order: Order, work: Path, made: Path, progress: Callable[[float], None]) -> None:
    if order.words:
        _set_type(work, order.words)
    opened = [part for feed in order.graph.feeds for part in _opened(making, feed)]
    arguments = [*opened, "-filter_complex_threads", "1", "-filter_complex", order.graph.text]
    arguments += ["-map", order.graph.label, "-frames:v", str(order.picture.frames)]
    arguments += [*encoder(making.plan.output, making.target), f"file:{made}"]
    timeout = 300 + 4.0 * order.picture.frames
    making.ffmpeg.run(arguments, cwd=work, timeout=timeout, on_progress=progress, cancelled=making.stop)
    if not made.exists():
        raise WorkerError(f"The piece at frame {order.picture.first_frame} was not written.")


def _set_type(work: Path, words: Written) -> None:
    (work / "fonts").mkdir()
    (work / "words.ass").write_text(words.script, encoding="utf-8")
    for font in words.fonts:
        borrow(font.path, work / "fonts" / font.filename)


def _opened(making: Making, feed: Feed) -> list[str]:
    # -noaccurate_seek keeps the frame that is on screen when the shot begins; the graph drops what is before.
    seek = ["-noaccurate_seek", "-ss", str(feed.seek)] if feed.seek else []
    decoder = ["-c:v", feed.source.decoder] if feed.source.decoder else []
    return opening(making.media[feed.source.id], *OWN_CLOCK, *decoder, *seek)


def size_of(making: Making) -> tuple[int, int]:
    """Return width and height of the result, in pixels."""
    width, height = making.timeline.width, making.timeline.height
    short = min(width, height)
    if making.target == "final" or short <= PREVIEW_SIDE:
        return width, height
    return round(width * PREVIEW_SIDE / short / 2) * 2, round(height * PREVIEW_SIDE / short / 2) * 2


def encoder(output: Output, target: Target) -> list[str]:
    """Return the encoder's arguments; -threads is fixed, since x264's result depends on it."""
    preset, factor = PREVIEW if target == "preview" else QUALITY[output.quality]
    rate = output.rate
    distance = round(KEY_SECONDS * rate.fraction)
    x264 = ["-preset", preset, "-crf", str(factor), "-bf", "2", "-g", str(distance), "-flags", "+cgop"]
    sets = f":sps-id={OWN_SETS}" if output.smart_render else ""
    exact = ["-x264-params", f"stitchable=1{sets}", "-threads", str(THREADS)]
    exact += ["-flags:v", "+bitexact", "-fflags", "+bitexact"]
    still = ["-r", str(rate), "-video_track_timescale", str(timescale(rate.fraction)), "-map_metadata", "-1"]
    return ["-c:v", "libx264", "-pix_fmt", "yuv420p", *x264, *exact, *still, "-f", "mp4"]


def timescale(rate: Fraction) -> int:
    """Return ticks a second that count each frame in whole ticks, finely enough for every player."""
    return rate.numerator * (-(-10000 // rate.numerator))
