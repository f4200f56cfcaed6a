"""How well words on the picture are read: known captions, rendered by the worker over real footage, read from the file.

Each style once, on wide and on tall pictures in turn. Texts are compared without case, marks, spaces and punctuation.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np

from kernel.evaluation.case import Case
from kernel.evaluation.measures.captions_seen import CaptionSeen, looked_for, measure
from kernel.worker.analysis.passes import Analysis, analyse
from kernel.worker.analysis.texts import Reader
from kernel.worker.compile import compile
from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.plan import EditPlan
from kernel.worker.render import render
from tests.bench.report import Line
from tests.gallery.material import BUNNY, CITY, known
from tests.kernel.worker.scenes import cut, plan, words

STYLES = ("clean", "subtle", "bold", "karaoke", "marker", "boxed", "pop")
SIZES = ((1280, 720), (720, 1280))
SAID = (
    "It was the best of times, it was the worst of times. I'll show you 10 ways to cook a quick dinner! "
    "Café Zoë is in Łódź, isn't it? Well, all 125 of them vexed the lazy fox; jumping quizzes!"
)
PACE = 0.32
"""Seconds a word."""
STARTS = {"bunny": 6.0, "city": 0.2}
LEAST_EXACT = 0.95
MOST_WRONG = 0.01
MOST_SECONDS = 0.07
"""For one look: 60 of them beside the faces make 8 s a minute."""


def lines(ffmpeg: Ffmpeg, folder: Path) -> Iterator[Line]:
    """Render captions, read them, and yield how many are exact, how much is wrong, and how long a look takes.

    Args:
        ffmpeg: the worker's.
        folder: an empty one.
    """
    reader = Reader()
    media = {known()["bunny"].id: BUNNY, known()["city"].id: CITY}
    read: list[CaptionSeen] = []
    times: list[float] = []
    for style, size in zip(STYLES, cycle(SIZES), strict=False):
        edit = spoken(style, *size)
        work = folder / f"{style}-{size[0]}"
        work.mkdir()
        video = work / "out.mp4"
        render(edit, media, video, folder / "cache", ffmpeg)
        found = analyse(video, ffmpeg, work, looked_for(compile(edit)), reader=reader)
        read += _read(Case(video, ffmpeg, work, edit, media=media), found, reader)
        times += _times(found, reader)
    errors = [caption.error for caption in read if caption.error is not None]
    exact = sum(error == 0 for error in errors)
    note = f"{exact} of {len(errors)} captions, {len(STYLES)} styles, two shapes"
    yield Line("captions read without a mistake", exact / max(1, len(errors)), LEAST_EXACT, note=note, least=True)
    yield Line("character error rate of captions", float(np.mean(errors)), MOST_WRONG)
    yield Line("least contrast of good captions", min(caption.contrast for caption in read), 4.5, ":1", least=True)
    yield Line("reading one look, processor time on two threads", float(np.median(times)), 2 * MOST_SECONDS, " s")


def spoken(style: str, width: int, height: int) -> EditPlan:
    """Return a plan of two clips in which somebody says `SAID`, with captions of a style."""
    told = SAID.split()
    parts = (told[: len(told) // 2], told[len(told) // 2 :])
    sources: list[dict[str, Any]] = []
    cuts: list[dict[str, Any]] = []
    for number, (name, said) in enumerate(zip(STARTS, parts, strict=True)):
        source = known()[name]
        timed = _timed(said, STARTS[name])
        row: Mapping[str, Any] = source.model_dump(mode="json", exclude_defaults=True)
        sources.append({**row, "words": words(source.id, *timed)})
        cuts.append(cut(f"c{number + 1}", source.id, STARTS[name], timed[-1][2] + 0.2))
    return plan(sources, *cuts, {"type": "captions", "style": style}, width=width, height=height)


def _timed(said: Sequence[str], start: float) -> list[tuple[str, float, float]]:
    return [(word, start + 0.1 + PACE * n, start + 0.1 + PACE * n + 0.26) for n, word in enumerate(said)]


def _read(case: Case, found: Analysis, reader: Reader) -> tuple[CaptionSeen, ...]:
    seen = measure(case, found.sights, found.stills, reader)
    return seen.captions if seen else ()


def _times(found: Analysis, reader: Reader) -> Iterator[float]:
    """Yield how long each look takes: seconds of the processor, so that a busy machine does not count."""
    for still in found.stills:
        picture = np.array(still.rgb)
        began = time.process_time()
        reader.read(picture)
        yield time.process_time() - began
