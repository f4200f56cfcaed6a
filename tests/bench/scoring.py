"""How long scoring takes: 30 seconds of 1080p with captions, music and a brand, everything looked at, nothing known."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from kernel.evaluation import score
from kernel.evaluation.case import Case
from kernel.evaluation.see import see
from kernel.worker.ffmpeg import Ffmpeg
from tests.bench.report import Line
from tests.ladders.stage import FULL, Stage, kit, stage

REAL_TIME = 1.0


def lines(ffmpeg: Ffmpeg, folder: Path) -> Iterator[Line]:
    """Yield how long it took, of the video's own length; the speech recogniser beside it.

    Args:
        ffmpeg: decodes.
        folder: keeps the render.
    """
    place = stage(folder, ffmpeg)
    whole, length = _scored(place, listens=True)
    deaf, _ = _scored(place, listens=False)
    note = f"{whole:.1f} s for {length:.1f} s; without Whisper {deaf:.1f} s"
    yield Line("scoring 1080p, everything, of real time", whole / length, REAL_TIME, note=note)


def _scored(place: Stage, *, listens: bool) -> tuple[float, float]:
    """Score the render; return the seconds it took and those that it lasts."""
    plan = place.plan(*FULL, width=1920, height=1080)
    video = place.render(plan)
    with TemporaryDirectory(dir=place.folder) as work:
        case = Case(
            video=video,
            ffmpeg=place.ffmpeg,
            work=Path(work),
            plan=plan,
            sources=place.sources,
            media=place.media,
            brand=kit(place),
            recogniser=place.recogniser if listens else None,
            reader=place.reader,
        )
        began = time.monotonic()
        seen = see(case)
        score(seen)
        return time.monotonic() - began, seen.measured.duration
