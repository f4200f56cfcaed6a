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
    few, many = (min(_seconds(bench, number) for _ in range(max(2, bench.repeat))) for number in (FEW, MANY))
    each = (many - few) / (MANY - FEW) * 1000
    note = (
        f"{MANY} against {FEW} clips of {TINY} frames at 160x90, one worker: {many:.2f} s, {few:.2f} s; sound included"
    )
    return Line("overhead for each segment (compile, box, launch, verify)", each, 80, " ms", note)


def _seconds(bench: Bench, number: int) -> float:
    made, _, _ = cold(bench, bare(bench.clip, bench.logo, _tiny(number)), "tiny", workers=1)
    return made.usage.wall


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
