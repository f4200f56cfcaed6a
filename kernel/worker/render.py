"""render: an EditPlan and its files become one finished video.

The picture is made in pieces, several at once, and joined without encoding again; the sound is made apart; both are
brought together, checked from end to end, and only then does the file get its name. Whatever was finished before a stop
or a kill is found again by its hash.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from fractions import Fraction
from pathlib import Path
from shutil import copyfile
from typing import Any, Literal, NamedTuple

from kernel.document import Value
from kernel.errors import BadInput, Cancelled, SetUp, WorkerError
from kernel.worker import fonts
from kernel.worker.compile import compile
from kernel.worker.ffmpeg import Ffmpeg, Run, opening, opening_ours
from kernel.worker.graph import Graph, picture_graph
from kernel.worker.loudness import EXACT, master, measure
from kernel.worker.mixing import MUTE_DB, decode, mix, sample_of
from kernel.worker.ops.cut import Cut
from kernel.worker.ops.loudness import Loudness
from kernel.worker.ops.music import Music
from kernel.worker.plan import EditPlan
from kernel.worker.segments import WORKER, Cache, key_of, settle
from kernel.worker.subtitles import script
from kernel.worker.timing import ClipSpan, Picture, Timeline
from kernel.worker.verify import count_packets, verify

Target = Literal["final", "preview"]
Progress = Callable[[float, str], None]
Wish = Callable[[], bool]
PREVIEW_SIDE = 540
"""Lines of a preview's short side."""
QUALITY = {"draft": ("superfast", 24), "good": ("faster", 19), "best": ("slow", 16)}
"""x264's preset and constant rate factor. `good` looks the same as its source to nearly everybody (VMAF about 93)."""
PREVIEW = ("ultrafast", 30)
KEY_SECONDS = 2
SOUND_SHARE, END_SHARE = 0.12, 0.08
"""Of the progress: making the sound; joining and checking."""


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


class _Steps:
    """Progress of several threads as one fraction that never goes back."""

    def __init__(self, tell: Progress | None, frames: int) -> None:
        self._tell, self._frames = tell, max(frames, 1)
        self._done: dict[str, float] = {}
        self._last = 0.0
        self._lock = threading.Lock()

    def say(self, part: str, done: float, word: str) -> None:
        """Note how much of a part is done, as its share of the whole."""
        with self._lock:
            self._done[part] = max(done, self._done.get(part, 0.0))
            self._last = min(max(self._last, sum(self._done.values())), 1.0)
            if self._tell:
                self._tell(self._last, word)

    def share(self, frames: float) -> float:
        """Return how much of the whole so many frames of picture are."""
        return (1 - SOUND_SHARE - END_SHARE) * frames / self._frames


class _Job(NamedTuple):
    """What every part of one render needs."""

    plan: EditPlan
    timeline: Timeline
    media: Mapping[str, Path]
    cache: Cache
    ffmpeg: Ffmpeg
    target: Target
    steps: _Steps
    stop: Wish


class _Piece(NamedTuple):
    """A piece of the picture in the cache."""

    key: str
    path: Path
    frames: int
    reused: bool


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
) -> Render:
    """Make the video of a plan at `out`.

    Args:
        media: the file of each source that the plan uses, by source id; the caller has checked the hashes.
        out: where it goes; an older file there is replaced only by one that passed every check.
        cache: folder of finished pieces, shared by all renders.
        target: `final`, or a small and quick `preview` with the same frames and words.
        on_progress: is told the share that is done, from 0 to 1, and what is being done, in a word.
        cancelled: asked often; True ends the render.
        workers: pieces that are made at once; the result does not depend on it.

    Raises:
        PlanError: the plan cannot be done.
        BadInput: a file is missing.
        WorkerError: ffmpeg failed, or the result is not what was planned.
        SetUp: there is no room, or no right, to write.
        Cancelled: `cancelled` said so.
    """
    began, runs = time.monotonic(), list[Run]()
    timeline = compile(plan)
    _present(plan, media)
    told = ffmpeg.telling(runs.append)
    failed = threading.Event()

    def stop() -> bool:
        return failed.is_set() or (cancelled is not None and cancelled())

    job = _Job(plan, timeline, media, Cache(cache), told, target, _Steps(on_progress, timeline.frames), stop)
    try:
        pieces, sound = _parts(job, workers, failed)
        made = _whole(job, pieces, sound, out)
    except OSError as error:
        raise SetUp(
            f"The video cannot be written ({error.strerror}): make room, then go on; what is done is kept."
        ) from error
    job.steps.say("end", 1.0, "done")
    spent = {"seconds": time.monotonic() - began, "commands": tuple(run.command for run in runs)}
    reused = sum(piece.reused for piece in pieces)
    counts = {"segments_made": len(pieces) - reused, "segments_reused": reused}
    return made.model_copy(update=spent | counts)


def _present(plan: EditPlan, media: Mapping[str, Path]) -> None:
    for source in plan.sources:
        if source.id not in media or not media[source.id].is_file():
            raise BadInput(f"The file of {source.id} ({source.name}) is missing: give it again.")


def _parts(job: _Job, workers: int, failed: threading.Event) -> tuple[list[_Piece], tuple[str, Path]]:
    """Make the sound and all pieces of the picture; the first failure stops the rest."""
    with ThreadPoolExecutor(max_workers=max(1, workers)) as pool:
        sound = pool.submit(_sound, job)
        pictures = [pool.submit(_picture, job, picture) for picture in job.timeline.pictures]
        parts: list[Future[Any]] = [sound, *pictures]
        wait(parts, return_when=FIRST_EXCEPTION)
        errors = [part.exception() for part in parts if part.done() and not part.cancelled() and part.exception()]
        if errors:
            failed.set()
            pool.shutdown(cancel_futures=True)
            raise next(filter(None, errors))
    return [picture.result() for picture in pictures], sound.result()


def _picture(job: _Job, picture: Picture) -> _Piece:
    """Return a piece of the picture, made now or found."""
    words = script(job.plan, job.timeline, picture)
    graph = picture_graph(job.plan, job.timeline, picture, _size(job), "words.ass" if words else None)
    codec = _codec(job)
    inputs = [[feed.source.hash, feed.seek] for feed in graph.feeds]
    parts = {"inputs": inputs, "graph": graph.text, "words": words, "codec": codec, "frames": picture.frames}
    key = key_of("picture", job.ffmpeg.version, fonts=_font_hashes() if words else [], **parts)
    place, name = job.cache.path(key, ".mp4"), f"picture {picture.first_frame}"
    reused = place.exists()
    if not reused:
        _make_picture(job, picture, graph, words, key, name)
    job.steps.say(name, job.steps.share(picture.frames), "picture")
    return _Piece(key, place, picture.frames, reused)


def _make_picture(job: _Job, picture: Picture, graph: Graph, words: str | None, key: str, name: str) -> None:
    rate = float(job.timeline.rate.fraction)

    def progress(seconds: float) -> None:
        job.steps.say(name, job.steps.share(min(seconds * rate, picture.frames)), "picture")

    with job.cache.work() as work:
        if words:
            _set_type(work, words)
        opened = [part for feed in graph.feeds for part in _opened(job, feed.source.id, feed.seek)]
        arguments = [*opened, "-filter_complex_threads", "1", "-filter_complex", graph.text, "-map", graph.label]
        arguments += ["-frames:v", str(picture.frames), *_codec(job), "file:" + str(work / "piece.mp4")]
        timeout = 300 + 4.0 * picture.frames
        job.ffmpeg.run(arguments, cwd=work, timeout=timeout, on_progress=progress, cancelled=job.stop)
        found = count_packets(work / "piece.mp4", job.ffmpeg, job.stop)
        if found != picture.frames:
            raise WorkerError(f"The piece at frame {picture.first_frame} has {found} frames, not {picture.frames}.")
        job.cache.keep(work / "piece.mp4", key, ".mp4")


def _set_type(work: Path, words: str) -> None:
    (work / "fonts").mkdir()
    (work / "words.ass").write_text(words, encoding="utf-8")
    for font in (fonts.text(), fonts.heavy()):
        copyfile(font.path, work / "fonts" / font.path.name)


def _font_hashes() -> list[str]:
    return [hashlib.sha256(font.path.read_bytes()).hexdigest() for font in (fonts.text(), fonts.heavy())]


def _opened(job: _Job, source: str, seek: int) -> list[str]:
    # -noaccurate_seek keeps the frame that is on screen when the shot begins; the graph drops what is before.
    before = ("-noaccurate_seek", "-ss", str(seek)) if seek else ()
    return opening(job.media[source], *before)


def _size(job: _Job) -> tuple[int, int]:
    width, height = job.timeline.width, job.timeline.height
    short = min(width, height)
    if job.target == "final" or short <= PREVIEW_SIDE:
        return width, height
    return tuple(round(side * PREVIEW_SIDE / short / 2) * 2 for side in (width, height))  # type: ignore[return-value]


def _codec(job: _Job) -> list[str]:
    """Return the encoder's arguments; -threads is fixed, since x264's result depends on it."""
    preset, factor = PREVIEW if job.target == "preview" else QUALITY[job.plan.output.quality]
    rate = job.timeline.rate
    distance = round(KEY_SECONDS * rate.fraction)
    x264 = ["-preset", preset, "-crf", str(factor), "-bf", "2", "-g", str(distance), "-flags", "+cgop"]
    exact = ["-x264-params", "stitchable=1", "-threads", "1", "-flags:v", "+bitexact", "-fflags", "+bitexact"]
    still = ["-r", str(rate), "-video_track_timescale", str(_timescale(rate.fraction)), "-map_metadata", "-1"]
    return ["-c:v", "libx264", "-pix_fmt", "yuv420p", *x264, *exact, *still, "-f", "mp4"]


def _timescale(rate: Fraction) -> int:
    """Return ticks a second that count each frame in whole ticks, finely enough for every player."""
    return rate.numerator * (-(-10000 // rate.numerator))


def _sound(job: _Job) -> tuple[str, Path]:
    """Return the key and file of the finished sound."""
    clips = [(clip, _heard(job, clip)) for clip in job.timeline.clips]
    music, loudness = job.plan.only(Music), job.plan.only(Loudness)
    said = job.plan.model_dump(mode="json")
    kinds = ("music", "loudness", "fade")
    key = key_of(
        "sound",
        job.ffmpeg.version,
        clips=[[clip.model_dump(mode="json", exclude={"words"}), _gain(job, clip)] for clip in job.timeline.clips],
        spoken=[[word.first_frame, word.last_frame] for word in job.timeline.spoken] if music else [],
        sources=[[s.id, s.hash, s.has_sound, s.audio_stream, s.channels] for s in job.plan.sources],
        operations=[operation for operation in said["operations"] if operation["type"] in kinds],
        rate=str(job.timeline.rate),
    )
    place = job.cache.path(key, ".m4a")
    if not place.exists():
        _make_sound(job, clips, music, loudness, key)
    job.steps.say("sound", SOUND_SHARE, "sound")
    return key, place


def _heard(job: _Job, clip: ClipSpan) -> bool:
    return job.plan.source(clip.source).has_sound and _gain(job, clip) > MUTE_DB


def _gain(job: _Job, clip: ClipSpan) -> float:
    return next(cut.gain_db for cut in job.plan.each(Cut) if cut.id == clip.id)


def _make_sound(
    job: _Job, clips: list[tuple[ClipSpan, bool]], music: Music | None, loudness: Loudness | None, key: str
) -> None:
    voices = [_voice(job, clip) if heard else None for clip, heard in clips]
    bed = _bed(job, music) if music else None
    job.steps.say("sound", SOUND_SHARE / 3, "sound")
    with job.cache.work() as work:
        whole = mix(job.plan, job.timeline, voices, bed, work, job.ffmpeg, job.stop)
        job.steps.say("sound", SOUND_SHARE / 2, "loudness")
        made, _ = master(whole, loudness, work, job.ffmpeg, job.stop)
        job.cache.keep(made, key, ".m4a")


def _voice(job: _Job, clip: ClipSpan) -> Path:
    samples = sample_of(clip.end_frame, job.timeline) - sample_of(clip.first_frame, job.timeline)
    at, source = Fraction(clip.source_frame) / job.timeline.rate.fraction, job.plan.source(clip.source)
    return decode(source, at, samples, job.media[clip.source], job.cache, job.ffmpeg, job.stop)


def _bed(job: _Job, music: Music) -> Path:
    samples, at = sample_of(job.timeline.frames, job.timeline), Fraction(music.start)
    return decode(job.plan.source(music.source), at, samples, job.media[music.source], job.cache, job.ffmpeg, job.stop)


def _whole(job: _Job, pieces: list[_Piece], sound: tuple[str, Path], out: Path) -> Render:
    """Join, check and name the finished file."""
    out.parent.mkdir(parents=True, exist_ok=True)
    half = out.with_name(f".{out.name}.{os.getpid()}-{threading.get_ident()}.part")
    try:
        job.steps.say("end", 0.0, "joining")
        _join(job, pieces, sound[1], half)
        job.steps.say("end", END_SHARE / 3, "checking")
        made = _checked(job, half, pieces, sound)
        if job.stop():
            raise Cancelled("Stopped before the video was handed out, as asked.")
        settle(half, out)
    finally:
        half.unlink(missing_ok=True)
    return made


def _join(job: _Job, pieces: list[_Piece], sound: Path, half: Path) -> None:
    rate = job.timeline.rate.fraction
    with job.cache.work() as work:
        lines = ["ffconcat version 1.0"]
        for index, piece in enumerate(pieces):
            os.link(piece.path, work / f"p{index:05}.mp4")
            lines += [f"file p{index:05}.mp4", f"duration {float(piece.frames / rate):.6f}"]
        (work / "pieces.ffconcat").write_text("\n".join(lines) + "\n")
        opened = [*opening_ours(work / "pieces.ffconcat", "concat"), *opening(sound)]
        # The list's times are rounded to microseconds; each frame goes back to its whole tick.
        ticks = f"setts=pts=round(PTS*TB*{rate.numerator}/{rate.denominator})*{rate.denominator}/{rate.numerator}/TB"
        ticks += f":dts=round(DTS*TB*{rate.numerator}/{rate.denominator})*{rate.denominator}/{rate.numerator}/TB"
        arguments = [*opened, "-map", "0:v:0", "-map", "1:a:0", "-c", "copy", "-bsf:v", ticks, *EXACT]
        arguments += ["-movflags", "+faststart", "-video_track_timescale", str(_timescale(rate))]
        job.ffmpeg.run([*arguments, "-f", "mp4", f"file:{half.absolute()}"], cwd=work, timeout=600, cancelled=job.stop)


def _checked(job: _Job, half: Path, pieces: list[_Piece], sound: tuple[str, Path]) -> Render:
    timeline, (width, height) = job.timeline, _size(job)
    try:
        found = verify(half, timeline.frames, timeline.rate.fraction, job.ffmpeg, job.stop)
    except WorkerError:
        # A piece may have gone bad on the disk: the next try makes all of them anew.
        _forget(job, pieces, sound)
        raise
    job.steps.say("end", END_SHARE * 2 / 3, "checking")
    level = measure(opening(half), timeline.duration, job.ffmpeg, half.parent, job.stop)
    with half.open("rb") as made:
        hash = hashlib.file_digest(made, "sha256").hexdigest()
    return Render(
        hash=hash,
        size=found.size,
        frames=found.frames,
        duration=timeline.duration,
        width=width,
        height=height,
        lufs=level.lufs,
        true_peak_db=level.peak_db,
        segments_made=0,
        segments_reused=0,
        seconds=0.0,
        commands=(),
        worker_version=f"{WORKER}+ffmpeg-{job.ffmpeg.version}",
    )


def _forget(job: _Job, pieces: list[_Piece], sound: tuple[str, Path]) -> None:
    for piece in pieces:
        job.cache.drop(piece.key, ".mp4")
    job.cache.drop(sound[0], ".m4a")
