"""What a plain decode of a whole file shows and says, to hold a render against: frame by frame, sample by sample."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kernel.worker.analysis.inspect import inspect
from kernel.worker.compile import compile
from kernel.worker.ffmpeg import Ffmpeg, opening
from kernel.worker.media import Inspection, Rate, Source
from kernel.worker.plan import EditPlan
from kernel.worker.render import Render, render
from kernel.worker.timing import Timeline
from tests.kernel.worker.scenes import RATE, Sound, cut

THUMB = 32
"""Pixels on a side of the pictures that are compared."""
LAG = RATE * 30 // 1000
"""Samples of lag, either way, among which the true one is looked for."""

Thumbs = NDArray[np.float64]


class Reference(NamedTuple):
    """A whole file, decoded from its first byte to its last without a seek."""

    times: tuple[Fraction, ...]
    """Seconds at which each picture comes, on the file's own clock."""
    thumbs: Thumbs
    """The pictures, small and grey, brought to one mean and spread."""
    sound: Sound
    """One channel at 48 kHz from the clock's zero on; empty without sound."""


class Made(NamedTuple):
    """A render of a few stretches of a file, and what it was made from."""

    found: Inspection
    plan: EditPlan
    timeline: Timeline
    render: Render
    file: Path


def reference(path: Path, found: Inspection, ffmpeg: Ffmpeg) -> Reference:
    """Decode a file plainly."""
    times = times_of(path, ffmpeg, Fraction(found.probe.start), found.probe.video_stream)
    thumbs = thumbs_of(path, ffmpeg, found.probe.video_stream, found.probe.interlaced)
    silent = np.zeros(0, np.float32)
    sound = sound_of(path, found.probe.audio_stream, ffmpeg, found.probe.start) if found.probe.has_sound else silent
    return Reference(times, thumbs, sound)


def times_of(path: Path, ffmpeg: Ffmpeg, zero: Fraction, stream: int = 0) -> tuple[Fraction, ...]:
    """Return the seconds at which each picture of a file comes, in the order in which they come out."""
    shown = [
        *opening(path, "-copyts"),
        "-map",
        f"0:v:{stream}",
        "-fps_mode:v",
        "passthrough",
        "-enc_time_base:v",
        "demux",
    ]
    lines = list(ffmpeg.lines([*shown, "-vf", "crop=2:2", "-f", "framecrc", "pipe:1"], cwd=path.parent, timeout=60))
    base = next(Fraction(line.split(": ")[1]) for line in lines if line.startswith("#tb 0"))
    return tuple(int(line.split(",")[2]) * base - zero for line in lines if line[:1].isdigit())


def thumbs_of(path: Path, ffmpeg: Ffmpeg, stream: int = 0, interlaced: bool = False) -> Thumbs:
    """Return every picture of a file, small and grey, brought to one mean and spread."""
    whole = "bwdif=mode=send_frame," if interlaced else ""
    small = f"{whole}scale={THUMB}:{THUMB}:flags=area,format=gray"
    shown = [*opening(path), "-map", f"0:v:{stream}", "-fps_mode", "passthrough", "-vf", small]
    blocks = ffmpeg.stream([*shown, "-f", "rawvideo", "pipe:1"], cwd=path.parent, timeout=60, size=THUMB * THUMB)
    flat = np.stack([np.frombuffer(block, dtype=np.uint8) for block in blocks]).astype(np.float64)
    flat -= flat.mean(axis=1, keepdims=True)
    return np.asarray(flat / (flat.std(axis=1, keepdims=True) + 1))


def sound_of(path: Path, stream: int, ffmpeg: Ffmpeg, zero: float = 0.0) -> Sound:
    """Return one channel of a file's sound at 48 kHz, from its beginning on."""
    chain = f"asetpts=PTS-{zero}/TB,aresample={RATE}:async=1:first_pts=0,aformat=channel_layouts=mono"
    heard = [*opening(path, "-copyts"), "-map", f"0:a:{stream}", "-af", chain, "-f", "f32le", "pipe:1"]
    return np.frombuffer(ffmpeg.read(heard, cwd=path.parent, timeout=60, limit=2**30), dtype=np.float32)


def source_of(path: Path, found: Inspection) -> Source:
    """Return a file as a plan names it."""
    return Source.of("s1", hashlib.sha256(path.read_bytes()).hexdigest(), path.name, found)


def stretches(duration: float) -> list[tuple[float, float]]:
    """Return where a file is cut: its end, its start, its middle at an odd place, none of them in order."""
    length = min(0.5, duration / 3)
    middle = duration * 0.437
    return [(duration - length, duration), (0.0, length), (middle, min(middle + length, duration))]


def make(path: Path, work: Path, ffmpeg: Ffmpeg, rate: Rate | None = None, width: int = 160) -> Made:
    """Inspect a file, cut it at a few places and render that, at its own rate or another."""
    found = inspect(path, "s1", ffmpeg, work, None)
    probe = found.probe
    tall = max(64, round(width * probe.height / probe.width / 2) * 2)
    output = {"width": width, "height": tall, "rate": (rate or probe.rate or Rate(num=25, den=1)).model_dump()}
    cuts = [cut(f"c{n}", "s1", a, b) for n, (a, b) in enumerate(stretches(probe.duration))]
    sources = [source_of(path, found).model_dump(mode="json")]
    plan = EditPlan.read(
        {"confidence": 1, "output": {**output, "quality": "draft"}, "sources": sources, "operations": cuts}
    )
    made = render(plan, {"s1": path}, work / "out.mp4", work / "cache", ffmpeg)
    return Made(found, plan, compile(plan), made, work / "out.mp4")


def planned(made: Made, times: tuple[Fraction, ...]) -> list[int]:
    """Return the pictures of the file that a render is to show, in order of time, by the conform policy's words."""
    rate, own = made.timeline.rate.fraction, made.found.probe.rate
    lead = Fraction(9, 20) * min(1 / rate, 1 / own.fraction if own else 1 / rate)
    starts = [float(time) for time in sorted(times)]
    frames = [clip.source_frame + n for clip in made.timeline.clips for n in range(clip.frames)]
    return [max(0, int(np.searchsorted(starts, float(frame / rate + lead), side="right")) - 1) for frame in frames]


def misplaced(made: Made, whole: Reference, ffmpeg: Ffmpeg) -> list[tuple[int, int, int]]:
    """Return output frame, planned picture and the picture it shows, for each that is not the planned one."""
    shown = thumbs_of(made.file, ffmpeg)
    order = np.argsort([float(time) for time in whole.times], kind="stable")
    pictures = whole.thumbs[order]
    wanted = planned(made, whole.times)
    wrong = []
    for frame, (picture, want) in enumerate(zip(shown, wanted, strict=True)):
        apart = np.abs(pictures - picture).mean(axis=1)
        best = int(apart.argmin())
        if apart[want] > apart[best] * 1.15 + 0.01:
            wrong.append((frame, want, best))
    return wrong


def lags(made: Made, whole: Reference, ffmpeg: Ffmpeg) -> list[float]:
    """Return how many milliseconds each clip's sound comes late; clips that are all but silent are left out."""
    heard = sound_of(made.file, 0, ffmpeg)
    rate = made.timeline.rate.fraction
    found = []
    for clip in made.timeline.clips:
        first, at = (round(Fraction(n) / rate * RATE) for n in (clip.first_frame, clip.source_frame))
        ours = heard[first : first + round(clip.frames / rate * RATE)]
        lag = _lag(ours, whole.sound, at)
        found += [] if lag is None else [lag]
    return found


def _lag(ours: Sound, sound: Sound, at: int) -> float | None:
    inner = ours[LAG:-LAG].astype(np.float64)
    padded = np.concatenate([np.zeros(LAG), sound, np.zeros(2 * LAG + len(ours))]).astype(np.float64)
    theirs = padded[at + LAG : at + LAG + len(inner) + 2 * LAG]
    if len(inner) < LAG or np.abs(inner).max() < 0.01:
        return None
    likeness = np.correlate(theirs, inner, "valid")
    # A steady tone is like itself at each of its waves: the nearest of those that are as good.
    good = np.flatnonzero(likeness >= 0.99 * likeness.max())
    return float(LAG - int(good[np.abs(good - LAG).argmin()])) / RATE * 1000
