"""What a segment costs beside its pictures, and whether memory grows with the length of the edit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tests.bench import footage
from tests.bench.edit import CUTS, KEPT, Spans, bare, spans, whole
from tests.bench.report import Line, ratio
from tests.bench.whole import Bench, Wholes, cold

HEIGHT = 90
FEW, MANY, TINY = 24, 72, 4
"""Clips in the two edits whose times are compared; frames in each clip."""
LONGER = 4
FLAT = 1.10
"""What counts as flat: allocators are not exact."""


def lines(bench: Bench, _wholes: Wholes) -> Iterable[Line]:
    """Return the figures; they do not depend on the size of the picture, so a small one serves."""
    clip = footage.assembled(bench.assets, HEIGHT, bench.ffmpeg)
    tiny = replace(bench, clip=clip)
    yield _overhead(tiny)
    yield _flat(tiny)


def _overhead(bench: Bench) -> Line:
    """Compare many clips with few, one after another: what one more segment takes, its few small pictures included."""
    few, many = _tinies(bench, FEW), _tinies(bench, MANY)
    each, cpu = ((there - here) / (MANY - FEW) * 1000 for here, there in zip(few, many, strict=True))
    note = f"{cpu:.0f} ms of processor; {MANY} against {FEW} clips of {TINY} frames at 160x90, one worker, sound too"
    return Line("overhead for each segment (compile, box, launch, verify)", each, 80, " ms", note)


def _tinies(bench: Bench, number: int) -> tuple[float, float]:
    """Return wall clock and processor time of so many tiny clips, the least of several runs."""
    edit = bare(bench.clip, bench.logo, _tiny(number))
    runs = [cold(bench, edit, "tiny", workers=1)[0].usage for _ in range(max(2, bench.repeat))]
    return min(run.wall for run in runs), min(run.cpu for run in runs)


def _tiny(number: int) -> Spans:
    return [(10 + index * 35, TINY) for index in range(number)]


def _flat(bench: Bench) -> Line:
    once, _, _ = cold(bench, whole(bench.clip, bench.logo), "once")
    clip = footage.assembled(bench.assets, HEIGHT, bench.ffmpeg, LONGER)
    long = whole(clip, bench.logo, spans(CUTS * LONGER, KEPT * LONGER))
    longer, _, _ = cold(bench, long, "longer")
    note = f"{longer.usage.root / 2**20:.1f} against {once.usage.root / 2**20:.1f} MiB of anonymous memory, peaks"
    return ratio(
        f"our Python process: {LONGER} times the length / once", longer.usage.root, once.usage.root, FLAT, note
    )
