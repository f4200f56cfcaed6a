"""pieces: the picture in pieces, each made on its own, proved by decoding it once, and kept under its hash."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from kernel.errors import WorkerError
from kernel.worker.ass import Written
from kernel.worker.clock import OWN_CLOCK
from kernel.worker.conform import Feed
from kernel.worker.ffmpeg import Ffmpeg, opening
from kernel.worker.filters import FLAGS, QUICK
from kernel.worker.formats import format_of
from kernel.worker.formats.base import Format, encoder
from kernel.worker.gauged import NOTHING, Gauged
from kernel.worker.graph import Graph, picture_graph
from kernel.worker.plan import EditPlan
from kernel.worker.segments import Cache, borrow, key_of
from kernel.worker.subtitles import written
from kernel.worker.timing import Picture, Timeline
from kernel.worker.verify import prove

Target = Literal["final", "preview"]
Say = Callable[[float, str], None]
PREVIEW_SIDE = 540
"""Lines of a preview's short side."""
LONG = 30_000
"""Characters of a graph that still goes into the command; the system takes 128 KiB at the most."""


class Making(NamedTuple):
    """What every part of one render needs."""

    plan: EditPlan
    timeline: Timeline
    media: Mapping[str, Path]
    cache: Cache
    ffmpeg: Ffmpeg
    target: Target
    stop: Callable[[], bool]
    gauged: Gauged = NOTHING
    """What was measured of the plan's pictures."""

    @property
    def format(self) -> Format:
        """How pictures and sound are encoded."""
        return format_of(self.plan.output, self.target == "preview")


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
    script = "words.ass" if words else None
    graph = picture_graph(making.plan, making.timeline, picture, size_of(making), script, making.gauged)
    if making.target == "preview":
        graph = graph._replace(text=graph.text.replace(FLAGS, QUICK))
    inputs = [[feed.source.hash, feed.seek, feed.source.decoder] for feed in graph.feeds]
    parts = {"inputs": inputs, "graph": graph.text, "words": words.script if words else None}
    lettering = [font.hash for font in words.fonts] if words else []
    codec = encoder(making.format, making.plan.output)
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
        draw(making, order, encoder(making.format, making.plan.output), work, made, progress)
        prove(made, frames, making.ffmpeg, making.stop)
        path = making.cache.keep(made, order.key, ".mp4")
    return Piece(order.key, path, frames, False)


def draw(
    making: Making,
    order: Order,
    codec: Sequence[str],
    work: Path,
    made: Path,
    progress: Callable[[float], None] | None = None,
) -> None:
    """Draw a piece and encode it.

    Args:
        codec: the encoder's arguments, with the container.
        work: an empty folder.
        made: where the piece is written.
        progress: is told the seconds that are done.

    Raises:
        WorkerError: ffmpeg failed.
        Cancelled: the making was stopped.
    """
    if order.words:
        _set_type(work, order.words)
    for table in order.graph.tables:
        (work / table.name).write_text(table.text())
    inputs = [part for feed in order.graph.feeds for part in opened(making.media[feed.source.id], feed)]
    arguments = [*inputs, "-filter_complex_threads", "1", *_graph(order.graph, work)]
    arguments += ["-map", order.graph.label, "-frames:v", str(order.picture.frames)]
    arguments += [*codec, f"file:{made}"]
    timeout = 300 + 4.0 * order.picture.frames
    making.ffmpeg.run(arguments, cwd=work, timeout=timeout, on_progress=progress, cancelled=making.stop)
    if not made.exists():
        raise WorkerError(f"The piece at frame {order.picture.first_frame} was not written.")


def _graph(graph: Graph, work: Path) -> list[str]:
    """Return how ffmpeg is told a graph: a long one, of a picture that moves a lot, by a file."""
    if len(graph.text) <= LONG:
        return ["-filter_complex", graph.text]
    (work / "graph.txt").write_text(graph.text)
    return ["-/filter_complex", "graph.txt"]


def _set_type(work: Path, words: Written) -> None:
    (work / "fonts").mkdir()
    (work / "words.ass").write_text(words.script, encoding="utf-8")
    for font in words.fonts:
        borrow(font.path, work / "fonts" / font.filename)


def opened(path: Path, feed: Feed) -> list[str]:
    """Return how ffmpeg opens a source for a graph."""
    # -noaccurate_seek keeps the frame that is on screen when the shot begins; the graph drops what is before.
    seek = ["-noaccurate_seek", "-ss", str(feed.seek)] if feed.seek else []
    decoder = ["-c:v", feed.source.decoder] if feed.source.decoder else []
    # One thread decodes: the filters and the encoder keep the others busy, and each holds pictures in memory.
    return opening(path, "-threads", "1", *OWN_CLOCK, *decoder, *seek)


def size_of(making: Making) -> tuple[int, int]:
    """Return width and height of the result, in pixels."""
    width, height = making.timeline.width, making.timeline.height
    short = min(width, height)
    if making.target == "final" or short <= PREVIEW_SIDE:
        return width, height
    return round(width * PREVIEW_SIDE / short / 2) * 2, round(height * PREVIEW_SIDE / short / 2) * 2
