"""The edits of the benchmark, as plans: about twenty cuts of the assembled footage, and what is laid over them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kernel.worker.compile import compile
from kernel.worker.plan import EditPlan
from kernel.worker.timing import Timeline
from tests.bench.footage import FPS, MUSIC, Clip

TEXT = (
    "It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of foolishness, it "
    "was the epoch of belief, it was the epoch of incredulity, it was the season of Light, it was the season of "
    "Darkness, it was the spring of hope, it was the winter of despair, we had everything before us, we had nothing "
    "before us, we were all going direct to Heaven, we were all going direct the other way. In short, the period was "
    "so far like the present period, that some of its noisiest authorities insisted on its being received, for good or "
    "for evil, in the superlative degree of comparison only."
)
TEXT_SECONDS = 44.374
CUTS, KEPT, GAP, FIRST = 20, 2174, 32, 10
"""Clips; frames in all of them; frames left out between two; the first frame."""
DISSOLVE_AFTER, DISSOLVE = 9, 0.5
"""The clip that dissolves into the next one, and the seconds that it takes."""
Spans = list[tuple[int, int]]


@dataclass(frozen=True)
class Edit:
    """A plan with its files and its timeline."""

    plan: EditPlan
    media: dict[str, Path]
    timeline: Timeline
    clip: Clip
    logo: Path

    @property
    def spans(self) -> Spans:
        """The first frame and the number of frames of each clip, in the source."""
        return [(clip.source_frame, clip.frames) for clip in self.timeline.clips]


def spans(cuts: int = CUTS, kept: int = KEPT, gap: int = GAP) -> Spans:
    """Return clips in order, of lengths that differ by up to a third, with a gap after each."""
    weights = [90 + index * 37 % 38 for index in range(cuts)]
    ends = [round(kept * sum(weights[: index + 1]) / sum(weights)) for index in range(cuts)]
    starts = [0, *ends[:-1]]
    return [
        (FIRST + start + index * gap, end - start) for index, (start, end) in enumerate(zip(starts, ends, strict=True))
    ]


def cuts(chosen: Spans) -> list[dict[str, Any]]:
    """Return the cut operations of some spans."""
    return [
        {"type": "cut", "id": f"c{n}", "source": "s1", "start": first / FPS, "end": (first + frames) / FPS, "why": ""}
        for n, (first, frames) in enumerate(chosen, 1)
    ]


def whole(clip: Clip, logo: Path, chosen: Spans | None = None, **more: Any) -> Edit:
    """Return the whole edit: cuts, captions, one dissolve, a logo, loudness.

    Args:
        chosen: other clips than the usual twenty.
        more: `corrections` of captions; `music`, the level of a bed in LU below the speech.
    """
    operations = cuts(spans() if chosen is None else chosen)
    operations.append({"type": "transition", "after": f"c{DISSOLVE_AFTER}", "kind": "dissolve", "length": DISSOLVE})
    operations.append({"type": "captions", "style": "clean", "corrections": more.get("corrections", [])})
    operations.append({"type": "logo", "source": "s2", "corner": "top_right"})
    operations.append({"type": "loudness", "lufs": -14.0})
    if "music" in more:
        operations.append({"type": "music", "source": "s3", "level_db": more["music"]})
    return _edit(clip, logo, operations)


def bare(clip: Clip, logo: Path, chosen: Spans, **output: Any) -> Edit:
    """Return an edit of nothing but cuts; `output` holds further settings of the output."""
    return _edit(clip, logo, cuts(chosen), **output)


def _edit(clip: Clip, logo: Path, operations: Sequence[dict[str, Any]], **output: Any) -> Edit:
    used = {operation.get("source") for operation in operations}
    media = {id: path for id, path in (("s1", clip.path), ("s2", logo), ("s3", MUSIC)) if id in used}
    shape = {"width": clip.width, "height": clip.height, "rate": {"num": FPS, "den": 1}, "quality": "good", **output}
    sources = [_source(id, path, clip) for id, path in media.items()]
    plan = EditPlan.read({"confidence": 1, "output": shape, "sources": sources, "operations": operations})
    return Edit(plan, media, compile(plan), clip, logo)


def _source(id: str, path: Path, clip: Clip) -> dict[str, Any]:
    with path.open("rb") as held:
        known = {"id": id, "hash": hashlib.file_digest(held, "sha256").hexdigest(), "name": path.name}
    if id == "s2":
        return {**known, "kind": "still", "duration": 0, "width": 480, "height": 160, "container": "png_pipe"}
    heard = {"has_sound": True, "channels": 2}
    if id == "s3":
        return {**known, **heard, "kind": "audio", "duration": 8.0, "container": "flac"}
    seen = {
        "width": clip.width,
        "height": clip.height,
        "rate": {"num": FPS, "den": 1},
        "container": "mov,mp4,m4a",
        "copyable": True,
    }
    return {**known, **heard, **seen, "kind": "video", "duration": clip.seconds, "words": words(clip.seconds)}


def words(seconds: float) -> list[dict[str, Any]]:
    """Return the text again and again over so many seconds, its words at an even pace."""
    said = TEXT.split()
    pace = TEXT_SECONDS / len(said)
    count = int(seconds / pace)
    return [_word(number, said[number % len(said)], number * pace, pace) for number in range(count)]


def _word(number: int, text: str, start: float, pace: float) -> dict[str, Any]:
    start, end = round(start, 3), round(start + pace * 0.9, 3)
    times = {"start": start, "end": end, "cut_in": start, "cut_out": end}
    return {"id": f"s1w{number}", "text": text, "probability": 1.0, **times}
