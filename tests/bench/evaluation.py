"""All that shows evaluation to be right and quick, in one run: speeds, agreements with other meters, ladders."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from kernel.worker.ffmpeg import Ffmpeg
from tests.bench import agreements, analysis, reading, scoring
from tests.bench.report import Line
from tests.ladders.climb import LADDERS, climb, plot
from tests.ladders.ladder import TIMES, Climb
from tests.ladders.stage import stage

MOST = 99.0
"""Times as far as the others: more is not told apart."""


def lines(ffmpeg: Ffmpeg, folder: Path, repeat: int) -> Iterator[Line]:
    """Yield every figure, the quick ones first; the ladders' plot comes into the folder."""
    yield from analysis.lines(ffmpeg, folder, repeat)
    yield from scoring.lines(ffmpeg, folder / "ladders")
    yield from agreements.lines(ffmpeg)
    with TemporaryDirectory() as work:
        yield from reading.lines(ffmpeg, Path(work))
    yield from ladders(ffmpeg, folder / "ladders")


def ladders(ffmpeg: Ffmpeg, folder: Path) -> Iterator[Line]:
    """Climb every ladder: how many times as far as any other metric its owner falls."""
    place, climbs = stage(folder, ffmpeg), list[Climb]()
    for ladder in LADDERS:
        climbs.append(climb(ladder, place))
        yield line(climbs[-1])
    plot(climbs, folder / "ladders.png")


def line(found: Climb) -> Line:
    """Return what came of a ladder; 0 where its owner does not fall at every step, or not far."""
    name, moved = found.most_other
    times = min(MOST, found.fall / max(moved, 1e-9)) if found.falls else 0.0
    steps = " ".join(f"{score:.2f}" for score in found.owned)
    beside = f"; {name} moves {moved:.2f}" if moved else ""
    what = f"{found.ladder.name}: {found.ladder.owner} falls beside others"
    return Line(what, times, TIMES, " times", f"{steps}{beside}", least=True)
