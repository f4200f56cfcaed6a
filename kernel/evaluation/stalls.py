"""stalls: what disturbs in the picture of a video: black, frozen, flickering and flashing stretches.

Black and frozen: none that the plan did not ask for and the source does not have (practice of peers); fades, dips and
stills are asked for by the plan, and what stands still in the source is its own. Flicker and flashes disturb whoever
asked for them: an eye does not care whose they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kernel.evaluation.base import Finding, Seen, listed, part
from kernel.evaluation.excuses import dark, rest, still
from kernel.evaluation.scorecard import Evidence
from kernel.worker.analysis.found import Flashing
from kernel.worker.media import Span

OWNER = "plan"
BLACK = (0.5, 0.0)
"""Broken and golden, in seconds of black altogether; three frames lie at the threshold."""
FROZEN = (3.0, 0.5)
"""Broken and golden, in seconds of the longest frozen stretch; 1 s lies at the threshold, less is a gesture held."""
FLICKER = (0.06, 0.0125)
"""Broken and golden: how far the brightness swings, three times a second and more; 2 % lie at the threshold, which is
about what people see. Measured: 1.2 % in a fire, 1 % in flowers in the wind, 0 in other footage."""
FLASHES = (10.0, 0.0)
"""Broken and golden, in dangerous flashes a second: the two of an extended flash lie at the threshold, more below."""
KINDS = {"general": "flashes", "red": "flashes red", "extended": "keeps flashing"}


def black_and_frozen(seen: Seen) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Return the black and the frozen stretches that nobody asked for."""
    asked, found = dark(seen), seen.measured
    return rest(found.black, asked), rest(found.frozen, [*asked, *still(seen), *found.black])


def stalls(seen: Seen) -> Iterator[Finding]:
    """Yield what is to be said of the picture."""
    black, frozen = black_and_frozen(seen)
    yield _black(black)
    yield _frozen(frozen)
    if seen.sights is not None:
        yield _flicker(seen.sights.flicker)
        yield _flashes(seen.sights.flashing)


def length(span: Span) -> float:
    """Return how long a stretch lasts."""
    return span.end - span.start


def flashes_at(flashing: Sequence[Flashing]) -> list[Evidence]:
    """Return where a picture flashes, and how."""
    return [
        Evidence(start=one.start, end=one.end, what=f"{KINDS[one.kind]}, up to {one.rate:g} times a second")
        for one in flashing
    ]


def _black(spans: Sequence[Span]) -> Finding:
    total = sum(map(length, spans))
    evidence = [Evidence(start=span.start, end=span.end, what="black") for span in spans]
    return Finding(
        part("black", total, *BLACK, f"{total:.2f} s", "none unasked"),
        f"The picture is black for {total:.2f} s that nobody asked for, at {listed(evidence)}.",
        OWNER,
        f"The picture is black at {listed(evidence)}: cut that stretch out or cover it.",
        evidence,
    )


def _frozen(spans: Sequence[Span]) -> Finding:
    longest = max(map(length, spans), default=0.0)
    evidence = [Evidence(start=s.start, end=s.end, what="frozen") for s in sorted(spans, key=length, reverse=True)]
    return Finding(
        part("frozen", longest, *FROZEN, f"{longest:.1f} s", "none over 1 s"),
        f"The picture stands still for {longest:.1f} s that nobody asked for, at {listed(evidence)}.",
        OWNER,
        f"The picture stands still at {listed(evidence)}: cut that stretch out, cover it, or end covers sooner.",
        evidence,
    )


def _flicker(flicker: Sequence[float]) -> Finding:
    worst = max(flicker, default=0.0)
    limit = FLICKER[0] + 0.8 * (FLICKER[1] - FLICKER[0])
    seconds = [second for second, swing in enumerate(flicker) if swing > limit]
    evidence = [Evidence(start=second, end=second + 1.0, what="flickers") for second in seconds]
    return Finding(
        part("flicker", worst, *FLICKER, f"{worst:.1%}", "at most 2 % of the brightness, to and fro"),
        f"The brightness trembles by {worst:.0%} at {listed(evidence)}.",
        OWNER,
        f"The picture flickers at {listed(evidence)}: cut those stretches out, cover them, or leave out the effect.",
        evidence,
    )


def _flashes(flashing: Sequence[Flashing]) -> Finding:
    worst = max((one.rate for one in flashing), default=0.0)
    evidence = flashes_at(flashing)
    shown = f"{worst:g} a second" if flashing else "none"
    return Finding(
        part("flashes", worst, *FLASHES, shown, "at most 3 in any second, and not 2 a second for 5 s"),
        f"It flashes up to {worst:g} times a second at {listed(evidence)}, which can harm people.",
        OWNER,
        f"The picture flashes at {listed(evidence)}: cut those stretches out or cover them.",
        evidence,
    )
