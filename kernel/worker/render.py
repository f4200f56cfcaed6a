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
from kernel.errors import BadInput, Cancelled, SetUp, WorkerError
from kernel.worker.compile import compile
from kernel.worker.copying import Copy, copy, copy_key, parted
from kernel.worker.ffmpeg import Ffmpeg, Run
from kernel.worker.formats.base import Closing
from kernel.worker.formats.mp4 import MP4
from kernel.worker.gauge import gauge
from kernel.worker.join import join
from kernel.worker.pieces import Making, Order, Piece, Target, found, make, order, size_of
from kernel.worker.plan import EditPlan
from kernel.worker.progress import Progress, Steps
from kernel.worker.segments import WORKER, Cache, key_of, settle
from kernel.worker.soundtrack import Track, sound_key, soundtrack
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
    """What a video is made of, in order, and the hash of all of it."""

    parts: list[Order | Copy]
    ahead: int
    """Where some are copies of a source's pictures: the frames by which their decoding runs ahead."""
    key: str


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
        making = making._replace(gauged=gauged)
        parts = _parted(making)
        whole = making.cache.find(parts.key, making.format.suffix)
        made = _made(making, parts, steps, workers, failed) if whole is None else []
        track = _sound(making, steps)
        whole = whole or _whole(making, parts, made, track, steps)
        _hand_over(whole, out, stop)
        making.cache.trim(cache_bytes)
    except OSError as error:
        raise SetUp(
            f"The video cannot be written ({error.strerror}): make room, then go on; what is done is kept."
        ) from error
    steps.say("end", 1.0, "done")
    new = sum(not piece.reused for piece in made)
    return _measured(making, parts, new, track, time.monotonic() - began, runs)


def _present(plan: EditPlan, media: Mapping[str, Path]) -> None:
    for source in plan.sources:
        if source.id not in media or not media[source.id].is_file():
            raise BadInput(f"The file of {source.id} ({source.name}) is missing: give it again.")


def _parted(making: Making) -> _Parts:
    """Return what a video is made of; nothing is made yet."""
    pictures, ahead = _pictures(making)
    parts = [part if isinstance(part, Copy) else order(making, part) for part in pictures]
    keys = [copy_key(making, part) if isinstance(part, Copy) else part.key for part in parts]
    kind = making.format.sound
    sound = sound_key(making.plan, making.timeline, making.ffmpeg, kind) if kind else ""
    key = key_of("whole", making.ffmpeg.version, pieces=keys, sound=sound, format=making.format.name)
    return _Parts(parts, ahead, key)


def _pictures(making: Making) -> tuple[Sequence[Picture | Copy], int]:
    """Return the pieces of the picture: none for a format that is sound alone."""
    if making.format.picture is None:
        return [], 0
    smart = making.plan.output.smart_render and making.format is MP4
    return parted(making) if smart else (making.timeline.pictures, 0)


def _made(making: Making, parts: _Parts, steps: Steps, workers: int, failed: threading.Event) -> list[Piece]:
    """Make the sound and all pieces of the picture that are not there yet; the first failure stops the rest."""
    orders = {part.key: part for part in parts.parts if isinstance(part, Order)}
    copies = {copy_key(making, part): part for part in parts.parts if isinstance(part, Copy)}
    pieces = {key: piece for key, each in orders.items() if (piece := found(making, each))}
    known = [part for part in parts.parts if isinstance(part, Order) and part.key in pieces]
    steps.given(sum(_share(making, each.picture.frames) for each in known))
    missing = _longest_first({key: each for key, each in orders.items() if key not in pieces})
    with ThreadPoolExecutor(max_workers=max(1, workers)) as pool:
        sound = pool.submit(_sound, making, steps)
        made = {each.key: pool.submit(_picture, making, each, steps) for each in missing}
        made |= {key: pool.submit(_copied, making, part, steps) for key, part in copies.items()}
        _wait([sound, *made.values()], pool, failed)
    pieces |= {key: piece.result() for key, piece in made.items()}
    return [pieces[copy_key(making, part) if isinstance(part, Copy) else part.key] for part in parts.parts]


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


def _whole(making: Making, parts: _Parts, pieces: Sequence[Piece], track: Track | None, steps: Steps) -> Path:
    """Return the joined file, which lies in the cache from now on."""
    steps.say("end", 0.0, "joining")
    with making.cache.work() as work:
        if pieces:
            made = _joined(making, pieces, track, parts.ahead, work)
        else:
            made = Path(shutil.copyfile(_heard(track), work / "whole"))
        return making.cache.keep(made, parts.key, making.format.suffix)


def _heard(track: Track | None) -> Path:
    if track is None:
        raise WorkerError("This video has neither pictures nor sound.")
    return track.path


def _joined(making: Making, pieces: Sequence[Piece], track: Track | None, ahead: int, work: Path) -> Path:
    format, sound = making.format, track.path if track else None
    made = join(
        pieces,
        sound,
        format.container or "mp4",
        making.timeline.rate.fraction,
        work,
        making.ffmpeg,
        making.stop,
        ahead,
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
    making: Making, parts: _Parts, new: int, track: Track | None, spent: float, runs: Sequence[Run]
) -> Render:
    suffix, (width, height) = making.format.suffix, size_of(making)
    return Render(
        hash=making.cache.sum(parts.key, suffix),
        size=making.cache.path(parts.key, suffix).stat().st_size,
        frames=making.timeline.frames,
        duration=making.timeline.duration,
        width=width,
        height=height,
        lufs=track.level.lufs if track else None,
        true_peak_db=track.level.peak_db if track else None,
        segments_made=new,
        segments_reused=len(parts.parts) - new,
        seconds=spent,
        commands=tuple(run.command for run in runs),
        worker_version=f"{WORKER}+ffmpeg-{making.ffmpeg.version}",
    )
