"""Cuts only, long spans, the source's own codec: whole groups of pictures need not be encoded again."""

from __future__ import annotations

from collections.abc import Iterable

from kernel.worker.output import Output
from tests.bench import barcode, exact
from tests.bench.edit import bare
from tests.bench.report import Line, ratio
from tests.bench.whole import Bench, Wholes, cold

SPANS = [(17, 640), (733, 701), (1511, 655), (2190, 605)]
"""Four clips of at least 20 s that begin and end between key frames."""
WHAT = "cuts only, spans of 20 s, copied / encoded"


def lines(bench: Bench, _wholes: Wholes) -> Iterable[Line]:
    """Return the figures of an edit whose pictures are mostly copied."""
    if "smart_render" not in Output.model_fields:
        yield Line(bench.named(WHAT), None, 0.15, note="not built")
        return
    copied, encoded = bare(bench.clip, bench.logo, SPANS, smart_render=True), bare(bench.clip, bench.logo, SPANS)
    ours, out, _ = cold(bench, copied, "copied")
    full, _, _ = cold(bench, encoded, "encoded")
    note = f"{ours.usage.wall:.2f} s of {full.usage.wall:.2f}; cpu {ours.usage.cpu / full.usage.cpu:.3f}"
    yield ratio(bench.named(WHAT), ours.usage.wall, full.usage.wall, 0.15, note)
    wrong = exact.wrong(copied, barcode.read(out, bench.ffmpeg, bench.clip.height))
    yield Line(bench.named("frames that are not the planned one: copied"), float(len(wrong)), 0)
