"""The pictures of a plan piece by piece as the worker's graphs make them, without encoding them: quick and exact."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from kernel.worker.clock import OWN_CLOCK
from kernel.worker.compile import compile
from kernel.worker.ffmpeg import Ffmpeg, opening
from kernel.worker.graph import picture_graph
from kernel.worker.plan import EditPlan
from kernel.worker.timing import Picture, Timeline
from tests.kernel.worker.scenes import Frames, numbers


def looked(plan: EditPlan, media: Mapping[str, Path], ffmpeg: Ffmpeg, timeline: Timeline | None = None) -> Frames:
    """Return every frame of a plan as luma; `timeline` is the plan's own, or that one in other pieces."""
    timeline = timeline or compile(plan)
    return np.concatenate([_piece(plan, timeline, picture, media, ffmpeg) for picture in timeline.pictures])


def _piece(plan: EditPlan, timeline: Timeline, picture: Picture, media: Mapping[str, Path], ffmpeg: Ffmpeg) -> Frames:
    size = (timeline.width, timeline.height)
    graph = picture_graph(plan, timeline, picture, size, None)
    opened: list[str] = []
    for feed in graph.feeds:
        before = ("-noaccurate_seek", "-ss", str(feed.seek)) if feed.seek else ()
        opened += opening(media[feed.source.id], *OWN_CLOCK, *before)
    made = ["-map", graph.label, "-frames:v", str(picture.frames), "-pix_fmt", "yuv420p", "-f", "rawvideo", "pipe:1"]
    arguments = [*opened, "-filter_complex", graph.text, *made]
    held = ffmpeg.read(arguments, cwd=media[graph.feeds[0].source.id].parent, timeout=60, limit=2**30)
    frames = np.frombuffer(held, dtype=np.uint8).reshape(-1, size[0] * size[1] * 3 // 2)
    assert len(frames) == picture.frames
    return frames[:, : size[0] * size[1]].reshape(-1, size[1], size[0])


def shown(plan: EditPlan, media: Mapping[str, Path], ffmpeg: Ffmpeg) -> list[int]:
    """Return the number that each frame of a plan bears."""
    return numbers(looked(plan, media, ffmpeg))


def parted(timeline: Timeline, frames: int) -> Timeline:
    """Return a timeline whose pictures are in pieces of so many frames at the most; passages stay whole."""
    pieces: list[Picture] = []
    for picture in timeline.pictures:
        steps = range(0, picture.frames, picture.frames if picture.into else frames)
        for first in steps:
            lasts = min(picture.frames if picture.into else frames, picture.frames - first)
            at = picture.first_frame + first
            moved = {"first_frame": at, "frames": lasts, "shot": picture.shot.part(at, lasts)}
            pieces.append(picture if picture.into else picture.model_copy(update=moved))
    return timeline.model_copy(update={"pictures": tuple(pieces)})
