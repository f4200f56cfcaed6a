"""render: an EditPlan and its files become one finished video.

The picture is made in pieces, several at once, each decoded once to prove it; the sound is made apart; both are joined
without encoding again, the packets of the whole are checked, and only then does the file get its name. Whatever was
finished before a stop or a kill is found again by its hash: a piece, the sound, the whole.
"""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any, NamedTuple

from kernel.document import Value
from kernel.errors import BadInput, Cancelled, SetUp
from kernel.worker.compile import compile
from kernel.worker.copying import Copy, copy, parted
from kernel.worker.ffmpeg import Ffmpeg, Run
from kernel.worker.formats.base import Closing
from kernel.worker.formats.mp4 import MP4
from kernel.worker.gauge import gauge
from kernel.worker.join import join
from kernel.worker.pieces import Making, Order, Piece, Target, found, make, order, size_of
from kernel.worker.plan import EditPlan
from kernel.worker.progress import Progress, Steps
from kernel.worker.segments import WORKER, Cache, key_of, settle, sum_of
from kernel.worker.soundtrack import Track, soundtrack
from kernel.worker.timing import Picture

Wish = Callable[[], bool]
SOUND_SHARE, END_SHARE = 0.06, 0.02
"""Of the progress: making the sound; joining and checking."""
CACHE_BYTES = 20 * 2**30
"""What the cache may hold unless it is said otherwise: some hours of finished pieces at 1080p."""


class Render(Value):
    """A finished video, as it was measured."""

    hash: str
    """sha256 of the file."""
    size: int
    """Bytes."""
    frames: int
    duration: float
    """Seconds."""
    width: int
    height: int
    lufs: float | None
    """Integrated loudness; None where it is silent."""
    true_peak_db: float | None
    segments_made: int
    segments_reused: int
    seconds: float
    """Wall clock."""
    commands: tuple[tuple[str, ...], ...]
    """Every ffmpeg that ran, in the order in which they ended."""
    worker_version: str


class _Parts(NamedTuple):
    """The finished pieces of the picture, in order."""

    pieces: list[Piece]
    ahead: int
    """Where some are copies of a source's pictures: the frames by which their decoding runs ahead."""


def render(
    plan: EditPlan,
    media: Mapping[str, Path],
    out: Path,
    cache: Path,
    ffmpeg: Ffmpeg,
    *,
    target: Target = "final",
    on_progress: Progress | None = None,
    cancelled: Wish | None = None,
    workers: int = 2,
    cache_bytes: int = CACHE_BYTES,
) -> Render:
    """Make the video of a plan at `out`.

    Args:
        media: the file of each source that the plan uses, by source id; the caller has checked the hashes.
        out: where it goes; an older file there is replaced only by one that passed every check.
        cache: folder of finished pieces, shared by all renders.
        target: `final`, or a small and quick `preview` with the same frames and words.
        on_progress: is told how far it is, what is being done, and what time is left.
        cancelled: asked often; True ends the render.
        workers: pieces that are made at once; the result does not depend on it.
        cache_bytes: what the cache may hold afterwards.

    Raises:
        PlanError: the plan cannot be done.
        BadInput: a file is missing.
        WorkerError: ffmpeg failed, or the result is not what was planned.
        SetUp: there is no room, or no right, to write.
        Cancelled: `cancelled` said so.
    """
    began, runs = time.monotonic(), list[Run]()
    steps = Steps(on_progress)
    steps.say("begin", 0.0, "planning")
    timeline = compile(plan)
    _present(plan, media)
    failed = threading.Event()

    def stop() -> bool:
        return failed.is_set() or (cancelled is not None and cancelled())

    making = Making(plan, timeline, media, Cache(cache), ffmpeg.telling(runs.append), target, stop)
    try:
        gauged = gauge(plan, timeline, media, making.cache, making.ffmpeg, stop)
        parts, track = _parts(making._replace(gauged=gauged), steps, workers, failed)
        whole = _whole(making, parts, track, steps)
        _hand_over(whole, out, stop)
        making.cache.trim(cache_bytes)
    except OSError as error:
        raise SetUp(
            f"The video cannot be written ({error.strerror}): make room, then go on; what is done is kept."
        ) from error
    steps.say("end", 1.0, "done")
    return _measured(making, whole, parts.pieces, track, time.monotonic() - began, runs)


def _present(plan: EditPlan, media: Mapping[str, Path]) -> None:
    for source in plan.sources:
        if source.id not in media or not media[source.id].is_file():
            raise BadInput(f"The file of {source.id} ({source.name}) is missing: give it again.")


def _parts(making: Making, steps: Steps, workers: int, failed: threading.Event) -> tuple[_Parts, Track | None]:
    """Make the sound and all pieces of the picture; the first failure stops the rest."""
    parts, ahead = _parted(making)
    copies = {index: part for index, part in enumerate(parts) if isinstance(part, Copy)}
    orders = {index: order(making, part) for index, part in enumerate(parts) if isinstance(part, Picture)}
    pieces = {each.key: piece for each in orders.values() if (piece := found(making, each))}
    steps.given(sum(_share(making, each.picture.frames) for each in orders.values() if each.key in pieces))
    missing = _longest_first({each.key: each for each in orders.values() if each.key not in pieces})
    with ThreadPoolExecutor(max_workers=max(1, workers)) as pool:
        sound = pool.submit(_sound, making, steps)
        made = {each.key: pool.submit(_picture, making, each, steps) for each in missing}
        taken = {index: pool.submit(_copied, making, part, steps) for index, part in copies.items()}
        _wait([sound, *made.values(), *taken.values()], pool, failed)
    pieces |= {key: piece.result() for key, piece in made.items()}
    whole = [taken[index].result() if index in taken else pieces[orders[index].key] for index in range(len(parts))]
    return _Parts(whole, ahead), sound.result()


def _parted(making: Making) -> tuple[list[Picture | Copy], int]:
    """Return what the picture is made of: nothing for a format that is sound alone."""
    if making.format.picture is None:
        return [], 0
    smart = making.plan.output.smart_render and making.format is MP4
    return parted(making) if smart else (list(making.timeline.pictures), 0)


def _wait(parts: Sequence[Future[Any]], pool: ThreadPoolExecutor, failed: threading.Event) -> None:
    """Wait until all is made; the first failure stops the rest and is raised."""
    wait(parts, return_when=FIRST_EXCEPTION)
    errors = [part.exception() for part in parts if part.done() and not part.cancelled() and part.exception()]
    if errors:
        failed.set()
        pool.shutdown(cancel_futures=True)
        raise next(filter(None, errors))


def _copied(making: Making, part: Copy, steps: Steps) -> Piece:
    piece = copy(making, part)
    steps.say(f"copy {part.first_frame}", _share(making, part.frames), "picture")
    return piece


def _longest_first(orders: Mapping[str, Order]) -> list[Order]:
    """Return the order in which no core waits long for another at the end."""
    return sorted(orders.values(), key=lambda each: -each.picture.frames)


def _share(making: Making, frames: int) -> float:
    """Return how much of the whole so many frames of picture are."""
    return (1 - SOUND_SHARE - END_SHARE) * frames / making.timeline.frames


def _picture(making: Making, order: Order, steps: Steps) -> Piece:
    share = _share(making, order.picture.frames)
    piece = make(making, order, lambda done, doing: steps.say(order.key, done * share, doing))
    steps.say(order.key, share, "picture")
    return piece


def _sound(making: Making, steps: Steps) -> Track | None:
    if making.format.sound is None:
        return None

    def say(done: float, doing: str) -> None:
        steps.say("sound", done * SOUND_SHARE, doing)

    plan, timeline, kind = making.plan, making.timeline, making.format.sound
    return soundtrack(plan, timeline, making.media, making.cache, making.ffmpeg, say, making.stop, kind)


def _whole(making: Making, parts: _Parts, track: Track | None, steps: Steps) -> Path:
    """Return the finished file in the cache, made now or found."""
    steps.say("end", 0.0, "joining")
    if not parts.pieces and track:
        return track.path
    format = making.format
    keys, sound = [piece.key for piece in parts.pieces], track.key if track else ""
    key = key_of("whole", making.ffmpeg.version, pieces=keys, sound=sound, format=format.name)
    known = making.cache.find(key, format.suffix)
    if known:
        return known
    with making.cache.work() as work:
        return making.cache.keep(_joined(making, parts, track, work), key, format.suffix)


def _joined(making: Making, parts: _Parts, track: Track | None, work: Path) -> Path:
    format, sound = making.format, track.path if track else None
    made = join(
        parts.pieces,
        sound,
        format.container or "mp4",
        making.timeline.rate.fraction,
        work,
        making.ffmpeg,
        making.stop,
        parts.ahead,
    )
    if format.close is None:
        return made
    middles = tuple((clip.id, clip.first_frame + clip.frames // 2) for clip in making.timeline.clips)
    closing = Closing(made, making.plan.output, making.timeline.frames, middles, work, making.ffmpeg, making.stop)
    return format.close(closing)


def _hand_over(whole: Path, out: Path, stop: Wish) -> None:
    """Give the person a file of their own: what they do to it does not reach the cache."""
    out.parent.mkdir(parents=True, exist_ok=True)
    half = out.with_name(f".{out.name}.{os.getpid()}-{threading.get_ident()}.part")
    try:
        shutil.copyfile(whole, half)
        if stop():
            raise Cancelled("Stopped before the video was handed out, as asked.")
        settle(half, out)
    finally:
        half.unlink(missing_ok=True)


def _measured(
    making: Making, whole: Path, pieces: Sequence[Piece], track: Track | None, spent: float, runs: Sequence[Run]
) -> Render:
    reused = sum(piece.reused for piece in pieces)
    width, height = size_of(making)
    return Render(
        hash=sum_of(whole),
        size=whole.stat().st_size,
        frames=making.timeline.frames,
        duration=making.timeline.duration,
        width=width,
        height=height,
        lufs=track.level.lufs if track else None,
        true_peak_db=track.level.peak_db if track else None,
        segments_made=len(pieces) - reused,
        segments_reused=reused,
        seconds=spent,
        commands=tuple(run.command for run in runs),
        worker_version=f"{WORKER}+ffmpeg-{making.ffmpeg.version}",
    )
