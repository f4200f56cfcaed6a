"""captions: whether they can be read: where they stand, how they are set, how long they show, how they stand out.

At most 2 lines of 42 characters (24 on a tall picture), 5/6 s to 7 s, no two at once (Netflix Timed Text Style Guide),
at most 20 characters a second (Netflix, adults), inside the platform's safe zone, contrast of at least 4.5:1 (WCAG 2
1.4.3; large text may have 3:1, so 3.8:1 still passes).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from kernel.evaluation.base import MEASURED, Finding, Metric, Seen, listed, part, scored, spared
from kernel.evaluation.contrast import BLACK, WHITE, Colour, contrast, over, parsed
from kernel.evaluation.scorecard import Evidence, Score
from kernel.worker.captions import LONGEST, SHORTEST
from kernel.worker.drawn_captions import PANEL_ALPHA, ink
from kernel.worker.layout import CHARACTERS, FEWEST, LOOKS, safe_zone, shape
from kernel.worker.ops.captions import Captions
from kernel.worker.plan import EditPlan
from kernel.worker.timing import Box, Cue, Timeline, TitleSpan
from kernel.worker.writing import LETTERS, reading

OWNER = "captions"
NEVER = (0.05, 0.0)
"""Broken and golden share of captions with a fault that none may have; one of a hundred lies at the threshold."""
SELDOM = (0.55, 0.05)
"""The same for what quick speech brings with it, since captions are verbatim; 15 % lie at the threshold."""
CONTRAST = (1.0, 4.5)
LINES = 2
OPACITY = {"bold": 1 - PANEL_ALPHA / 255, "subtle": 0.75}
"""How much of a white picture a style's ground hides, where that is not all of it."""
SMALLER = "choose a smaller size, so that each line holds more."
FEWER = "leave filler words out of them."


class Rule(NamedTuple):
    """What no caption, or few, may do."""

    name: str
    breaks: Callable[[Cue, Timeline, EditPlan], str]
    """Says what is wrong with a caption in a few words; empty where nothing is."""
    anchors: tuple[float, float]
    wanted: str
    fault: str
    owner: str
    cure: str


def measure(seen: Seen) -> Score:
    """Score the captions of the timeline."""
    timeline, plan = seen.timeline, seen.plan
    if timeline is None or plan is None:
        return spared("captions", "There is no plan that says what is written.", OWNER)
    style = plan.only(Captions)
    if style is None or not timeline.cues:
        return _none(seen, timeline)
    findings = [_contrast(style, timeline), *(_judged(rule, timeline, plan) for rule in RULES)]
    fine = "Every caption stands in the safe zone and can be read in its time."
    return scored("captions", findings, _facts(timeline, style), fine, OWNER)


def _none(seen: Seen, timeline: Timeline) -> Score:
    if not (seen.brief or {}).get("captions"):
        return spared("captions", "There are no captions, and none were asked for.", OWNER)
    if not timeline.spoken:
        return spared("captions", "Nobody speaks, so there is nothing to write.", OWNER)
    fault = "The brief asks for captions, and there are none."
    missing = Finding(part("captions", 0, 0, 1, "none", "all that is said"), fault, "plan", f"{fault} Add them.")
    return scored("captions", [missing], {"captions": 0}, "", OWNER)


def _facts(timeline: Timeline, style: Captions) -> dict[str, float | str]:
    lengths = [cue.end - cue.start for cue in timeline.cues]
    return {
        "captions": len(timeline.cues),
        "fastest, characters a second": round(max(map(_speed, timeline.cues)), 1),
        "longest line": max(len(line) for cue in timeline.cues for line in cue.text),
        "shortest": round(min(lengths), 2),
        "longest": round(max(lengths), 2),
        "contrast": round(worst_contrast(style), 2),
    }


def _judged(rule: Rule, timeline: Timeline, plan: EditPlan) -> Finding:
    evidence = [
        Evidence(start=cue.start, end=cue.end, what=f"{what}: {' / '.join(cue.text)}")
        for cue in timeline.cues
        if (what := rule.breaks(cue, timeline, plan))
    ]
    count = len(timeline.cues)
    shown = f"{len(evidence)} of {count}"
    return Finding(
        part(rule.name, len(evidence) / count, *rule.anchors, f"{shown} at fault", rule.wanted),
        f"{shown} captions {rule.fault}, at {listed(evidence)}.",
        rule.owner,
        f"Captions {rule.fault} at {listed(evidence)}: {rule.cure}",
        evidence,
    )


def _out_of_zone(cue: Cue, timeline: Timeline, plan: EditPlan) -> str:
    return "" if cue.box.inside(safe_zone(plan.output)) else "outside the safe zone"


def _out_of_frame(cue: Cue, timeline: Timeline, plan: EditPlan) -> str:
    frame = Box(x=0, y=0, width=timeline.width, height=timeline.height)
    return "" if cue.box.inside(frame) else "beyond the picture's edge"


def _too_wide(cue: Cue, timeline: Timeline, plan: EditPlan) -> str:
    most = max(FEWEST, CHARACTERS[shape(plan.output)] * reading("".join(cue.text)).characters // LETTERS.characters)
    # A lone long word cannot be broken; it is set smaller.
    lengths = [len(line) for line in cue.text if " " in line]
    return f"{max(lengths)} characters in a line" if max(lengths, default=0) > most else ""


def _too_high(cue: Cue, timeline: Timeline, plan: EditPlan) -> str:
    return f"{len(cue.lines)} lines" if len(cue.lines) > LINES else ""


def _too_fast(cue: Cue, timeline: Timeline, plan: EditPlan) -> str:
    most = reading("".join(cue.text)).speed
    return f"{_speed(cue):.0f} characters a second" if _speed(cue) > most + 0.5 else ""


def _badly_timed(cue: Cue, timeline: Timeline, plan: EditPlan) -> str:
    lasts, frame = cue.end - cue.start, 1 / float(timeline.rate.fraction)
    style = plan.only(Captions)
    # Captions of a few words at a time follow one another as they are spoken.
    shortest = 0.0 if style and LOOKS[style.style].words else float(SHORTEST)
    fits = shortest - frame <= lasts <= float(LONGEST) + frame
    return "" if fits else f"{lasts:.2f} s"


def _speed(cue: Cue) -> float:
    """Return the characters a second; the break between two lines counts as one."""
    return len(" ".join(cue.text)) / max(cue.end - cue.start, 1e-3)


def _crowded(cue: Cue, timeline: Timeline, plan: EditPlan) -> str:
    if any(other is not cue and _together(other, cue) for other in timeline.cues):
        return "two captions at once"
    under = (title.id for title in timeline.titles if _together(title, cue) and _touch(title.box, cue.box))
    return next((f"under title {id}" for id in under), "")


def _together(one: Cue | TitleSpan, other: Cue) -> bool:
    return one.first_frame < other.end_frame and other.first_frame < one.end_frame


def _touch(one: Box, other: Box) -> bool:
    across = one.x < other.x + other.width and other.x < one.x + one.width
    return across and one.y < other.y + other.height and other.y < one.y + one.height


RULES = (
    Rule("reading speed", _too_fast, SELDOM, "20 characters/s", "go too fast to be read", OWNER, FEWER),
    Rule("safe zone", _out_of_zone, NEVER, "inside it", "stand outside the safe zone", OWNER, SMALLER),
    Rule("frame", _out_of_frame, NEVER, "inside it", "leave the picture", OWNER, SMALLER),
    Rule("line length", _too_wide, NEVER, "42 characters, 24 when tall", "have too long a line", OWNER, SMALLER),
    Rule("lines", _too_high, NEVER, "2 at most", "have more than two lines", OWNER, SMALLER),
    Rule("time", _badly_timed, SELDOM, "5/6 s to 7 s", "show for less than 5/6 s or more than 7 s", OWNER, SMALLER),
    Rule("overlap", _crowded, NEVER, "none", "run into other words", "titles", "move the title away from them."),
)


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
GOLDEN: Mapping[str, Any] = {"measured": MEASURED, "plan": EditPlan.EXAMPLE, "timeline": EXAMPLE}
BROKEN: Mapping[str, Any] = {**GOLDEN, "timeline": {**EXAMPLE, "cues": [LOW]}}

CAPTIONS = Metric("captions", measure, GOLDEN, BROKEN)
