"""captions: whether they can be read: what a reader makes of them, how they stand out, how large they are, where they
stand, how they are set, how long they show.

By the plan (caption_rules.py) and by the finished picture (caption_views.py). Where the picture was not looked at, how
letters stand out is taken from their colours: over the worst picture there can be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kernel.evaluation.base import MEASURED, Finding, Metric, Seen, part, scored, spared
from kernel.evaluation.caption_rules import OWNER, RULES, judged, speed
from kernel.evaluation.caption_views import CONTRAST, facts, findings
from kernel.evaluation.contrast import BLACK, WHITE, Colour, contrast, over, parsed
from kernel.evaluation.scorecard import Evidence, Score
from kernel.worker.drawn_captions import PANEL_ALPHA, ink
from kernel.worker.ops.captions import Captions
from kernel.worker.plan import EditPlan
from kernel.worker.timing import Timeline

NAME = "captions"
OPACITY = {"bold": 1 - PANEL_ALPHA / 255, "subtle": 0.75}
"""How much of a white picture a style's ground hides, where that is not all of it."""
FINE = "Every caption can be read: letters, contrast, size, place and time."


def measure(seen: Seen) -> Score:
    """Score the captions of a plan, or those that were found on the picture."""
    timeline, plan = seen.timeline, seen.plan
    if timeline is None or plan is None:
        return _found(seen)
    style = plan.only(Captions)
    if style is None or not timeline.cues:
        return _none(seen, timeline)
    viewed = _viewed(seen)
    looks = (
        viewed if any(finding.part.name == "contrast" for finding in viewed) else [_contrast(style, timeline), *viewed]
    )
    rules = (judged(rule, timeline, plan) for rule in RULES)
    return scored(NAME, [*looks, *rules], {**_facts(timeline, style), **_seen_facts(seen)}, FINE, OWNER)


def _found(seen: Seen) -> Score:
    """Score captions that no plan knows of."""
    if seen.captions_seen and seen.captions_seen.captions:
        return scored(NAME, _viewed(seen), _seen_facts(seen), FINE, OWNER)
    wanted, heard = (seen.brief or {}).get("captions"), seen.heard
    if not wanted or heard is None or not heard.words:
        return spared(NAME, "No captions were found on the picture, and no plan says that there are any.", OWNER)
    return _missing(Evidence(start=heard.words[0].start, end=heard.words[-1].end, what="said, and not written"))


def _viewed(seen: Seen) -> list[Finding]:
    if not seen.captions_seen or not seen.captions_seen.captions:
        return []
    platform = seen.plan.output.platform if seen.plan else str((seen.brief or {}).get("platform") or "")
    return findings(seen.captions_seen, seen.measured.width / seen.measured.height, platform)


def _seen_facts(seen: Seen) -> dict[str, float | str]:
    return facts(seen.captions_seen) if seen.captions_seen and seen.captions_seen.captions else {}


def _none(seen: Seen, timeline: Timeline) -> Score:
    if not (seen.brief or {}).get("captions"):
        return spared(NAME, "There are no captions, and none were asked for.", OWNER)
    if not timeline.spoken:
        return spared(NAME, "Nobody speaks, so there is nothing to write.", OWNER)
    return _missing()


def _missing(*evidence: Evidence) -> Score:
    fault = "The brief asks for captions, and there are none."
    missing = Finding(part(NAME, 0, 0, 1, "none", "all that is said"), fault, "plan", f"{fault} Add them.", evidence)
    return scored(NAME, [missing], {"captions": 0}, "", OWNER)


def _facts(timeline: Timeline, style: Captions) -> dict[str, float | str]:
    lengths = [cue.end - cue.start for cue in timeline.cues]
    return {
        "captions": len(timeline.cues),
        "fastest, characters a second": round(max(map(speed, timeline.cues)), 1),
        "longest line": max(len(line) for cue in timeline.cues for line in cue.text),
        "shortest": round(min(lengths), 2),
        "longest": round(max(lengths), 2),
        "contrast on the worst picture": round(worst_contrast(style), 2),
    }


def _contrast(style: Captions, timeline: Timeline) -> Finding:
    ratio = worst_contrast(style)
    around = {"bold": "dark box", "boxed": "box", "subtle": "dark glow"}.get(style.style, "dark outline")
    return Finding(
        part("contrast", ratio, *CONTRAST, f"{ratio:.1f}:1", "4.5:1"),
        f"The captions' colour stands out from its {around} by only {ratio:.1f}:1.",
        OWNER,
        f"The contrast is {ratio:.1f}:1 where 4.5:1 is wanted: choose a lighter colour, white or yellow.",
        [Evidence(start=timeline.cues[0].start, end=timeline.cues[-1].end, what="pale letters")],
    )


def worst_contrast(style: Captions) -> float:
    """Return the contrast of a style's letters with what is drawn round them, over the worst picture there can be."""
    return min(contrast(parsed(letter), ground) for letter, ground in _pairs(style))


def _pairs(style: Captions) -> Iterator[tuple[str, Colour]]:
    """Yield colours of letters, each with what may lie behind it."""
    if style.style == "boxed":
        yield ink(style.colour), parsed(style.colour)
        return
    yield style.colour, over(BLACK, WHITE, OPACITY.get(style.style, 1.0))
    yield style.colour, BLACK
    if style.style in {"karaoke", "pop"}:
        yield style.highlight, BLACK
    if style.style == "marker":
        yield ink(style.highlight), parsed(style.highlight)


EXAMPLE: Mapping[str, Any] = {
    "rate": {"num": 30, "den": 1},
    "width": 1280,
    "height": 720,
    "frames": 300,
    "clips": [],
    "pictures": [],
    "cues": [
        {
            "clip": "c1",
            "first_frame": 30,
            "frames": 60,
            "start": 1.0,
            "end": 3.0,
            "lines": [[{"id": "s1w0", "text": "We made rushes better.", "first_frame": 30, "last_frame": 80}]],
            "size": 36,
            "box": {"x": 400, "y": 600, "width": 480, "height": 62},
        }
    ],
}
"""A timeline with one good caption."""
LOW: Mapping[str, Any] = {**EXAMPLE["cues"][0], "box": {"x": 400, "y": 690, "width": 480, "height": 62}}
CLEAR: Mapping[str, Any] = {
    "start": 1.0,
    "end": 3.0,
    "at": 2.0,
    "text": "We made rushes better.",
    "read": "We made rushes better.",
    "error": 0.0,
    "contrast": 14.0,
    "size": 0.05,
    "x": 0.31,
    "y": 0.83,
    "width": 0.38,
    "height": 0.09,
}
"""How that caption is seen on a good render."""
PALE: Mapping[str, Any] = {**CLEAR, "read": "", "error": 1.0, "contrast": 1.0, "size": 0.012}
GOLDEN: Mapping[str, Any] = {
    "measured": MEASURED,
    "plan": EditPlan.EXAMPLE,
    "timeline": EXAMPLE,
    "captions_seen": {"captions": [CLEAR], "of": 1},
}
BROKEN: Mapping[str, Any] = {
    **GOLDEN,
    "timeline": {**EXAMPLE, "cues": [LOW]},
    "captions_seen": {"captions": [PALE], "of": 1},
}

CAPTIONS = Metric("captions", measure, GOLDEN, BROKEN)
