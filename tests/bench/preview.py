"""The preview of a minute beside its final, and how soon a person sees that something happens."""

from __future__ import annotations

from collections.abc import Iterable

from tests.bench.edit import spans, whole
from tests.bench.footage import FPS
from tests.bench.report import Line, ratio
from tests.bench.whole import Bench, Wholes, cold

CUTS, KEPT = 17, 60 * FPS


def lines(bench: Bench, _wholes: Wholes) -> Iterable[Line]:
    """Return the figures of a preview."""
    edit = whole(bench.clip, bench.logo, spans(CUTS, KEPT))
    small, _, _ = cold(bench, edit, "preview", target="preview")
    final, _, _ = cold(bench, edit, "final")
    note = f"{small.usage.text()}; the final {final.usage.text()}; cpu {small.usage.cpu / final.usage.cpu:.3f}"
    yield ratio(bench.named("540p preview of a 60 s edit / its final"), small.usage.wall, final.usage.wall, 0.25, note)
    for name, made in (("preview", small), ("final", final)):
        note = f"more than nothing is done after {made.first_share:.2f} s"
        yield Line(bench.named(f"first progress of a {name}"), made.first_word, 0.5, " s", note)
